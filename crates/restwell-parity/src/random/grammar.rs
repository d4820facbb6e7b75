//! The grammar file: what `OPTIONS` does not say about an API.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{
    kind::Kind,
    value::{Row, to_text},
};

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
    /// Who asks; the first one explores the API.
    pub(crate) credentials: Vec<Credential>,
    /// By their names in the API's root.
    pub(super) resources: BTreeMap<String, ResourceGrammar>,
}

/// Who asks in some of the requests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    /// What says so, by the names of the headers; nobody, if there are none.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// How often, beside the others.
    #[serde(default = "one")]
    pub(super) weight: u32,
}

fn one() -> u32 {
    1
}

impl Credential {
    /// The first of some values of `Authorization` in most requests, the others and none in the rest.
    pub(crate) fn of_authorizations(values: &[String]) -> Vec<Self> {
        let (Some(first), others) = (values.first(), values.iter().skip(1)) else {
            return Vec::new();
        };
        let rest = others.map(|value| (Some(value), 1)).chain([(None, 1)]);
        let all = [(Some(first), 6)].into_iter().chain(rest);
        all.map(|(value, weight)| Self {
            headers: value
                .map(|value| ("Authorization".to_owned(), value.clone()))
                .into_iter()
                .collect(),
            weight,
        })
        .collect()
    }
}

/// How often a resource is asked for, unless its grammar says otherwise.
const WEIGHT: u32 = 10;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ResourceGrammar {
    /// The field whose value stands in the URL of a row.
    pub(super) lookup: Option<String>,
    /// Whether requests to it are left out.
    pub(super) skip: bool,
    /// How often it is asked for, beside the others.
    pub(super) weight: u32,
    /// Rows that no request names, by what they have in a field.
    pub(super) spare: BTreeMap<String, Vec<String>>,
    pub(super) query: BTreeMap<String, Kind>,
    pub(super) fields: BTreeMap<String, Kind>,
    pub(super) actions: Vec<Action>,
}

impl Default for ResourceGrammar {
    fn default() -> Self {
        Self {
            lookup: None,
            skip: false,
            weight: WEIGHT,
            spare: BTreeMap::new(),
            query: BTreeMap::new(),
            fields: BTreeMap::new(),
            actions: Vec::new(),
        }
    }
}

impl ResourceGrammar {
    /// Whether a row is left alone.
    pub(super) fn spares(&self, row: &Row) -> bool {
        self.spare.iter().any(|(field, values)| {
            let value = row.get(field).map(to_text);
            value.is_some_and(|value| values.contains(&value))
        })
    }
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
            credentials: Vec::new(),
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

            [[credentials]]
            headers = { Cookie = "sessionid=a", X-CSRFToken = "b" }
            weight = 3

            [[credentials]]

            [resources.books]
            lookup = "isbn"
            weight = 2
            spare = { isbn = ["1"], id = ["7"] }
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
        let weights = grammar.credentials.iter().map(|one| one.weight);
        assert_eq!(weights.collect::<Vec<_>>(), [3, 1]);
        assert_eq!(grammar.credentials[0].headers["Cookie"], "sessionid=a");
        assert!(grammar.credentials[1].headers.is_empty());
        let books = &grammar.resources["books"];
        let row = |id: u8| Row::from_iter([("id".to_owned(), id.into())]);
        assert!(books.spares(&row(7)) && !books.spares(&row(8)));
        assert_eq!(books.weight, 2);
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
