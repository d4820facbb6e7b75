use proptest::prelude::*;
use restwell::request::{MAX_FIELDS, QueryParams};

fn parse(query: &str) -> QueryParams {
    QueryParams::parse(query).expect("few parameters")
}

#[test]
fn a_query_string_is_read_as_django_reads_it() {
    let cases: [(&str, &[(&str, &str)]); 11] = [
        ("", &[]),
        ("&&", &[]),
        ("a=1&b=2&a=3", &[("a", "1"), ("b", "2"), ("a", "3")]),
        ("a=b+c%20d", &[("a", "b c d")]),
        ("blank=&flag", &[("blank", ""), ("flag", "")]),
        ("a=1;b=2", &[("a", "1;b=2")]),
        ("a=x=y", &[("a", "x=y")]),
        ("=1", &[("", "1")]),
        ("a=%C3%A9%2C", &[("a", "é,")]),
        ("a=%ff%c3", &[("a", "\u{FFFD}\u{FFFD}")]),
        ("a=%zz%4", &[("a", "%zz%4")]),
    ];
    for (query, expected) in cases {
        assert_eq!(parse(query).iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[test]
fn the_last_value_of_a_repeated_parameter_counts() {
    let params = parse("a=1&b=&a=2");
    assert_eq!(params.get("a"), Some("2"));
    assert_eq!(params.get("b"), Some(""));
    assert_eq!(params.get("c"), None);
    assert_eq!(params.get_all("a").collect::<Vec<_>>(), ["1", "2"]);
    assert!(params.contains("b") && !params.contains("c"));
}

#[test]
fn too_many_parameters_are_refused() {
    let query = |fields| vec!["a"; fields].join("&");
    assert!(QueryParams::parse(&query(MAX_FIELDS)).is_ok());
    let error = QueryParams::parse(&query(MAX_FIELDS + 1)).unwrap_err();
    assert_eq!(
        (error.status.as_u16(), error.detail.code()),
        (400, "parse_error")
    );
}

/// A query, what is set, what is removed, and the link.
type Link<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str], &'a str);

#[test]
fn links_are_sorted_and_encoded_as_python_does_it() {
    let cases: [Link<'_>; 7] = [
        (
            "z=1&a=2&page=2&a=1",
            &[("page", "3")],
            &[],
            "http://h/p/?a=2&a=1&page=3&z=1",
        ),
        (
            "z=1&a=2&page=2&a=1",
            &[],
            &["page"],
            "http://h/p/?a=2&a=1&z=1",
        ),
        ("page=2", &[], &["page"], "http://h/p/"),
        (
            "a=&flag",
            &[("page", "2")],
            &[],
            "http://h/p/?a=&flag=&page=2",
        ),
        ("q=a+b%2Cc%2B", &[], &[], "http://h/p/?q=a+b%2Cc%2B"),
        (
            "q=-._~*%27é/",
            &[],
            &[],
            "http://h/p/?q=-._~%2A%27%C3%A9%2F",
        ),
        ("page=1&page=2", &[("page", "3")], &[], "http://h/p/?page=3"),
    ];
    for (query, set, remove, expected) in cases {
        assert_eq!(
            parse(query).link("http://h/p/", set, remove),
            expected,
            "{query}"
        );
    }
}

proptest! {
    #[test]
    fn a_link_is_read_as_what_it_was_made_of(pairs in proptest::collection::vec((".{0,8}", ".{0,8}"), 0..5), query in ".{0,40}") {
        let set: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let params = parse(&query);
        let link = params.link("", &set, &[]);
        let read = parse(link.strip_prefix('?').unwrap_or_default());
        for (name, value) in &set {
            prop_assert!(read.get_all(name).any(|known| known == *value));
        }
        prop_assert_eq!(read.iter().count(), params.iter().filter(|(name, _)| set.iter().all(|(known, _)| known != name)).count() + set.len());
    }
}
