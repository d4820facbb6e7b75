//! What every viewset on a model has: a queryset, serializers, filters, a paginator, and the lookup of one row.

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    filters::{FilterSet, Filtering},
    keyset::Keyset,
    models::Model,
    pagination::{CursorWindow, Page, Pagination},
    parsers::Parser,
    permissions::{self, check_object_permissions, visible},
    renderers::Renderer,
    request::Request,
    response::Response,
    serializers::{ListRepresentation, ModelOf, ModelSerializer, ObjectQuery, Representation},
    viewsets::{METHOD_NAMES, Policies},
};

/// The queryset type of a viewset's model.
pub type QueryOf<V> = <ModelOf<<V as GenericViewSet>::Serializer> as Model>::Query;
/// The model of a viewset.
pub type RowOf<V> = ModelOf<<V as GenericViewSet>::Serializer>;

/// A viewset on a model: DRF's `GenericViewSet`.
///
/// `#[viewset]` fills in what is not written: no filters, no pagination, [`Policies::DEFAULT`].
pub trait GenericViewSet: Send + Sync + 'static {
    /// The serializer of every action that has none of its own.
    type Serializer: ModelSerializer;
    /// What clients may filter, search and order by.
    type Filter: FilterSet<Model = ModelOf<Self::Serializer>>;
    /// How lists are cut into pages.
    type Pagination: Pagination;

    /// What the lookup value in a URL may look like.
    const LOOKUP_VALUE_REGEX: &'static str = "[^/.]+";
    /// The name of the lookup value in routes, if it is not that of the model's lookup.
    const LOOKUP_URL_KWARG: Option<&'static str> = None;
    /// The verbs that may be answered, upper case; leave `OPTIONS` out for none.
    const HTTP_METHOD_NAMES: &'static [&'static str] = METHOD_NAMES;
    /// The forms that answers can have, if they are not the service's.
    const RENDERERS: Option<&'static [&'static dyn Renderer]> = None;
    /// Versioning, authentication, permissions and throttles.
    const POLICIES: Policies = Policies::DEFAULT;
    /// Whether `OPTIONS` describes the viewset; if not, that is 405, though `Allow` names it.
    const METADATA: bool = true;
    /// The bodies that it reads; the first parser of a body's content type reads it.
    const PARSERS: &'static [Parser] = Parser::DEFAULT;
    /// The queryset is the model's `query`, whatever the request.
    const SHOWS_ALL: bool = false;

    /// Called for every action: the rows that exist for this request. Override to hide rows.
    fn get_queryset(&self, _request: &Request) -> QueryOf<Self> {
        RowOf::<Self>::query()
    }

    /// Called by detail actions: the one row that the URL names, as a query (contract §10.0: filters hold here too).
    ///
    /// # Errors
    /// 400 for a bad filter, 404 for a lookup value that no row can have.
    fn object_query(&self, request: &Request, conn: &mut Conn) -> Result<ObjectQuery<RowOf<Self>>> {
        let filtering = Filtering::<Self::Filter>::new(request, conn)?;
        let conditions = permissions::conditions::<RowOf<Self>>(request, conn)?;
        let is_bare = Self::SHOWS_ALL && conditions.is_empty() && filtering.is_empty();
        let rows = self.get_queryset(request);
        let rows = conditions.into_iter().fold(rows, RowOf::<Self>::filter);
        let lookup = request.route.lookup.as_deref().unwrap_or_default();
        let query = RowOf::<Self>::filter_lookup(filtering.filter(rows), lookup);
        Ok(ObjectQuery {
            query: query.ok_or_else(ApiException::not_found)?,
            is_bare,
        })
    }

    /// Called by detail actions: the one row that the URL names.
    ///
    /// # Errors
    /// As [`GenericViewSet::object_query`]; 404 if there is no such row, 401 or 403 if the client may not touch it.
    fn get_object(&self, request: &Request, conn: &mut Conn) -> Result<RowOf<Self>> {
        let ObjectQuery { query, .. } = self.object_query(request, conn)?;
        let found = RowOf::<Self>::load(query, conn)?.into_iter().next();
        let row = found.ok_or_else(ApiException::not_found)?;
        check_object_permissions(request, &row, conn)?;
        Ok(row)
    }

    /// As [`GenericViewSet::get_object`], locked until the request's transaction ends.
    ///
    /// # Errors
    /// As [`GenericViewSet::get_object`].
    fn lock_object(&self, request: &Request, conn: &mut Conn) -> Result<RowOf<Self>> {
        let ObjectQuery { query, .. } = self.object_query(request, conn)?;
        let row = RowOf::<Self>::lock(query, conn)?.ok_or_else(ApiException::not_found)?;
        check_object_permissions(request, &row, conn)?;
        Ok(row)
    }
}

/// A page of what the request's parameters leave of the rows, in the order that they ask for: what a list answers.
///
/// # Errors
/// 400 for bad filters, 404 for a page that does not exist.
pub fn filtered_response<S: ModelSerializer, F: FilterSet<Model = S::Model>, P: Pagination>(
    request: &Request,
    rows: impl Fn() -> <S::Model as Model>::Query,
    conn: &mut Conn,
) -> Result<Response> {
    let filtering = Filtering::<F>::new(request, conn)?;
    let paginator = P::new(request.settings.page_size);
    if let Some(window) = paginator.cursor(&request.query)? {
        let (rows, keyset) = (filtering.filter(rows()), filtering.keyset()?);
        return cursor_response::<S>(request, &window, rows, &keyset, conn);
    }
    list_response::<S, P>(
        request,
        || filtering.filter(rows()),
        |rows| filtering.order(rows),
        conn,
    )
}

/// A page of rows, or all of them if the paginator wants no pages.
///
/// `rows` gives the rows without an order, `order` brings them into one.
///
/// # Errors
/// 404 for a page that does not exist.
pub fn list_response<S: ModelSerializer, P: Pagination>(
    request: &Request,
    rows: impl Fn() -> <S::Model as Model>::Query,
    order: impl Fn(<S::Model as Model>::Query) -> <S::Model as Model>::Query,
    conn: &mut Conn,
) -> Result<Response> {
    let paginator = P::new(request.settings.page_size);
    let rows = |conn: &mut Conn| visible::<S::Model>(request, rows(), conn);
    let Some(window) = paginator.window(&request.query)? else {
        let rows = S::Model::load(order(rows(conn)?), conn)?;
        let related = S::prefetch(&rows, conn)?;
        return Response::ok(
            request,
            &ListRepresentation::<S> {
                rows: &rows,
                related: &related,
                request,
            },
        );
    };
    // A statement of its own: with the count among the columns, Postgres builds a wider row for every row it sorts.
    let mut count = None;
    if window.needs_count() {
        count = Some(S::Model::count(rows(conn)?, conn)?);
    }
    let (limit, offset) = window.bounds(count);
    let page = S::Model::window(order(rows(conn)?), limit, offset, conn)?;
    let length = page.len().try_into().unwrap_or(i64::MAX);
    let count = match count {
        Some(count) => count,
        // A page that is not full, and not empty, is the last one.
        None if length < limit && (length > 0 || offset == 0) => offset + length,
        None => S::Model::count(rows(conn)?, conn)?,
    };
    let links = paginator.links(&window, count, &request.absolute_url(), &request.query)?;
    let related = S::prefetch(&page, conn)?;
    let results = ListRepresentation::<S> {
        rows: &page,
        related: &related,
        request,
    };
    Response::ok(
        request,
        &Page {
            links: &links,
            results,
        },
    )
}

/// A page of rows behind the row that the request's cursor names.
///
/// # Errors
/// 404 for a cursor that is none.
pub fn cursor_response<S: ModelSerializer>(
    request: &Request,
    window: &CursorWindow,
    rows: <S::Model as Model>::Query,
    keyset: &Keyset<S::Model>,
    conn: &mut Conn,
) -> Result<Response> {
    let rows = visible::<S::Model>(request, rows, conn)?;
    let page = window.load(rows, keyset, conn)?;
    let related = S::prefetch(&page.rows, conn)?;
    let results = ListRepresentation::<S> {
        rows: &page.rows,
        related: &related,
        request,
    };
    let page = window.page(&page, results, &request.absolute_url(), &request.query);
    Response::ok(request, &page)
}

/// One row as it stands in an answer.
///
/// # Errors
/// The database's, or the renderer's.
pub fn object_response<S: ModelSerializer>(
    request: &Request,
    row: &S::Model,
    related: &S::Related,
    status: actix_web::http::StatusCode,
) -> Result<Response> {
    Response::new(
        request,
        status,
        &Representation::<S> {
            row,
            related,
            request,
        },
    )
}

/// Rows as a bare list, as they stand after they were written; what they need besides is fetched once for all.
///
/// # Errors
/// The database's, or the renderer's.
pub fn rows_response<S: ModelSerializer>(
    request: &Request,
    rows: &[S::Model],
    status: actix_web::http::StatusCode,
    conn: &mut Conn,
) -> Result<Response> {
    let related = S::prefetch(rows, conn)?;
    let rows = ListRepresentation::<S> {
        rows,
        related: &related,
        request,
    };
    Response::new(request, status, &rows)
}
