//! A generated request in parts, so that parts can be left out.

use form_urlencoded::Serializer;
use serde_json::Value;

use super::body::{Body, Item};
use crate::{client::Request, origin::PLACEHOLDER};

/// Whose answer teaches what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    List,
    /// The row with this path.
    Row(String),
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    /// Index of the resource.
    pub(super) resource: usize,
    pub(super) target: Target,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

impl Draft {
    /// The request for the server with this URL.
    pub(super) fn to_request(&self, origin: &str) -> Request {
        let mut target = self.path.replace(PLACEHOLDER, "");
        if !self.query.is_empty() {
            let mut query = Serializer::new(String::new());
            for (name, value) in &self.query {
                query.append_pair(name, &value.replace(PLACEHOLDER, origin));
            }
            target = format!("{target}?{}", query.finish());
        }
        let (content_type, body) = with_origin(&self.body, origin).encode();
        let mut headers = self.headers.clone();
        if !content_type.is_empty() {
            headers.push(("Content-Type".to_owned(), content_type));
        }
        Request {
            method: self.method.clone(),
            target,
            headers,
            body,
        }
    }

    /// Every draft that lacks one parameter, header or field of this one.
    pub(super) fn simpler(&self) -> impl Iterator<Item = Self> {
        let queries = (0..self.query.len()).map(|index| {
            let mut simpler = self.clone();
            simpler.query.remove(index);
            simpler
        });
        let headers = (0..self.headers.len()).map(|index| {
            let mut simpler = self.clone();
            simpler.headers.remove(index);
            simpler
        });
        let bodies = (0..).map_while(|index| {
            let body = self.body.without(index)?;
            Some(Self {
                body,
                ..self.clone()
            })
        });
        queries.chain(headers).chain(bodies)
    }
}

fn with_origin(body: &Body, origin: &str) -> Body {
    let Body::Fields(encoding, fields) = body else {
        return body.clone();
    };
    let fields = fields.iter().map(|(name, item)| {
        let item = match item {
            Item::Value(value) => Item::Value(value_with_origin(value, origin)),
            upload @ Item::Upload { .. } => upload.clone(),
        };
        (name.clone(), item)
    });
    Body::Fields(*encoding, fields.collect())
}

fn value_with_origin(value: &Value, origin: &str) -> Value {
    match value {
        Value::String(text) => text.replace(PLACEHOLDER, origin).into(),
        Value::Array(items) => {
            let items = items.iter();
            items.map(|item| value_with_origin(item, origin)).collect()
        }
        Value::Object(object) => {
            let pairs = object.iter();
            let pair =
                |(name, value): (&String, &Value)| (name.clone(), value_with_origin(value, origin));
            pairs.map(pair).collect()
        }
        other => other.clone(),
    }
}
