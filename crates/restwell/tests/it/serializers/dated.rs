//! Values that are unique for the day of a time, and a viewset with a serializer for what is created.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use restwell::{
    db::Db, exceptions::ErrorFormat, prelude::*, server::App, settings::Settings, test::ApiClient,
};
use restwell_postgres::test::TestDatabase;

use crate::shop::template;

diesel::table! {
    print (id) {
        id -> BigInt,
        name -> Text,
        printed_at -> Nullable<Timestamptz>,
        batch -> Nullable<Integer>,
        writer_id -> Nullable<Uuid>,
    }
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = print)]
struct Print {
    id: i64,
    name: String,
    printed_at: Option<DateTime<Utc>>,
    batch: Option<i32>,
    writer_id: Option<uuid::Uuid>,
}

#[derive(Serializer)]
#[serializer(model = Print)]
struct PrintSerializer {
    #[field(unique_for_date = printed_at)]
    name: String,
    printed_at: Option<DateTime<Utc>>,
}

#[derive(Serializer)]
#[serializer(model = Print)]
struct YearSerializer {
    #[field(unique_for_year = printed_at)]
    name: String,
    printed_at: Option<DateTime<Utc>>,
}

#[derive(Serializer)]
#[serializer(model = Print)]
struct NewSerializer {
    name: String,
    #[field(source = batch)]
    number: Option<i32>,
    #[field(source = writer_id)]
    author: Option<uuid::Uuid>,
}

struct DayViewSet;
#[viewset]
impl ModelViewSet for DayViewSet {
    type Serializer = PrintSerializer;
}

struct YearViewSet;
#[viewset]
impl ModelViewSet for YearViewSet {
    type Serializer = YearSerializer;
}

struct NewViewSet;
#[viewset]
impl ModelViewSet for NewViewSet {
    type Serializer = PrintSerializer;
    type CreateSerializer = NewSerializer;
    type UpdateSerializer = NewSerializer;
}

fn prints() -> (ApiClient, TestDatabase) {
    let database = template().database();
    let settings = Settings {
        error_format: ErrorFormat::Code,
        ..Settings::default()
    };
    let router = SimpleRouter::new()
        .register_as("days", "day", DayViewSet)
        .register_as("years", "year", YearViewSet)
        .register_as("new", "new", NewViewSet);
    let urls = Urls::new().include("/", router);
    let app = App::new(urls, settings, Db::new(&database.url(), 4));
    (ApiClient::new(app), database)
}

#[test]
fn a_time_belongs_to_its_day_in_utc() {
    let (client, _database) = prints();
    let print = |path: &str, time: &str| {
        let sent = format!(r#"{{"name":"a","printed_at":"{time}"}}"#);
        client.post(path, &sent)
    };
    assert_eq!(print("/days/", "2020-01-01T00:30:00Z").status, 201);
    print("/days/", "2020-01-01T23:59:59Z").assert(400, r#"{"name":["unique"]}"#);
    print("/days/", "2020-01-02T00:30:00+01:00").assert(400, r#"{"name":["unique"]}"#);
    assert_eq!(print("/days/", "2020-01-01T23:59:59-01:00").status, 201);
    print("/years/", "2021-01-01T00:30:00+01:00").assert(400, r#"{"name":["unique"]}"#);
    assert_eq!(print("/years/", "2021-01-01T00:30:00Z").status, 201);
    let undated = r#"{"name":"a","printed_at":null}"#;
    assert_eq!(client.post("/days/", undated).status, 201);
}

#[test]
fn constraints_speak_of_the_fields_of_the_serializer_that_was_used() {
    let (client, _database) = prints();
    let new = r#"{"name":"a","number":1}"#;
    assert_eq!(client.post("/new/", new).status, 201);
    client.post("/days/", r#"{"name":"b","printed_at":null}"#);
    client
        .post("/new/", new)
        .assert(400, r#"{"number":["unique"]}"#);
    client
        .patch("/new/2/", r#"{"number":1}"#)
        .assert(400, r#"{"number":["unique"]}"#);
    client
        .patch(
            "/new/2/",
            r#"{"author":"00000000-0000-0000-0000-0000000000ff"}"#,
        )
        .assert(400, r#"{"author":["does_not_exist"]}"#);
}
