use restwell::{
    pagination::{LimitOffset, Links, Page, PageNumber, PageSize, Pagination, Unpaginated, Window},
    renderers::render_json,
    request::QueryParams,
};

const URL: &str = "http://h/p/";

/// Limit, offset and the queries of the links, or the error; `Ok(None)` for a list in one piece.
fn answer(
    paginator: &impl Pagination,
    query: &str,
    count: i64,
) -> Result<Option<(i64, i64, String)>, String> {
    let params = QueryParams::parse(query).expect("few parameters");
    let answer = paginator.window(&params).and_then(|window| {
        let Some(window) = window else {
            return Ok(None);
        };
        let Links { next, previous, .. } = paginator.links(&window, count, URL, &params)?;
        let (limit, offset) = window.bounds(Some(count));
        let short =
            |link: Option<String>| link.map_or("-".to_owned(), |link| link.replace(URL, "/"));
        Ok(Some((
            limit,
            offset,
            format!("{} {}", short(previous), short(next)),
        )))
    });
    answer.map_err(|error| format!("{} {}", error.status.as_u16(), error.detail.code()))
}

fn rows(limit: i64, offset: i64, links: &str) -> Result<Option<(i64, i64, String)>, String> {
    Ok(Some((limit, offset, links.to_owned())))
}

#[test]
fn pages_have_numbers_and_know_their_neighbours() {
    let cases = [
        ("", 7, rows(3, 0, "- /?page=2")),
        ("page=", 7, rows(3, 0, "- /?page=2")),
        ("page=2", 7, rows(3, 3, "/ /?page=3")),
        ("page=3", 7, rows(3, 6, "/?page=2 -")),
        ("page=2", 6, rows(3, 3, "/ -")),
        ("page=last", 7, rows(3, 6, "/?page=2 -")),
        ("page=last", 6, rows(3, 3, "/ -")),
        ("page=last", 0, rows(3, 0, "- -")),
        ("page=1", 0, rows(3, 0, "- -")),
        ("page=9&page=2", 7, rows(3, 3, "/ /?page=3")),
        (
            "z=1&a=2&page=2&a=1",
            7,
            rows(3, 3, "/?a=2&a=1&z=1 /?a=2&a=1&page=3&z=1"),
        ),
    ];
    for (query, count, expected) in cases {
        assert_eq!(
            answer(&<PageNumber>::new(3), query, count),
            expected,
            "{query} of {count}"
        );
    }
}

#[test]
fn a_page_number_is_what_python_takes_for_an_integer() {
    for query in [
        "page=%202",
        "page=2%0A",
        "page=%2B2",
        "page=02",
        "page=0_2",
        "page=%EF%BC%92",
        "page=%D9%A2",
    ] {
        assert_eq!(
            answer(&<PageNumber>::new(3), query, 7),
            rows(3, 3, "/ /?page=3"),
            "{query}"
        );
    }
}

#[test]
fn a_page_that_does_not_exist_is_not_found() {
    let huge = format!("page={}", "9".repeat(30));
    let too_long = format!("page={}2", "0".repeat(4300));
    let queries = [
        "0",
        "-1",
        "abc",
        "1.0",
        "1.5",
        "1e1",
        "_1",
        "1__0",
        "%2B 1",
        "%C2%B2",
        "Last",
        "4",
        "9223372036854775807",
    ];
    let queries = queries.map(|number| format!("page={number}"));
    for query in queries.iter().chain([&huge, &too_long]) {
        assert_eq!(
            answer(&<PageNumber>::new(3), query, 7),
            Err("404 not_found".to_owned()),
            "{query}"
        );
    }
    assert_eq!(
        answer(&<PageNumber>::new(3), "page=2", 0),
        Err("404 not_found".to_owned())
    );
}

#[test]
fn clients_choose_the_size_of_pages_within_limits() {
    let paginator = PageNumber::<5>::new(3);
    let cases = [
        ("page_size=2", rows(2, 0, "- /?page=2&page_size=2")),
        ("page_size=100", rows(5, 0, "- /?page=2&page_size=100")),
        ("page_size=0", rows(3, 0, "- /?page=2&page_size=0")),
        ("page_size=-1", rows(3, 0, "- /?page=2&page_size=-1")),
        ("page_size=abc", rows(3, 0, "- /?page=2&page_size=abc")),
        ("page_size=", rows(3, 0, "- /?page=2&page_size=")),
    ];
    for (query, expected) in cases {
        assert_eq!(answer(&paginator, query, 7), expected, "{query}");
    }
    assert_eq!(
        answer(&<PageNumber>::new(3), "page_size=2", 7),
        rows(3, 0, "- /?page=2&page_size=2")
    );
    let unlimited = PageNumber::<{ u32::MAX }>::new(3);
    let huge = format!("page_size={}", "9".repeat(30));
    assert_eq!(
        answer(&unlimited, &huge, 7),
        rows(u32::MAX.into(), 0, "- -")
    );
}

#[test]
fn limit_and_offset_cut_any_part_of_a_list() {
    let paginator = LimitOffset::<5>::new(3);
    let cases = [
        ("", 7, rows(3, 0, "- /?limit=3&offset=3")),
        ("offset=3", 7, rows(3, 3, "/?limit=3 /?limit=3&offset=6")),
        ("offset=2", 7, rows(3, 2, "/?limit=3 /?limit=3&offset=5")),
        ("offset=4", 7, rows(3, 4, "/?limit=3&offset=1 -")),
        ("offset=6", 7, rows(3, 6, "/?limit=3&offset=3 -")),
        ("offset=9", 7, rows(3, 9, "/?limit=3&offset=6 -")),
        ("offset=5", 0, rows(3, 5, "/?limit=3&offset=2 -")),
        ("limit=100", 7, rows(5, 0, "- /?limit=5&offset=5")),
        ("limit=7&offset=abc", 7, rows(5, 0, "- /?limit=5&offset=5")),
        ("limit=0&offset=-1", 7, rows(3, 0, "- /?limit=3&offset=3")),
        ("limit=x", 3, rows(3, 0, "- -")),
        ("limit=&a=1", 7, rows(3, 0, "- /?a=1&limit=3&offset=3")),
    ];
    for (query, count, expected) in cases {
        assert_eq!(
            answer(&paginator, query, count),
            expected,
            "{query} of {count}"
        );
    }
    let huge = format!("offset={}", "9".repeat(30));
    let before = format!("/?limit=3&offset={}6 -", "9".repeat(29));
    assert_eq!(answer(&paginator, &huge, 7), rows(3, i64::MAX, &before));
}

#[test]
fn a_list_without_a_size_comes_in_one_piece() {
    assert_eq!(answer(&<PageNumber>::new(0), "page=2", 7), Ok(None));
    assert_eq!(answer(&<LimitOffset>::new(0), "offset=2", 7), Ok(None));
    assert_eq!(
        answer(&<LimitOffset>::new(0), "limit=2", 7),
        rows(2, 0, "- /?limit=2&offset=2")
    );
    assert_eq!(
        answer(&Unpaginated::new(3), "page=abc&limit=2", 7),
        Ok(None)
    );
}

#[test]
fn a_paginator_may_have_its_own_page_size() {
    let paginator = PageSize::<3, PageNumber<5>>::new(20);
    assert_eq!(answer(&paginator, "", 7), rows(3, 0, "- /?page=2"));
    assert_eq!(
        answer(&paginator, "page_size=9", 7),
        rows(5, 0, "- /?page=2&page_size=9")
    );
    assert_eq!(
        answer(&PageSize::<0, LimitOffset>::new(20), "", 7),
        Ok(None)
    );
}

#[test]
fn parameters_may_have_other_names() {
    let paginator = PageNumber::<5> {
        page_query_param: "p",
        page_size_query_param: "n",
        ..PageNumber::new(3)
    };
    assert_eq!(
        answer(&paginator, "p=2&n=1&page=9", 7),
        rows(1, 1, "/?n=1&page=9 /?n=1&p=3&page=9")
    );
    let paginator = LimitOffset::<5> {
        limit_query_param: "l",
        offset_query_param: "from",
        ..LimitOffset::new(3)
    };
    assert_eq!(
        answer(&paginator, "from=3&l=1&limit=9", 7),
        rows(1, 3, "/?from=2&l=1&limit=9 /?from=4&l=1&limit=9")
    );
}

#[test]
fn only_the_last_page_needs_the_count_first() {
    let window = |query| {
        <PageNumber>::new(3)
            .window(&QueryParams::parse(query).unwrap())
            .unwrap()
            .unwrap()
    };
    assert!(window("page=last").needs_count());
    assert!(!window("page=2").needs_count());
    let cases = [
        (None, 0),
        (Some(-1), 0),
        (Some(0), 0),
        (Some(1), 0),
        (Some(3), 0),
        (Some(4), 3),
        (Some(i64::MAX), i64::MAX - 1),
    ];
    for (count, offset) in cases {
        assert_eq!(
            Window::LastPage { limit: 3 }.bounds(count),
            (3, offset),
            "{count:?}"
        );
    }
    assert_eq!(Window::LastPage { limit: 0 }.bounds(Some(5)), (0, 4));
}

#[test]
fn a_page_is_written_in_the_order_of_drf() {
    let links = Links {
        count: 7,
        next: Some("http://h/p/?page=2".to_owned()),
        previous: None,
    };
    let body = render_json(
        &Page {
            links: &links,
            results: [1, 2],
        },
        None,
    )
    .unwrap();
    let expected = r#"{"count":7,"next":"http://h/p/?page=2","previous":null,"results":[1,2]}"#;
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}
