//! `parity/oracle/probe/columns.py`: columns of every type, how they are shown and how they are stored.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use diesel::prelude::*;
use restwell::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::{probe_column, probe_token};

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
        .register("columns", ColumnViewSet)
        .register_as("narrow", "narrow", NarrowViewSet)
        .register("tokens", TokenViewSet)
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_column)]
#[model(auto_now(updated_at))]
pub(crate) struct Column {
    id: i64,
    name: String,
    note: String,
    email: String,
    url: String,
    slug: String,
    number: Option<i32>,
    small: Option<i16>,
    positive: Option<i32>,
    positive_small: Option<i16>,
    big: Option<i64>,
    ratio: Option<f64>,
    price: Option<BigDecimal>,
    rate: Option<BigDecimal>,
    flag: bool,
    maybe: Option<bool>,
    day: Option<NaiveDate>,
    at: Option<DateTime<Utc>>,
    hour: Option<NaiveTime>,
    span: Option<TimeDelta>,
    code: Uuid,
    ip: Option<IpAddress>,
    color: String,
    size: Option<i16>,
    data: Value,
    tags: Vec<String>,
    file: String,
    image: Option<String>,
    stamp: i32,
    secret: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Column {
    const COLORS: &[(&str, &str)] = &[("red", "Red"), ("blue", "Blue")];
    const SIZES: &[(i64, &str)] = &[(1, "Small"), (2, "Large")];

    fn is_named(&self, _: &Request) -> bool {
        !self.name.is_empty()
    }
}

#[derive(Serializer)]
#[serializer(model = Column)]
pub(crate) struct ColumnSerializer {
    #[field(read_only)]
    id: i64,
    #[field(read_only, source = rate, max_digits = 6, decimal_places = 2)]
    rate_rounded: Option<BigDecimal>,
    #[field(method = Column::is_named)]
    is_named: bool,
    #[field(max_length = 20)]
    name: String,
    #[field(optional, allow_blank)]
    note: String,
    #[field(optional, allow_blank, max_length = 254)]
    email: EmailField,
    #[field(optional, allow_blank, max_length = 200)]
    url: UrlField,
    #[field(optional, allow_blank, max_length = 50)]
    slug: SlugField,
    number: Option<i32>,
    small: Option<i16>,
    #[field(min_value = 0)]
    positive: Option<i32>,
    #[field(min_value = 0)]
    positive_small: Option<i16>,
    big: Option<i64>,
    ratio: Option<f64>,
    #[field(max_digits = 6, decimal_places = 2)]
    price: Option<BigDecimal>,
    #[field(read_only, max_digits = 12, decimal_places = 6)]
    rate: Option<BigDecimal>,
    #[field(optional)]
    flag: bool,
    maybe: Option<bool>,
    day: Option<NaiveDate>,
    at: Option<DateTime<Utc>>,
    hour: Option<NaiveTime>,
    span: Option<TimeDelta>,
    #[field(optional, unique)]
    code: Uuid,
    ip: Option<IpAddress>,
    #[field(optional, choices = Column::COLORS)]
    color: ChoiceField<String>,
    #[field(choices = Column::SIZES, help_text = "How large it is.")]
    size: Option<ChoiceField<i16>>,
    #[field(optional)]
    data: Value,
    #[field(optional, child(max_length = 20))]
    tags: Vec<String>,
    #[field(optional, max_length = 100, upload_to = "files/")]
    file: FileField,
    #[field(max_length = 100, upload_to = "images/")]
    image: Option<ImageField>,
    #[field(label = "Time stamp")]
    stamp: i32,
    #[field(read_only)]
    secret: String,
    #[field(read_only)]
    created_at: DateTime<Utc>,
    #[field(read_only)]
    updated_at: DateTime<Utc>,
}

#[derive(Serializer)]
#[serializer(model = Column)]
pub(crate) struct NarrowSerializer {
    #[field(read_only)]
    id: i64,
    #[field(min_length = 2, max_length = 20)]
    name: String,
    #[field(default = true)]
    flag: bool,
    #[field(required, max_digits = 6, decimal_places = 2)]
    price: Option<BigDecimal>,
    #[field(optional, child(max_length = 20))]
    tags: Vec<String>,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_token)]
#[model(ordering(name))]
pub(crate) struct Token {
    id: Uuid,
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Token)]
pub(crate) struct TokenSerializer {
    #[field(optional, unique)]
    id: Uuid,
    #[field(max_length = 40)]
    name: String,
}

pub(crate) struct ColumnViewSet;

/// Every column.
#[viewset]
impl ModelViewSet for ColumnViewSet {
    type Serializer = ColumnSerializer;
}

pub(crate) struct NarrowViewSet;

/// Some columns, with other rules.
#[viewset]
impl ModelViewSet for NarrowViewSet {
    type Serializer = NarrowSerializer;
}

pub(crate) struct TokenViewSet;

/// A primary key that may be sent.
#[viewset]
impl ModelViewSet for TokenViewSet {
    type Serializer = TokenSerializer;
}
