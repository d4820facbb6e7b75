use chrono::NaiveDate;
use restwell::fields::{Bound, DictField, FieldOptions, HStoreField, ListField};
use serde_json::Value;

use super::{NONE, check};

const POSITIVE: FieldOptions = FieldOptions {
    min_value: Some(Bound::Int(1)),
    ..NONE
};

/// At most two numbers, none above 5.
const PAIR: FieldOptions = FieldOptions {
    max_length: Some(2),
    child: Some(&FieldOptions {
        max_value: Some(Bound::Int(5)),
        ..NONE
    }),
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

#[test]
fn a_list_may_have_to_hold_something() {
    let options = FieldOptions {
        allow_empty: false,
        max_length: Some(1),
        ..NONE
    };
    let rows = [
        ("[]", Err("empty")),
        ("[1]", Ok("[1]")),
        ("[1,2]", Err("max_length")),
    ];
    check::<Vec<i32>>(options, &rows);
    check::<ListField<i32>>(options, &rows);
}

#[test]
fn a_list_in_a_json_column_may_hold_anything() {
    check::<ListField<Option<Value>>>(
        NONE,
        &[
            (r#"[1,null,"x",[],{}]"#, Ok(r#"[1,null,"x",[],{}]"#)),
            ("{}", Err("not_a_list")),
            (r#""x""#, Err("not_a_list")),
            ("null", Err("null")),
            ("[]", Ok("[]")),
        ],
    );
    let options = FieldOptions {
        child: Some(&PAIR),
        ..NONE
    };
    check::<ListField<Vec<i32>>>(
        options,
        &[
            (r#"[[1,"2"],[3]]"#, Ok("[[1,2],[3]]")),
            ("[[1,2,3]]", Err("0:max_length")),
            (r#"[[1],[9,"x"]]"#, Err("1:0:max_value 1:1:invalid")),
            ("[1]", Err("0:not_a_list")),
        ],
    );
    check::<ListField<DictField<i32>>>(
        NONE,
        &[
            (r#"[{"a":1}]"#, Ok(r#"[{"a":1}]"#)),
            (r#"[{"a":"x"},3]"#, Err("0:a:invalid 1:not_a_dict")),
        ],
    );
}

#[test]
fn errors_of_a_dictionary_stand_under_their_key() {
    let options = FieldOptions {
        child: Some(&POSITIVE),
        ..NONE
    };
    check::<DictField<i32>>(
        options,
        &[
            (r#"{"b":"1","a":2}"#, Ok(r#"{"b":1,"a":2}"#)),
            ("{}", Ok("{}")),
            (
                r#"{"a":0,"b":"x","c":null}"#,
                Err("a:min_value b:invalid c:null"),
            ),
            (
                r#"{"a\u0000":1}"#,
                Err("a\u{0}:null_characters_not_allowed"),
            ),
            ("[]", Err("not_a_dict")),
            (r#""""#, Err("not_a_dict")),
            ("null", Err("null")),
        ],
    );
    let full = FieldOptions {
        allow_empty: false,
        ..NONE
    };
    check::<DictField<i32>>(full, &[("{}", Err("empty"))]);
    check::<DictField<Option<Value>>>(
        NONE,
        &[(
            r#"{"a":[null,{"x":1}],"b":null}"#,
            Ok(r#"{"a":[null,{"x":1}],"b":null}"#),
        )],
    );
    check::<DictField<NaiveDate>>(
        NONE,
        &[(r#"{"a":"2020-1-1"}"#, Ok(r#"{"a":"2020-01-01"}"#))],
    );
}

#[test]
fn a_dictionary_of_texts_may_hold_blanks_and_nulls() {
    check::<HStoreField>(
        NONE,
        &[
            (
                r#"{"a":"x","b":null,"c":"","d":1,"e":" y "}"#,
                Ok(r#"{"a":"x","b":null,"c":"","d":"1","e":"y"}"#),
            ),
            (r#"{"a":true}"#, Err("a:invalid")),
            (r#"{"a":[]}"#, Err("a:invalid")),
            ("[]", Err("not_a_dict")),
            ("null", Err("null")),
        ],
    );
}
