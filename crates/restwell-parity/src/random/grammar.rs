//! The grammar file: what `OPTIONS` does not say about an API.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::kind::Kind;

/// A grammar file, read. Maps are sorted, so that one seed makes the same requests each time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Grammar {
    /// Parameters that every list takes.
    pub(super) query: BTreeMap<String, Kind>,
    /// Values of `Accept` besides none.
    pub(super) accept: Vec<String>,
    /// Values of `?format=`.
    pub(super) formats: Vec<String>,
    /// By their names in the API's root.
    pub(super) resources: BTreeMap<String, ResourceGrammar>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ResourceGrammar {
    /// The field whose value stands in the URL of a row.
    pub(super) lookup: Option<String>,
    /// Whether requests to it are left out.
    pub(super) skip: bool,
    pub(super) query: BTreeMap<String, Kind>,
    pub(super) fields: BTreeMap<String, Kind>,
    pub(super) actions: Vec<Action>,
}

/// A URL that is neither the list nor one of its rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) method: String,
    /// Below the list's URL; `{key}` stands for a row's key.
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: BTreeMap<String, Kind>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Kind>,
}

impl Default for Grammar {
    fn default() -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            query: BTreeMap::new(),
            accept: owned(&[
                "*/*",
                "application/json",
                "application/*;q=0.5, text/csv",
                "application/json; indent=4",
                "APPLICATION/JSON;q=0",
                "application/xml",
                "json",
                "",
            ]),
            formats: owned(&["json", "JSON", "xml", ""]),
            resources: BTreeMap::new(),
        }
    }
}

impl Grammar {
    /// # Errors
    /// Names the file, and the line of what cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let place = || format!("{}", path.display());
        let text = fs::read_to_string(path).with_context(place)?;
        Self::parse(&text).with_context(place)
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grammar_is_read() {
        let grammar = Grammar::parse(
            r#"
            formats = ["json"]

            [query]
            page = "int 1 5"

            [resources.books]
            lookup = "isbn"
            query = { author = "key authors.id" }
            fields = { isbn = "isbn13" }

            [[resources.books.actions]]
            method = "POST"
            path = "{key}/add_copies/"
            fields = { count = "int 1 3" }
            "#,
        );
        let grammar = grammar.unwrap();
        assert_eq!(grammar.formats, ["json"]);
        assert_eq!(grammar.query["page"], Kind::Int { min: 1, max: 5 });
        let books = &grammar.resources["books"];
        assert_eq!(books.fields["isbn"], Kind::Isbn13);
        assert_eq!(books.actions[0].path, "{key}/add_copies/");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let error = Grammar::parse("[query]\npage = \"integer\"").unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("no kind of value `integer`"), "{error}");
        assert!(error.contains("line 2"), "{error}");
    }
}
