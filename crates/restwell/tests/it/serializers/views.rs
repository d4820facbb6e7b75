//! Plain serializers in views of their own, whole and in part (contract §5.1, §7.2), and what `OPTIONS` says of them.

use actix_web::http::Method;
use chrono::TimeDelta;
use restwell::{
    api_views::ApiView,
    fields::UploadedImage,
    input::UploadedFile,
    parsers::Parser,
    prelude::*,
    serializers::Many,
    test::{ApiClient, TestRequest},
};
use restwell_postgres::test::TestDatabase;
use serde_json::Value;

use crate::{
    gallery::PNG,
    shop::{serve, shop},
};

type Files<'a> = &'a [(&'a str, &'a str, &'a [u8])];

#[derive(Serializer)]
#[serializer(plain, partial)]
struct Point {
    x: i64,
    #[field(default = 7)]
    y: i64,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
struct Sketch {
    title: String,
    #[field(required)]
    rank: Option<i64>,
    #[field(default = 3, min_value = 10)]
    size: i64,
    #[field(read_only, default = 1)]
    version: i64,
    #[field(write_only, optional)]
    secret: String,
    #[field(hidden = author)]
    author: String,
    #[field(method = sent)]
    sent: usize,
    #[field(nested, optional)]
    start: Point,
    #[field(nested, optional, max_length = 2)]
    points: Vec<Point>,
    #[field(nested)]
    end: Option<Point>,
    #[field(optional, format = "seconds", max_value = 90_000)]
    time: TimeDelta,
    #[field(write_only, optional, choices = SIZES)]
    sizes: MultipleChoiceField<i16>,
    #[field(optional, binary)]
    extra: Value,
}

fn author(_: &Request) -> String {
    "ann".to_owned()
}

fn sent(data: &SketchData, _: &Request) -> usize {
    let sizes = data.sizes.as_ref().map_or(0, Vec::len);
    usize::from(data.secret.is_some()) + usize::from(data.author.is_some()) + sizes
}

const SIZES: &[(i64, &str)] = &[(1, "Small"), (2, "Large")];

/// Whole in a `PATCH` too.
#[derive(Serializer)]
#[serializer(plain)]
struct Whole {
    x: i64,
    #[field(default = Some(2))]
    y: Option<i64>,
    #[field(read_only, default = 4)]
    z: i64,
}

/// A part of it will do, but not of its corner.
#[derive(Serializer)]
#[serializer(plain, partial)]
struct Frame {
    title: String,
    #[field(nested)]
    corner: Whole,
}

#[derive(Serializer)]
#[serializer(plain)]
struct Upload {
    #[field(max_length = 8)]
    file: UploadedFile,
    image: Option<UploadedImage>,
}

fn echo<S: PlainSerializer>(request: &Request, conn: &mut Conn) -> Result<Response> {
    let data = S::validated(request, conn)?;
    Response::ok(request, &S::representation(&data, request))
}

fn points(request: &Request, conn: &mut Conn) -> Result<Response> {
    let limits = Many {
        errors_as_dict: Some(false),
        ..Many::ANY
    };
    let points = Point::validated_list(request, limits, conn)?;
    let first = points
        .first()
        .map(|point| Point::representation(point, request));
    Response::ok(request, &first)
}

fn client() -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    let view = ApiView::new("EchoView").serializer::<Sketch>();
    let whole = ApiView::new("WholeView").parsers(&[Parser::JSON]);
    let urls = Urls::new()
        .path(
            "/sketch/",
            "sketch",
            view.post(echo::<Sketch>).patch(echo::<Sketch>),
        )
        .path(
            "/whole/",
            "whole",
            whole.post(echo::<Whole>).patch(echo::<Whole>),
        )
        .path(
            "/frame/",
            "frame",
            ApiView::new("FrameView").patch(echo::<Frame>),
        )
        .path(
            "/points/",
            "points",
            ApiView::new("PointsView").post(points).patch(points),
        )
        .path(
            "/upload/",
            "upload",
            ApiView::new("UploadView").post(echo::<Upload>),
        );
    (serve(urls, &database), database)
}

#[test]
fn what_is_left_out_has_its_default() {
    let (client, _database) = client();
    let table = [
        (
            r#"{"title":"a","rank":null}"#,
            r#"{"title":"a","rank":null,"size":3,"version":1,"sent":1,"end":null}"#,
        ),
        (
            r#"{"title":"a","rank":1,"size":11,"version":9,"secret":"s","author":"x","start":{"x":1},"points":[{"x":1,"y":2}],"end":{"x":3},"time":90}"#,
            r#"{"title":"a","rank":1,"size":11,"version":1,"sent":2,"start":{"x":1,"y":7},"points":[{"x":1,"y":2}],"end":{"x":3,"y":7},"time":"90.0"}"#,
        ),
    ];
    for (sent, shown) in table {
        client.post("/sketch/", sent).assert(200, shown);
    }
    let errors = client.post(
        "/sketch/",
        r#"{"size":3,"secret":1.5,"start":{},"points":[{"y":1}]}"#,
    );
    errors.assert(
        400,
        r#"{"title":["required"],"rank":["required"],"size":["min_value"],"start":{"x":["required"]},"points":{"0":{"x":["required"]}}}"#,
    );
}

#[test]
fn a_part_is_a_part_at_any_depth_and_has_no_defaults() {
    let (client, _database) = client();
    let table = [
        ("{}", r#"{"rank":null,"sent":0,"end":null}"#),
        (
            r#"{"start":{},"points":[{"y":1},{}],"end":null}"#,
            r#"{"rank":null,"sent":0,"start":{},"points":[{"y":1},{}],"end":null}"#,
        ),
    ];
    for (sent, shown) in table {
        client.patch("/sketch/", sent).assert(200, shown);
    }
    let errors = client.patch("/sketch/", r#"{"title":null,"start":{"x":null}}"#);
    errors.assert(400, r#"{"title":["null"],"start":{"x":["null"]}}"#);
    client.patch("/points/", "[{}]").assert(200, "{}");
}

#[test]
fn a_serializer_that_is_not_partial_is_whole() {
    let (client, _database) = client();
    for method in [Method::POST, Method::PATCH] {
        let send = |body| client.send(TestRequest::new(method.clone(), "/whole/").json(body));
        send("{}").assert(400, r#"{"x":["required"]}"#);
        send(r#"{"x":1}"#).assert(200, r#"{"x":1,"y":2,"z":4}"#);
        send(r#"{"x":1,"y":null}"#).assert(200, r#"{"x":1,"y":null,"z":4}"#);
    }
}

#[test]
fn a_nested_serializer_says_for_itself_that_it_is_partial() {
    let (client, _database) = client();
    client.patch("/frame/", "{}").assert(200, "{}");
    client
        .patch("/frame/", r#"{"corner":{"y":1}}"#)
        .assert(400, r#"{"corner":{"x":["required"]}}"#);
    client
        .patch("/frame/", r#"{"corner":{"x":1}}"#)
        .assert(200, r#"{"corner":{"x":1,"y":2,"z":4}}"#);
}

#[test]
fn errors_of_one_list_can_be_a_list() {
    let (client, _database) = client();
    let response = client.post("/points/", r#"[{"x":1},{}]"#);
    response.assert(400, r#"[{},{"x":["required"]}]"#);
}

#[test]
fn forms_hold_objects_by_their_keys() {
    let (client, _database) = client();
    let form = TestRequest::new(Method::POST, "/sketch/").form(&[
        ("title", "a"),
        ("rank", ""),
        ("start.x", "1"),
        ("points[0]x", "2"),
        ("points[1]x", "3"),
        ("points[1]y", "4"),
        ("sizes", "1"),
        ("sizes", "2"),
        ("extra", r#"{"a":1}"#),
    ]);
    client.send(form).assert(
        200,
        r#"{"title":"a","rank":null,"size":3,"version":1,"sent":3,"start":{"x":1,"y":7},"points":[{"x":2,"y":7},{"x":3,"y":4}],"end":null,"extra":"{\"a\": 1}"}"#,
    );
}

#[test]
fn uploads_need_no_model() {
    let (client, _database) = client();
    let upload = |files: Files<'_>| {
        client.send(TestRequest::new(Method::POST, "/upload/").multipart(&[], files))
    };
    upload(&[("file", "a.txt", b"abc")]).assert(200, r#"{"file":"a.txt","image":null}"#);
    upload(&[("file", "a.txt", b"abc"), ("image", "b.png", PNG)])
        .assert(200, r#"{"file":"a.txt","image":"b.png"}"#);
    let table: [(Files<'_>, &str); 3] = [
        (&[], r#"{"file":["required"]}"#),
        (
            &[("file", "too-long.txt", b"abc")],
            r#"{"file":["max_length"]}"#,
        ),
        (
            &[("file", "a.txt", b""), ("image", "b.png", b"no image")],
            r#"{"file":["empty"],"image":["invalid_image"]}"#,
        ),
    ];
    for (files, errors) in table {
        upload(files).assert(400, errors);
    }
    let text = client.post("/upload/", r#"{"file":"a","image":null}"#);
    text.assert(400, r#"{"file":["invalid"]}"#);
}

#[test]
fn options_tell_of_the_serializer_that_a_view_names() {
    let (client, _database) = client();
    let options = |path| client.send(TestRequest::new(Method::OPTIONS, path)).json();
    let sketch = &options("/sketch/")["actions"]["POST"];
    let fields: Vec<_> = sketch.as_object().unwrap().keys().collect();
    let known = [
        "title", "rank", "size", "version", "secret", "sent", "start", "points", "end", "time",
        "sizes", "extra",
    ];
    assert_eq!(fields, known);
    let rank = r#"{"type":"integer","required":true,"read_only":false,"label":"Rank"}"#;
    assert_eq!(sketch["rank"].to_string(), rank);
    let point = r#"{"x":{"type":"integer","required":true,"read_only":false,"label":"X"},"y":{"type":"integer","required":false,"read_only":false,"label":"Y"}}"#;
    let points = format!(
        r#"{{"type":"field","required":false,"read_only":false,"label":"Points","max_length":2,"child":{{"type":"nested object","required":false,"read_only":false,"children":{point}}}}}"#
    );
    assert_eq!(sketch["points"].to_string(), points);
    assert_eq!(sketch["start"]["children"].to_string(), point);
    assert_eq!(sketch["time"]["max_value"], "1 day, 1:00:00");
    let whole = options("/whole/");
    assert_eq!(whole["parses"].to_string(), r#"["application/json"]"#);
    assert!(whole.get("actions").is_none());
}
