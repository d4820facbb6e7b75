//! Pages behind a row, walked in both directions over rows that are equal, or null, in what they are ordered by.

use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::connection::SimpleConnection;
use proptest::prelude::*;
use restwell::{pagination::Cursor, test::ApiClient};

use crate::things::things;

/// Seven things more, of few values, so that every order has ties.
const ROWS: &str = "INSERT INTO thing
        (name, number, big, price, ratio, active, level, color, day, at, hour, code, maker_id)
    SELECT 'n ' || n % 2, n % 3, nullif(n % 3, 0), n % 2 + 0.5, nullif(n % 2, 0) / 3.0, n % 2 = 0, n % 2, nullif('c' || n % 2, 'c0'),
        date '2020-01-01' + n % 2, timestamptz '2020-01-01Z' + (n % 3) * interval '1.5 seconds', time '10:00' + (n % 2) * interval '1 ms',
        gen_random_uuid(), null
    FROM generate_series(1, 7) AS n";

fn ids(client: &ApiClient, path: &str) -> (Vec<i64>, Option<String>, Option<String>) {
    let response = client.get(path);
    assert_eq!(
        (response.status.as_u16(), response.statements),
        (200, 1),
        "{path}: {}",
        response.body
    );
    let body = response.json();
    let rows = body["results"].as_array().unwrap().iter();
    let link = |name: &str| {
        let url = body[name].as_str()?;
        Some(url.strip_prefix("http://localhost").unwrap().to_owned())
    };
    (
        rows.map(|row| row["id"].as_i64().unwrap()).collect(),
        link("next"),
        link("previous"),
    )
}

#[test]
fn a_cursor_has_the_text_that_drf_gives_it() {
    let (client, _database) = things();
    let bodies = [
        (
            "/cursors/?page_size=1",
            r#"{"next":"http://localhost/cursors/?cursor=cD0z&page_size=1","previous":null,"results":[{"id":3}]}"#,
        ),
        (
            "/cursors/?cursor=cD0z&page_size=1",
            r#"{"next":"http://localhost/cursors/?cursor=cD0y&page_size=1","previous":"http://localhost/cursors/?cursor=cj0xJnA9Mg%3D%3D&page_size=1","results":[{"id":2}]}"#,
        ),
        (
            "/cursors/",
            r#"{"next":null,"previous":null,"results":[{"id":3},{"id":2},{"id":1}]}"#,
        ),
        (
            "/cursors/?cursor=cD0x",
            r#"{"next":null,"previous":"http://localhost/cursors/?cursor=cj0xJnA9MQ%3D%3D","results":[]}"#,
        ),
        (
            "/cursors/?cursor=bz0x",
            r#"{"next":null,"previous":"http://localhost/cursors/?cursor=cj0xJnA9Mg%3D%3D","results":[{"id":2},{"id":1}]}"#,
        ),
        (
            // p=99999999999999999999, then p=1 with more padding than it needs.
            "/cursors/?cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OQ%3D%3D&page_size=1",
            r#"{"next":"http://localhost/cursors/?cursor=cD0z&page_size=1","previous":"http://localhost/cursors/?cursor=cj0xJnA9Mw%3D%3D&page_size=1","results":[{"id":3}]}"#,
        ),
        (
            "/cursors/?cursor=cD0x%3D%3D%3D",
            r#"{"next":null,"previous":"http://localhost/cursors/?cursor=cj0xJnA9MQ%3D%3D","results":[]}"#,
        ),
        (
            "/cursors/?number__gte=11&cursor=eD0x",
            r#"{"next":null,"previous":null,"results":[{"id":3},{"id":2}]}"#,
        ),
    ];
    for (path, body) in bodies {
        client.get(path).assert(200, body);
    }
}

#[test]
fn no_row_is_skipped_or_repeated_in_any_order() {
    let (client, database) = things();
    database.connect().batch_execute(ROWS).unwrap();
    let columns = "id name number big price ratio active level color day at hour code";
    let columns = columns.split(' ').map(str::to_owned);
    let orders = columns.flat_map(|name| [format!("-{name}"), name]);
    let several = [
        "number,-day",
        "-big,color",
        "color,-big,-id",
        "-active,level,-hour",
    ]
    .map(str::to_owned);
    for order in orders.chain(several) {
        let (all, ..) = ids(
            &client,
            &format!("/cursors/?page_size=100&ordering={order}"),
        );
        assert_eq!(all.len(), 10);
        for size in [1, 2, 3, 9] {
            let mut page = ids(
                &client,
                &format!("/cursors/?page_size={size}&ordering={order}"),
            );
            assert_eq!(page.2, None);
            let (mut forwards, mut backwards) = (page.0.clone(), Vec::new());
            while let Some(next) = &page.1 {
                page = ids(&client, next);
                forwards.extend(&page.0);
            }
            assert_eq!(forwards, all, "{order}, {size} a page");
            backwards.splice(0..0, page.0.clone());
            while let Some(previous) = &page.2 {
                page = ids(&client, previous);
                backwards.splice(0..0, page.0.clone());
            }
            assert_eq!(backwards, all, "{order} backwards, {size} a page");
        }
    }
}

#[test]
fn an_order_that_no_cursor_can_hold_is_the_default() {
    let (client, _database) = things();
    assert_eq!(ids(&client, "/cursors/?ordering=maker__name").0, [3, 2, 1]);
    assert_eq!(ids(&client, "/cursors/?ordering=bad,number").0, [1, 2, 3]);
}

#[test]
fn what_is_no_cursor_is_not_found() {
    let (client, _database) = things();
    let cursors = [
        "x",
        "%C3%A9",
        "bz0tMQ%3D%3D", // o=-1
        "bz14",         // o=x
        "cj14",         // r=x
        "cD14",         // p=x
        "cD0",          // no padding
        "/////w%3D%3D",
    ];
    for cursor in cursors {
        client
            .get(&format!("/cursors/?cursor={cursor}"))
            .assert(404, r#"{"detail":"not_found"}"#);
    }
}

#[test]
fn a_position_is_what_a_row_could_have() {
    let (client, _database) = things();
    let positions = [
        ("day", "p=2020-01-01&p=x", 404), // an id
        ("day", "p=-200000-01-01", 404),
        ("price", "p=1E-7", 200),
        ("price", "p=1e112", 200),
        ("price", "p=1e99999999", 404),
        ("price", "p=1e-99999999", 404),
        ("price", "p=NaN", 404),
    ];
    for (order, tokens, status) in positions {
        let cursor = BASE64_STANDARD.encode(tokens);
        let path = format!("/cursors/?cursor={cursor}&ordering={order}");
        assert_eq!(client.get(&path).status, status, "{order} {tokens}");
    }
}

proptest! {
    #[test]
    fn a_text_is_a_cursor_or_none(text in ".{0,40}") {
        if let Some(cursor) = Cursor::decode(&text) {
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
    }

    #[test]
    fn tokens_are_a_cursor_or_none(tokens in "([oprnx]=?[^&]{0,9}&?){0,4}") {
        let text = BASE64_STANDARD.encode(tokens);
        if let Some(cursor) = Cursor::decode(&text) {
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
    }
}
