//! Objects inside of objects (contract §6.1, §6.2, §7.2, §8.5).

use crate::press::{press, press_with};

const WORK: &str = r#"{"id":1,"title":"Engines","writer":"00000000-0000-0000-0000-00000000000a","parts":[{"number":2,"text":"two"},{"number":1,"text":"one"}]}"#;

#[test]
fn lists_of_objects_are_shown_with_one_statement() {
    let (client, _database) = press();
    let work = client.get("/works/1/");
    work.assert(200, WORK);
    assert_eq!(work.statements, 2);
    let list = client.get("/works/");
    assert_eq!(
        list.body,
        format!(r#"[{{"id":2,"title":"Notes","writer":null,"parts":[]}},{WORK}]"#)
    );
    assert_eq!(list.statements, 2);
}

#[test]
fn nested_input_is_stored_by_the_serializers_own_code() {
    let (client, _database) = press();
    let sent =
        r#"{"title":"New","writer":null,"parts":[{"number":7},{"number":"9","text":"x","id":4}]}"#;
    client.post("/works/", sent).assert(
        201,
        r#"{"id":3,"title":"New","writer":null,"parts":[{"number":9,"text":"x"},{"number":7,"text":""}]}"#,
    );
    client
        .patch("/works/3/", r#"{"title":"Old"}"#)
        .assert(200, r#"{"id":3,"title":"Old","writer":null,"parts":[{"number":9,"text":"x"},{"number":7,"text":""}]}"#);
    client
        .put("/works/3/", r#"{"title":"Old","parts":[{"number":1}]}"#)
        .assert(
            200,
            r#"{"id":3,"title":"Old","writer":null,"parts":[{"number":1,"text":""}]}"#,
        );
}

#[test]
fn nested_errors_stand_at_their_place() {
    let (client, _database) = press();
    let table = [
        (r"null", r#"{"parts":["null"]}"#),
        (r"{}", r#"{"parts":{"non_field_errors":["not_a_list"]}}"#),
        (r"[]", r#"{"parts":{"non_field_errors":["empty"]}}"#),
        (
            r"[{},{},{},{}]",
            r#"{"parts":{"non_field_errors":["max_length"]}}"#,
        ),
        (
            r#"[{"number":1},{"number":"x"},5]"#,
            r#"{"parts":{"1":{"number":["invalid"]},"2":{"non_field_errors":["invalid"]}}}"#,
        ),
        (r#"[null,{"number":1}]"#, r#"{"parts":{"0":["null"]}}"#),
        (r#"[{"number":1},{"number":1}]"#, r#"{"parts":["unique"]}"#),
    ];
    for (parts, expected) in table {
        client
            .patch("/works/1/", &format!(r#"{{"parts":{parts}}}"#))
            .assert(400, expected);
    }
    client.get("/works/1/").assert(200, WORK);
}

#[test]
fn errors_of_lists_may_be_lists() {
    let (client, _database) = press_with(|settings| settings.list_errors_as_dict = false);
    let sent = r#"{"title":"T","parts":[{"number":1},{"number":"x"},null]}"#;
    client
        .post("/works/", sent)
        .assert(400, r#"{"parts":[{},{"number":["invalid"]},["null"]]}"#);
}

#[test]
fn a_patch_is_partial_at_any_depth() {
    let (client, _database) = press();
    client
        .put("/works/1/", r#"{"title":"T","parts":[{"text":"z"}]}"#)
        .assert(400, r#"{"parts":{"0":{"number":["required"]}}}"#);
    let patched = client.patch("/works/1/", r#"{"parts":[{"text":"z"}]}"#);
    assert_eq!(
        patched.json()["parts"],
        serde_json::json!([{"number":0,"text":"z"}])
    );
}
