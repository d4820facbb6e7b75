//! Relations in both directions, rules over several fields, and what the database refuses.

mod computed;
mod create;
mod dated;
mod many;
mod nested;
mod plain;
mod rules;
mod views;

use restwell::prelude::*;

use crate::{
    shop::shop,
    things::{SizeSerializer, things},
};

const ITEM: &str = r#"{"id":1,"shop":"Corner","shop_detail":{"id":1,"name":"Corner"},"maker":"http://localhost/shops/2/","maker_detail":{"id":2,"name":"Market"},"number":10,"note":"first thing","extra":null,"tags":["http://localhost/tags/red/","http://localhost/tags/blue/"]}"#;

#[test]
fn every_kind_of_relation_is_shown() {
    let (client, _database) = shop();
    client.get("/items/1/").assert(200, ITEM);
    let without = client.get("/items/2/").json();
    assert!(without["shop"].is_null() && without["shop_detail"].is_null());
    assert_eq!(without["tags"], serde_json::json!([]));
}

#[test]
fn every_kind_of_relation_is_stored() {
    let (client, _database) = shop();
    let sent = r#"{"shop":"Market","maker":"http://elsewhere.example/shops/1/?x=1","number":1,"tags":["/tags/blue/"]}"#;
    let created = client.post("/items/", sent);
    assert_eq!(created.status, 201, "{}", created.body);
    let item = created.json();
    assert_eq!(
        (&item["shop"], &item["maker_detail"]["name"]),
        (&"Market".into(), &"Corner".into())
    );
    assert_eq!(
        (&item["tags"], &item["note"]),
        (
            &serde_json::json!(["http://localhost/tags/blue/"]),
            &"new".into()
        )
    );
    let cleared = client
        .patch("/items/1/", r#"{"shop":null,"tags":[]}"#)
        .json();
    assert!(cleared["shop"].is_null() && cleared["tags"].as_array().unwrap().is_empty());
}

#[test]
fn related_rows_that_do_not_exist_are_field_errors() {
    let (client, _database) = shop();
    let table = [
        (r#"{"shop":"Nowhere"}"#, r#"{"shop":["does_not_exist"]}"#),
        (r#"{"shop":true}"#, r#"{"shop":["does_not_exist"]}"#),
        (
            r#"{"maker":"/shops/99/"}"#,
            r#"{"maker":["does_not_exist"]}"#,
        ),
        (
            r#"{"maker":"/shops/abc/"}"#,
            r#"{"maker":["does_not_exist"]}"#,
        ),
        (
            r#"{"maker":"/tags/red/"}"#,
            r#"{"maker":["incorrect_match"]}"#,
        ),
        (r#"{"maker":"/shops/1"}"#, r#"{"maker":["no_match"]}"#),
        (
            r#"{"maker":"ftp://localhost/shops/1/"}"#,
            r#"{"maker":["no_match"]}"#,
        ),
        (r#"{"maker":1}"#, r#"{"maker":["incorrect_type"]}"#),
        (r#"{"maker":null}"#, r#"{"maker":["null"]}"#),
        (
            r#"{"tags":["/tags/red/",7]}"#,
            r#"{"tags":["incorrect_type"]}"#,
        ),
        (r#"{"tags":"x"}"#, r#"{"tags":["not_a_list"]}"#),
        (r#"{"tags":null}"#, r#"{"tags":["null"]}"#),
    ];
    for (sent, expected) in table {
        let response = client.patch("/items/1/", sent);
        assert_eq!(
            (response.status.as_u16(), response.body.as_str()),
            (400, expected),
            "{sent}"
        );
    }
    client.get("/items/1/").assert(200, ITEM);
}

#[test]
fn members_of_a_unique_set_are_judged_together() {
    let (client, _database) = shop();
    let taken = r#"{"non_field_errors":["unique"]}"#;
    client
        .post("/items/", r#"{"maker":"/shops/2/","number":10}"#)
        .assert(400, taken);
    client
        .patch("/items/2/", r#"{"number":10}"#)
        .assert(400, taken);
    assert_eq!(client.patch("/items/2/", r#"{"number":20}"#).status, 200);
    assert_eq!(
        client
            .patch("/items/2/", r#"{"number":10,"maker":"/shops/1/"}"#)
            .status,
        200
    );
}

#[test]
fn a_list_may_have_a_serializer_of_its_own() {
    let (client, _database) = shop();
    let list = client.get("/items/?page=1");
    list.assert(
        200,
        r#"{"count":2,"next":null,"previous":null,"results":[{"number":20,"maker":2,"tags":[]},{"number":10,"maker":2,"tags":[1,2]}]}"#,
    );
    assert_eq!(list.statements, 2);
}

#[test]
fn a_property_of_the_model_is_shown_as_a_field_of_its_type() {
    let (client, _database) = things();
    let shown = client.get("/sizes/");
    shown.assert(
        200,
        r#"[{"is_large":false},{"is_large":true},{"is_large":true}]"#,
    );
    assert_eq!(shown.statements, 1);
    let field = &SizeSerializer::FIELDS[0];
    assert_eq!(
        (field.kind.name, field.read_only, field.required),
        ("boolean", true, false)
    );
}

#[test]
fn a_row_that_others_refer_to_is_protected() {
    let (client, _database) = shop();
    client
        .delete("/shops/1/")
        .assert(409, r#"{"detail":"protected"}"#);
    client.patch("/items/1/", r#"{"shop":null}"#);
    client.delete("/shops/1/").assert(204, "");
}
