//! What a new row shows for computed values: their defaults, which are not asked for.

use diesel::{
    dsl::count_star,
    prelude::*,
    sql_types::{BigInt, Integer},
};
use restwell::{prelude::*, serializers::Many, test::ApiClient};
use restwell_postgres::test::TestDatabase;

use crate::shop::{Shop, ShopSerializer, Tag, item, item_tags, serve, shop};

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = item)]
#[model(
    belongs_to(maker: Shop, by = maker_id),
    many_to_many(tags: Tag, through = item_tags(item_id, tag_id)),
    computed(doubled: Integer),
    computed(tags_count: BigInt)
)]
struct Thing {
    id: i64,
    maker_id: i32,
    number: i32,
    note: String,
}

impl Thing {
    fn doubled() -> Expr<Self, Integer> {
        Expr::new(item::number * 2)
    }

    fn tags_count() -> Expr<Self, BigInt> {
        let tags = item_tags::table.filter(item_tags::item_id.eq(item::id));
        Expr::new(tags.select(count_star()).single_value().assume_not_null())
    }
}

#[derive(Serializer)]
#[serializer(model = Thing)]
struct KnownSerializer {
    maker: PrimaryKey<Shop>,
    #[field(nested, source = maker)]
    maker_detail: ShopSerializer,
    number: i32,
    note: String,
    #[field(optional)]
    tags: Vec<Slug<Tag>>,
    #[field(computed, default = 9)]
    tags_count: i64,
}

#[derive(Serializer)]
#[serializer(model = Thing)]
struct PartlyKnownSerializer {
    maker: PrimaryKey<Shop>,
    number: i32,
    note: String,
    #[field(computed)]
    doubled: i32,
    #[field(computed, default = 9)]
    tags_count: i64,
}

#[derive(Serializer)]
#[serializer(model = Thing)]
struct AloneSerializer {
    maker: PrimaryKey<Shop>,
    number: i32,
    note: String,
    #[field(computed, default = -1)]
    doubled: i32,
}

struct KnownViewSet;
#[viewset]
impl ModelViewSet for KnownViewSet {
    type Serializer = KnownSerializer;
    const MANY: Option<Many> = Some(Many::ANY);
}

struct PartlyKnownViewSet;
#[viewset]
impl ModelViewSet for PartlyKnownViewSet {
    type Serializer = PartlyKnownSerializer;
}

struct AloneViewSet;
#[viewset]
impl ModelViewSet for AloneViewSet {
    type Serializer = AloneSerializer;
}

fn things() -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    let router = DefaultRouter::new()
        .register_as("known", "known", KnownViewSet)
        .register_as("partly", "partly", PartlyKnownViewSet)
        .register_as("alone", "alone", AloneViewSet);
    (serve(Urls::new().include("/", router), &database), database)
}

#[test]
fn a_new_row_shows_the_defaults_of_what_is_computed() {
    let (client, _database) = things();
    let sent = r#"{"maker":2,"number":1,"note":"n","tags":["red","blue"]}"#;
    let created = client.post("/known/", sent);
    let shown = |count: &str| {
        format!(
            r#"{{"maker":2,"maker_detail":{{"id":2,"name":"Market"}},"number":1,"note":"n","tags":["red","blue"],"tags_count":{count}}}"#
        )
    };
    created.assert(201, &shown("9"));
    // BEGIN, everything, COMMIT.
    assert_eq!(created.statements, 3);
    client.get("/known/3/").assert(200, &shown("2"));
    client.patch("/known/3/", "{}").assert(200, &shown("2"));
}

#[test]
fn nothing_is_asked_for_where_all_is_known() {
    let (client, _database) = things();
    let created = client.post("/alone/", r#"{"maker":1,"number":4,"note":"n"}"#);
    created.assert(201, r#"{"maker":1,"number":4,"note":"n","doubled":-1}"#);
    assert_eq!(created.statements, 3);
    client
        .get("/alone/3/")
        .assert(200, r#"{"maker":1,"number":4,"note":"n","doubled":8}"#);
}

#[test]
fn what_has_no_default_is_computed_for_a_new_row_too() {
    let (client, _database) = things();
    let created = client.post("/partly/", r#"{"maker":1,"number":4,"note":"n"}"#);
    created.assert(
        201,
        r#"{"maker":1,"number":4,"note":"n","doubled":8,"tags_count":9}"#,
    );
}

#[test]
fn every_row_of_a_new_list_shows_the_defaults() {
    let (client, _database) = things();
    let sent =
        r#"[{"maker":1,"number":1,"note":"a"},{"maker":1,"number":2,"note":"b","tags":["red"]}]"#;
    let created = client.post("/known/", sent).json();
    let shown: Vec<_> = created.as_array().unwrap().iter().collect();
    assert_eq!(
        (&shown[0]["tags_count"], &shown[1]["tags_count"]),
        (&9.into(), &9.into())
    );
    assert_eq!(shown[1]["tags"], serde_json::json!(["red"]));
}
