//! URLs of every form: groups, names, verbs, views without a model; handlers answer how they were called.

use actix_web::http::{Method, StatusCode};
use restwell::{
    api_views::{ApiView, api_view},
    permissions::Permission,
    prelude::*,
    test::{ApiClient, TestRequest},
    viewsets::{Policies, ViewSet},
};
use restwell_postgres::test::TestDatabase;
use serde_json::json;

use crate::shop::{ShopSerializer, serve, shop};

fn mirror(action: &str, request: &Request) -> Result<Response> {
    let names = ["pk", "name", "nest", "page", "version"];
    let kwargs = names.map(|name| request.kwarg(name).map(|value| format!("{name}={value}")));
    let kwargs: Vec<_> = kwargs.into_iter().flatten().collect();
    Response::ok(request, &json!([action, kwargs.join(" ")]))
}

struct Nobody;

impl Permission for Nobody {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(false)
    }
}

macro_rules! mirrors {
    ($($view:ident { $($items:tt)* })*) => {$(
        struct $view;
        #[viewset(list, retrieve)]
        impl GenericViewSet for $view {
            type Serializer = ShopSerializer;
            $($items)*
            fn list(&self, request: &Request, _: &mut Conn) -> Result<Response> {
                mirror("list", request)
            }
            fn retrieve(&self, request: &Request, _: &mut Conn) -> Result<Response> {
                mirror("retrieve", request)
            }
        }
    )*};
}

mirrors! {
    Mirror {}
    Named {
        const LOOKUP_URL_KWARG: Option<&'static str> = Some("name");
        const LOOKUP_VALUE_REGEX: &'static str = "[0-9a-f]{4}";
    }
    Fewer {
        const HTTP_METHOD_NAMES: &'static [&'static str] = &["GET", "PATCH"];
    }
    Actions {
        /// The newest.
        #[action(detail = false, methods("get", "post"), url_path = "two-verbs")]
        fn recent(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("recent", request)
        }

        #[action(detail = true, url_path = r"pages/(?P<page>\d+)", url_name = "one-page")]
        fn page(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("page", request)
        }

        #[action(detail = true)]
        fn cover(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("cover", request)
        }

        #[action(mapping = cover, method = "put")]
        fn change_cover(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("change_cover", request)
        }

        #[action(mapping = cover, method = "delete")]
        fn a_cover_less(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("a_cover_less", request)
        }

        #[action(detail = true, method = "post")]
        fn r#return(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("return", request)
        }

        #[action(detail = true, policies = Policies { permissions: Some(&[&Nobody]), ..Policies::DEFAULT })]
        fn forbidden(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            mirror("forbidden", request)
        }

        /// The URLs of the actions.
        #[action(detail = false)]
        fn links(&self, request: &Request, _: &mut Conn) -> Result<Response> {
            Response::ok(request, &json!([
                request.reverse("action-list", None),
                request.reverse("action-cover", Some("7")),
                request.reverse("action-return", Some("7")),
                request.reverse_with("action-one-page", Some("7"), &[("page", "8")]),
                request.reverse_with("nested-detail", None, &[("nest", "1"), ("pk", "é/2")]),
                request.reverse("action-one-page", Some("7")),
            ]))
        }
    }
}

struct PlainViewSet;

/// Has no model.
#[viewset]
impl ViewSet for PlainViewSet {
    const LOOKUP_URL_KWARG: &'static str = "name";

    fn list(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        Response::ok(request, &json!([request.action(), request.route.kwargs]))
    }

    fn partial_update(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        self.list(request, conn)
    }

    /// Where its actions are.
    #[action(
        detail = true,
        methods("get", "post"),
        url_path = "links/<int:page>",
        name = "All links"
    )]
    fn links(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        Response::ok(
            request,
            &json!([
                request.reverse_action("list", None, &[]),
                request.reverse_action("links", Some("a"), &[("page", "3")]),
                request.reverse_action("other", None, &[]),
            ]),
        )
    }
}

fn method(request: &Request, _: &mut Conn) -> Result<Response> {
    Response::ok(request, &json!({ "method": request.method.as_str() }))
}

fn urls() -> Urls {
    let simple = SimpleRouter::new()
        .register_as("mirrors", "mirror", Mirror)
        .register_as("named", "named", Named)
        .register_as("fewer", "fewer", Fewer)
        .register_as("actions", "action", Actions)
        .register_as(r"nests/(?P<nest>\d+)/mirrors", "nested", Mirror)
        .register_as("converted/<int:nest>", "converted", Mirror);
    let bare = DefaultRouter::new()
        .without_trailing_slash()
        .register_as("mirrors", "bare", Mirror)
        .view("total", "bare-total", ApiView::new("TotalView").get(method));
    let default = DefaultRouter::new()
        .register_as("mirrors", "default", Mirror)
        .register_as("nests/<nest>/mirrors", "default-nested", Mirror)
        .register("plain", PlainViewSet)
        .view(
            "totals",
            "default-totals",
            ApiView::new("BookTotalsView")
                .get(method)
                .delete(|_, _| Ok(Response::empty(StatusCode::RESET_CONTENT))),
        );
    Urls::new()
        .include("/simple/", simple)
        .include("/bare/", bare)
        .include("/default/", default)
        .include(
            "/empty/",
            SimpleRouter::new().register_as("", "empty", Mirror),
        )
        .path(
            "/functions/<name>/",
            "function",
            api_view("get_only", &["GET"], method),
        )
        .path(
            "/functions/no-slash",
            "no-slash",
            api_view("both", &["GET", "POST"], method),
        )
}

fn client() -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    (serve(urls(), &database), database)
}

#[test]
fn a_path_leads_to_an_action_and_its_kwargs() {
    let (client, _database) = client();
    let cases = [
        ("GET /simple/mirrors/", r#"["list",""]"#),
        ("GET /simple/mirrors/a%20b/", r#"["retrieve","pk=a b"]"#),
        ("GET /simple/named/00ff/", r#"["retrieve","name=00ff"]"#),
        ("GET /simple/nests/7/mirrors/", r#"["list","nest=7"]"#),
        (
            "GET /simple/nests/7/mirrors/8/",
            r#"["retrieve","pk=8 nest=7"]"#,
        ),
        (
            "GET /simple/converted/7/8/",
            r#"["retrieve","pk=8 nest=7"]"#,
        ),
        ("POST /simple/actions/two-verbs/", r#"["recent",""]"#),
        (
            "GET /simple/actions/1/pages/22/",
            r#"["page","pk=1 page=22"]"#,
        ),
        ("GET /simple/actions/1/cover/", r#"["cover","pk=1"]"#),
        ("POST /simple/actions/1/return/", r#"["return","pk=1"]"#),
        ("PUT /simple/actions/1/cover/", r#"["change_cover","pk=1"]"#),
        (
            "DELETE /simple/actions/1/cover/",
            r#"["a_cover_less","pk=1"]"#,
        ),
        (
            "GET /simple/actions/set_price/",
            r#"["retrieve","pk=set_price"]"#,
        ),
        ("GET /bare/mirrors", r#"["list",""]"#),
        ("GET /bare/mirrors/1.json", r#"["retrieve","pk=1"]"#),
        ("GET /default/mirrors.json", r#"["list",""]"#),
        ("GET /default/mirrors/1.json/", r#"["retrieve","pk=1"]"#),
        ("GET /default/plain/", r#"["list",[]]"#),
        (
            "PATCH /default/plain/a/",
            r#"["partial_update",[["name","a"]]]"#,
        ),
        ("GET /empty/", r#"["list",""]"#),
        ("GET /empty/1/", r#"["retrieve","pk=1"]"#),
        ("GET /functions/x/", r#"{"method":"GET"}"#),
        ("POST /functions/no-slash", r#"{"method":"POST"}"#),
    ];
    for (request, body) in cases {
        let (method, path) = request.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = client.send(TestRequest::new(method, path));
        assert_eq!(
            (response.status.as_u16(), response.body.as_str()),
            (200, body),
            "{request}"
        );
    }
}

#[test]
fn what_no_pattern_matches_is_not_found() {
    let (client, _database) = client();
    for path in [
        "/simple/named/xyz0/",
        "/simple/nests/x/mirrors/",
        "/simple/converted/x/",
        "/simple/actions/1/pages/x/",
        "/simple/mirrors.json",
        "/simple/",
        "/bare/mirrors/",
        "/default/mirrors/.json",
        "/default/mirrors.JSON",
    ] {
        client.get(path).assert(404, r#"{"detail":"not_found"}"#);
    }
}

#[test]
fn a_view_answers_the_verbs_it_names() {
    let (client, _database) = client();
    let cases = [
        ("HEAD", "/simple/mirrors/", 200, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/simple/fewer/", 405, "GET"),
        ("HEAD", "/simple/fewer/", 405, "GET"),
        (
            "POST",
            "/simple/actions/1/cover/",
            405,
            "GET, PUT, DELETE, HEAD, OPTIONS",
        ),
        (
            "GET",
            "/simple/actions/1/forbidden/",
            403,
            "GET, HEAD, OPTIONS",
        ),
        (
            "OPTIONS",
            "/simple/actions/1/forbidden/",
            403,
            "GET, HEAD, OPTIONS",
        ),
        ("GET", "/simple/actions/1/", 200, "GET, HEAD, OPTIONS"),
        ("GET", "/default/plain/a/", 405, "PATCH, OPTIONS"),
        ("HEAD", "/default/plain/", 200, "GET, HEAD, OPTIONS"),
        ("HEAD", "/functions/x/", 405, "GET, OPTIONS"),
        ("OPTIONS", "/functions/x/", 200, "GET, OPTIONS"),
        ("FOO", "/functions/x/", 405, "GET, OPTIONS"),
        (
            "HEAD",
            "/default/totals/",
            200,
            "GET, DELETE, HEAD, OPTIONS",
        ),
        (
            "DELETE",
            "/default/totals/",
            205,
            "GET, DELETE, HEAD, OPTIONS",
        ),
        (
            "GET",
            "/default/totals.json",
            200,
            "GET, DELETE, HEAD, OPTIONS",
        ),
    ];
    for (method, path, status, allow) in cases {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = client.send(TestRequest::new(method.clone(), path));
        assert_eq!(
            (response.status.as_u16(), response.header("allow")),
            (status, allow),
            "{method} {path}"
        );
    }
}

#[test]
fn a_view_has_a_name_and_may_say_nothing() {
    let (client, _database) = client();
    let empty = client.delete("/default/totals/");
    assert_eq!(
        (empty.body.as_str(), empty.header("content-type")),
        ("", "")
    );
    let name = |path: &str| {
        let response = client.send(TestRequest::new(Method::OPTIONS, path));
        response.json()["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(name("/default/totals/"), "Book Totals");
    assert_eq!(name("/functions/x/"), "Get Only");
    assert_eq!(name("/default/"), "Api Root");
    assert_eq!(name("/default/plain/"), "Plain List");
    assert_eq!(name("/default/plain/a/links/1/"), "All links");
    let options = TestRequest::new(Method::OPTIONS, "/default/plain/a/links/1/");
    client.send(options).assert(
        200,
        r#"{"name":"All links","description":"Where its actions are.","renders":["application/json"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"]}"#,
    );
}

#[test]
fn links_fill_every_group() {
    let (client, _database) = client();
    client.get("/simple/actions/links/").assert(
        200,
        r#"["http://localhost/simple/actions/","http://localhost/simple/actions/7/cover/","http://localhost/simple/actions/7/return/","http://localhost/simple/actions/7/pages/8/","http://localhost/simple/nests/1/mirrors/%C3%A9/2/",null]"#,
    );
}

#[test]
fn links_to_actions_are_those_of_the_same_viewset() {
    let (client, _database) = client();
    let links =
        r#"["http://localhost/default/plain/","http://localhost/default/plain/a/links/3/",null]"#;
    client.get("/default/plain/a/links/1/").assert(200, links);
    // Only the root and hyperlinks keep a suffix.
    client
        .get("/default/plain/a/links/1.json")
        .assert(200, links);
}

#[test]
fn the_root_shows_lists_and_keeps_the_format() {
    let (client, _database) = client();
    let cases = [
        (
            "/default/",
            r#"{"mirrors":"http://localhost/default/mirrors/","plain":"http://localhost/default/plain/"}"#,
        ),
        (
            "/default/.json",
            r#"{"mirrors":"http://localhost/default/mirrors.json","plain":"http://localhost/default/plain.json"}"#,
        ),
        (
            "/default/?format=json",
            r#"{"mirrors":"http://localhost/default/mirrors/?format=json","plain":"http://localhost/default/plain/?format=json"}"#,
        ),
        ("/bare/", r#"{"mirrors":"http://localhost/bare/mirrors"}"#),
    ];
    for (path, body) in cases {
        client.get(path).assert(200, body);
    }
    assert_eq!(client.get("/default/?format=xml").status, 404);
    let refused = client.post("/default/", "{}");
    assert_eq!(
        (refused.status.as_u16(), refused.header("allow")),
        (405, "GET, HEAD, OPTIONS")
    );
}

#[test]
fn two_routes_of_one_name_are_refused() {
    let view = || ApiView::new("View").get(method);
    let twice = std::panic::catch_unwind(|| {
        Urls::new()
            .path("/a/", "a", view())
            .path("/b/", "a", view())
    });
    assert!(twice.is_err());
}
