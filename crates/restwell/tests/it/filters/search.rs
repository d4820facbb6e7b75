use proptest::prelude::*;
use restwell::{
    filters::{ordering_terms, search_terms},
    models::lookups::like_escape,
};

#[test]
fn a_search_is_split_as_drf_splits_it() {
    let cases: [(&str, &[&str]); 20] = [
        ("", &[]),
        (" \t\u{3000}\u{1c} ", &[]),
        ("dune messiah", &["dune", "messiah"]),
        ("dune,,messiah, ,", &["dune", "messiah"]),
        (r#""dune messiah" herbert"#, &["dune messiah", "herbert"]),
        (r#""dune, messiah","#, &["dune, messiah"]),
        ("'dune messiah'", &["dune messiah"]),
        (r#""she said \"no\"""#, &[r#"she said "no""#]),
        (r"'it\'s \\ here'", &[r"it's \ here"]),
        (r#""alpha beta"#, &["\"alpha", "beta"]),
        (r#"alpha "beta"#, &["alpha", "\"beta"]),
        (r#"x"a b"y z"#, &[r#"x"a b"y"#, "z"]),
        (r#""a b",c"#, &[r#""a b""#, "c"]),
        (r#""a"b"c""#, &[r#"a"b"c"#]),
        (r#""a" "b""#, &["a", "b"]),
        ("\"a\\\nb\"", &["\"a\\", "b\""]),
        ("\"a\nb\"", &["a\nb"]),
        (r#""""#, &[""]),
        ("\"", &[""]),
        ("50% a_b", &["50%", "a_b"]),
    ];
    for (text, expected) in cases {
        assert_eq!(search_terms(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn a_search_with_a_null_character_is_refused() {
    assert_eq!(
        search_terms("a\0b").unwrap_err().code(),
        "null_characters_not_allowed"
    );
}

#[test]
fn a_pattern_of_an_escaped_text_matches_only_itself() {
    assert_eq!(like_escape(r"50% a_b \ é"), r"50\% a\_b \\ é");
}

#[test]
fn an_ordering_is_a_comma_list_with_one_minus_for_descending() {
    let cases: [(&str, &[(&str, bool)]); 8] = [
        ("price", &[("price", false)]),
        ("-price,title", &[("price", true), ("title", false)]),
        (" price , -title ", &[("price", false), ("title", true)]),
        ("--price", &[("-price", true)]),
        ("- price", &[(" price", true)]),
        ("-", &[("", true)]),
        ("", &[("", false)]),
        ("a,,b", &[("a", false), ("", false), ("b", false)]),
    ];
    for (text, expected) in cases {
        assert_eq!(ordering_terms(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_can_be_searched_and_ordered_by(text in "[\"'\\\\, \\-a-zé\0\n]{0,20}|.{0,20}") {
        if let Ok(terms) = search_terms(&text) {
            prop_assert!(terms.iter().all(|term| like_escape(term).len() >= term.len()));
        }
        prop_assert_eq!(ordering_terms(&text).len(), text.split(',').count());
    }
}
