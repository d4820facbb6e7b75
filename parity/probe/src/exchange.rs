//! `parity/oracle/probe/exchange.py`: what a body was read as, and values as they are written.

use actix_web::http::StatusCode;
use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use restwell::{
    api_views::ApiView,
    input::{Form, Part},
    parsers::Parser,
    prelude::*,
    renderers::{JSON, Renderer, RendererContext},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub(crate) fn urls(urls: Urls) -> Urls {
    let urls = urls
        .path("/probe/parse/", "parse", parse(Parser::DEFAULT))
        .path("/probe/parse/json/", "parse-json", parse(&[Parser::JSON]))
        .path("/probe/parse/form/", "parse-form", parse(&[Parser::FORM]))
        .path(
            "/probe/parse/multipart/",
            "parse-multipart",
            parse(&[Parser::MULTI_PART]),
        )
        .path("/probe/parse/file/", "parse-file", parse_file())
        .path(
            "/probe/parse/file/<filename>/",
            "parse-named-file",
            parse_file(),
        );
    urls.path("/probe/render/", "render", render("RenderView", &[JSON, TEXT]))
        .path(
            "/probe/render/text/",
            "render-text",
            render("TextView", &[TEXT, JSON]),
        )
        .path(
            "/probe/render/json/",
            "render-json",
            render("RenderView", &[JSON]),
        )
        .path("/probe/render/numbers/", "render-numbers", value(NUMBERS))
        .path("/probe/render/texts/", "render-texts", value(TEXTS))
        .path("/probe/render/bare/", "render-bare", bare_view())
        .path(
            "/probe/render/containers/",
            "render-containers",
            value(json!({ "object": {}, "array": [], "nested": { "a": [1, { "b": null }] }, "true": true, "null": null })),
        )
        .path("/probe/render/scalar/", "render-scalar", value(1.0))
        .path(
            "/probe/render/nothing/<int:status>/",
            "render-nothing",
            ApiView::new("EmptyView")
                .description("A status without a body.")
                .get(nothing),
        )
}

fn parse(parsers: &'static [Parser]) -> ApiView {
    ApiView::new("ParseView")
        .description("What the body was read as.")
        .parsers(parsers)
        .post(read)
}

fn read(request: &Request, _: &mut Conn) -> Result<Response> {
    let body = match request.form()? {
        Some(form) => of_form(form),
        None => json!({ "data": request.data()?, "files": {} }),
    };
    Response::ok(request, &body)
}

/// Every text of each name, and the last file of each name.
fn of_form(form: &Form) -> Value {
    let (mut texts, mut files) = (Map::new(), Map::new());
    for (name, part) in form.parts() {
        match part {
            Part::Text(text) => {
                let values = texts.entry(name).or_insert_with(|| json!([]));
                values
                    .as_array_mut()
                    .into_iter()
                    .for_each(|values| values.push(json!(text)));
            }
            Part::File(file) => {
                files.insert(name.to_owned(), json!([file.name, file.size]));
            }
        }
    }
    texts.retain(|name, _| !files.contains_key(name));
    json!({ "data": texts, "files": files })
}

fn parse_file() -> ApiView {
    ApiView::new("FileParseView")
        .description("A body that is a file.")
        .parsers(&[Parser::FILE_UPLOAD])
        .post(read_file)
}

fn read_file(request: &Request, _: &mut Conn) -> Result<Response> {
    let file = request.form()?.and_then(|form| form.file("file"));
    let file = file.ok_or_else(ApiException::parse_error)?;
    Response::ok(request, &json!({ "name": file.name, "size": file.size }))
}

const TEXT: &dyn Renderer = &TextRenderer;

struct TextRenderer;

impl Renderer for TextRenderer {
    fn media_type(&self) -> &'static str {
        "text/plain"
    }

    fn format(&self) -> &'static str {
        "txt"
    }

    fn render(&self, _: &Value, context: &RendererContext<'_>) -> Result<Vec<u8>, String> {
        Ok(format!("status {}\n", context.status.as_u16()).into_bytes())
    }
}

fn render(name: &'static str, renderers: &'static [&'static dyn Renderer]) -> ApiView {
    let description = match name {
        "TextView" => "Text before JSON.",
        _ => "JSON or text.",
    };
    ApiView::new(name)
        .description(description)
        .renderers(renderers)
        .get(renderer)
        .post(renderer)
}

fn renderer(request: &Request, _: &mut Conn) -> Result<Response> {
    let format = request.accepted().renderer.format();
    Response::ok(request, &json!({ "renderer": format }))
}

fn value(value: impl Serialize + Send + Sync + 'static) -> ApiView {
    ApiView::new("ValueView")
        .description("Values as JSON.")
        .get(move |request, _| Response::ok(request, &value))
}

#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Float(f64),
    Int(i128),
}

const NUMBERS: [Number; 18] = [
    Number::Float(0.0),
    Number::Float(-0.0),
    Number::Float(1.0),
    Number::Float(100.0),
    Number::Float(0.1),
    Number::Float(1.0 / 3.0),
    Number::Float(1e15),
    Number::Float(1e16),
    Number::Float(1e22),
    Number::Float(1.5e300),
    Number::Float(123_456_789_012_345_680.0),
    Number::Float(0.0001),
    Number::Float(0.00001),
    Number::Float(1e-7),
    Number::Float(5e-324),
    Number::Int(9_007_199_254_740_993),
    Number::Int(1_000_000_000_000_000_000_000_000_000_000),
    Number::Int(-7),
];

const TEXTS: [&str; 6] = [
    "é ☃ 😀",
    "\u{2028} \u{2029}",
    "\n \t \r \u{8} \u{c}",
    "\0 \u{1} \u{1f} \u{7f}",
    "/ < > & ' \" \\",
    "",
];

/// Values that JSON has no types for.
#[derive(Serializer)]
#[serializer(plain)]
struct Bare {
    #[field(coerce_to_string = false)]
    decimal: BigDecimal,
    #[field(format = "seconds")]
    timedelta: TimeDelta,
    datetime: DateTime<Utc>,
    date: NaiveDate,
    time: NaiveTime,
    uuid: Uuid,
    #[field(method = keys)]
    keys: Value,
    #[field(method = tuple)]
    tuple: (i32, i32),
}

fn keys(_: &BareData, _: &Request) -> Value {
    json!({ "1": "one", "null": "none", "1.5": "float" })
}

fn tuple(_: &BareData, _: &Request) -> (i32, i32) {
    (1, 2)
}

fn bare_view() -> ApiView {
    ApiView::new("ValueView")
        .description("Values as JSON.")
        .get(bare)
}

fn bare(request: &Request, _: &mut Conn) -> Result<Response> {
    let moment = DateTime::from_timestamp(1_577_934_245, 0).unwrap_or_default();
    let data = BareData {
        decimal: BigDecimal::new(110.into(), 2),
        timedelta: TimeDelta::milliseconds(86_401_500),
        datetime: moment,
        date: moment.date_naive(),
        time: moment.time(),
        uuid: Uuid::from_u128(1),
    };
    Response::ok(request, &Bare::representation(&data, request))
}

fn nothing(request: &Request, _: &mut Conn) -> Result<Response> {
    let status = request.kwarg("status").unwrap_or_default();
    let status =
        StatusCode::from_bytes(status.as_bytes()).map_err(|_| ApiException::not_found())?;
    Ok(Response::empty(status))
}
