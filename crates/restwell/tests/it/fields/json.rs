use restwell::fields::FieldOptions;
use serde_json::Value;

use super::{NONE, check};

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

#[test]
fn json_may_be_sent_as_a_text() {
    let options = FieldOptions {
        binary: true,
        ..NONE
    };
    check::<Value>(
        options,
        &[
            (r#""{\"a\": 1}""#, Ok(r#""{\"a\": 1}""#)),
            (r#"" 1 ""#, Ok(r#""1""#)),
            (r#""null""#, Ok("null")),
            (r#""[\"é\", 2.0]""#, Ok(r#""[\"\\u00e9\", 2.0]""#)),
            (r#""\"x\"""#, Ok(r#""\"x\"""#)),
            (r#""{bad""#, Err("invalid")),
            (r#""NaN""#, Err("invalid")),
            (r#""[1e999]""#, Err("invalid")),
            (r#""""#, Err("invalid")),
            (r#""[\"\\u0000\"]""#, Err("null_characters_not_allowed")),
            ("1", Err("invalid")),
            ("{}", Err("invalid")),
            ("true", Err("invalid")),
            ("null", Err("null")),
        ],
    );
}
