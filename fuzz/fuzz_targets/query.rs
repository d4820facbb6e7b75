//! Query strings: links, searches, orders and pages are read as what they were written from, and filters are values.
#![no_main]

use bigdecimal::BigDecimal;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use libfuzzer_sys::fuzz_target;
use restwell::{
    fields::IpAddress,
    filters::{ordering_terms, search_terms},
    models::lookups::Lookup,
    pagination::{CursorPagination, LimitOffset, PageNumber, Pagination},
    request::QueryParams,
};
use restwell_filters::{Day, FilterField, list, pair};
use uuid::Uuid;

fuzz_target!(|query: &str| {
    let Ok(params) = QueryParams::parse(query) else {
        return;
    };
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let link = params.link("/", &[], &[]);
    assert_eq!(read_link(&link).iter().collect::<Vec<_>>(), sorted);

    follow_links::<PageNumber<100>>(&params);
    follow_links::<LimitOffset<100>>(&params);
    let _ = CursorPagination::<100>::new(20).cursor(&params);

    for (_, text) in params.iter() {
        search(text);
        order(text);
        filter(text);
    }
});

fn read_link(link: &str) -> QueryParams {
    let query = link.split_once('?').map_or("", |(_, query)| query);
    QueryParams::parse(query).expect("a link has the parameters of its request, and two more")
}

/// The links around a page lead to the pages around it, however many rows there are.
fn follow_links<P: Pagination>(params: &QueryParams) {
    let paginator = P::new(20);
    let Ok(Some(window)) = paginator.window(params) else {
        return;
    };
    for count in [0, 1, 59, i64::MAX] {
        let (limit, offset) = window.bounds(Some(count));
        assert!((1..=100).contains(&limit) && offset >= 0);
        let Ok(links) = paginator.links(&window, count, "/", params) else {
            continue;
        };
        let place = |link: &str| {
            let window = paginator
                .window(&read_link(link))
                .expect("a link leads to a page");
            window.expect("which is one of several").bounds(Some(count))
        };
        if let Some(next) = links.next {
            assert_eq!(place(&next), (limit, offset + limit));
        }
        // What was sent may be larger than any offset.
        if let Some(previous) = links.previous.filter(|_| offset < i64::MAX) {
            assert_eq!(place(&previous), (limit, (offset - limit).max(0)));
        }
    }
}

/// Terms in quotes are found as they are.
fn search(text: &str) {
    let Ok(terms) = search_terms(text) else {
        return;
    };
    let quoted = terms
        .iter()
        .map(|term| format!("\"{}\"", term.replace('\\', r"\\").replace('"', "\\\"")));
    assert_eq!(
        search_terms(&quoted.collect::<Vec<_>>().join(" ")),
        Ok(terms)
    );
}

fn order(text: &str) {
    let terms = ordering_terms(text);
    let signed = terms
        .iter()
        .map(|(name, descending)| format!("{}{name}", if *descending { "-" } else { "" }));
    assert_eq!(ordering_terms(&signed.collect::<Vec<_>>().join(",")), terms);
}

fn filter(text: &str) {
    read::<String>(text);
    read::<bool>(text);
    read::<i16>(text);
    read::<i32>(text);
    read::<i64>(text);
    read::<IpAddress>(text);
    read::<TimeDelta>(text);
    read::<Uuid>(text);
    read::<Day>(text);
    let decimal = read::<BigDecimal>(text);
    // Neither diesel nor Postgres has room for more than some ten thousand.
    assert!(decimal.is_none_or(|number| number.to_plain_string().len() < 2100));
    assert!(read::<f64>(text).is_none_or(f64::is_finite));
    // A leap second is none of Python's.
    assert!(read::<NaiveTime>(text).is_none_or(|time| time.nanosecond() < 1_000_000_000));
    let is_year = |year| (1..=9999).contains(&year);
    assert!(read::<NaiveDate>(text).is_none_or(|date| is_year(date.year())));
    assert!(read::<DateTime<Utc>>(text).is_none_or(|moment| is_year(moment.year())));
}

/// The value of a parameter, which is also read as a list, and as two.
fn read<F: FilterField>(text: &str) -> Option<F::Value> {
    let _ = pair::<F>(text);
    let count = list::<F>(text).map_or(0, |items| items.len());
    assert!(count <= text.split(',').count());
    for lookup in [Lookup::Gt, Lookup::Gte, Lookup::Lt, Lookup::Lte] {
        let _ = F::parse(text, lookup);
    }
    F::parse(text, Lookup::Exact).ok().flatten()
}
