//! Things have a column of every type, and filtersets for every kind of filter.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{exceptions::ErrorFormat, prelude::*, settings::Settings, test::ApiClient};
use restwell_filters::{DateRangeFilter, Day, FromToRangeFilter, OrderingFilter, RangeFilter};
use restwell_postgres::test::TestDatabase;
use uuid::Uuid;

use crate::shop::{Shop, Tag, serve_with, shop, tag};

diesel::table! {
    thing (id) {
        id -> BigInt,
        name -> Text,
        number -> Integer,
        stock -> Nullable<Integer>,
        big -> Nullable<BigInt>,
        price -> Numeric,
        ratio -> Nullable<Double>,
        active -> Bool,
        level -> SmallInt,
        color -> Nullable<Text>,
        day -> Date,
        at -> Timestamptz,
        hour -> Time,
        code -> Uuid,
        maker_id -> Nullable<Integer>,
    }
}
diesel::table! {
    thing_tags (thing_id, tag_id) { thing_id -> BigInt, tag_id -> BigInt, }
}
diesel::allow_tables_to_appear_in_same_query!(thing, thing_tags);
diesel::allow_tables_to_appear_in_same_query!(thing, shop);
diesel::allow_tables_to_appear_in_same_query!(thing, tag);
diesel::allow_tables_to_appear_in_same_query!(thing_tags, shop);
diesel::allow_tables_to_appear_in_same_query!(thing_tags, tag);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = thing)]
#[model(
    belongs_to(maker: Shop, by = maker_id),
    many_to_many(tags: Tag, through = thing_tags(thing_id, tag_id))
)]
pub(crate) struct Thing {
    id: i64,
    name: String,
    number: i32,
    stock: Option<i32>,
    big: Option<i64>,
    price: BigDecimal,
    ratio: Option<f64>,
    active: bool,
    level: i16,
    color: Option<String>,
    day: NaiveDate,
    at: DateTime<Utc>,
    hour: NaiveTime,
    code: Uuid,
    maker_id: Option<i32>,
}

impl Thing {
    const LEVELS: &'static [(i64, &'static str)] = &[(1, "Low"), (2, "Middle"), (3, "High")];

    fn is_large(&self) -> bool {
        self.number > 10
    }
}

#[derive(Serializer)]
#[serializer(model = Thing)]
pub(crate) struct ThingSerializer {
    #[field(read_only)]
    id: i64,
}

#[derive(Serializer)]
#[serializer(model = Thing)]
pub(crate) struct SizeSerializer {
    #[field(property = Thing::is_large)]
    is_large: bool,
}

pub(crate) struct SizeViewSet;
#[viewset]
impl ReadOnlyModelViewSet for SizeViewSet {
    type Serializer = SizeSerializer;
}

#[derive(FilterSet)]
#[filterset(model = Thing, search(name, number, maker -> name, tags -> label), ordering(name, number))]
pub(crate) struct LookupFilter {
    #[filter(exact, in)]
    id: i64,
    #[filter(
        exact,
        iexact,
        contains,
        icontains,
        startswith,
        istartswith,
        endswith,
        iendswith,
        in,
        gt,
        range,
        regex,
        iregex
    )]
    name: String,
    #[filter(exact, gt, gte, lt, lte, in, range, icontains)]
    number: i32,
    #[filter(exact, gt, in, isnull)]
    big: i64,
    #[filter(exact, lte, in, range)]
    price: BigDecimal,
    #[filter(exact, gt, range)]
    ratio: f64,
    #[filter(exact)]
    active: bool,
    #[filter(exact, gte, in, choices = Thing::LEVELS)]
    level: i16,
    #[filter(exact, in, icontains, isnull)]
    color: String,
    #[filter(
        exact, gt, lte, in, range, year, year__gt, year__lte, month, month__gt, day, week_day,
        quarter
    )]
    day: NaiveDate,
    #[filter(exact, gt, lte, date, date__gt, year, hour, hour__gte, minute)]
    at: DateTime<Utc>,
    #[filter(exact, gt, hour, minute__lt)]
    hour: NaiveTime,
    #[filter(exact, in)]
    code: Uuid,
    #[filter(exact, in, isnull, null)]
    maker: PrimaryKey<Shop>,
    #[filter(path = maker -> name, exact, icontains)]
    maker_name: String,
    #[filter(exact, in, isnull)]
    tags: Vec<PrimaryKey<Tag>>,
    #[filter(path = tags -> label, exact, in, range)]
    tag_label: String,
}

#[derive(FilterSet)]
#[filterset(
    model = Thing,
    search(name__startswith, "$color"),
    ordering(__all__, maker = maker -> name),
    default_ordering(-number),
    search_param = "q",
    ordering_param = "sort"
)]
pub(crate) struct DeclaredFilter {
    price: RangeFilter<BigDecimal>,
    day: FromToRangeFilter<NaiveDate>,
    at: FromToRangeFilter<DateTime<Utc>>,
    #[filter(path = at, param = "at_day")]
    at_day: FromToRangeFilter<Day>,
    hour: FromToRangeFilter<NaiveTime>,
    #[filter(path = at, param = "seen")]
    seen: DateRangeFilter<DateTime<Utc>>,
    #[filter(choices = Thing::LEVELS)]
    level: Vec<i16>,
    #[filter(conjoined)]
    tags: Vec<PrimaryKey<Tag>>,
    #[filter(path = maker, param = "maker_name")]
    maker: Slug<Shop>,
    #[filter(path = color, param = "not_color", exclude)]
    color: String,
    #[filter(method = few)]
    few: bool,
    #[filter(lookup_choice, icontains, iexact, path = name, param = "lk")]
    name: String,
    #[filter(gte, param = "number")]
    number: i32,
    #[filter(fields(cost = price, name))]
    o: OrderingFilter,
    #[filter(when = may_know_codes)]
    code: Uuid,
    #[filter(fields(code), when = may_know_codes)]
    by_code: OrderingFilter,
}

fn may_know_codes(request: &Request) -> bool {
    request.query.contains("codes")
}

fn few(things: <Thing as Model>::Query, few: bool) -> <Thing as Model>::Query {
    match few {
        true => things.filter(thing::number.lt(11)),
        false => things.filter(thing::number.ge(11)),
    }
}

#[derive(FilterSet)]
#[filterset(model = Thing)]
pub(crate) struct RequiredFilter {
    #[filter(required, param = "at_least", gte)]
    number: i32,
    #[filter(required)]
    price: RangeFilter<BigDecimal>,
}

/// Bounds of columns that may be null.
#[derive(FilterSet)]
#[filterset(model = Thing)]
pub(crate) struct BoundFilter {
    #[filter(exact, in, gt, gte, lt, lte, range)]
    stock: i32,
    #[filter(gt, gte, lt, lte)]
    big: i64,
    #[filter(month, month__gt, month__lt)]
    day: NaiveDate,
    #[filter(path = stock, param = "span")]
    span: RangeFilter<i32>,
    #[filter(path = stock, param = "not_span", exclude)]
    not_span: RangeFilter<i32>,
    #[filter(path = stock, param = "not", exclude)]
    not: i32,
    #[filter(path = stock, param = "not_gt", gt, exclude)]
    not_gt: i32,
    #[filter(path = stock, param = "not_lte", lte, exclude)]
    not_lte: i32,
    #[filter(path = number, param = "number_not_gt", gt, exclude)]
    number_not_gt: i32,
}

/// Orders for cursors: with ties, with nulls, and one that no cursor can hold.
#[derive(FilterSet)]
#[filterset(
    model = Thing,
    ordering(id, name, number, big, price, ratio, active, level, color, day, at, hour, code, maker -> name),
    default_ordering(-id)
)]
pub(crate) struct CursorFilter {
    #[filter(gte)]
    number: i32,
}

pub(crate) struct CursorViewSet;
#[viewset]
impl ReadOnlyModelViewSet for CursorViewSet {
    type Serializer = ThingSerializer;
    type Filter = CursorFilter;
    type Pagination = CursorPagination<100>;

    /// How many statements this connection keeps.
    #[action(detail = false)]
    fn prepared(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let count = diesel::sql_query("SELECT count(*) AS count FROM pg_prepared_statements");
        let rows: Vec<Count> = count.load(conn)?;
        Response::ok(request, &rows[0].count)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

macro_rules! views {
    ($($view:ident: $filter:ident;)*) => {$(
        pub(crate) struct $view;
        #[viewset]
        impl ReadOnlyModelViewSet for $view {
            type Serializer = ThingSerializer;
            type Filter = $filter;
        }
    )*};
}

views! {
    LookupViewSet: LookupFilter;
    DeclaredViewSet: DeclaredFilter;
    RequiredViewSet: RequiredFilter;
    BoundViewSet: BoundFilter;
}

/// A service of three things; they were made in two shops, and the last has every tag.
pub(crate) fn things() -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    let rows = "INSERT INTO thing
            (name, number, big, price, ratio, active, level, color, day, at, hour, code, maker_id)
        VALUES
            ('Alpha', 10, null, 9.50, 0.5, true, 1, 'red', '2020-01-05', '2020-01-05T10:00Z', '10:00', '00000000-0000-4000-8000-000000000001', 1),
            ('beta_%', 11, 9007199254740993, 10, null, false, 2, null, '2021-02-05', '2021-02-05T11:30Z', '11:30', '00000000-0000-4000-8000-000000000002', 2),
            ('Gamma beta', 20, 5, 100, 2.5, true, 3, 'blue', '2021-12-31', '2021-12-31T23:59:59.5Z', '23:59:59.5', '00000000-0000-4000-8000-000000000003', null);
        INSERT INTO thing_tags VALUES (1, 1), (3, 1), (3, 2)";
    database.connect().batch_execute(rows).unwrap();
    let settings = Settings {
        error_format: ErrorFormat::Code,
        page_size: 3,
        ..Settings::default()
    };
    let router = SimpleRouter::new()
        .register_as("lookups", "lookup", LookupViewSet)
        .register_as("declared", "declared", DeclaredViewSet)
        .register_as("cursors", "cursor", CursorViewSet)
        .register_as("required", "required", RequiredViewSet)
        .register_as("bounds", "bound", BoundViewSet)
        .register_as("sizes", "size", SizeViewSet);
    let urls = Urls::new().include("/", router);
    (serve_with(urls, settings, &database), database)
}
