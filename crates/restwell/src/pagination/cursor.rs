//! Pages that start behind a row (contract §9.9 to §9.13): the same rows stand on them whatever was added before, and
//! the thousandth page costs what the first does.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Links, Pagination, Window, no_such_page, positive};
use crate::{
    exceptions::{ApiException, Result},
    fields::parse_int,
    keyset::Keyset,
    models::Model,
    request::{QueryParams, push_quoted},
};

/// Written with padding, and read without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The rows that a cursor may skip besides those before its position, as in DRF.
const MAX_OFFSET: i64 = 1000;

/// Pages behind a row: `?cursor=cD01`. There is no count, and nobody can jump to a page.
///
/// The order is the list's own, of columns of the model only; the primary key breaks ties, so that no row stands on
/// two pages or on none. `CursorPagination<100>` lets clients choose the size of their pages, as `PageNumber<100>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorPagination<const MAX_PAGE_SIZE: u32 = 0> {
    /// Rows on a page; 0 for no pages at all.
    pub page_size: u32,
    /// The parameter that holds a cursor.
    pub cursor_query_param: &'static str,
    /// The parameter that clients choose the size by.
    pub page_size_query_param: &'static str,
}

impl<const MAX_PAGE_SIZE: u32> Pagination for CursorPagination<MAX_PAGE_SIZE> {
    fn new(page_size: u32) -> Self {
        Self {
            page_size,
            cursor_query_param: "cursor",
            page_size_query_param: "page_size",
        }
    }

    fn cursor(&self, params: &QueryParams) -> Result<Option<CursorWindow>> {
        let wanted = positive(params, self.page_size_query_param, MAX_PAGE_SIZE);
        let limit = wanted.unwrap_or(self.page_size.into());
        if limit == 0 {
            return Ok(None);
        }
        let text = params.get(self.cursor_query_param).unwrap_or_default();
        let cursor = Cursor::decode(text).ok_or_else(no_such_page)?;
        let param = self.cursor_query_param;
        Ok(Some(CursorWindow {
            cursor,
            limit,
            param,
        }))
    }

    fn window(&self, _: &QueryParams) -> Result<Option<Window>> {
        if self.page_size == 0 {
            return Ok(None);
        }
        let cause = "a cursor needs the list's order as a `Keyset`: answer with `cursor_response`";
        Err(ApiException::internal(cause))
    }

    fn links(&self, _: &Window, count: i64, _: &str, _: &QueryParams) -> Result<Links> {
        Ok(Links {
            count,
            next: None,
            previous: None,
        })
    }
}

/// A place between two rows, and the direction to go from there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    offset: i64,
    reverse: bool,
    /// The values of the row behind which the page starts, null as `None`; perhaps only the first ones.
    position: Vec<Option<String>>,
}

impl Cursor {
    /// The cursor of a client's text; `None` for what is none.
    pub fn decode(text: &str) -> Option<Self> {
        if !text.is_ascii() {
            return None;
        }
        let bytes = decode_base64(text).filter(|bytes| bytes.is_ascii())?;
        let tokens: Vec<_> = form_urlencoded::parse(&bytes).collect();
        let first = |name| {
            let mut found = tokens.iter().filter(|(known, _)| known == name);
            found.next().map_or(Some(0), |(_, value)| parse_int(value))
        };
        let position = tokens.iter().filter_map(|(name, value)| match &**name {
            "p" => Some(Some(value.to_string())),
            "n" => Some(None),
            _ => None,
        });
        Some(Self {
            offset: first("o").filter(|offset| *offset >= 0)?.min(MAX_OFFSET),
            reverse: first("r")? != 0,
            position: position.collect(),
        })
    }

    /// The text for clients: DRF's, with one `p` for each value that is needed (`n` for null).
    pub fn encode(&self) -> String {
        let mut tokens = String::new();
        let mut push = |name: char, value: &str| {
            if !tokens.is_empty() {
                tokens.push('&');
            }
            tokens.push(name);
            tokens.push('=');
            push_quoted(&mut tokens, value);
        };
        if self.offset > 0 {
            push('o', &self.offset.to_string());
        }
        if self.reverse {
            push('r', "1");
        }
        for value in &self.position {
            match value {
                Some(value) => push('p', value),
                None => push('n', ""),
            }
        }
        BASE64.encode(tokens)
    }

    /// The place beside a row. The first value says it all if it differs from that of the row on the other side.
    fn beside(
        mut position: Vec<Option<String>>,
        neighbour: &[Option<String>],
        reverse: bool,
    ) -> Self {
        if neighbour
            .first()
            .is_none_or(|first| Some(first) != position.first())
        {
            position.truncate(1);
        }
        Self {
            offset: 0,
            reverse,
            position,
        }
    }

    fn is_start(&self) -> bool {
        self.position.is_empty() && self.offset == 0
    }
}

/// What Python's `b64decode` reads: it overlooks what is not of the alphabet, padding where none is due, and all that
/// follows what is padded.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let (mut data, mut padding) = (Vec::new(), 0);
    for byte in text.bytes() {
        match byte {
            b'=' if data.len() % 4 >= 2 => {
                padding += 1;
                if data.len() % 4 + padding >= 4 {
                    return BASE64.decode(data).ok();
                }
            }
            byte if byte.is_ascii_alphanumeric() || b"+/".contains(&byte) => {
                data.push(byte);
                padding = 0;
            }
            _ => {}
        }
    }
    let is_whole = data.len() % 4 == 0;
    is_whole.then(|| BASE64.decode(data).ok()).flatten()
}

/// What one request asks of a list that is cut by cursors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorWindow {
    cursor: Cursor,
    limit: i64,
    param: &'static str,
}

/// Rows, and the cursors of the pages around them.
pub(crate) struct CursorRows<M> {
    pub(crate) rows: Vec<M>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

impl CursorWindow {
    /// The rows of the page, in one statement.
    ///
    /// # Errors
    /// 404 for a position that no row can have.
    pub(crate) fn load<M: Model>(
        &self,
        query: M::Query,
        keyset: &Keyset<M>,
        conn: &mut crate::db::Conn,
    ) -> Result<CursorRows<M>> {
        let Cursor {
            offset,
            reverse,
            position,
        } = &self.cursor;
        let query = match position.is_empty() {
            true => query,
            false => M::filter(
                query,
                keyset.beyond(position, *reverse).ok_or_else(no_such_page)?,
            ),
        };
        let query = keyset.order(query, *reverse);
        let mut rows = M::window(query, self.limit + 1, *offset, conn)?;
        // One row more than the page has tells that there is another page.
        let more = usize::try_from(self.limit).is_ok_and(|limit| rows.len() > limit);
        let beyond = more.then(|| rows.pop()).flatten();
        let beyond = beyond.map(|row| keyset.position(&row));
        let behind = (!self.cursor.is_start()).then(|| position.clone());
        let (after, before) = match reverse {
            true => {
                rows.reverse();
                (behind, beyond)
            }
            false => (beyond, behind),
        };
        let beside = |row: Option<&M>, neighbour: Option<Vec<_>>, reverse| {
            let neighbour = neighbour?;
            let position = row.map_or_else(|| neighbour.clone(), |row| keyset.position(row));
            Some(Cursor::beside(position, &neighbour, reverse))
        };
        Ok(CursorRows {
            next: beside(rows.last(), after, false),
            previous: beside(rows.first(), before, true),
            rows,
        })
    }

    /// The body: `next`, `previous` and `results`, with links to the pages around.
    pub(crate) fn page<M, R>(
        &self,
        page: &CursorRows<M>,
        results: R,
        base_url: &str,
        params: &QueryParams,
    ) -> CursorPage<R> {
        let link = |cursor: &Option<Cursor>| {
            let text = cursor.as_ref()?.encode();
            Some(params.link(base_url, &[(self.param, &text)], &[]))
        };
        CursorPage {
            next: link(&page.next),
            previous: link(&page.previous),
            results,
        }
    }
}

/// The body of a list that is cut by cursors.
#[derive(Debug)]
pub(crate) struct CursorPage<R> {
    next: Option<String>,
    previous: Option<String>,
    results: R,
}

impl<R: Serialize> Serialize for CursorPage<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serializer.serialize_struct("CursorPage", 3)?;
        page.serialize_field("next", &self.next)?;
        page.serialize_field("previous", &self.previous)?;
        page.serialize_field("results", &self.results)?;
        page.end()
    }
}
