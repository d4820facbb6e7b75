//! Bodies of generated requests: fields with values, written as JSON or as a form.

use serde_json::{Map, Value};

use super::value::to_text;

const BOUNDARY: &str = "parity-boundary";

/// The smallest image: one grey pixel.
const IMAGE: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x80\x80\x80\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// A way to write a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Json,
    Form,
    Multipart,
}

impl Encoding {
    pub(super) fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            "multipart/form-data" => Some(Self::Multipart),
            _ => None,
        }
    }
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Value(Value),
    Upload { name: String, bytes: &'static [u8] },
}

impl Item {
    pub(super) fn image(name: &str) -> Self {
        Self::Upload {
            name: format!("{name}.gif"),
            bytes: IMAGE,
        }
    }

    pub(super) fn file(name: &str) -> Self {
        Self::Upload {
            name: format!("{name}.txt"),
            bytes: b"text\n",
        }
    }
}

/// What a generated request holds behind its headers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Body {
    #[default]
    None,
    Fields(Encoding, Vec<(String, Item)>),
    Raw {
        content_type: &'static str,
        bytes: Vec<u8>,
    },
}

impl Body {
    /// The content type, empty if there is none, and the bytes.
    pub(super) fn encode(&self) -> (String, Vec<u8>) {
        match self {
            Self::None => Default::default(),
            Self::Raw {
                content_type,
                bytes,
            } => ((*content_type).to_owned(), bytes.clone()),
            Self::Fields(Encoding::Json, fields) => {
                ("application/json".to_owned(), encode_json(fields))
            }
            Self::Fields(Encoding::Form, fields) => (
                "application/x-www-form-urlencoded".to_owned(),
                encode_form(fields),
            ),
            Self::Fields(Encoding::Multipart, fields) => (
                format!("multipart/form-data; boundary={BOUNDARY}"),
                encode_multipart(fields),
            ),
        }
    }

    /// The body without one of its fields.
    pub(super) fn without(&self, index: usize) -> Option<Self> {
        let Self::Fields(encoding, fields) = self else {
            return None;
        };
        let mut fields = fields.clone();
        (index < fields.len()).then(|| {
            fields.remove(index);
            Self::Fields(*encoding, fields)
        })
    }
}

/// JSON cannot hold files, so they are left out.
fn encode_json(fields: &[(String, Item)]) -> Vec<u8> {
    let values = fields.iter().filter_map(|(name, item)| match item {
        Item::Value(value) => Some((name.clone(), value.clone())),
        Item::Upload { .. } => None,
    });
    let object: Map<_, _> = values.collect();
    Value::Object(object).to_string().into_bytes()
}

/// Each value as text, and each item of a list under the same name.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(to_text).collect(),
        value => vec![to_text(value)],
    }
}

fn encode_form(fields: &[(String, Item)]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, item) in fields {
        if let Item::Value(value) = item {
            for text in texts(value) {
                form.append_pair(name, &text);
            }
        }
    }
    form.finish().into_bytes()
}

fn encode_multipart(fields: &[(String, Item)]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |name: &str, file: &str, bytes: &[u8]| {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    for (name, item) in fields {
        match item {
            Item::Value(value) => {
                for text in texts(value) {
                    part(name, "", text.as_bytes());
                }
            }
            Item::Upload { name: file, bytes } => {
                part(name, &format!("; filename=\"{file}\""), bytes);
            }
        }
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_encoded() {
        let fields = vec![
            ("a".to_owned(), Item::Value(json!("x y"))),
            ("b".to_owned(), Item::Value(json!([1, true]))),
            ("c".to_owned(), Item::file("note")),
        ];
        for (encoding, expected) in [
            (Encoding::Json, r#"{"a":"x y","b":[1,true]}"#),
            (Encoding::Form, "a=x+y&b=1&b=true"),
            (
                Encoding::Multipart,
                "--parity-boundary\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx y\r\n\
                 --parity-boundary\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1\r\n\
                 --parity-boundary\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\ntrue\r\n\
                 --parity-boundary\r\nContent-Disposition: form-data; name=\"c\"; \
                 filename=\"note.txt\"\r\n\r\ntext\n\r\n--parity-boundary--\r\n",
            ),
        ] {
            let (_, bytes) = Body::Fields(encoding, fields.clone()).encode();
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        }
    }
}
