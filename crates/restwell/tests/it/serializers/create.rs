//! New rows with their relations: one statement where one can do it, and the same answers where it takes more.

use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{prelude::*, test::ApiClient};
use restwell_postgres::test::TestDatabase;
use serde_json::{Value, json};

use crate::shop::{Shop, ShopSerializer, Tag, item, item_tags, serve, shop};

diesel::table! {
    archive.entry (id) { id -> BigInt, shop_id -> Integer, number -> Integer, }
}
diesel::table! {
    kin (id) { id -> BigInt, name -> Text, parent_id -> Nullable<BigInt>, }
}
diesel::table! {
    kin_friends (kin_id, friend_id) { kin_id -> BigInt, friend_id -> BigInt, }
}
diesel::allow_tables_to_appear_in_same_query!(entry, shop);
diesel::allow_tables_to_appear_in_same_query!(kin, kin_friends);

const TABLES: &str = "
    CREATE SCHEMA archive;
    CREATE TABLE archive.entry (id bigserial PRIMARY KEY, shop_id int NOT NULL REFERENCES shop, number int NOT NULL);
    CREATE TABLE kin (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, parent_id bigint REFERENCES kin);
    CREATE TABLE kin_friends (
        kin_id bigint NOT NULL REFERENCES kin,
        friend_id bigint NOT NULL CONSTRAINT kin_friends_friend_id_fkey REFERENCES kin,
        PRIMARY KEY (kin_id, friend_id)
    );
    INSERT INTO kin (name) VALUES ('Ada'), ('Ben');";

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = item)]
#[model(
    belongs_to(maker: Shop, by = maker_id),
    many_to_many(tags: Tag, through = item_tags(item_id, tag_id))
)]
struct Ware {
    id: i64,
    maker_id: i32,
    number: i32,
    note: String,
}

#[derive(Serializer)]
#[serializer(model = Ware)]
struct BySlugSerializer {
    #[field(read_only)]
    id: i64,
    maker: PrimaryKey<Shop>,
    #[field(nested, source = maker)]
    maker_detail: ShopSerializer,
    number: i32,
    #[field(optional, allow_blank)]
    note: String,
    #[field(optional)]
    tags: Vec<Slug<Tag>>,
}

#[derive(Serializer)]
#[serializer(model = Ware)]
struct ByKeySerializer {
    maker: PrimaryKey<Shop>,
    number: i32,
    note: String,
    tags: Vec<PrimaryKey<Tag>>,
}

/// The tags are sent and not shown.
#[derive(Serializer)]
#[serializer(model = Ware)]
struct UnshownSerializer {
    #[field(read_only)]
    id: i64,
    maker: PrimaryKey<Shop>,
    number: i32,
    note: String,
    #[field(write_only)]
    tags: Vec<Slug<Tag>>,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = entry)]
#[model(belongs_to(shop: Shop, by = shop_id))]
struct Entry {
    id: i64,
    shop_id: i32,
    number: i32,
}

#[derive(Serializer)]
#[serializer(model = Entry)]
struct EntrySerializer {
    shop: PrimaryKey<Shop>,
    #[field(nested, source = shop)]
    shop_detail: ShopSerializer,
    number: i32,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = kin)]
#[model(
    belongs_to(parent: Self, by = parent_id),
    many_to_many(friends: Kin, through = kin_friends(kin_id, friend_id)),
    slug = name
)]
struct Kin {
    id: i64,
    name: String,
    parent_id: Option<i64>,
}

#[derive(Serializer)]
#[serializer(model = Kin)]
struct NameSerializer {
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Kin)]
struct KinSerializer {
    name: String,
    #[field(optional)]
    parent: Option<PrimaryKey<Kin>>,
    #[field(nested, source = parent)]
    parent_detail: NameSerializer,
    #[field(optional)]
    friends: Vec<Slug<Kin>>,
}

macro_rules! viewsets {
    ($($viewset:ident: $serializer:ident),*) => {$(
        struct $viewset;
        #[viewset]
        impl ModelViewSet for $viewset {
            type Serializer = $serializer;
        }
    )*};
}
viewsets!(
    BySlug: BySlugSerializer,
    ByKey: ByKeySerializer,
    Unshown: UnshownSerializer,
    Entries: EntrySerializer,
    Kins: KinSerializer
);

fn wares() -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    database.connect().batch_execute(TABLES).unwrap();
    let router = DefaultRouter::new()
        .register_as("slugs", "slugs", BySlug)
        .register_as("keys", "keys", ByKey)
        .register_as("unshown", "unshown", Unshown)
        .register_as("entries", "entries", Entries)
        .register_as("kins", "kins", Kins);
    (serve(Urls::new().include("/", router), &database), database)
}

/// `BEGIN`, the statement, `COMMIT`.
const ALL_AT_ONCE: u32 = 3;

#[test]
fn a_row_its_pairs_and_what_is_shown_take_one_statement() {
    let (client, _database) = wares();
    let table = [
        (r#","tags":["red","blue"]"#, r#"["red","blue"]"#),
        (r#","tags":["blue"],"note":"n""#, r#"["blue"]"#),
        (r#","tags":[]"#, "[]"),
        ("", "[]"),
    ];
    for (number, (sent, tags)) in table.into_iter().enumerate() {
        let body = format!(r#"{{"maker":2,"number":{number}{sent}}}"#);
        let created = client.post("/slugs/", &body);
        let id = number + 3;
        let note = if sent.contains("note") { "n" } else { "" };
        let shown = format!(
            r#"{{"id":{id},"maker":2,"maker_detail":{{"id":2,"name":"Market"}},"number":{number},"note":"{note}","tags":{tags}}}"#
        );
        created.assert(201, &shown);
        assert_eq!(created.statements, ALL_AT_ONCE, "{sent}");
        client.get(&format!("/slugs/{id}/")).assert(200, &shown);
    }
}

#[test]
fn keys_may_stand_twice_and_count_once() {
    let (client, _database) = wares();
    let sent = r#"{"maker":1,"number":7,"note":"n","tags":[2,1,2]}"#;
    let created = client.post("/keys/", sent);
    created.assert(201, r#"{"maker":1,"number":7,"note":"n","tags":[1,2]}"#);
    assert_eq!(client.get("/keys/3/").json()["tags"], json!([1, 2]));
    let created = client.post("/slugs/", r#"{"maker":1,"number":8,"tags":["red","red"]}"#);
    assert_eq!(
        (created.status.as_u16(), &created.json()["tags"]),
        (201, &json!(["red"]))
    );
}

#[test]
fn what_does_not_exist_is_a_field_error_and_leaves_nothing_behind() {
    let (client, _database) = wares();
    let table = [
        (
            "/slugs/",
            r#"{"maker":1,"number":1,"tags":["red","none"]}"#,
            r#"{"tags":["does_not_exist"]}"#,
        ),
        (
            "/slugs/",
            r#"{"maker":99,"number":1,"tags":["none"]}"#,
            r#"{"maker":["does_not_exist"],"tags":["does_not_exist"]}"#,
        ),
        (
            "/keys/",
            r#"{"maker":1,"number":1,"note":"n","tags":[1,99]}"#,
            r#"{"tags":["does_not_exist"]}"#,
        ),
        (
            "/unshown/",
            r#"{"maker":1,"number":1,"note":"n","tags":["none"]}"#,
            r#"{"tags":["does_not_exist"]}"#,
        ),
    ];
    for (path, sent, errors) in table {
        client.post(path, sent).assert(400, errors);
    }
    assert_eq!(client.get("/slugs/").json().as_array().unwrap().len(), 2);
}

#[test]
fn a_list_that_is_not_shown_is_stored() {
    let (client, _database) = wares();
    let sent = r#"{"maker":1,"number":5,"note":"n","tags":["blue"]}"#;
    client
        .post("/unshown/", sent)
        .assert(201, r#"{"id":3,"maker":1,"number":5,"note":"n"}"#);
    assert_eq!(client.get("/slugs/3/").json()["tags"], json!(["blue"]));
}

#[test]
fn a_table_in_a_schema_takes_a_statement_more() {
    let (client, _database) = wares();
    let created = client.post("/entries/", r#"{"shop":1,"number":4}"#);
    created.assert(
        201,
        r#"{"shop":1,"shop_detail":{"id":1,"name":"Corner"},"number":4}"#,
    );
    assert_eq!(created.statements, ALL_AT_ONCE + 1);
}

#[test]
fn relations_to_the_model_itself_find_the_rows_that_were_there() {
    let (client, _database) = wares();
    let created = client.post(
        "/kins/",
        r#"{"name":"Cleo","parent":1,"friends":["Ben","Ada"]}"#,
    );
    assert_eq!(created.status, 201, "{}", created.body);
    let shown = created.json();
    assert_eq!(shown["parent_detail"], json!({"name": "Ada"}));
    let mut friends: Vec<_> = shown["friends"].as_array().unwrap().iter().collect();
    friends.sort_by_key(|friend| friend.as_str());
    assert_eq!(friends, [&Value::from("Ada"), &Value::from("Ben")]);
    assert_eq!(client.get("/kins/3/").json(), shown);
    // Not even the row itself is there before it is stored.
    client
        .post("/kins/", r#"{"name":"Dan","friends":["Dan"]}"#)
        .assert(400, r#"{"friends":["does_not_exist"]}"#);
}
