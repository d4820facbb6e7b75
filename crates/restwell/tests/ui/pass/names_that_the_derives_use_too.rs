//! Fields and types may have any name: those of the derives' own locals, of diesel's traits, and keywords.

use diesel::{NullableExpressionMethods as _, QueryDsl as _};
use restwell::prelude::{DefaultRouter, Expr, PrimaryKey, Slug, SlugField, viewset};

diesel::table! {
    tables (id) {
        id -> Int8,
        row -> Text,
        rows -> Text,
        conn -> Int4,
        data -> Text,
        input -> Text,
        errors -> Text,
        scope -> Text,
        instance -> Text,
        keys -> Text,
        key -> Text,
        query -> Text,
        found -> Nullable<Text>,
        related -> Text,
        request -> Text,
        value -> Text,
        values -> Text,
        map -> Text,
        computed_values -> Text,
        end -> Text,
        changed -> Text,
        owner -> Int8,
        #[sql_name = "type"]
        type_ -> Text,
        match_ -> Text,
    }
}

diesel::table! {
    connections (id) {
        id -> Int8,
        slug -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(tables, connections);

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, restwell::Model)]
#[diesel(table_name = connections)]
#[model(slug = slug)]
struct Connection {
    id: i64,
    slug: String,
}

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, restwell::Model)]
#[diesel(table_name = tables)]
#[model(
    belongs_to(conn: Pg, by = conn),
    belongs_to(column: Connection, by = owner),
    computed(query_values: diesel::sql_types::BigInt)
)]
struct Table {
    id: i64,
    row: String,
    rows: String,
    #[diesel(column_name = conn)]
    conn_id: i32,
    data: String,
    input: String,
    errors: String,
    scope: String,
    instance: String,
    keys: String,
    key: String,
    query: String,
    found: Option<String>,
    related: String,
    request: String,
    value: String,
    values: String,
    map: String,
    computed_values: String,
    end: String,
    changed: String,
    owner: i64,
    #[diesel(column_name = type_)]
    r#type: String,
    #[diesel(column_name = match_)]
    r#match: String,
}

impl Table {
    fn query_values() -> Expr<Self, diesel::sql_types::BigInt> {
        Expr::new(connections::table.count().single_value().assume_not_null())
    }
}

diesel::table! {
    pgs (id) {
        id -> Int4,
    }
}

diesel::allow_tables_to_appear_in_same_query!(tables, pgs);

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, restwell::Model)]
#[diesel(table_name = pgs)]
struct Pg {
    id: i32,
}

#[derive(restwell::Serializer)]
#[serializer(model = Pg)]
struct Query {
    #[field(read_only)]
    id: i32,
}

#[derive(restwell::Serializer)]
#[serializer(model = Connection)]
struct S {
    #[field(read_only)]
    id: i64,
    #[field(unique)]
    slug: SlugField,
}

#[derive(restwell::Serializer)]
#[serializer(model = Table, unique_together(row, conn, type), unique_together(query, errors))]
struct Selectable {
    #[field(unique, max_length = 3)]
    row: String,
    #[field(unique)]
    rows: String,
    #[field(unique)]
    conn: PrimaryKey<Pg>,
    #[field(nested, source = conn)]
    relation: Query,
    #[field(nested, source = column)]
    nested: S,
    #[field(source = column)]
    slug: Slug<Connection>,
    data: String,
    input: String,
    errors: String,
    scope: String,
    #[field(unique)]
    instance: String,
    keys: String,
    key: String,
    query: String,
    found: Option<String>,
    related: String,
    request: String,
    value: String,
    values: String,
    map: String,
    #[field(computed, source = query_values)]
    others: i64,
    #[field(computed, source = query_values)]
    key_values: i64,
    computed_values: String,
    end: String,
    changed: String,
    #[field(max_length = 5)]
    r#type: String,
    #[field(source = match)]
    fn_: String,
}

#[derive(restwell::FilterSet)]
#[filterset(
    model = Table,
    search(query, type, column -> slug),
    ordering(errors, type, match, column -> slug),
    default_ordering(-type)
)]
struct Filter {
    query: String,
    #[filter(exact, in, icontains)]
    value: String,
    #[filter(exact, in)]
    errors: String,
    conn: PrimaryKey<Pg>,
    column: Vec<Slug<Connection>>,
    #[filter(exact, isnull)]
    found: String,
    r#type: String,
    #[filter(path = match, iexact)]
    params: String,
}

struct ViewSet;

#[viewset]
impl ModelViewSet for ViewSet {
    type Serializer = Selectable;
    type Filter = Filter;
}

fn main() {
    let _ = DefaultRouter::new().register("tables", ViewSet);
}
