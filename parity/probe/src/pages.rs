//! Pagination: `GET /probe/pages/<name>/`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use restwell::{
    api_views::ApiView,
    filters::FilterSet,
    generics::filtered_response,
    pagination::{CursorWindow, Links, PageSize, Pagination, Window},
    prelude::*,
    request::QueryParams,
};

use crate::schema::probe_row;

/// A row, and nothing more.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_row)]
#[model(ordering(id))]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) day: NaiveDate,
    pub(crate) at: DateTime<Utc>,
    pub(crate) rank: Option<i32>,
}

#[derive(Serializer)]
#[serializer(model = Row)]
pub(crate) struct RowSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(FilterSet)]
#[filterset(model = Row, default_ordering(-id))]
pub(crate) struct ByKey {}

#[derive(FilterSet)]
#[filterset(model = Row, default_ordering(day, id))]
pub(crate) struct ByDay {}

#[derive(FilterSet)]
#[filterset(model = Row, default_ordering(-at, -id))]
pub(crate) struct ByTime {}

#[derive(FilterSet)]
#[filterset(model = Row, default_ordering(name, id))]
pub(crate) struct ByName {}

#[derive(FilterSet)]
#[filterset(model = Row, default_ordering(rank, id))]
pub(crate) struct ByRank {}

#[derive(FilterSet)]
#[filterset(model = Row, ordering(id, name), default_ordering(-id))]
pub(crate) struct Ordered {}

type Cursor = PageSize<3, CursorPagination>;
type Unfiltered = NoFilter<Row>;
type Number = PageSize<3, PageNumber>;
type Unsized = PageSize<0, PageNumber>;
type Limit = PageSize<3, LimitOffset<5>>;
type OpenLimit = PageSize<0, LimitOffset>;

/// Clients ask for up to five rows with `size`.
struct SizedNumber(PageNumber<5>);

impl Pagination for SizedNumber {
    fn new(_: u32) -> Self {
        Self(PageNumber {
            page_size_query_param: "size",
            ..PageNumber::new(3)
        })
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

/// Clients ask for up to five rows with `size`.
struct SizedCursor(CursorPagination<5>);

impl Pagination for SizedCursor {
    fn new(_: u32) -> Self {
        Self(CursorPagination {
            page_size_query_param: "size",
            ..CursorPagination::new(3)
        })
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

/// The rows of `rows` in pages.
fn view<F, P>(rows: fn() -> <Row as Model>::Query) -> ApiView
where
    F: FilterSet<Model = Row>,
    P: Pagination,
{
    ApiView::new("RowList")
        .description("Rows in pages.")
        .get(move |request, conn| filtered_response::<RowSerializer, F, P>(request, rows, conn))
}

fn none() -> <Row as Model>::Query {
    Row::query().filter(probe_row::id.lt(0))
}

pub(crate) fn urls(urls: Urls) -> Urls {
    let all = Row::query;
    let views = [
        ("none", view::<Unfiltered, Unpaginated>(all)),
        ("number", view::<Unfiltered, Number>(all)),
        ("number-sized", view::<Unfiltered, SizedNumber>(all)),
        ("number-unsized", view::<Unfiltered, Unsized>(all)),
        ("number-empty", view::<Unfiltered, Number>(none)),
        ("limit", view::<Unfiltered, Limit>(all)),
        ("limit-open", view::<Unfiltered, OpenLimit>(all)),
        ("limit-empty", view::<Unfiltered, Limit>(none)),
        ("cursor", view::<ByKey, Cursor>(all)),
        ("cursor-sized", view::<ByKey, SizedCursor>(all)),
        ("cursor-day", view::<ByDay, Cursor>(all)),
        ("cursor-time", view::<ByTime, Cursor>(all)),
        ("cursor-name", view::<ByName, Cursor>(all)),
        ("cursor-rank", view::<ByRank, Cursor>(all)),
        ("cursor-ordered", view::<Ordered, Cursor>(all)),
        ("cursor-empty", view::<ByKey, Cursor>(none)),
    ];
    let router = views
        .into_iter()
        .fold(SimpleRouter::new(), |router, (name, view)| {
            router.view(name, &format!("pages-{name}"), view)
        });
    urls.include("/probe/pages/", router)
}
