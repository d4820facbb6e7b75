//! `parity/oracle/probe/filtering.py`.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use diesel::prelude::*;
use restwell::prelude::*;
use restwell_filters::{DateRangeFilter, Day, FromToRangeFilter, OrderingFilter, RangeFilter};
use uuid::Uuid;

use crate::{
    relations::{Label, Maker},
    schema::{probe_thing, probe_thing_labels},
};

/// What is filtered, searched and ordered: a column of every type.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_thing)]
#[model(
    belongs_to(maker: Maker, by = maker_id),
    many_to_many(labels: Label, through = probe_thing_labels(thing_id, label_id)),
    ordering(id)
)]
struct Thing {
    id: i64,
    name: String,
    note: String,
    number: i32,
    big: Option<i64>,
    price: BigDecimal,
    ratio: Option<f64>,
    active: bool,
    maybe: Option<bool>,
    level: i16,
    color: Option<String>,
    day: NaiveDate,
    at: DateTime<Utc>,
    hour: NaiveTime,
    span: TimeDelta,
    code: Uuid,
    ip: Option<IpAddress>,
    seen_on: NaiveDate,
    maker_id: Option<i64>,
}

impl Thing {
    const LEVELS: &'static [(i64, &'static str)] = &[(1, "Low"), (2, "Middle"), (3, "High")];
    const COLORS: &'static [(&'static str, &'static str)] = &[("red", "Red"), ("blue", "Blue")];
}

#[derive(Serializer)]
#[serializer(model = Thing)]
struct ThingSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 60)]
    name: String,
}

#[derive(FilterSet)]
#[filterset(model = Thing, search(name), ordering(name, number))]
struct LookupFilter {
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
        iregex,
        isnull
    )]
    name: String,
    #[filter(exact, icontains)]
    note: String,
    #[filter(exact, gt, gte, lt, lte, in, range, isnull)]
    number: i32,
    #[filter(exact, gt, gte, lt, lte, in, range, isnull)]
    big: i64,
    #[filter(exact, gt, gte, lt, lte, in, range, isnull)]
    price: BigDecimal,
    #[filter(exact, gt, gte, lt, lte, in, range, isnull)]
    ratio: f64,
    #[filter(exact)]
    active: bool,
    #[filter(exact, isnull)]
    maybe: bool,
    #[filter(exact, gte, in, choices = Thing::LEVELS)]
    level: i16,
    #[filter(exact, in, icontains, isnull, choices = Thing::COLORS)]
    color: String,
    #[filter(exact, gt, lte, in, range, year, year__gt, month, day, week_day)]
    day: NaiveDate,
    #[filter(exact, gt, lte, date, date__gt, year, hour, hour__gte)]
    at: DateTime<Utc>,
    #[filter(exact, gt, hour)]
    hour: NaiveTime,
    #[filter(exact, gt, lte)]
    span: TimeDelta,
    #[filter(exact, in)]
    code: Uuid,
    #[filter(exact, isnull)]
    ip: IpAddress,
    #[filter(exact, in, isnull)]
    maker: PrimaryKey<Maker>,
    #[filter(path = maker -> name, exact, icontains)]
    maker_name: String,
    labels: Vec<PrimaryKey<Label>>,
    #[filter(path = labels -> slug, exact, in)]
    label_slug: String,
}

#[derive(FilterSet)]
#[filterset(model = Thing)]
struct DeclaredFilter {
    price: RangeFilter<BigDecimal>,
    day: FromToRangeFilter<NaiveDate>,
    at: FromToRangeFilter<DateTime<Utc>>,
    #[filter(path = at, param = "at_day")]
    at_day: FromToRangeFilter<Day>,
    hour: FromToRangeFilter<NaiveTime>,
    #[filter(path = seen_on, param = "seen")]
    seen: DateRangeFilter<NaiveDate>,
    #[filter(choices = Thing::LEVELS)]
    level: Vec<i16>,
    #[filter(conjoined)]
    labels: Vec<PrimaryKey<Label>>,
    #[filter(path = labels, param = "slug")]
    slug: Vec<Slug<Label>>,
    #[filter(null)]
    maker: PrimaryKey<Maker>,
    #[filter(path = maker, param = "maker_slug")]
    maker_slug: Slug<Maker>,
    #[filter(path = color, param = "not_color", exclude)]
    not_color: String,
    #[filter(method = few)]
    few: bool,
    big: RangeFilter<i64>,
    #[filter(path = big, param = "not_big_gt", gt, exclude)]
    not_big_gt: i64,
    #[filter(path = number, param = "not_number_lte", lte, exclude)]
    not_number_lte: i32,
    #[filter(path = day, param = "day_month_gt", month__gt)]
    day_month: NaiveDate,
    #[filter(lookup_choice, icontains, iexact, path = name, param = "lk")]
    name: String,
    #[filter(gte, param = "number")]
    number: i32,
    #[filter(fields(cost = price, name))]
    o: OrderingFilter,
}

fn few(things: <Thing as Model>::Query, few: bool) -> <Thing as Model>::Query {
    match few {
        true => things.filter(probe_thing::number.lt(11)),
        false => things.filter(probe_thing::number.ge(11)),
    }
}

#[derive(FilterSet)]
#[filterset(model = Thing)]
struct ListedFilter {
    number: i32,
    active: bool,
    #[filter(choices = Thing::COLORS)]
    color: String,
}

#[derive(FilterSet)]
#[filterset(model = Thing)]
struct RequiredFilter {
    #[filter(required)]
    level: i16,
}

#[derive(FilterSet)]
#[filterset(model = Thing, search(name, note, number, maker -> name, labels -> name))]
struct SearchFilter {}

#[derive(FilterSet)]
#[filterset(model = Thing, search("^name", "=note", "$color"))]
struct PrefixedSearchFilter {}

#[derive(FilterSet)]
#[filterset(model = Thing, search("@note"))]
struct FullTextSearchFilter {}

#[derive(FilterSet)]
#[filterset(model = Thing, search(name__startswith))]
struct LookupSearchFilter {}

#[derive(FilterSet)]
#[filterset(model = Thing, ordering(name, price, color, maker -> name, maker = maker -> name), default_ordering(-id))]
struct NamedOrdering {}

#[derive(FilterSet)]
#[filterset(model = Thing, ordering(__all__, maker = maker -> name))]
struct AllOrdering {}

/// What `OrderedSerializer` shows.
#[derive(FilterSet)]
#[filterset(model = Thing, ordering(id, name, price, maker -> name, level))]
struct ShownOrdering {}

#[derive(Serializer)]
#[serializer(model = Thing)]
struct OrderedSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 60)]
    name: String,
    #[field(source = price, max_digits = 8, decimal_places = 2)]
    cost: BigDecimal,
    #[field(source = maker -> name, read_only)]
    maker_name: String,
    #[field(method = upper)]
    upper: String,
    #[field(write_only)]
    number: i32,
    #[field(choices = Thing::LEVELS)]
    level: ChoiceField<i16>,
}

fn upper(thing: &Thing, _: &Request) -> String {
    thing.name.to_uppercase()
}

macro_rules! viewsets {
    ($($(#[$doc:meta])* $view:ident: $serializer:ident, $filter:ty;)*) => {$(
        struct $view;

        $(#[$doc])*
        #[viewset]
        impl ReadOnlyModelViewSet for $view {
            type Serializer = $serializer;
            type Filter = $filter;
        }
    )*};
}

viewsets! {
    /// Every lookup of every type, and search and ordering behind them.
    LookupViewSet: ThingSerializer, LookupFilter;
    /// Filters that are declared one by one.
    DeclaredViewSet: ThingSerializer, DeclaredFilter;
    /// Filters from a list of names: all exact.
    ListedViewSet: ThingSerializer, ListedFilter;
    /// A filter that must be there.
    RequiredViewSet: ThingSerializer, RequiredFilter;
    /// Search by substrings.
    SearchViewSet: ThingSerializer, SearchFilter;
    /// Search by the prefixes of the names.
    PrefixedSearchViewSet: ThingSerializer, PrefixedSearchFilter;
    /// Search by words.
    FullTextSearchViewSet: ThingSerializer, FullTextSearchFilter;
    /// Search by a lookup.
    LookupSearchViewSet: ThingSerializer, LookupSearchFilter;
    /// Search without fields.
    NoSearchViewSet: ThingSerializer, NoFilter<Thing>;
    /// Ordering by some names.
    OrderingViewSet: ThingSerializer, NamedOrdering;
    /// Ordering by every column.
    AllOrderingViewSet: ThingSerializer, AllOrdering;
    /// Ordering by what the serializer shows.
    UnsetOrderingViewSet: OrderedSerializer, ShownOrdering;
}

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
        .register("things", LookupViewSet)
        .register_as("things-declared", "declared", DeclaredViewSet)
        .register_as("things-listed", "listed", ListedViewSet)
        .register_as("things-required", "required", RequiredViewSet)
        .register_as("search", "search", SearchViewSet)
        .register_as("search-prefixed", "search-prefixed", PrefixedSearchViewSet)
        .register_as(
            "search-full-text",
            "search-full-text",
            FullTextSearchViewSet,
        )
        .register_as("search-lookup", "search-lookup", LookupSearchViewSet)
        .register_as("search-none", "search-none", NoSearchViewSet)
        .register_as("ordering", "ordering", OrderingViewSet)
        .register_as("ordering-all", "ordering-all", AllOrderingViewSet)
        .register_as("ordering-unset", "ordering-unset", UnsetOrderingViewSet)
}
