//! Sends each case to both servers, in order.

use std::{collections::BTreeMap, io, thread, time::Duration};

use anyhow::{Context, Result, anyhow, bail};

use crate::{
    client::{Answer, Request, Server},
    compare::Unordered,
    http_file::{Case, Deviation, HttpFile},
    outcome::{Exchange, Outcome, Verdict, judge},
    report::Report,
    rules::Rules,
    tables::Databases,
    template::Scope,
};

/// Both servers, and how their answers are compared.
pub(crate) struct Run<'a> {
    pub(crate) left: Server,
    pub(crate) right: Server,
    pub(crate) rules: &'a Rules,
    pub(crate) ignores_error_texts: bool,
    pub(crate) databases: Option<Databases>,
}

/// What each side answered to the named requests of a file.
#[derive(Default)]
struct Answers {
    left: BTreeMap<String, Answer>,
    right: BTreeMap<String, Answer>,
}

impl<'a> Run<'a> {
    /// # Errors
    /// If a server cannot be reached.
    pub(crate) fn new(
        left: &str,
        right: &str,
        timeout: Duration,
        rules: &'a Rules,
    ) -> Result<Self> {
        let connect = |url: &str| -> Result<Server> {
            let server = Server::new(url, timeout)?;
            let request = Request {
                method: "GET".to_owned(),
                target: "/".to_owned(),
                ..Request::default()
            };
            let unreachable = || format!("{url} cannot be reached");
            server.send(&request).with_context(unreachable)?;
            Ok(server)
        };
        Ok(Self {
            left: connect(left)?,
            right: connect(right)?,
            rules,
            ignores_error_texts: false,
            databases: None,
        })
    }

    /// Sends the cases of a file.
    ///
    /// # Errors
    /// If a server can no longer be reached, or a report cannot be written.
    pub(crate) fn run_file(&mut self, file: &HttpFile, report: &mut Report) -> Result<()> {
        let mut answers = Answers::default();
        for case in &file.cases {
            let verdict = match self.requests(file, case, &answers) {
                Ok((left, right)) => self.run_case(case, left, right, &mut answers)?,
                Err(reason) => Verdict::Failed(reason),
            };
            report.add(Outcome {
                title: case.title.clone(),
                place: format!("{}:{}", file.path.display(), case.line),
                clauses: case.clauses.clone(),
                verdict,
            })?;
        }
        Ok(())
    }

    /// The request for each side, or which side's captures are missing.
    fn requests(
        &self,
        file: &HttpFile,
        case: &Case,
        answers: &Answers,
    ) -> std::result::Result<(Request, Request), String> {
        let request = |server: &Server, answers: &BTreeMap<String, Answer>| {
            case.request(&Scope {
                origin: &server.origin,
                variables: &file.variables,
                answers,
            })
        };
        match (
            request(&self.left, &answers.left),
            request(&self.right, &answers.right),
        ) {
            (Ok(left), Ok(right)) => Ok((left, right)),
            (Err(left), Err(right)) => Err(format!("left: {left:#}; right: {right:#}")),
            (Err(error), Ok(_)) => Err(format!("left: {error:#}")),
            (Ok(_), Err(error)) => Err(format!("right: {error:#}")),
        }
    }

    fn run_case(
        &mut self,
        case: &Case,
        left: Request,
        right: Request,
        answers: &mut Answers,
    ) -> Result<Verdict> {
        let (left_answer, right_answer) = match self.send(&left, &right)? {
            Ok(answers) => answers,
            Err(reason) => return Ok(Verdict::Failed(reason)),
        };
        let left = Exchange::new(left, &left_answer, &self.left.origin);
        let right = Exchange::new(right, &right_answer, &self.right.origin);
        if let Some(name) = &case.name {
            answers.left.insert(name.clone(), left_answer);
            answers.right.insert(name.clone(), right_answer);
        }
        self.judge(left, right, &case.unordered, case.deviation.as_ref())
    }

    /// Compares two answers.
    ///
    /// # Errors
    /// Never for rules that were read.
    pub(crate) fn judge(
        &self,
        left: Exchange,
        right: Exchange,
        unordered: &Unordered,
        deviation: Option<&Deviation>,
    ) -> Result<Verdict> {
        let mut ruling = self.rules.ruling(&left.request.target, unordered)?;
        ruling.ignores_error_texts = self.ignores_error_texts;
        Ok(judge(left, right, &ruling, deviation, self.rules))
    }

    /// Sends a request to each side at the same time; the inner error says which side gave no answer.
    ///
    /// # Errors
    /// If a server cannot be reached at all, or the databases cannot be made ready for the next request.
    pub(crate) fn send(
        &mut self,
        left: &Request,
        right: &Request,
    ) -> Result<std::result::Result<(Answer, Answer), String>> {
        let (left_answer, right_answer) = thread::scope(|scope| {
            let right_answer = scope.spawn(|| self.right.send(right));
            let left_answer = self.left.send(left);
            let right_answer = right_answer.join();
            (
                left_answer,
                right_answer.unwrap_or_else(|_| Err(anyhow!("sending failed"))),
            )
        });
        if !left.is_safe() {
            self.align_databases(left_answer.as_ref().ok(), right_answer.as_ref().ok())?;
        }
        let sides = [
            ("left", left_answer.as_ref().err()),
            ("right", right_answer.as_ref().err()),
        ];
        let failed = sides
            .iter()
            .filter_map(|(side, error)| Some((side, (*error)?)));
        if let Some((side, error)) = failed.clone().find(|(_, error)| is_refused(error)) {
            bail!("the {side} server cannot be reached any more: {error}");
        }
        let reasons: Vec<_> = failed
            .map(|(side, error)| format!("{side}: {error:#}"))
            .collect();
        match (left_answer, right_answer) {
            (Ok(left), Ok(right)) => Ok(Ok((left, right))),
            _ => Ok(Err(reasons.join("; "))),
        }
    }

    /// Makes the databases ready for the next request, as the rules say.
    fn align_databases(&mut self, left: Option<&Answer>, right: Option<&Answer>) -> Result<()> {
        let Some(databases) = &mut self.databases else {
            return Ok(());
        };
        if left.is_some_and(is_accepted) != right.is_some_and(is_accepted) {
            databases.align_rows(&self.rules.tables)?;
        }
        databases.align_sequences(&self.rules.tables)
    }
}

fn is_accepted(answer: &Answer) -> bool {
    answer.status < 400
}

fn is_refused(error: &anyhow::Error) -> bool {
    let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    match error.downcast_ref() {
        Some(ureq::Error::Io(error)) => refused(error),
        Some(ureq::Error::ConnectionFailed) => true,
        _ => false,
    }
}
