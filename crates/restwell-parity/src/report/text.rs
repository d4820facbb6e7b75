//! A difference as a person reads it.

use std::fmt::Write as _;

use super::{
    curl::curl,
    secrets::{body_without_secrets, sides},
};
use crate::{
    client::Answer,
    outcome::{Evidence, Exchange, Outcome, Verdict},
};

const SHOWN_DIFFERENCES: usize = 15;
const SHOWN_LINES: usize = 40;
const SHOWN_LETTERS: usize = 3000;

/// The outcome with all that is needed to repeat it.
pub(super) fn outcome(outcome: &Outcome, origins: &[String; 2]) -> String {
    let Outcome { title, place, .. } = outcome;
    let clauses = match outcome.clauses.as_slice() {
        [] => String::new(),
        clauses => format!("  [{}]", clauses.join(" ")),
    };
    let mut text = format!("✗ {title}  {place}{clauses}\n");
    match &outcome.verdict {
        Verdict::Different(evidence) => write_evidence(&mut text, evidence, origins),
        Verdict::Failed(reason) => {
            let _ = writeln!(text, "  {reason}");
        }
        Verdict::Same | Verdict::Deviation(_) => {}
    }
    text
}

fn write_evidence(text: &mut String, evidence: &Evidence, origins: &[String; 2]) {
    for difference in evidence.differences.iter().take(SHOWN_DIFFERENCES) {
        let (at, [left, right]) = (&difference.at, sides(difference));
        let _ = writeln!(text, "  {at}: {left} | {right}");
    }
    let hidden = evidence.differences.len().saturating_sub(SHOWN_DIFFERENCES);
    if hidden > 0 {
        let _ = writeln!(text, "  … and {hidden} more places");
    }
    let [left_origin, right_origin] = origins;
    let _ = writeln!(text, "  {}", curl(&evidence.left.request, left_origin));
    if evidence.left.request == evidence.right.request {
        let _ = writeln!(text, "  the same to {right_origin}");
    } else {
        let _ = writeln!(text, "  {}", curl(&evidence.right.request, right_origin));
    }
    write_answer(text, "left", &evidence.left);
    if evidence.left.answer.body == evidence.right.answer.body {
        let status = evidence.right.answer.status;
        let _ = writeln!(text, "  right: {status} with the same body");
    } else {
        write_answer(text, "right", &evidence.right);
    }
}

fn write_answer(text: &mut String, side: &str, exchange: &Exchange) {
    let answer = &exchange.answer;
    let content_type = answer.header("Content-Type").unwrap_or_default();
    let _ = writeln!(text, "  {side}: {} {content_type}", answer.status);
    for line in shown_body(answer).lines() {
        let _ = writeln!(text, "    {line}");
    }
}

/// JSON with indents, other text as it is; cut if it is long.
fn shown_body(answer: &Answer) -> String {
    let json = answer.json().filter(|_| answer.is_json());
    let pretty = json.and_then(|json| serde_json::to_string_pretty(&json).ok());
    let whole = pretty.map_or_else(|| answer.body.clone(), String::into_bytes);
    let whole = String::from_utf8_lossy(&body_without_secrets(&whole)).into_owned();
    let mut cut: String = whole.chars().take(SHOWN_LETTERS).collect();
    if let Some((end, _)) = cut.match_indices('\n').nth(SHOWN_LINES) {
        cut.truncate(end);
    }
    if cut.len() < whole.len() {
        let _ = write!(cut, "\n… {} more bytes", whole.len() - cut.len());
    }
    cut
}
