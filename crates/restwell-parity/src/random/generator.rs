//! Makes one request after another, and learns from the answers which rows there are.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    api::{Field, Resource, Rows},
    body::{Body, Encoding, Item},
    draft::{Draft, Target},
    grammar::{Credential, Grammar},
    kind::Kind,
    mutation::{mutate, odd_body, odd_text},
    value::{Row, Source, to_text},
};
use crate::client::Answer;

/// Rows that are remembered of each resource.
const MAX_ROWS: usize = 300;

const LIST_REFUSES: [&str; 5] = ["PUT", "PATCH", "DELETE", "TRACE", "FOO"];
const ROW_REFUSES: [&str; 3] = ["POST", "TRACE", "FOO"];

/// Keys that no row has, or that are no keys at all.
const ODD_KEYS: [&str; 12] = [
    "0",
    "-1",
    "999999999",
    "9223372036854775808",
    "abc",
    "1.5",
    "1e2",
    "%00",
    "%20",
    "%EF%BC%91",
    "00000000-0000-0000-0000-000000000000",
    "a%2Fb",
];

pub(super) struct Generator<'a> {
    pub(super) resources: Vec<Resource>,
    pub(super) source: Source,
    grammar: &'a Grammar,
    credentials: &'a [Credential],
}

impl<'a> Generator<'a> {
    /// A generator for an API, which must have a resource.
    pub(super) fn new(
        seed: u64,
        (resources, rows): (Vec<Resource>, Rows),
        grammar: &'a Grammar,
        credentials: &'a [Credential],
    ) -> Self {
        let mut source = Source::new(seed);
        source.rows = rows;
        Self {
            resources,
            source,
            grammar,
            credentials,
        }
    }

    /// The next request.
    pub(super) fn draft(&mut self) -> Draft {
        let weights = self
            .resources
            .iter()
            .map(|resource| resource.grammar.weight);
        let resource = self.source.weighted(weights);
        let mut draft = Draft {
            resource,
            target: Target::Other,
            method: "GET".to_owned(),
            path: self.resources[resource].path.clone(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
        };
        match self.source.rng.u8(..100) {
            0..24 => self.list(&mut draft),
            24..36 => self.retrieve(&mut draft),
            36..58 => self.create(&mut draft),
            58..66 => self.update(&mut draft, "PUT"),
            66..80 => self.update(&mut draft, "PATCH"),
            80..83 => self.destroy(&mut draft),
            83..90 => self.action(&mut draft),
            90..95 => self.odd_verb(&mut draft),
            _ => self.metadata(&mut draft),
        }
        self.set_headers(&mut draft);
        draft
    }

    fn list(&mut self, draft: &mut Draft) {
        draft.target = Target::List;
        let mut kinds = self.grammar.query.clone();
        kinds.extend(self.resources[draft.resource].grammar.query.clone());
        self.add_query(&kinds, draft);
        if self.source.happens(5)
            && let Some(format) = self.source.pick(&self.grammar.formats)
        {
            draft.query.push(("format".to_owned(), format.clone()));
        }
        if self.source.happens(3) {
            let value = odd_text(&mut self.source);
            draft.query.push(("no_such_parameter".to_owned(), value));
        }
    }

    fn add_query(&mut self, kinds: &BTreeMap<String, Kind>, draft: &mut Draft) {
        let kinds: Vec<_> = kinds.iter().collect();
        for _ in 0..self.source.rng.usize(..4) {
            let Some((name, kind)) = self.source.pick(&kinds).copied() else {
                return;
            };
            if self.source.happens(20) {
                draft.query.push((name.clone(), odd_text(&mut self.source)));
                continue;
            }
            match self.source.value(kind) {
                Value::Array(items) => {
                    let pairs = items.iter().map(|item| (name.clone(), to_text(item)));
                    draft.query.extend(pairs);
                }
                value => draft.query.push((name.clone(), to_text(&value))),
            }
        }
    }

    /// A row of the resource, in one case of ten none.
    fn row(&mut self, resource: usize) -> Option<Row> {
        let rows = self.source.rows.get(&self.resources[resource].name)?;
        let row = rows
            .get(self.source.rng.usize(..rows.len().max(1)))
            .cloned();
        row.filter(|_| !self.source.happens(10))
    }

    fn odd_key(&mut self) -> &'static str {
        ODD_KEYS[self.source.rng.usize(..ODD_KEYS.len())]
    }

    fn point_at_row(&mut self, draft: &mut Draft) {
        let row = self.row(draft.resource);
        let key = self.odd_key();
        let resource = &self.resources[draft.resource];
        let path = row.and_then(|row| resource.path_of(&row));
        draft.path = path.unwrap_or_else(|| resource.path_of_key(key));
        draft.target = Target::Row(draft.path.clone());
    }

    fn retrieve(&mut self, draft: &mut Draft) {
        self.point_at_row(draft);
        if self.source.happens(15) {
            let kinds = self.resources[draft.resource].grammar.query.clone();
            self.add_query(&kinds, draft);
        }
    }

    fn create(&mut self, draft: &mut Draft) {
        let Some(fields) = self.resources[draft.resource].create.clone() else {
            return self.list(draft);
        };
        draft.target = Target::List;
        "POST".clone_into(&mut draft.method);
        draft.body = self.body(draft.resource, &fields, 60);
    }

    fn update(&mut self, draft: &mut Draft, method: &str) {
        let Some(mut fields) = self.resources[draft.resource].update.clone() else {
            return self.retrieve(draft);
        };
        self.point_at_row(draft);
        method.clone_into(&mut draft.method);
        let is_partial = method == "PATCH";
        for field in &mut fields {
            field.is_required &= !is_partial;
        }
        draft.body = self.body(draft.resource, &fields, if is_partial { 35 } else { 60 });
    }

    fn destroy(&mut self, draft: &mut Draft) {
        self.point_at_row(draft);
        "DELETE".clone_into(&mut draft.method);
    }

    fn action(&mut self, draft: &mut Draft) {
        let actions = &self.resources[draft.resource].grammar.actions;
        let Some(action) = self.source.pick(actions).cloned() else {
            return self.list(draft);
        };
        let row = self.row(draft.resource);
        let odd_key = self.odd_key().to_owned();
        let resource = &self.resources[draft.resource];
        let key = row.and_then(|row| resource.key_of(&row));
        let path = action.path.replace("{key}", &key.unwrap_or(odd_key));
        draft.path = format!("{}{path}", resource.path);
        self.add_query(&action.query, draft);
        if action.method != "GET" {
            let fields = action.fields.into_iter();
            let fields: Vec<_> = fields
                .map(|(name, kind)| Field::required(name, kind))
                .collect();
            draft.body = self.body(draft.resource, &fields, 100);
        }
        draft.method = action.method;
    }

    /// A verb that the list, or the row, does not take.
    fn odd_verb(&mut self, draft: &mut Draft) {
        let verbs = if self.source.rng.bool() {
            self.point_at_row(draft);
            draft.target = Target::Other;
            ROW_REFUSES.as_slice()
        } else {
            LIST_REFUSES.as_slice()
        };
        let verb = self.source.pick(verbs).copied().unwrap_or_default();
        verb.clone_into(&mut draft.method);
    }

    fn metadata(&mut self, draft: &mut Draft) {
        if self.source.rng.bool() {
            self.point_at_row(draft);
        }
        let verb = if self.source.rng.bool() {
            "OPTIONS"
        } else {
            "HEAD"
        };
        verb.clone_into(&mut draft.method);
        draft.target = Target::Other;
    }

    /// A body with all required fields and some of the others, spoilt in some cases.
    fn body(&mut self, resource: usize, described: &[Field], optional_percent: u8) -> Body {
        if self.source.happens(4) {
            return odd_body(&mut self.source);
        }
        let encodings = &self.resources[resource].encodings;
        let encoding = match self.source.pick(encodings) {
            Some(encoding) if self.source.happens(25) => *encoding,
            _ => Encoding::Json,
        };
        let mut fields = Vec::new();
        for field in described {
            let percent = if field.is_read_only {
                3
            } else {
                optional_percent
            };
            if !field.is_required && !self.source.happens(percent) {
                continue;
            }
            let item = self.item(&field.kind);
            if field.is_required || item != Item::Value(Value::Null) {
                fields.push((field.name.clone(), item));
            }
        }
        if self.source.happens(40) {
            let name = self.resources[resource].name.clone();
            for _ in 0..if self.source.happens(70) { 1 } else { 3 } {
                mutate(&mut self.source, &name, described, &mut fields);
            }
        }
        Body::Fields(encoding, fields)
    }

    /// Each upload has a name of its own: servers rename files whose names are taken, by chance.
    fn item(&mut self, kind: &Kind) -> Item {
        match kind {
            Kind::Image => Item::image(&self.source.word()),
            Kind::File => Item::file(&self.source.word()),
            kind => Item::Value(self.source.value(kind)),
        }
    }

    fn set_headers(&mut self, draft: &mut Draft) {
        let weights = self.credentials.iter().map(|credential| credential.weight);
        let credential = self.credentials.get(self.source.weighted(weights));
        let headers = credential.map(|credential| credential.headers.clone());
        draft.headers.extend(headers.into_iter().flatten());
        let percent = if draft.body == Body::None { 25 } else { 8 };
        if self.source.happens(percent) {
            let accept = self.source.pick(&self.grammar.accept).cloned();
            draft
                .headers
                .extend(accept.map(|value| ("Accept".to_owned(), value)));
        }
    }

    /// Remembers what the left side's answer says of rows.
    pub(super) fn learn(&mut self, draft: &Draft, answer: &Answer) {
        let resource = &self.resources[draft.resource];
        let Some(rows) = self.source.rows.get_mut(&resource.name) else {
            return;
        };
        let row = || answer.json().and_then(|value| value.as_object().cloned());
        match (draft.method.as_str(), &draft.target, answer.status) {
            ("POST", Target::List, 201) => rows.extend(row()),
            ("PUT" | "PATCH", Target::Row(path), 200) => {
                let changed = rows
                    .iter_mut()
                    .find(|row| resource.path_of(row).as_ref() == Some(path));
                if let (Some(changed), Some(row)) = (changed, row()) {
                    *changed = row;
                }
            }
            ("DELETE", Target::Row(path), 204) => {
                rows.retain(|row| resource.path_of(row).as_ref() != Some(path));
            }
            _ => {}
        }
        if rows.len() > MAX_ROWS {
            rows.remove(0);
        }
    }
}
