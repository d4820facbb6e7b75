use super::{NONE, Row, check};

const BOTH: [Row<'_>; 28] = [
    ("true", Ok("true")),
    ("false", Ok("false")),
    ("1", Ok("true")),
    ("0", Ok("false")),
    ("1.0", Ok("true")),
    ("0.0", Ok("false")),
    ("-0.0", Ok("false")),
    (r#""t""#, Ok("true")),
    (r#""Y""#, Ok("true")),
    (r#""yes""#, Ok("true")),
    (r#""TRUE""#, Ok("true")),
    (r#""On""#, Ok("true")),
    (r#""1""#, Ok("true")),
    (r#""f""#, Ok("false")),
    (r#""N""#, Ok("false")),
    (r#""no""#, Ok("false")),
    (r#""False""#, Ok("false")),
    (r#""off""#, Ok("false")),
    (r#""0""#, Ok("false")),
    ("2", Err("invalid")),
    ("-1", Err("invalid")),
    ("1.5", Err("invalid")),
    ("1e999", Err("invalid")),
    (r#""1.0""#, Err("invalid")),
    (r#"" true""#, Err("invalid")),
    (r#""None""#, Err("invalid")),
    ("[]", Err("invalid")),
    ("{}", Err("invalid")),
];

#[test]
fn booleans_are_read_from_their_names_and_numbers() {
    check::<bool>(NONE, &BOTH);
    check::<bool>(
        NONE,
        &[
            ("null", Err("null")),
            (r#""""#, Err("invalid")),
            (r#""null""#, Err("invalid")),
        ],
    );
}

#[test]
fn nullable_booleans_also_read_the_texts_of_null() {
    check::<Option<bool>>(NONE, &BOTH);
    let nulls = ["null", r#""""#, r#""null""#, r#""NULL""#].map(|input| (input, Ok("null")));
    check::<Option<bool>>(NONE, &nulls);
}
