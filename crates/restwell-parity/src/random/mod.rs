//! Generated requests: whatever an API's own description allows, and what clients get wrong about it.

use anyhow::{Result, bail};

use crate::{
    client::{Answer, Request},
    compare::Unordered,
    origin::without_origin,
    outcome::{Exchange, Outcome, Verdict},
    report::Report,
    run::Run,
};

mod api;
mod body;
mod draft;
mod generator;
mod grammar;
mod kind;
mod mutation;
mod value;

use draft::Draft;
use generator::Generator;
pub(crate) use grammar::{Credential, Grammar};

/// How many simpler forms of a request that differs are tried.
const MAX_SIMPLER: usize = 30;

/// What is to be generated.
pub(crate) struct Plan<'a> {
    pub(crate) count: usize,
    pub(crate) seed: u64,
    /// The path of the API's root.
    pub(crate) root: &'a str,
    pub(crate) grammar: &'a Grammar,
    /// Who asks; the first one explores the API.
    pub(crate) credentials: &'a [Credential],
}

/// How many requests wanted to write, and how many of these the left side accepted.
#[derive(Default)]
pub(crate) struct Writes {
    pub(crate) sent: usize,
    pub(crate) accepted: usize,
}

/// Sends generated requests to both servers.
///
/// # Errors
/// If the API cannot be explored, a server be reached, or the report be written.
pub(crate) fn run_random(run: &mut Run<'_>, plan: &Plan<'_>, report: &mut Report) -> Result<()> {
    let mut ask = |method: &str, target: &str| ask_left(run, plan, method, target);
    let explored = api::explore(plan.root, plan.grammar, &mut ask)?;
    if explored.0.is_empty() {
        bail!("the API's root, {}, names no resource", plan.root);
    }
    let mut generator = Generator::new(plan.seed, explored, plan.grammar, plan.credentials);
    let mut writes = Writes::default();
    for number in 1..=plan.count {
        let draft = generator.draft();
        let (verdict, answer) = send(run, &draft)?;
        if let Some(answer) = &answer {
            writes.count(&draft, answer);
            generator.learn(&draft, answer);
        }
        let (draft, verdict) = simplify(run, draft, verdict)?;
        report.add(Outcome {
            title: format!("{} {}", draft.method, draft.path),
            place: format!("random #{number} (--seed {})", plan.seed),
            clauses: Vec::new(),
            verdict,
        })?;
    }
    report.writes = Some(writes);
    Ok(())
}

fn ask_left(run: &Run<'_>, plan: &Plan<'_>, method: &str, target: &str) -> Result<Answer> {
    let first = plan.credentials.first();
    let headers = first.map(|first| first.headers.clone()).unwrap_or_default();
    let answer = run.left.send(&Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers.into_iter().collect(),
        body: Vec::new(),
    })?;
    Ok(without_origin(&answer, &run.left.origin))
}

/// The verdict on a request, and the left side's answer.
fn send(run: &mut Run<'_>, draft: &Draft) -> Result<(Verdict, Option<Answer>)> {
    let left = draft.to_request(&run.left.origin);
    let right = draft.to_request(&run.right.origin);
    let (left_answer, right_answer) = match run.send(&left, &right)? {
        Ok(answers) => answers,
        Err(reason) => return Ok((Verdict::Failed(reason), None)),
    };
    let left = Exchange::new(left, &left_answer, &run.left.origin);
    let right = Exchange::new(right, &right_answer, &run.right.origin);
    let learnt = left.answer.clone();
    let verdict = run.judge(left, right, &Unordered::default(), None)?;
    Ok((verdict, Some(learnt)))
}

/// Leaves out what a difference does not need, as long as trying that writes nothing.
fn simplify(run: &mut Run<'_>, draft: Draft, verdict: Verdict) -> Result<(Draft, Verdict)> {
    let mut best = (draft, verdict);
    let mut budget = MAX_SIMPLER;
    while is_harmless(&best.1)
        && let Some(simpler) = find_simpler(run, &best.0, &mut budget)?
    {
        best = simpler;
    }
    Ok(best)
}

fn find_simpler(
    run: &mut Run<'_>,
    draft: &Draft,
    budget: &mut usize,
) -> Result<Option<(Draft, Verdict)>> {
    for simpler in draft.simpler().take(*budget) {
        *budget -= 1;
        let (verdict, _) = send(run, &simpler)?;
        if matches!(verdict, Verdict::Different(_)) {
            return Ok(Some((simpler, verdict)));
        }
    }
    Ok(None)
}

/// Whether the sides differ without one of them having written something.
fn is_harmless(verdict: &Verdict) -> bool {
    let Verdict::Different(evidence) = verdict else {
        return false;
    };
    let is_refused = |exchange: &Exchange| exchange.answer.status >= 400;
    evidence.left.request.is_safe() || (is_refused(&evidence.left) && is_refused(&evidence.right))
}

impl Writes {
    fn count(&mut self, draft: &Draft, answer: &Answer) {
        if matches!(draft.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE") {
            self.sent += 1;
            self.accepted += usize::from((200..300).contains(&answer.status));
        }
    }
}

#[cfg(test)]
mod tests;
