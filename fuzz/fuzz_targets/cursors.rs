//! What stands behind `?cursor=`: any text is a cursor or none, and a cursor's text reads as the same one.
#![no_main]

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use libfuzzer_sys::fuzz_target;
use restwell::{keyset::Position, pagination::Cursor};
use uuid::Uuid;

fuzz_target!(|text: &str| {
    if let Some(cursor) = Cursor::decode(text) {
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }
    holds::<i16>(text);
    holds::<i32>(text);
    holds::<i64>(text);
    holds::<f64>(text);
    holds::<BigDecimal>(text);
    holds::<bool>(text);
    holds::<String>(text);
    holds::<Uuid>(text);
    holds::<NaiveDate>(text);
    holds::<NaiveTime>(text);
    holds::<DateTime<Utc>>(text);
});

/// A position in an order is written so that it reads as the same place.
fn holds<P: Position<Value = P> + PartialEq + std::fmt::Debug>(text: &str) {
    let Some(value) = P::parse(text) else {
        return;
    };
    let written = value.to_text().expect("only null has no text");
    assert_eq!(
        P::parse(&written),
        Some(value),
        "{text:?} is written as {written:?}"
    );
}
