//! Querysets of one's own, extra actions, partial sets of actions, and handlers that fail.

use actix_web::http::Method;
use restwell::test::TestRequest;

use crate::shop::{shop, urls};

#[test]
fn hidden_rows_do_not_exist() {
    let (client, _database) = shop();
    let hidden = |method: Method, path: &str| {
        client.send(TestRequest::new(method, path).header("x-hide", "10"))
    };
    assert_eq!(hidden(Method::GET, "/items/").json()["count"], 1);
    assert_eq!(hidden(Method::GET, "/items/1/").status, 404);
    assert_eq!(hidden(Method::PATCH, "/items/1/").status, 404);
    assert_eq!(hidden(Method::DELETE, "/items/1/").status, 404);
    assert_eq!(client.get("/items/1/").status, 200);
}

#[test]
fn an_action_has_its_own_path_and_verbs() {
    let (client, _database) = shop();
    client
        .post("/items/2/double-it/", "")
        .assert(200, r#"{"number":40}"#);
    client
        .post("/items/1/double-it/", "")
        .assert(200, r#"{"number":20}"#);
    client
        .put("/items/1/double-it/", "")
        .assert(400, r#"{"non_field_errors":["unique"]}"#);
    let refused = client.get("/items/1/double-it/");
    assert_eq!(
        (refused.status.as_u16(), refused.header("allow")),
        (405, "POST, PUT, OPTIONS")
    );
}

#[test]
fn a_viewset_has_only_the_actions_it_names() {
    let (client, _database) = shop();
    let refused = client.delete("/tags/red/");
    assert_eq!(
        (refused.status.as_u16(), refused.header("allow")),
        (405, "GET, HEAD, OPTIONS")
    );
    assert_eq!(
        client
            .post("/tags/", r#"{"label":"green"}"#)
            .header("location"),
        "http://localhost/tags/green/"
    );
}

#[test]
fn a_lookup_that_the_regex_refuses_has_no_route() {
    let (client, _database) = shop();
    client
        .get("/items/abc/")
        .assert(404, r#"{"detail":"not_found"}"#);
    let names: Vec<_> = urls()
        .routes()
        .iter()
        .map(|route| route.name.clone())
        .collect();
    let expected = [
        "api-root",
        "shop-list",
        "shop-detail",
        "tag-list",
        "tag-detail",
        "item-list",
        "item-broken",
        "item-detail",
        "item-twice",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_handler_that_panics_is_one_500() {
    let (client, _database) = shop();
    client
        .get("/items/broken/")
        .assert(500, r#"{"detail":"error"}"#);
    assert_eq!(client.get("/items/").status, 200);
}

#[test]
fn a_database_that_never_answers_is_503() {
    use restwell::{
        db::Db, exceptions::ErrorFormat, server::App, settings::Settings, test::ApiClient,
    };
    let settings = Settings {
        error_format: ErrorFormat::Code,
        ..Settings::default()
    };
    let client = ApiClient::new(App::new(
        urls(),
        settings,
        Db::new("postgres://localhost:1/none", 1),
    ));
    let refused = client.get("/items/");
    refused.assert(503, r#"{"detail":"unavailable"}"#);
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(client.get("/nowhere/").status, 404);
}
