//! Rules over several fields (contract §6.3 to §6.7, §7.3).

use actix_web::http::Method;
use restwell::test::TestRequest;

use crate::press::press;

const ADA: &str = "00000000-0000-0000-0000-00000000000a";

#[test]
fn sets_that_are_unique_together_are_judged_together() {
    let (client, _database) = press();
    let table = [
        (
            format!(r#"{{"writer":"{ADA}","title":"Engines","shelf":"x","place":2}}"#),
            r#"{"non_field_errors":["unique","unique"]}"#,
        ),
        (
            format!(r#"{{"writer":"{ADA}","title":"Engines","shelf":"x","place":"?"}}"#),
            r#"{"place":["invalid"]}"#,
        ),
        (
            format!(r#"{{"writer":"{ADA}","title":"Engines","shelf":"x","place":3}}"#),
            r#"{"non_field_errors":["unique"]}"#,
        ),
    ];
    for (sent, expected) in table {
        client.post("/entries/", &sent).assert(400, expected);
    }
    let fresh = client.post("/entries/", r#"{"title":"Notes","shelf":"x","place":3}"#);
    assert_eq!(fresh.status, 201, "a null writer is like no other");
    assert_eq!(fresh.statements, 3, "the constraints are not asked first");
}

#[test]
fn nulls_are_equal_where_the_set_says_so() {
    let (client, _database) = press();
    assert_eq!(client.post("/entries/", r#"{"title":"A"}"#).status, 201);
    for sent in [
        r#"{"title":"B"}"#,
        r#"{"title":"B","shelf":null,"place":null}"#,
    ] {
        client
            .post("/entries/", sent)
            .assert(400, r#"{"non_field_errors":["unique"]}"#);
    }
    let placed = client
        .post("/entries/", r#"{"title":"B","place":1}"#)
        .json();
    client
        .patch(&format!("/entries/{}/", placed["id"]), r#"{"place":null}"#)
        .assert(400, r#"{"non_field_errors":["unique"]}"#);
}

#[test]
fn a_condition_says_which_rows_a_set_is_about() {
    let (client, _database) = press();
    let open = |place: i32, title: &str, state: &str| {
        let sent =
            format!(r#"{{"writer":"{ADA}","title":"{title}","place":{place},"state":"{state}"}}"#);
        client.post("/entries/", &sent)
    };
    assert_eq!(open(1, "A", "open").status, 201);
    assert_eq!(open(2, "B", "shut").status, 201);
    open(3, "C", "open").assert(400, r#"{"non_field_errors":["one_open"]}"#);
    open(3, "A", "open").assert(400, r#"{"non_field_errors":["unique","one_open"]}"#);
    client
        .patch("/entries/4/", r#"{"state":"open"}"#)
        .assert(400, r#"{"non_field_errors":["one_open"]}"#);
    assert_eq!(
        client.patch("/entries/3/", r#"{"state":"open"}"#).status,
        200
    );
}

#[test]
fn a_patch_is_judged_with_what_is_stored() {
    let (client, _database) = press();
    client
        .patch("/entries/2/", r#"{"place":1}"#)
        .assert(400, r#"{"non_field_errors":["unique"]}"#);
    assert_eq!(client.patch("/entries/2/", r#"{"place":2}"#).status, 200);
    assert_eq!(client.patch("/entries/2/", r#"{"title":"N"}"#).status, 200);
    client
        .patch(
            "/entries/2/",
            &format!(r#"{{"title":"Engines","writer":"{ADA}"}}"#),
        )
        .assert(400, r#"{"non_field_errors":["unique"]}"#);
}

#[test]
fn a_value_is_unique_for_a_month() {
    let (client, _database) = press();
    let issue = |place: i32, title: &str, day: &str| {
        let sent = format!(r#"{{"title":"{title}","published_on":{day},"place":{place}}}"#);
        client.post("/issues/", &sent)
    };
    assert_eq!(issue(10, "May", r#""2020-05-01""#).status, 201);
    issue(11, "May", r#""2021-05-31""#).assert(400, r#"{"title":["unique"]}"#);
    assert_eq!(issue(11, "June", r#""2020-05-01""#).status, 201);
    assert_eq!(issue(12, "May", r#""2020-06-01""#).status, 201);
    assert_eq!(issue(13, "May", "null").status, 201);
    let table = [
        (
            r"{}",
            r#"{"title":["required"],"published_on":["required"]}"#,
        ),
        (r#"{"title":"May"}"#, r#"{"published_on":["required"]}"#),
        (
            r#"{"title":"May","published_on":"2020-05-09"}"#,
            r#"{"title":["unique"]}"#,
        ),
    ];
    for (sent, expected) in table {
        client.patch("/issues/5/", sent).assert(400, expected);
    }
    let own = r#"{"title":"June","published_on":"2020-05-02"}"#;
    assert_eq!(client.patch("/issues/4/", own).status, 200);
}

#[test]
fn of_many_at_once_one_is_the_first_of_its_month() {
    let (client, database) = press();
    let requests = (0..24).map(|i| {
        let sent = format!(
            r#"{{"title":"May","published_on":"2020-05-{:02}","place":{}}}"#,
            i + 1,
            i + 10
        );
        TestRequest::new(Method::POST, "/issues/").json(&sent)
    });
    let answers = client.send_together(requests.collect());
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers
        .iter()
        .filter(|answer| answer.status == 400 && answer.body == r#"{"title":["unique"]}"#)
        .count();
    assert_eq!((created, refused), (1, 23));
    drop(database);
}

#[test]
fn rules_are_heard_in_stages() {
    let (client, _database) = press();
    let table = [
        (
            r#"{"title":"a!","place":0}"#,
            r#"{"non_field_errors":["shouting","loud","zero"]}"#,
        ),
        (r#"{"title":"a!","place":-1}"#, r#"{"place":["negative"]}"#),
        (
            r#"{"title":"a","place":1}"#,
            r#"{"non_field_errors":["one"]}"#,
        ),
        (
            r#"{"title":"a","place":2}"#,
            r#"{"non_field_errors":["two","due"]}"#,
        ),
        (
            r#"{"title":"a","place":3}"#,
            r#"{"place":["three"],"deep":{"x":"y"}}"#,
        ),
        (r#"{"title":"","place":3}"#, r#"{"title":["blank"]}"#),
    ];
    for (sent, expected) in table {
        let sent = sent.replace('}', r#","published_on":null}"#);
        client.post("/issues/", &sent).assert(400, expected);
    }
}

#[test]
fn a_fields_own_rule_says_what_it_likes() {
    let (client, _database) = press();
    let table = [
        ("one", r#"{"shelf":["one"]}"#),
        ("two", r#"{"shelf":["two","due"]}"#),
        ("map", r#"{"shelf":{"x":"y"}}"#),
    ];
    for (shelf, expected) in table {
        let sent = format!(r#"{{"title":"a","published_on":null,"place":-1,"shelf":"{shelf}"}}"#);
        client.post("/issues/", &sent).assert(400, expected);
    }
}
