//! Fields that name rows of other models (contract §8).

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use restwell::test::{ApiClient, TestRequest};
use restwell_postgres::test::TestDatabase;

use crate::press::press;

const ADA: &str = "00000000-0000-0000-0000-00000000000a";
const BO: &str = "00000000-0000-0000-0000-00000000000b";

/// Works with fans, and a writer whom not everybody sees.
fn fans() -> (ApiClient, TestDatabase) {
    let (client, database) = press();
    let rows = format!(
        "INSERT INTO writer (id, name, code, hidden) VALUES ('00000000-0000-0000-0000-00000000000c', 'Cy', 3, true);
        INSERT INTO work_fans VALUES (1, '{BO}'), (1, '{ADA}')"
    );
    database.connect().batch_execute(&rows).unwrap();
    (client, database)
}

#[test]
fn rows_are_named_by_any_column_by_text_and_by_url() {
    let (client, _database) = fans();
    let credit = format!(
        r#"{{"writer":1,"by":"Ada (1)","page":"http://localhost/writers/{ADA}/","fans":[1,2],"liked_by":["Ada (1)","Bo (2)"]}}"#
    );
    client.get("/credits/1/").assert(200, &credit);
    client.get("/credits/").assert(
        200,
        &format!(r#"[{{"writer":null,"by":null,"page":null,"fans":[],"liked_by":[]}},{credit}]"#),
    );
    let oeuvre = client.get(&format!("/oeuvres/{ADA}/"));
    oeuvre.assert(
        200,
        &format!(
            r#"{{"works":["http://localhost/works/1/"],"titles":["Engines"],"details":[{{"writer":"{ADA}","fans":["{ADA}","{BO}"]}}]}}"#
        ),
    );
    assert_eq!(oeuvre.statements, 4);
}

#[test]
fn lists_have_the_default_order_of_their_model() {
    let (client, _database) = fans();
    client
        .patch("/credits/2/", r#"{"writer":"2","fans":[2,1,2],"by":"x"}"#)
        .assert(
            200,
            &format!(r#"{{"writer":2,"by":"Bo (2)","page":"http://localhost/writers/{BO}/","fans":[1,2],"liked_by":["Ada (1)","Bo (2)"]}}"#),
        );
    let both = client.patch(
        &format!("/oeuvres/{ADA}/"),
        r#"{"works":["/works/1/","/works/2/"]}"#,
    );
    assert_eq!(
        both.json()["titles"],
        serde_json::json!(["Notes", "Engines"])
    );
}

/// A path, what is sent, and what is answered.
const NAMELESS: &[(&str, &str, &str)] = &[
    (
        "credits",
        r#"{"writer":9}"#,
        r#"{"writer":["does_not_exist"]}"#,
    ),
    ("credits", r#"{"writer":"x"}"#, r#"{"writer":["invalid"]}"#),
    ("credits", r#"{"writer":[1]}"#, r#"{"writer":["invalid"]}"#),
    (
        "credits",
        r#"{"fans":[1,"x",9]}"#,
        r#"{"fans":["invalid"]}"#,
    ),
    (
        "credits",
        r#"{"fans":[1,9]}"#,
        r#"{"fans":["does_not_exist"]}"#,
    ),
    (
        "credits",
        r#"{"fans":[null]}"#,
        r#"{"fans":["does_not_exist"]}"#,
    ),
    (
        "credits",
        r#"{"fans":[9,"x"]}"#,
        r#"{"fans":["does_not_exist"]}"#,
    ),
    (
        "credits",
        r#"{"writer":99999999999999999999}"#,
        r#"{"writer":["does_not_exist"]}"#,
    ),
    (
        "loans",
        r#"{"fans":["00000000-0000-0000-0000-0000000000ff","x"]}"#,
        r#"{"fans":["does_not_exist"]}"#,
    ),
    ("loans", r#"{"writer":"x"}"#, r#"{"writer":["invalid"]}"#),
    ("loans", r#"{"writer":"5"}"#, r#"{"writer":["invalid"]}"#),
    (
        "loans",
        r#"{"writer":5}"#,
        r#"{"writer":["does_not_exist"]}"#,
    ),
    (
        "loans",
        r#"{"writer":{"id":1}}"#,
        r#"{"writer":["invalid"]}"#,
    ),
    (
        "loans",
        r#"{"writer":true}"#,
        r#"{"writer":["incorrect_type"]}"#,
    ),
    ("loans", r#"{"fans":[]}"#, r#"{"fans":["empty"]}"#),
    ("loans", r#"{"fans":[""]}"#, r#"{"fans":["invalid"]}"#),
    (
        "loans",
        r#"{"writer":"00000000-0000-0000-0000-0000000000ff"}"#,
        r#"{"writer":["does_not_exist"]}"#,
    ),
];

#[test]
fn values_that_name_no_row_are_field_errors() {
    let (client, _database) = fans();
    for (path, sent, expected) in NAMELESS {
        let response = client.patch(&format!("/{path}/1/"), sent);
        assert_eq!(
            (response.status.as_u16(), response.body.as_str()),
            (400, *expected),
            "{sent}"
        );
    }
    let cleared = client.patch("/loans/1/", r#"{"writer":""}"#).json();
    assert!(cleared["writer"].is_null());
    let spelt = client.patch(
        "/loans/1/",
        r#"{"writer":"{0000000000000000000000000000000B}"}"#,
    );
    assert_eq!(spelt.json()["writer"], BO);
}

#[test]
fn rows_that_the_request_may_not_see_do_not_exist() {
    let (client, _database) = fans();
    let hidden = "00000000-0000-0000-0000-00000000000c";
    let table = [
        ("credits", r#"{"writer":3}"#.to_owned(), "writer"),
        ("credits", r#"{"fans":[1,3]}"#.to_owned(), "fans"),
        ("loans", format!(r#"{{"writer":"{hidden}"}}"#), "writer"),
        ("loans", format!(r#"{{"fans":["{hidden}"]}}"#), "fans"),
    ];
    for (path, sent, field) in table {
        let path = format!("/{path}/1/");
        client
            .patch(&path, &sent)
            .assert(400, &format!(r#"{{"{field}":["does_not_exist"]}}"#));
        let request = TestRequest::new(Method::PATCH, &path).json(&sent);
        assert_eq!(client.send(request.header("x-see-all", "1")).status, 200);
    }
}

#[test]
fn urls_are_read_as_the_router_reads_them() {
    let (client, _database) = fans();
    let path = format!("/oeuvres/{ADA}/");
    let table = [
        (r#""http://elsewhere.example:9/works/2/?x=1#y""#, Ok(2)),
        (r#""/works/2.json""#, Ok(2)),
        (r#""/%77orks/%32/""#, Ok(2)),
        (r#""/works/2""#, Err("no_match")),
        (r#""works/2/""#, Err("no_match")),
        (r#""ftp://localhost/works/2/""#, Err("no_match")),
        (r#""/nowhere/2/""#, Err("no_match")),
        (r#""/works/""#, Err("incorrect_match")),
        (r#""/loans/2/""#, Err("incorrect_match")),
        (r#""/works/77/""#, Err("does_not_exist")),
        (r#""/works/x/""#, Err("does_not_exist")),
        (r#""""#, Err("no_match")),
        ("2", Err("incorrect_type")),
        ("null", Err("incorrect_type")),
    ];
    for (url, expected) in table {
        let response = client.patch(&path, &format!(r#"{{"works":[{url}]}}"#));
        match expected {
            Ok(work) => assert_eq!(
                response.json()["works"][0],
                format!("http://localhost/works/{work}/"),
                "{url}"
            ),
            Err(code) => response.assert(400, &format!(r#"{{"works":["{code}"]}}"#)),
        }
    }
}

#[test]
fn numbers_are_read_as_python_reads_them() {
    let (client, _database) = fans();
    for writer in [r#""١""#, "1.5", "true", r#"" +1 ""#, r#""0_1""#] {
        client.patch("/credits/1/", r#"{"writer":null}"#);
        let patched = client.patch("/credits/1/", &format!(r#"{{"writer":{writer}}}"#));
        assert_eq!(patched.json()["writer"], 1, "{writer}");
    }
    let work = client.get("/works/1/");
    for key in ["%D9%A1", "+1", "0_1", "%201"] {
        let same = client.get(&format!("/works/{key}/"));
        assert_eq!(same.body, work.body, "{key}");
    }
    for key in ["1.0", "9223372036854775808", "1__0"] {
        let path = format!("/works/{key}/");
        assert_eq!(client.get(&path).status, 404, "{key}");
    }
    let works = |keys| {
        let patched = client.patch(&format!("/writers/{ADA}/"), keys);
        patched.json()["works"].clone()
    };
    assert_eq!(works(r#"{"works":["٢"]}"#), serde_json::json!([2]));
    assert_eq!(
        works(r#"{"works":["1_0"]}"#),
        serde_json::json!(["does_not_exist"])
    );
}

#[test]
fn a_row_may_have_one_row_of_another_model() {
    let (client, database) = press();
    let rows = "INSERT INTO work (title) VALUES ('Bare');
        INSERT INTO jacket (work_id, color) VALUES (null, 'grey'), (2, 'blue'), (1, 'red')";
    database.connect().batch_execute(rows).unwrap();
    let list = client.get("/dressed/");
    list.assert(
        200,
        &format!(
            r#"[{{"url":"http://localhost/dressed/2/","writer":null,"jacket":{{"color":"blue"}}}},{{"url":"http://localhost/dressed/1/","writer":"http://localhost/oeuvres/{ADA}/","jacket":{{"color":"red"}}}},{{"url":"http://localhost/dressed/3/","writer":null,"jacket":null}}]"#
        ),
    );
    assert_eq!(list.statements, 2);
    let one = client.get("/dressed/2/");
    one.assert(
        200,
        r#"{"url":"http://localhost/dressed/2/","writer":null,"jacket":{"color":"blue"}}"#,
    );
    assert_eq!(one.statements, 1);
}

#[test]
fn links_lead_to_the_view_that_the_field_names() {
    let (client, _database) = press();
    let patched = client.patch("/dressed/2/", &format!(r#"{{"writer":"/oeuvres/{BO}/"}}"#));
    patched.assert(
        200,
        &format!(
            r#"{{"url":"http://localhost/dressed/2/","writer":"http://localhost/oeuvres/{BO}/","jacket":null}}"#
        ),
    );
    let other = client.patch("/dressed/2/", &format!(r#"{{"writer":"/writers/{BO}/"}}"#));
    other.assert(400, r#"{"writer":["incorrect_match"]}"#);
    let created = client.post("/dressed/", "{}");
    assert_eq!(created.header("location"), "");
}

#[test]
fn a_put_clears_no_list_that_it_leaves_out() {
    let (client, _database) = fans();
    let put = client.put("/credits/1/", r#"{"writer":2}"#).json();
    assert_eq!(
        (&put["writer"], &put["fans"]),
        (&2.into(), &serde_json::json!([1, 2]))
    );
    let cleared = client.put("/credits/1/", r#"{"fans":[]}"#).json();
    assert_eq!(
        (&cleared["writer"], &cleared["fans"]),
        (&2.into(), &serde_json::json!([]))
    );
    let nulled = client.patch("/credits/1/", r#"{"writer":null}"#).json();
    assert!(nulled["writer"].is_null());
}

#[test]
fn a_relation_may_lead_back_to_its_model() {
    let (client, _database) = press();
    for _ in 0..3 {
        assert_eq!(client.post("/nodes/", "{}").status, 201);
    }
    let root = r#"{"id":1,"parent":null,"children":[2,3],"below":[{"id":2},{"id":3}]}"#;
    client
        .patch("/nodes/1/", r#"{"children":[3,2]}"#)
        .assert(200, root);
    client.get("/nodes/1/").assert(200, root);
    client.get("/nodes/3/").assert(
        200,
        r#"{"id":3,"parent":{"id":1},"children":[],"below":[]}"#,
    );
}
