//! Lists of objects to create, and reverse relations (contract §6.2, §6.8, §8.6).

use actix_web::http::Method;
use restwell::test::{ApiClient, TestRequest};

use crate::press::{press, press_with};

fn names(client: &ApiClient) -> Vec<String> {
    let writers = client.get("/writers/").json();
    let writers = writers.as_array().unwrap().iter();
    writers
        .map(|writer| writer["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn all_of_a_list_are_created_in_one_transaction() {
    let (client, _database) = press();
    let sent = r#"[{"name":"Cy","code":3,"works":[2]},{"name":"Di","code":4}]"#;
    let created = client.post("/writers/", sent);
    created.assert(
        201,
        r#"[{"name":"Cy","code":3,"works":[2]},{"name":"Di","code":4,"works":[]}]"#,
    );
    // BEGIN, the keys that were sent, an insert a row, the works of one, what the answer shows, COMMIT.
    assert_eq!(created.statements, 7);
    assert_eq!(created.header("location"), "");
    assert_eq!(names(&client), ["Ada", "Bo", "Cy", "Di"]);
    client.post("/writers/", "[]").assert(201, "[]");
    let one = client.post("/writers/", r#"{"name":"Ed","code":5}"#);
    one.assert(201, r#"{"name":"Ed","code":5,"works":[]}"#);
}

#[test]
fn one_bad_item_stops_all() {
    let (client, _database) = press();
    let table = [
        (
            r#"[{"name":"Cy","code":3},{"name":"Bo"},null,4]"#,
            r#"{"1":{"name":["unique"],"code":["required"]},"2":["null"],"3":{"non_field_errors":["invalid"]}}"#,
        ),
        (
            r#"[{"name":"Cy","code":3},{"name":"Bo","code":4},{"name":"Ada","code":5}]"#,
            r#"{"1":{"name":["unique"]},"2":{"name":["unique"]}}"#,
        ),
        (
            r#"[{"name":"Cy","code":3},{"name":"Di","code":4},{"name":"Cy","code":5}]"#,
            r#"{"2":{"name":["unique"]}}"#,
        ),
        (
            r#"[{"name":"Cy","code":3,"works":[77]}]"#,
            r#"{"0":{"works":["does_not_exist"]}}"#,
        ),
        ("[{},{},{},{},{}]", r#"{"non_field_errors":["max_length"]}"#),
        ("null", r#"{"non_field_errors":["null"]}"#),
        ("7", r#"{"non_field_errors":["invalid"]}"#),
    ];
    for (sent, expected) in table {
        client.post("/writers/", sent).assert(400, expected);
    }
    assert_eq!(names(&client), ["Ada", "Bo"]);
}

#[test]
fn errors_by_position_may_be_a_list() {
    let (client, _database) = press_with(|settings| settings.list_errors_as_dict = false);
    client
        .post(
            "/writers/",
            r#"[{"name":"Cy","code":3},{"name":"Bo","code":4}]"#,
        )
        .assert(400, r#"[{},{"name":["unique"]}]"#);
    client
        .post(
            "/writers/",
            r#"[{"name":"Cy","code":3},{"name":"Cy","code":4}]"#,
        )
        .assert(400, r#"[{},{"name":["unique"]}]"#);
}

#[test]
fn a_viewset_says_itself_how_errors_stand() {
    let (client, _database) = press();
    let refused = r#"[{"name":"Cy","code":3},{"name":"Cy","code":4}]"#;
    client
        .post("/listed-writers/", refused)
        .assert(400, r#"[{},{"name":["unique"]}]"#);
    client
        .post("/writers/", refused)
        .assert(400, r#"{"1":{"name":["unique"]}}"#);
}

#[test]
fn a_list_of_objects_is_described_by_one() {
    let (client, _database) = press();
    let options = client.send(TestRequest::new(Method::OPTIONS, "/works/"));
    let fields = options.json()["actions"]["POST"].clone();
    let number = r#"{"type":"integer","required":true,"read_only":false,"label":"Number","min_value":-2147483648,"max_value":2147483647}"#;
    let text = r#"{"type":"string","required":false,"read_only":false,"label":"Text"}"#;
    let parts = format!(
        r#"{{"type":"field","required":true,"read_only":false,"label":"Parts","max_length":3,"child":{{"type":"nested object","required":true,"read_only":false,"children":{{"number":{number},"text":{text}}}}}}}"#
    );
    assert_eq!(fields["parts"].to_string(), parts);
}

#[test]
fn a_list_is_no_object_where_it_is_not_asked_for() {
    let (client, _database) = press();
    client
        .post("/works/", "[]")
        .assert(400, r#"{"non_field_errors":["invalid"]}"#);
}

#[test]
fn a_reverse_relation_sets_the_keys_of_the_other_rows() {
    let (client, _database) = press();
    let ada = "/writers/00000000-0000-0000-0000-00000000000a/";
    let shown = client.get(ada);
    shown.assert(200, r#"{"name":"Ada","code":1,"works":[1]}"#);
    assert_eq!(shown.statements, 1);
    let both = client.patch(ada, r#"{"works":[1,2,1]}"#);
    both.assert(200, r#"{"name":"Ada","code":1,"works":[2,1]}"#);
    client
        .patch(ada, r#"{"works":[2]}"#)
        .assert(200, r#"{"name":"Ada","code":1,"works":[2]}"#);
    client
        .patch(ada, r#"{"works":[]}"#)
        .assert(200, r#"{"name":"Ada","code":1,"works":[]}"#);
    assert!(client.get("/works/1/").json()["writer"].is_null());
}

#[test]
fn rows_that_must_point_somewhere_stay() {
    let (client, _database) = press();
    client.post("/works/1/clear/", "").assert(204, "");
    assert_eq!(
        client.get("/works/1/").json()["parts"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
