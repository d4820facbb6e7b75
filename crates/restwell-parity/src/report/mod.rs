//! What a run found: printed as it comes, and written to files at the end.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::{
    clauses::Coverage,
    outcome::{Outcome, Verdict},
    random::Writes,
    tables::TableDifference,
};

mod curl;
mod json;
mod junit;
mod progress;
mod secrets;
mod text;

pub(crate) use json::write_json;
pub(crate) use junit::write_junit;
pub(crate) use progress::Progress;

/// Collects outcomes and prints those that are not as they should be.
pub(crate) struct Report {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) coverage: Option<Coverage>,
    pub(crate) tables: Option<Vec<TableDifference>>,
    pub(crate) writes: Option<Writes>,
    /// The URLs of both sides, for requests that can be pasted.
    origins: [String; 2],
    max_shown: usize,
    failures: usize,
    progress: Progress,
}

impl Report {
    pub(crate) fn new(origins: [String; 2], max_shown: usize, progress: Progress) -> Self {
        Self {
            outcomes: Vec::new(),
            coverage: None,
            tables: None,
            writes: None,
            origins,
            max_shown,
            failures: 0,
            progress,
        }
    }

    /// Takes an outcome, and prints it if the sides differ.
    ///
    /// # Errors
    /// If it cannot be printed.
    pub(crate) fn add(&mut self, outcome: Outcome) -> io::Result<()> {
        if outcome.is_failure() {
            self.failures += 1;
            if self.failures <= self.max_shown {
                let text = text::outcome(&outcome, &self.origins);
                self.progress.print(&text)?;
            }
        }
        self.outcomes.push(outcome);
        self.progress.advance(self.failures);
        Ok(())
    }

    /// Whether nothing differs that is not meant to, and no clause lacks a case.
    pub(crate) fn is_success(&self) -> bool {
        let is_covered = |coverage: &Coverage| coverage.missing.is_empty();
        self.failures == 0
            && self.tables.as_ref().is_none_or(Vec::is_empty)
            && self.coverage.as_ref().is_none_or(is_covered)
    }

    /// Prints what only the end shows, with the summary as the last line.
    ///
    /// # Errors
    /// If it cannot be printed.
    pub(crate) fn finish(&self) -> io::Result<()> {
        self.progress.finish();
        let mut out = io::stdout().lock();
        if self.failures > self.max_shown {
            let hidden = self.failures - self.max_shown;
            writeln!(out, "… and {hidden} more (--max-shown, --report-json)\n")?;
        }
        for difference in self.tables.iter().flatten().take(self.max_shown) {
            writeln!(out, "{difference}\n")?;
        }
        for (why, count) in self.deviations() {
            writeln!(out, "deviation ({count}): {why}")?;
        }
        if let Some(Writes { sent, accepted }) = self.writes {
            writeln!(
                out,
                "random: {accepted} of {sent} writes were accepted by the left side"
            )?;
        }
        for id in self.coverage.iter().flat_map(|coverage| &coverage.missing) {
            writeln!(out, "clause {id} has no case")?;
        }
        writeln!(out, "{}", self.summary())
    }

    fn deviations(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for outcome in &self.outcomes {
            if let Verdict::Deviation(why) = &outcome.verdict {
                *counts.entry(why.as_str()).or_default() += 1;
            }
        }
        counts
    }

    fn summary(&self) -> String {
        let deviations: usize = self.deviations().values().sum();
        let total = self.outcomes.len() - deviations;
        let mut parts = vec![format!("{}/{total} same", total - self.failures)];
        if deviations > 0 {
            let plural = if deviations == 1 { "" } else { "s" };
            parts.push(format!("{deviations} deviation{plural} as documented"));
        }
        if let Some(coverage) = &self.coverage {
            let Coverage {
                total, excluded, ..
            } = coverage;
            let covered = total - coverage.missing.len();
            parts.push(format!("clauses {covered}/{total} ({excluded} excluded)"));
        }
        if let Some(tables) = &self.tables {
            parts.push(match tables.len() {
                0 => "tables equal".to_owned(),
                1 => "1 table differs".to_owned(),
                count => format!("{count} tables differ"),
            });
        }
        format!("parity: {}", parts.join(", "))
    }
}

impl Outcome {
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.verdict, Verdict::Different(_) | Verdict::Failed(_))
    }
}
