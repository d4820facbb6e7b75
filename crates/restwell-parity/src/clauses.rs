//! Which clauses of a specification have a case.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};

use crate::http_file::HttpFile;

/// The clauses that there are, in their order.
#[derive(Debug)]
pub(crate) struct Clauses {
    wanted: Vec<String>,
    excluded: BTreeMap<String, String>,
}

impl Clauses {
    /// Reads one clause a line: `5.10`, or `16.6  excluded: why`; `#` begins a comment.
    ///
    /// # Errors
    /// Names the file and line of what cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
        let mut clauses = Self {
            wanted: Vec::new(),
            excluded: BTreeMap::new(),
        };
        for (index, line) in text.lines().enumerate() {
            let place = || format!("{}:{}", path.display(), index + 1);
            clauses.read_line(line.trim()).with_context(place)?;
        }
        Ok(clauses)
    }

    fn read_line(&mut self, line: &str) -> Result<()> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (id, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if self.is_known(id) {
            bail!("`{id}` stands twice");
        }
        if rest.is_empty() {
            self.wanted.push(id.to_owned());
            return Ok(());
        }
        match rest.trim().strip_prefix("excluded:").map(str::trim) {
            Some(why) if !why.is_empty() => {
                self.excluded.insert(id.to_owned(), why.to_owned());
            }
            _ => bail!("behind `{id}` stands something else than `excluded: why`"),
        }
        Ok(())
    }

    fn is_known(&self, id: &str) -> bool {
        self.excluded.contains_key(id) || self.wanted.iter().any(|wanted| wanted == id)
    }

    /// What the cases show of the clauses.
    ///
    /// # Errors
    /// If a case names a clause that is not in the list, for it would never be missed.
    pub(crate) fn coverage(&self, files: &[HttpFile]) -> Result<Coverage> {
        let mut shown = BTreeSet::new();
        let all = files
            .iter()
            .flat_map(|file| file.cases.iter().map(move |case| (file, case)));
        for (file, case) in all {
            if let Some(id) = case.clauses.iter().find(|id| !self.is_known(id)) {
                let path = file.path.display();
                bail!("{path}:{}: there is no clause `{id}`", case.line);
            }
            shown.extend(&case.clauses);
        }
        let is_missing = |id: &&String| !shown.contains(id);
        Ok(Coverage {
            total: self.wanted.len(),
            excluded: self.excluded.len(),
            missing: self.wanted.iter().filter(is_missing).cloned().collect(),
        })
    }
}

/// How many of the clauses have a case.
pub(crate) struct Coverage {
    pub(crate) total: usize,
    pub(crate) excluded: usize,
    pub(crate) missing: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Clauses> {
        let path = std::env::temp_dir().join(format!("parity-clauses-{}", fastrand::u64(..)));
        fs::write(&path, text)?;
        let clauses = Clauses::read(&path);
        fs::remove_file(path)?;
        clauses
    }

    #[test]
    fn clauses_can_be_excluded() {
        let clauses = read("# contract\n5.10\n\n16.6  excluded: HTML\n").unwrap();
        assert_eq!(clauses.wanted, ["5.10"]);
        assert_eq!(clauses.excluded["16.6"], "HTML");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, expected) in [
            ("1\n1", ":2: `1` stands twice"),
            ("1 HTML", ":1: behind `1`"),
            ("\n2 excluded:", ":2: behind `2`"),
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
