//! The report for programs: every outcome, with requests and answers where sides differ.

use std::{fs::File, io, path::Path};

use serde_json::{Value, json};

use super::{
    Report,
    curl::curl,
    secrets::{body_without_secrets, sides, without_secret},
};
use crate::outcome::{Evidence, Exchange, Outcome, Verdict};

/// # Errors
/// If the file cannot be written.
pub(crate) fn write_json(report: &Report, path: &Path) -> io::Result<()> {
    let outcomes = report.outcomes.iter();
    let value = json!({
        "success": report.is_success(),
        "summary": report.summary(),
        "deviations": report.deviations(),
        "uncovered_clauses": report.coverage.as_ref().map(|coverage| &coverage.missing),
        "tables": report.tables.as_ref().map(|tables| {
            tables.iter().map(ToString::to_string).collect::<Vec<_>>()
        }),
        "outcomes": outcomes.map(|outcome| to_json(outcome, &report.origins)).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(File::create(path)?, &value)?;
    Ok(())
}

fn to_json(outcome: &Outcome, origins: &[String; 2]) -> Value {
    let mut value = json!({
        "title": outcome.title,
        "place": outcome.place,
        "clauses": outcome.clauses,
    });
    let (verdict, detail) = match &outcome.verdict {
        Verdict::Same => ("same", Value::Null),
        Verdict::Deviation(why) => ("deviation", json!(why)),
        Verdict::Failed(reason) => ("failed", json!(reason)),
        Verdict::Different(evidence) => ("different", evidence_to_json(evidence, origins)),
    };
    value["verdict"] = json!(verdict);
    if !detail.is_null() {
        value["detail"] = detail;
    }
    value
}

fn evidence_to_json(evidence: &Evidence, [left, right]: &[String; 2]) -> Value {
    let differences = evidence.differences.iter().map(|difference| {
        let [left, right] = sides(difference);
        json!({"at": difference.at, "left": left, "right": right})
    });
    json!({
        "differences": differences.collect::<Vec<_>>(),
        "left": exchange_to_json(&evidence.left, left),
        "right": exchange_to_json(&evidence.right, right),
    })
}

fn exchange_to_json(exchange: &Exchange, origin: &str) -> Value {
    let headers = exchange.answer.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        json!([name.as_str(), without_secret(name.as_str(), &value)])
    });
    json!({
        "request": curl(&exchange.request, origin),
        "status": exchange.answer.status,
        "headers": headers.collect::<Vec<_>>(),
        "body": String::from_utf8_lossy(&body_without_secrets(&exchange.answer.body)),
    })
}
