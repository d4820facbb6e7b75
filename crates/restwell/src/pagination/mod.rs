//! Which part of a list is answered, and the links to its neighbours (contract §9).
//!
//! Nothing here asks the database: [`Pagination::window`] says which rows to load, and once they are counted,
//! [`Pagination::links`] says whether there is such a page, and what stands around its rows. Filters come first.

use actix_web::http::StatusCode;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::{
    exceptions::{ApiException, Result},
    fields::{parse_big_int, parse_int},
    request::QueryParams,
};

mod cursor;

pub use cursor::{Cursor, CursorPagination, CursorWindow};

/// How a list is cut into pages.
///
/// A paginator with other parameters hands what it does not change on to one of this module:
///
/// ```
/// use restwell::{exceptions::Result, pagination::{Links, PageNumber, Pagination, Window}, request::QueryParams};
///
/// /// Ten rows a page, whatever the service's own page size is.
/// struct TenAPage(PageNumber);
///
/// impl Pagination for TenAPage {
///     fn new(_page_size: u32) -> Self {
///         Self(PageNumber::new(10))
///     }
///
///     fn window(&self, params: &QueryParams) -> Result<Option<Window>> {
///         self.0.window(params)
///     }
///
///     fn links(&self, window: &Window, count: i64, base_url: &str, params: &QueryParams) -> Result<Links> {
///         self.0.links(window, count, base_url, params)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a paginator",
    label = "not a paginator",
    note = "use `PageNumber`, `LimitOffset`, `CursorPagination` or `Unpaginated`, or implement `restwell::pagination::Pagination`"
)]
pub trait Pagination: Sized {
    /// Called for every list, with the service's own page size; override to set other limits.
    fn new(page_size: u32) -> Self;

    /// Called first: where the page starts, if the list is cut by cursors.
    ///
    /// # Errors
    /// 404 `not_found` for what is no cursor.
    fn cursor(&self, _params: &QueryParams) -> Result<Option<CursorWindow>> {
        Ok(None)
    }

    /// Called before the rows are loaded: which ones to load, or `None` for all of them and no envelope.
    ///
    /// # Errors
    /// 404 `not_found` for what is no page at all.
    fn window(&self, params: &QueryParams) -> Result<Option<Window>>;

    /// Called with the number of rows that the list has in all: what stands around those of the window.
    ///
    /// # Errors
    /// 404 `not_found` for a page beyond the last.
    fn links(
        &self,
        window: &Window,
        count: i64,
        base_url: &str,
        params: &QueryParams,
    ) -> Result<Links>;
}

/// The rows to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// At most `limit` rows, after `offset` others.
    Rows {
        /// How many rows.
        limit: i64,
        /// How many others stand before them.
        offset: i64,
    },
    /// The last page, of at most `limit` rows: where it starts is known once the rows are counted.
    LastPage {
        /// How many rows a full page has.
        limit: i64,
    },
}

impl Window {
    /// Whether the rows must be counted before they can be loaded.
    pub fn needs_count(&self) -> bool {
        matches!(self, Self::LastPage { .. })
    }

    /// `LIMIT` and `OFFSET`; without the count the last page is taken for the first.
    pub fn bounds(&self, count: Option<i64>) -> (i64, i64) {
        match *self {
            Self::Rows { limit, offset } => (limit, offset),
            Self::LastPage { limit } => {
                let last_row = count.unwrap_or(0).saturating_sub(1).max(0);
                (limit, last_row - last_row % limit.max(1))
            }
        }
    }
}

/// What stands around the rows of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// How many rows the list has in all.
    pub count: i64,
    /// The URL of the next page.
    pub next: Option<String>,
    /// The URL of the page before.
    pub previous: Option<String>,
}

/// The body of a paginated list: `count`, `next`, `previous` and `results`, whose rows go straight to the renderer.
#[derive(Debug)]
pub struct Page<'a, R> {
    /// What stands around the rows.
    pub links: &'a Links,
    /// The rows.
    pub results: R,
}

impl<R: Serialize> Serialize for Page<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serializer.serialize_struct("Page", 4)?;
        page.serialize_field("count", &self.links.count)?;
        page.serialize_field("next", &self.links.next)?;
        page.serialize_field("previous", &self.links.previous)?;
        page.serialize_field("results", &self.results)?;
        page.end()
    }
}

/// Pages with numbers, from 1: `?page=3`, `?page=last`.
///
/// `PageNumber<100>` lets clients choose the size of their pages with `?page_size=`, up to 100 rows: more are not
/// refused, but cut. Without a number they cannot choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageNumber<const MAX_PAGE_SIZE: u32 = 0> {
    /// Rows on a page; 0 for no pages at all.
    pub page_size: u32,
    /// The parameter that holds the number.
    pub page_query_param: &'static str,
    /// The parameter that clients choose the size by.
    pub page_size_query_param: &'static str,
}

impl<const MAX_PAGE_SIZE: u32> Pagination for PageNumber<MAX_PAGE_SIZE> {
    fn new(page_size: u32) -> Self {
        Self {
            page_size,
            page_query_param: "page",
            page_size_query_param: "page_size",
        }
    }

    fn window(&self, params: &QueryParams) -> Result<Option<Window>> {
        let wanted = positive(params, self.page_size_query_param, MAX_PAGE_SIZE);
        let limit = wanted.unwrap_or(self.page_size.into());
        if limit == 0 {
            return Ok(None);
        }
        let number = match params.get(self.page_query_param) {
            None | Some("") => Some(1),
            Some("last") => return Ok(Some(Window::LastPage { limit })),
            Some(text) => parse_int(text).filter(|number| *number > 0),
        };
        // An offset that is clamped to 64 bits is beyond the last row of any table.
        let window = |number: i64| Window::Rows {
            limit,
            offset: (number - 1).saturating_mul(limit),
        };
        number.map(window).ok_or_else(no_such_page).map(Some)
    }

    fn links(
        &self,
        window: &Window,
        count: i64,
        base_url: &str,
        params: &QueryParams,
    ) -> Result<Links> {
        let (limit, offset) = window.bounds(Some(count));
        if offset > 0 && offset >= count {
            return Err(no_such_page());
        }
        let number = offset / limit.max(1) + 1;
        let param = self.page_query_param;
        let link = |number: i64| params.link(base_url, &[(param, &number.to_string())], &[]);
        Ok(Links {
            count,
            next: (offset.saturating_add(limit) < count).then(|| link(number + 1)),
            previous: match number {
                1 => None,
                2 => Some(params.link(base_url, &[], &[param])),
                _ => Some(link(number - 1)),
            },
        })
    }
}

/// Any part of the list: `?limit=20&offset=40`. Beyond the last row the list is empty, never 404.
///
/// `LimitOffset<100>` answers with at most 100 rows: more are not refused, but cut. Without a number there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitOffset<const MAX_LIMIT: u32 = { u32::MAX }> {
    /// Rows in an answer; `None` for all of them, without an envelope, unless the client sends a limit.
    pub default_limit: Option<u32>,
    /// The parameter that holds the limit.
    pub limit_query_param: &'static str,
    /// The parameter that holds the offset.
    pub offset_query_param: &'static str,
}

impl<const MAX_LIMIT: u32> Pagination for LimitOffset<MAX_LIMIT> {
    fn new(page_size: u32) -> Self {
        Self {
            default_limit: (page_size > 0).then_some(page_size),
            limit_query_param: "limit",
            offset_query_param: "offset",
        }
    }

    fn window(&self, params: &QueryParams) -> Result<Option<Window>> {
        let limit = positive(params, self.limit_query_param, MAX_LIMIT)
            .or(self.default_limit.map(i64::from));
        let offset = params
            .get(self.offset_query_param)
            .and_then(parse_int)
            .filter(|offset| *offset >= 0);
        Ok(limit.map(|limit| Window::Rows {
            limit,
            offset: offset.unwrap_or(0),
        }))
    }

    fn links(
        &self,
        window: &Window,
        count: i64,
        base_url: &str,
        params: &QueryParams,
    ) -> Result<Links> {
        let (limit, offset) = window.bounds(Some(count));
        let limit_text = limit.to_string();
        let (limit_param, offset_param) = (self.limit_query_param, self.offset_query_param);
        // What was sent may not fit into an offset of SQL, but stands in the link.
        let sent = params.get(offset_param).and_then(parse_big_int);
        let offset = sent.map_or(0, |sent| sent.max(offset.into()));
        let (next, previous) = (
            offset.saturating_add(limit.into()),
            offset - i128::from(limit),
        );
        let link = |offset: i128| match offset {
            ..=0 => params.link(base_url, &[(limit_param, &limit_text)], &[offset_param]),
            _ => params.link(
                base_url,
                &[
                    (limit_param, &limit_text),
                    (offset_param, &offset.to_string()),
                ],
                &[],
            ),
        };
        Ok(Links {
            count,
            next: (next < count.into()).then(|| link(next)),
            previous: (offset > 0).then(|| link(previous)),
        })
    }
}

/// Lists in one piece, as a bare array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpaginated;

impl Pagination for Unpaginated {
    fn new(_: u32) -> Self {
        Self
    }

    fn window(&self, _: &QueryParams) -> Result<Option<Window>> {
        Ok(None)
    }

    fn links(&self, _: &Window, count: i64, _: &str, _: &QueryParams) -> Result<Links> {
        Ok(Links {
            count,
            next: None,
            previous: None,
        })
    }
}

/// The positive number that a parameter holds, at most `max`; anything else does not count, and nothing does if `max`
/// is 0.
fn positive(params: &QueryParams, name: &str, max: u32) -> Option<i64> {
    if max == 0 {
        return None;
    }
    let number = params
        .get(name)
        .and_then(parse_int)
        .filter(|number| *number > 0)?;
    Some(number.min(max.into()))
}

fn no_such_page() -> ApiException {
    ApiException::new(StatusCode::NOT_FOUND, "There is no such page.", "not_found")
}

/// A paginator with this page size, whatever the service's own is: `PageSize<10, PageNumber<100>>` has ten rows a page
/// unless the client asks for another number. 0 is no pages at all, unless the client sends a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize<const ROWS: u32, P>(P);

impl<const ROWS: u32, P: Pagination> Pagination for PageSize<ROWS, P> {
    fn new(_: u32) -> Self {
        Self(P::new(ROWS))
    }

    fn cursor(&self, params: &QueryParams) -> Result<Option<CursorWindow>> {
        self.0.cursor(params)
    }

    fn window(&self, params: &QueryParams) -> Result<Option<Window>> {
        self.0.window(params)
    }

    fn links(
        &self,
        window: &Window,
        count: i64,
        base_url: &str,
        params: &QueryParams,
    ) -> Result<Links> {
        self.0.links(window, count, base_url, params)
    }
}
