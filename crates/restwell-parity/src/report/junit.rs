//! The report as CI systems read it: `JUnit`'s XML.

use std::{fmt::Write as _, fs, io, path::Path};

use super::{Report, text};
use crate::outcome::Verdict;

/// # Errors
/// If the file cannot be written.
pub(crate) fn write_junit(report: &Report, path: &Path) -> io::Result<()> {
    fs::write(path, to_xml(report))
}

fn to_xml(report: &Report) -> String {
    let mut cases = String::new();
    let mut total = report.outcomes.len();
    let mut failures = report.failures;
    for outcome in &report.outcomes {
        let failure = match &outcome.verdict {
            Verdict::Different(_) => Some("the answers differ"),
            Verdict::Failed(reason) => Some(reason.as_str()),
            Verdict::Same | Verdict::Deviation(_) => None,
        };
        let file = outcome
            .place
            .rsplit_once(':')
            .map_or("random", |(file, _)| file);
        let name = format!("{} ({})", outcome.title, outcome.place);
        let details = || text::outcome(outcome, &report.origins);
        write_case(
            &mut cases,
            file,
            &name,
            failure.map(|message| (message, details())),
        );
    }
    for id in report
        .coverage
        .iter()
        .flat_map(|coverage| &coverage.missing)
    {
        let failure = ("no case names this clause", String::new());
        write_case(&mut cases, "clauses", id, Some(failure));
        total += 1;
        failures += 1;
    }
    for difference in report.tables.iter().flatten() {
        let failure = ("the contents differ", difference.to_string());
        write_case(&mut cases, "tables", &difference.table, Some(failure));
        total += 1;
        failures += 1;
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\
         <testsuite name=\"parity\" tests=\"{total}\" failures=\"{failures}\">\n{cases}\
         </testsuite>\n</testsuites>\n"
    )
}

fn write_case(xml: &mut String, group: &str, name: &str, failure: Option<(&str, String)>) {
    let (group, name) = (escaped(group), escaped(name));
    let _ = write!(xml, "<testcase classname=\"{group}\" name=\"{name}\"");
    let _ = match failure {
        None => writeln!(xml, "/>"),
        Some((message, details)) => writeln!(
            xml,
            "><failure message=\"{}\">{}</failure></testcase>",
            escaped(message),
            escaped(&details)
        ),
    };
}

/// XML 1.0 has no way at all to write most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // In an attribute, a line feed would be read as a space.
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{outcome::Outcome, report::Progress};

    #[test]
    fn texts_are_escaped() {
        let mut report = Report::new(Default::default(), 0, Progress::new(1));
        let outcome = Outcome {
            title: "a < \"b\" & \0".to_owned(),
            place: "x.http:3".to_owned(),
            clauses: Vec::new(),
            verdict: Verdict::Failed("left:\nlost".to_owned()),
        };
        report.add(outcome).unwrap();
        let xml = to_xml(&report);
        let expected = "<testcase classname=\"x.http\" \
            name=\"a &lt; &quot;b&quot; &amp; \u{fffd} (x.http:3)\">\
            <failure message=\"left:&#10;lost\">";
        assert!(xml.contains(expected), "{xml}");
        assert!(xml.contains("tests=\"1\" failures=\"1\""), "{xml}");
    }
}
