use restwell::fields::{ChoiceField, Choices, FieldOptions, MultipleChoiceField};

use super::{NONE, check, shown};

#[test]
fn text_choices_match_whole_keys() {
    let choices = Choices::Text(&[("en", "English"), ("1", "One"), ("True", "Yes")]);
    check::<ChoiceField<String>>(
        FieldOptions { choices, ..NONE },
        &[
            (r#""en""#, Ok(r#""en""#)),
            ("1", Ok(r#""1""#)),
            ("true", Ok(r#""True""#)),
            ("1.0", Err("invalid_choice")),
            (r#""EN""#, Err("invalid_choice")),
            (r#"" en""#, Err("invalid_choice")),
            (r#""English""#, Err("invalid_choice")),
            (r#""""#, Err("invalid_choice")),
            ("[]", Err("invalid_choice")),
            ("null", Err("null")),
        ],
    );
    let blank = FieldOptions {
        choices,
        allow_blank: true,
        ..NONE
    };
    check::<ChoiceField<String>>(
        blank,
        &[(r#""""#, Ok(r#""""#)), (r#"" ""#, Err("invalid_choice"))],
    );
}

#[test]
fn number_choices_match_the_text_of_their_keys() {
    let options = FieldOptions {
        choices: Choices::Integer(&[(1, "New"), (-3, "Bad"), (0, "Nil")]),
        ..NONE
    };
    let rows = [
        ("1", Ok("1")),
        (r#""1""#, Ok("1")),
        (r#""-3""#, Ok("-3")),
        ("0", Ok("0")),
        ("2", Err("invalid_choice")),
        ("1.0", Err("invalid_choice")),
        (r#""01""#, Err("invalid_choice")),
        (r#""+1""#, Err("invalid_choice")),
        (r#""New""#, Err("invalid_choice")),
        ("true", Err("invalid_choice")),
        (r#""""#, Err("invalid_choice")),
        ("{}", Err("invalid_choice")),
    ];
    check::<ChoiceField<i16>>(options, &rows);
    check::<ChoiceField<i32>>(options, &rows);
    check::<ChoiceField<i32>>(options, &[("null", Err("null"))]);
    check::<Option<ChoiceField<i32>>>(
        options,
        &[("null", Ok("null")), (r#""null""#, Err("invalid_choice"))],
    );
}

#[test]
fn a_stored_value_that_is_no_choice_is_shown() {
    assert_eq!(shown::<ChoiceField<i16>>(&7, &NONE), "7");
    assert_eq!(
        shown::<ChoiceField<String>>(&"old".into(), &NONE),
        r#""old""#
    );
}

#[test]
fn the_names_of_groups_are_no_choices() {
    let options = FieldOptions {
        choices: Choices::Groups(&[
            Choices::Text(&[("b", "B"), ("c", "C")]),
            Choices::Text(&[("x", "X")]),
        ]),
        ..NONE
    };
    check::<ChoiceField<String>>(
        options,
        &[
            (r#""c""#, Ok(r#""c""#)),
            (r#""x""#, Ok(r#""x""#)),
            (r#""B""#, Err("invalid_choice")),
        ],
    );
}

#[test]
fn several_choices_are_each_there_once_and_the_first_bad_one_is_told() {
    let options = FieldOptions {
        choices: Choices::Integer(&[(1, "One"), (2, "Two")]),
        ..NONE
    };
    check::<MultipleChoiceField<i16>>(
        options,
        &[
            (r#"[2,1,"2"]"#, Ok("[2,1]")),
            ("[]", Ok("[]")),
            (r#"{"2":0}"#, Ok("[2]")),
            ("[1,3,4]", Err("invalid_choice")),
            ("[null]", Err("invalid_choice")),
            ("[[]]", Err("invalid_choice")),
            (r#"[""]"#, Err("invalid_choice")),
            (r#""1""#, Err("not_a_list")),
            ("1", Err("not_a_list")),
            ("null", Err("null")),
        ],
    );
    let texts = FieldOptions {
        choices: Choices::Text(&[("a", "A")]),
        allow_blank: true,
        allow_empty: false,
        ..NONE
    };
    check::<MultipleChoiceField<String>>(
        texts,
        &[
            (r#"["a",""]"#, Ok(r#"["a",""]"#)),
            ("[]", Err("empty")),
            ("{}", Err("empty")),
        ],
    );
}
