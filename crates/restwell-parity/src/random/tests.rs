use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::*;
use crate::client::Answer;

const GRAMMAR: &str = r#"
[query]
page = "int 1 5"

[resources.books]
query = { author = "key authors.id", price = "decimal" }
fields = { isbn = "isbn13" }

[[resources.books.actions]]
method = "POST"
path = "{key}/lend/"
fields = { days = "int 1 30" }
"#;

/// A library with two resources, as its left server describes it.
fn ask(method: &str, target: &str) -> Result<Answer> {
    let parses = json!(["application/json", "multipart/form-data"]);
    let fields = json!({
        "id": {"type": "integer", "required": false, "read_only": true},
        "title": {"type": "string", "required": true, "read_only": false, "max_length": 20},
        "isbn": {"type": "string", "required": true, "read_only": false, "max_length": 13},
        "author": {"type": "field", "required": true, "read_only": false},
        "price": {"type": "decimal", "required": false, "read_only": false,
            "max_digits": 6, "decimal_places": 2, "min_value": 0},
        "cover": {"type": "image upload", "required": false, "read_only": false},
    });
    let body = match (method, target) {
        ("GET", "/api/") => {
            json!({"authors": "{{host}}/api/authors/", "books": "{{host}}/api/books/"})
        }
        ("GET", "/api/authors/") => json!([{"id": 3, "name": "Ann"}]),
        ("GET", "/api/books/") => {
            json!({"next": "{{host}}/api/books/?page=2", "results": [{"id": 1, "author": 3}]})
        }
        ("GET", "/api/books/?page=2") => json!({"next": null, "results": [{"id": 2}]}),
        ("OPTIONS", "/api/authors/" | "/api/authors/3/") => json!({"parses": parses}),
        ("OPTIONS", "/api/books/") => json!({"parses": parses, "actions": {"POST": fields}}),
        ("OPTIONS", "/api/books/1/") => json!({"parses": parses, "actions": {"PUT": fields}}),
        _ => bail!("{method} {target} is not expected"),
    };
    Ok(Answer {
        status: 200,
        body: body.to_string().into_bytes(),
        ..Answer::default()
    })
}

fn drafts(seed: u64, count: usize) -> Vec<Draft> {
    let grammar = Grammar::parse(GRAMMAR).unwrap();
    let explored = api::explore("/api/", &grammar, &mut ask).unwrap();
    let credentials = Credential::of_authorizations(&["Token a".to_owned()]);
    let mut generator = Generator::new(seed, explored, &grammar, &credentials);
    (0..count).map(|_| generator.draft()).collect()
}

#[test]
fn one_seed_makes_the_same_requests() {
    assert_eq!(drafts(7, 300), drafts(7, 300));
    assert_ne!(drafts(7, 300), drafts(8, 300));
}

#[test]
fn requests_of_every_sort_are_made() {
    let drafts = drafts(1, 500);
    let has = |method: &str, start: &str| {
        let is_so = |draft: &&Draft| draft.method == method && draft.path.starts_with(start);
        drafts.iter().any(|draft| is_so(&draft))
    };
    for (method, start) in [
        ("GET", "/api/books/"),
        ("GET", "/api/books/2/"),
        ("POST", "/api/books/"),
        ("POST", "/api/books/1/lend/"),
        ("PUT", "/api/books/1/"),
        ("PATCH", "/api/books/2/"),
        ("DELETE", "/api/authors/3/"),
        ("FOO", "/api/"),
        ("OPTIONS", "/api/"),
    ] {
        assert!(has(method, start), "{method} {start}");
    }
    let is_authors_post = |draft: &Draft| draft.method == "POST" && draft.body != body::Body::None;
    let mut posts = drafts.iter().filter(|draft| is_authors_post(draft));
    assert!(posts.all(|draft| draft.path != "/api/authors/"));
}

#[test]
fn most_requests_have_the_first_credential_and_some_none() {
    let drafts = drafts(1, 500);
    let is_signed = |draft: &&Draft| {
        draft
            .headers
            .iter()
            .any(|(name, _)| name == "Authorization")
    };
    let signed = drafts.iter().filter(is_signed).count();
    assert!((375..490).contains(&signed), "{signed}");
}

#[test]
fn spared_rows_are_not_asked_for() {
    let grammar = GRAMMAR.replace(
        "[resources.books]",
        "[resources.books]\nspare = { id = [\"2\"] }",
    );
    let grammar = Grammar::parse(&grammar).unwrap();
    let (_, rows) = api::explore("/api/", &grammar, &mut ask).unwrap();
    assert_eq!(rows["books"].len(), 1);
}

#[test]
fn many_bodies_are_valid() {
    let is_valid = |draft: &&Draft| {
        let request = draft.to_request("http://left");
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let is_isbn = |isbn: &str| isbn.len() == 13 && isbn.starts_with("978");
        let is_title = |title: &str| (1..=20).contains(&title.len());
        let has_text =
            |name: &str, is_fit: &dyn Fn(&str) -> bool| body[name].as_str().is_some_and(is_fit);
        body["author"] == 3 && has_text("isbn", &is_isbn) && has_text("title", &is_title)
    };
    let drafts = drafts(3, 500);
    let is_create = |draft: &&Draft| draft.method == "POST" && draft.path == "/api/books/";
    let creates: Vec<_> = drafts.iter().filter(is_create).collect();
    let valid = creates
        .iter()
        .copied()
        .filter(|draft| is_valid(draft))
        .count();
    assert!(valid * 3 > creates.len(), "{valid} of {}", creates.len());
}

#[test]
fn rows_are_learnt_and_forgotten() {
    let grammar = Grammar::parse(GRAMMAR).unwrap();
    let explored = api::explore("/api/", &grammar, &mut ask).unwrap();
    let mut generator = Generator::new(1, explored, &grammar, &[]);
    let draft = |method: &str, path: &str, target| Draft {
        resource: 1,
        target,
        method: method.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: body::Body::None,
    };
    let answer = |status, body: &str| Answer {
        status,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    };
    let created = draft("POST", "/api/books/", draft::Target::List);
    generator.learn(&created, &answer(201, r#"{"id": 9}"#));
    let path = "/api/books/1/";
    let deleted = draft("DELETE", path, draft::Target::Row(path.to_owned()));
    generator.learn(&deleted, &answer(204, ""));
    let ids: Vec<_> = generator.source.rows["books"]
        .iter()
        .map(|row| &row["id"])
        .collect();
    assert_eq!(ids, [&json!(2), &json!(9)]);
}

#[test]
fn the_own_url_of_a_side_replaces_the_placeholder() {
    let mut draft = drafts(1, 1).remove(0);
    draft.query = vec![("author".to_owned(), "{{host}}/api/authors/3/".to_owned())];
    let item = body::Item::Value(json!({"a": ["{{host}}/x/"]}));
    draft.body = body::Body::Fields(body::Encoding::Json, vec![("f".to_owned(), item)]);
    let request = draft.to_request("http://left");
    assert!(
        request
            .target
            .ends_with("?author=http%3A%2F%2Fleft%2Fapi%2Fauthors%2F3%2F")
    );
    assert_eq!(request.body, br#"{"f":{"a":["http://left/x/"]}}"#);
}

#[test]
fn simpler_requests_lack_one_part() {
    let mut draft = drafts(1, 1).remove(0);
    let pair = |name: &str| (name.to_owned(), "1".to_owned());
    draft.query = vec![pair("a"), pair("b")];
    draft.headers = vec![pair("X-A")];
    let item = || body::Item::Value(json!(1));
    let fields = vec![("f".to_owned(), item()), ("g".to_owned(), item())];
    draft.body = body::Body::Fields(body::Encoding::Json, fields);
    let simpler: Vec<_> = draft.simpler().collect();
    assert_eq!(simpler.len(), 5);
    assert_eq!(simpler[0].query, [pair("b")]);
    assert_eq!(simpler[4].to_request("").body, br#"{"f":1}"#);
}
