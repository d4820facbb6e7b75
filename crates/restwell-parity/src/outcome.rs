//! What came of one pair of requests.

use crate::{
    client::{Answer, Request},
    compare::{Difference, Ruling, differences, value_differences},
    http_file::Deviation,
    origin::without_origin,
    rules::Rules,
};

/// A case, or a generated request, with its verdict.
pub(crate) struct Outcome {
    pub(crate) title: String,
    /// `file:line`, or the number of a generated request.
    pub(crate) place: String,
    pub(crate) clauses: Vec<String>,
    pub(crate) verdict: Verdict,
}

pub(crate) enum Verdict {
    Same,
    /// Different as documented, and where that is said.
    Deviation(String),
    Different(Box<Evidence>),
    /// No pair of answers could be had.
    Failed(String),
}

/// What was sent and answered, and where the answers differ.
pub(crate) struct Evidence {
    pub(crate) left: Exchange,
    pub(crate) right: Exchange,
    pub(crate) differences: Vec<Difference>,
}

/// A request, and its answer in which the server's own URL has been replaced.
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) answer: Answer,
}

impl Exchange {
    pub(crate) fn new(request: Request, answer: &Answer, origin: &str) -> Self {
        Self {
            request,
            answer: without_origin(answer, origin),
        }
    }
}

/// Compares two answers to the same request.
pub(crate) fn judge(
    left: Exchange,
    right: Exchange,
    ruling: &Ruling,
    deviation: Option<&Deviation>,
    rules: &Rules,
) -> Verdict {
    let mut found = differences(&left.answer, &right.answer, ruling);
    if let Some(deviation) = deviation {
        found = broken_promises(deviation, &right.answer, ruling, !found.is_empty());
        if found.is_empty() {
            return Verdict::Deviation(deviation.why.clone());
        }
    }
    if found.is_empty() {
        return Verdict::Same;
    }
    let (method, target) = (&left.request.method, &left.request.target);
    if deviation.is_none()
        && let Some(name) = rules.deviation(method, target, &left.answer, &right.answer, &found)
    {
        return Verdict::Deviation(name.to_owned());
    }
    Verdict::Different(Box::new(Evidence {
        left,
        right,
        differences: found,
    }))
}

/// Where the right side does not answer what a documented deviation says.
fn broken_promises(
    deviation: &Deviation,
    right: &Answer,
    ruling: &Ruling,
    is_different: bool,
) -> Vec<Difference> {
    let mut found = Vec::new();
    if !is_different {
        let why = format!("a deviation is documented ({})", deviation.why);
        found.push(Difference::new(
            "both sides",
            why,
            "the answers are the same",
        ));
    }
    let (expected, actual) = (deviation.status, right.status);
    if expected != actual {
        let at = "status, as documented for the right side";
        found.push(Difference::new(
            at,
            expected.to_string(),
            actual.to_string(),
        ));
    }
    if let Some(expected) = &deviation.body {
        let actual = right.json().unwrap_or_default();
        for difference in value_differences(expected, &actual, ruling) {
            let at = format!("{}, as documented for the right side", difference.at);
            found.push(Difference { at, ..difference });
        }
    }
    found
}
