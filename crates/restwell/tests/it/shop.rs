//! Small models of the framework's own tests: every kind of relation, on a service of three endpoints.

use std::path::Path;

use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{
    db::Db, exceptions::ErrorFormat, prelude::*, server::App, settings::Settings, test::ApiClient,
};
use restwell_postgres::test::{Template, TestDatabase};

diesel::table! {
    shop (id) { id -> Integer, name -> Text, }
}
diesel::table! {
    tag (id) { id -> BigInt, label -> Text, }
}
diesel::table! {
    item (id) {
        id -> BigInt,
        shop_id -> Nullable<Integer>,
        maker_id -> Integer,
        number -> Integer,
        note -> Text,
        extra -> Nullable<Jsonb>,
    }
}
diesel::table! {
    item_tags (item_id, tag_id) { item_id -> BigInt, tag_id -> BigInt, }
}
diesel::allow_tables_to_appear_in_same_query!(shop, tag, item, item_tags);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = shop)]
#[model(has_many(items: Item, by = shop_id), slug = name, ordering(name))]
pub(crate) struct Shop {
    pub(crate) id: i32,
    name: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = tag)]
#[model(slug = label, lookup = label, ordering(-label))]
pub(crate) struct Tag {
    id: i64,
    label: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = item)]
#[model(
    belongs_to(shop: Shop, by = shop_id),
    belongs_to(maker: Shop, by = maker_id),
    many_to_many(tags: Tag, through = item_tags(item_id, tag_id)),
    ordering(number),
    app_label = "store"
)]
pub(crate) struct Item {
    pub(crate) id: i64,
    shop_id: Option<i32>,
    maker_id: i32,
    number: i32,
    note: String,
    extra: Option<serde_json::Value>,
}

#[derive(Serializer)]
#[serializer(model = Shop)]
pub(crate) struct ShopSerializer {
    #[field(read_only)]
    id: i32,
    #[field(unique, max_length = 20)]
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Tag)]
pub(crate) struct TagSerializer {
    #[field(identity)]
    url: Hyperlink<Tag>,
    #[field(unique)]
    label: String,
}

#[derive(Serializer)]
#[serializer(model = Item, unique_together(maker, number))]
pub(crate) struct ItemSerializer {
    #[field(read_only)]
    id: i64,
    shop: Option<Slug<Shop>>,
    #[field(nested, source = shop)]
    shop_detail: ShopSerializer,
    maker: Hyperlink<Shop>,
    #[field(nested, source = maker)]
    maker_detail: ShopSerializer,
    number: i32,
    #[field(optional, allow_blank)]
    note: String,
    extra: Option<serde_json::Value>,
    #[field(optional)]
    tags: Vec<Hyperlink<Tag>>,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct ItemRow {
    #[field(read_only)]
    number: i32,
    #[field(read_only)]
    maker: PrimaryKey<Shop>,
    #[field(read_only)]
    tags: Vec<PrimaryKey<Tag>>,
}

#[derive(FilterSet)]
#[filterset(
    model = Item,
    search("^note", "$note", "@note", shop -> name),
    ordering(number, shop -> name),
    default_ordering(-number)
)]
pub(crate) struct ItemFilter {
    #[filter(exact, isnull)]
    shop: Slug<Shop>,
    #[filter(path = maker -> name, exact, iexact, startswith, endswith, contains)]
    maker_name: String,
    #[filter(any)]
    tags: Vec<PrimaryKey<Tag>>,
    #[filter(path = tags -> label, exact)]
    tag_label: String,
    #[filter(gt, lt, in)]
    number: i32,
}

pub(crate) struct ShopViewSet;
#[viewset]
impl ModelViewSet for ShopViewSet {
    type Serializer = ShopSerializer;
}

pub(crate) struct TagViewSet;
#[viewset(list, retrieve, create)]
impl GenericViewSet for TagViewSet {
    type Serializer = TagSerializer;
}

pub(crate) struct ItemViewSet;
#[viewset]
impl ModelViewSet for ItemViewSet {
    type Serializer = ItemSerializer;
    type ListSerializer = ItemRow;
    type Filter = ItemFilter;
    type Pagination = PageNumber;

    const LOOKUP_VALUE_REGEX: &'static str = "[0-9]+";

    fn get_queryset(&self, request: &Request) -> QueryOf<Self> {
        match request.header("x-hide") {
            Some(number) => {
                Item::query().filter(item::number.ne(number.parse::<i32>().unwrap_or(0)))
            }
            None => Item::query(),
        }
    }

    fn perform_create(&self, _: &Request, mut data: ItemData, conn: &mut Conn) -> Result<Item> {
        data.note = data.note.or_else(|| Some("new".to_owned()));
        Ok(ItemSerializer::insert(data, conn)?)
    }

    /// Doubles the number.
    #[action(
        detail = true,
        methods("post", "put"),
        url_path = "double-it",
        url_name = "twice"
    )]
    fn double(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let found = self.lock_object(request, conn)?;
        let query =
            diesel::update(item::table.find(found.id)).set(item::number.eq(item::number * 2));
        query.execute(conn)?;
        Response::ok(request, &serde_json::json!({ "number": found.number * 2 }))
    }

    /// Fails as no handler should.
    #[action(detail = false)]
    fn broken(&self, _: &Request, _: &mut Conn) -> Result<Response> {
        panic!("a handler that panics")
    }
}

/// A service with two shops, two tags and two items on a database of its own.
pub(crate) fn shop() -> (ApiClient, TestDatabase) {
    let database = template().database();
    let rows = "INSERT INTO shop (name) VALUES ('Corner'), ('Market');
        INSERT INTO tag (label) VALUES ('red'), ('blue');
        INSERT INTO item (shop_id, maker_id, number, note) VALUES (1, 2, 10, 'first thing'), (null, 2, 20, 'second');
        INSERT INTO item_tags VALUES (1, 1), (1, 2)";
    database.connect().batch_execute(rows).unwrap();
    (serve(urls(), &database), database)
}

/// A service with these routes, whose errors are codes.
pub(crate) fn serve(urls: Urls, database: &TestDatabase) -> ApiClient {
    let settings = Settings {
        error_format: ErrorFormat::Code,
        allowed_hosts: vec!["localhost".to_owned(), ".example.com".to_owned()],
        ..Settings::default()
    };
    serve_with(urls, settings, database)
}

/// A service with these routes and settings, and one connection.
pub(crate) fn serve_with(urls: Urls, settings: Settings, database: &TestDatabase) -> ApiClient {
    ApiClient::new(App::new(urls, settings, Db::new(&database.url(), 1)))
}

/// The template of all databases here.
pub(crate) fn template() -> &'static Template {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    let tables = concat!(
        include_str!("models.sql"),
        include_str!("press.sql"),
        include_str!("../../../../migrations/2026-01-31-120000_create_accounts/up.sql"),
    );
    Template::get(&folder, tables, |conn| conn.batch_execute(tables).unwrap())
}

/// The routes of the service.
pub(crate) fn urls() -> Urls {
    let router = DefaultRouter::new()
        .register("shops", ShopViewSet)
        .register("tags", TagViewSet);
    Urls::new().include("/", router.register("items", ItemViewSet))
}
