//! Paginators with a page size of their own.

use super::{CursorWindow, Links, Pagination, Window};
use crate::{exceptions::Result, query_params::QueryParams};

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
