//! Objects inside of objects, and rules that fail.

use restwell::prelude::*;
use serde::Serialize;

use super::presence::{lucky, unlucky};

#[derive(Serializer)]
#[serializer(plain, partial, validate = lucky_sub)]
pub(super) struct Sub {
    x: i64,
    #[field(default = 7)]
    y: i64,
}

fn lucky_sub(sub: &mut SubData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    match sub.x {
        Some(13) => Err(ApiException::validation(unlucky())),
        _ => Ok(()),
    }
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Nested {
    #[field(nested, optional)]
    sub: Sub,
    #[field(nested)]
    sub_null: Option<Sub>,
    #[field(nested, optional)]
    subs: Vec<Sub>,
    #[field(nested, optional, min_length = 1, max_length = 2)]
    subs_bounded: Vec<Sub>,
    #[field(nested, optional, allow_empty = false)]
    subs_filled: Vec<Sub>,
    #[field(optional)]
    n: i64,
}

/// What was valid, and no more: neither defaults nor nulls for what was not sent.
#[derive(Serialize)]
struct ValidNested {
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<ValidSub>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_null: Option<Option<ValidSub>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subs: Option<Vec<ValidSub>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subs_bounded: Option<Vec<ValidSub>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subs_filled: Option<Vec<ValidSub>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<i64>,
}

#[derive(Serialize)]
struct ValidSub {
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<i64>,
}

impl From<SubData> for ValidSub {
    fn from(SubData { x, y }: SubData) -> Self {
        Self { x, y }
    }
}

impl From<NestedData> for ValidNested {
    fn from(data: NestedData) -> Self {
        let all = |subs: Option<Vec<SubData>>| {
            subs.map(|subs| subs.into_iter().map(ValidSub::from).collect())
        };
        Self {
            sub: data.sub.map(ValidSub::from),
            sub_null: data.sub_null.map(|sub| sub.map(ValidSub::from)),
            subs: all(data.subs),
            subs_bounded: all(data.subs_bounded),
            subs_filled: all(data.subs_filled),
            n: data.n,
        }
    }
}

pub(super) fn valid_nested(request: &Request, conn: &mut Conn) -> Result<Response> {
    let data = Nested::validated(request, conn)?;
    Response::ok(request, &ValidNested::from(data))
}

/// Three validators, a hook and `validate`: each fails when `fail` names it.
#[derive(Serializer)]
#[serializer(plain, partial, validators(first, second, field), validate = whole)]
pub(super) struct Stages {
    #[field(default = Vec::new())]
    fail: Vec<String>,
    #[field(optional, validate = lucky)]
    n: i64,
}

fn fails(stages: &StagesData, name: &str) -> bool {
    let named = stages.fail.as_deref().unwrap_or_default();
    named.iter().any(|stage| stage == name)
}

fn fail(stages: &StagesData, name: &'static str) -> Result<()> {
    if !fails(stages, name) {
        return Ok(());
    }
    let detail = ErrorDetail::new("This stage fails.", name);
    Err(ApiException::validation(detail))
}

fn first(stages: &mut StagesData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    fail(stages, "first")
}

fn second(stages: &mut StagesData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    fail(stages, "second")
}

fn field(stages: &mut StagesData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    if !fails(stages, "field") {
        return Ok(());
    }
    let detail = ErrorDetail::new("This field fails.", "field");
    Err(ApiException::field("n", detail))
}

fn whole(stages: &mut StagesData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    fail(stages, "validate")
}

const SHAPES: &[(&str, &str)] = &[
    ("text", "text"),
    ("list", "list"),
    ("dict", "dict"),
    ("deep", "deep"),
    ("values", "values"),
];

/// What `validate` and the hook say for each shape of error.
#[derive(Serializer)]
#[serializer(plain, partial, validate = shaped)]
pub(super) struct Shapes {
    #[field(optional, choices = SHAPES)]
    shape: ChoiceField<String>,
    #[field(optional, choices = SHAPES, validate = shaped_hook)]
    hook: ChoiceField<String>,
}

fn shaped(data: &mut ShapesData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    match &data.shape {
        Some(shape) => Err(ApiException::validation(error_of(shape))),
        None => Ok(()),
    }
}

fn shaped_hook(hook: &str) -> Result<(), ErrorDetail> {
    Err(error_of(hook))
}

fn error_of(shape: &str) -> ErrorDetail {
    let text = |message: &'static str| ErrorDetail::new(message, "a");
    let value = |message: &'static str| ErrorDetail::new(message, "invalid");
    let map = |entries: Vec<(&'static str, ErrorDetail)>| {
        let entries = entries.into_iter();
        ErrorDetail::Map(entries.map(|(key, detail)| (key.into(), detail)).collect())
    };
    match shape {
        "text" => text("text"),
        "list" => ErrorDetail::List(vec![text("one"), ErrorDetail::new("two", "b")]),
        "dict" => {
            let other = ErrorDetail::List(vec![text("one"), text("two")]);
            map(vec![("shape", text("text")), ("other", other)])
        }
        "deep" => {
            let inner = ErrorDetail::List(vec![text("text")]);
            map(vec![("shape", map(vec![("inner", inner)]))])
        }
        _ => {
            let values = ["1", "None", "True", "1.5"].map(value);
            map(vec![("shape", ErrorDetail::List(values.into()))])
        }
    }
}
