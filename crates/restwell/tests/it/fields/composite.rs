use restwell::fields::{Bound, FieldOptions};
use serde_json::Value;

use super::{NONE, check};

const POSITIVE: FieldOptions = FieldOptions {
    min_value: Some(Bound::Int(1)),
    ..NONE
};

#[test]
fn errors_of_items_stand_under_their_index_and_come_before_the_length() {
    check::<Vec<i32>>(
        FieldOptions {
            max_length: Some(3),
            min_length: Some(1),
            child: Some(&POSITIVE),
            ..NONE
        },
        &[
            (r#"[1, "2", 3.0]"#, Ok("[1,2,3]")),
            ("[]", Err("min_length")),
            ("[1,2,3,4]", Err("max_length")),
            (r#"[1,2,3,"x"]"#, Err("3:invalid")),
            (
                r#"[0,1,"x",null,[1],true]"#,
                Err("0:min_value 2:invalid 3:null 4:invalid 5:invalid"),
            ),
            (r#""1""#, Err("not_a_list")),
            (r#"{"0":1}"#, Err("not_a_list")),
            ("1", Err("not_a_list")),
            ("true", Err("not_a_list")),
            (r#""""#, Err("not_a_list")),
            ("null", Err("null")),
        ],
    );
}

#[test]
fn items_and_lists_may_be_nullable() {
    check::<Vec<String>>(
        NONE,
        &[("[]", Ok("[]")), (r#"[" a ", 1, ""]"#, Err("2:blank"))],
    );
    check::<Vec<Option<String>>>(
        NONE,
        &[
            (r#"["a",null]"#, Ok(r#"["a",null]"#)),
            ("null", Err("null")),
        ],
    );
    check::<Option<Vec<String>>>(NONE, &[("null", Ok("null")), ("[null]", Err("0:null"))]);
}

/// DRF lets the database refuse the characters and answers 500.
#[test]
fn json_is_kept_as_it_is_unless_postgres_cannot_store_it() {
    check::<Value>(
        NONE,
        &[
            (
                r#"{"b":1,"a":[1,2.5,"x",null,true,{}]}"#,
                Ok(r#"{"b":1,"a":[1,2.5,"x",null,true,{}]}"#),
            ),
            ("false", Ok("false")),
            (r#""""#, Ok(r#""""#)),
            ("null", Err("null")),
            (
                r#"["x",{"b":["a\u0000"]}]"#,
                Err("null_characters_not_allowed"),
            ),
            (r#"{"a\u0000":1}"#, Err("null_characters_not_allowed")),
            (r#"{"a":"\ufdd0"}"#, Err("surrogate_characters_not_allowed")),
            ("[1e999]", Err("invalid")),
        ],
    );
    check::<Value>(NONE, &[(&"9".repeat(4300), Ok(&"9".repeat(4300)))]);
    check::<Option<Value>>(NONE, &[("null", Ok("null")), ("[null]", Ok("[null]"))]);
}
