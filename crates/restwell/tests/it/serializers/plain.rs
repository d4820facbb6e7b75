//! Serializers without a model, called by an action.

use crate::press::press;

#[test]
fn values_are_read_and_shown_by_their_fields() {
    let (client, _database) = press();
    let sent = r#"{"work":"2","first":{"writer":"Ada","count":"3","total":9},"others":[{"writer":"Bo","count":1,"remark":" hm "}]}"#;
    let shown = r#"{"work":2,"due_on":null,"first":{"count":3,"total":6},"others":[{"count":1,"remark":"hm"}],"last":null}"#;
    client.post("/works/order/", sent).assert(200, shown);
}

#[test]
fn every_field_at_fault_is_named_at_its_place() {
    let (client, _database) = press();
    let table = [
        (r"[]", r#"{"non_field_errors":["invalid"]}"#),
        (r"null", r#"{"non_field_errors":["null"]}"#),
        (r"{}", r#"{"work":["required"],"first":["required"]}"#),
        (
            r#"{"work":9,"first":{"writer":"Cy","count":51},"others":[{"writer":"Bo","count":1},{"count":0,"remark":"longer"}],"last":4}"#,
            r#"{"work":["does_not_exist"],"first":{"writer":["does_not_exist"],"count":["max_value"]},"others":{"1":{"writer":["required"],"count":["min_value"],"remark":["max_length"]}},"last":{"non_field_errors":["invalid"]}}"#,
        ),
        (
            r#"{"work":1,"first":{"writer":"Bo","count":50}}"#,
            r#"{"non_field_errors":["too_much"]}"#,
        ),
    ];
    for (sent, expected) in table {
        client.post("/works/order/", sent).assert(400, expected);
    }
}
