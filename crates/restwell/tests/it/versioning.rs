//! The five ways of naming a version (contract §14), and links that keep it.

use actix_web::http::Method;
use restwell::{
    api_views::ApiView,
    prelude::*,
    test::{ApiClient, TestRequest},
    versioning::{
        AcceptHeaderVersioning, HostNameVersioning, NamespaceVersioning, QueryParameterVersioning,
        UrlPathVersioning, Versioning, Versions,
    },
    viewsets::Policies,
};
use restwell_postgres::test::TestDatabase;
use serde_json::json;

use crate::shop::{serve, shop};

const ALLOWED: Versions = Versions {
    allowed: &["1.0", "2.0", "v1"],
    ..Versions::ANY
};
const DEFAULT: Versions = Versions {
    default: Some("1.0"),
    ..ALLOWED
};

fn view(name: &'static str, scheme: Option<&'static dyn Versioning>) -> ApiView {
    let answer = move |request: &Request, _: &mut Conn| {
        Response::ok(
            request,
            &json!([request.version, request.reverse(name, None)]),
        )
    };
    ApiView::new("VersionView").get(answer).policies(Policies {
        versioning: scheme,
        ..Policies::DEFAULT
    })
}

macro_rules! schemes {
    ($urls:expr, $($scheme:ident $kind:ident $path:literal;)*) => {
        $urls$(.path($path, $path, view($path, Some(&$scheme($kind)))))*
    };
}

const ANY: Versions = Versions::ANY;
const NAMESPACES: Versions = Versions {
    allowed: &["v1", "v2"],
    default: Some("v1"),
    ..Versions::ANY
};

fn client() -> (ApiClient, TestDatabase) {
    let urls = schemes!(Urls::new(),
        AcceptHeaderVersioning ANY "/accept/any/";
        AcceptHeaderVersioning ALLOWED "/accept/allowed/";
        AcceptHeaderVersioning DEFAULT "/accept/default/";
        UrlPathVersioning ANY "/path/any/<version>/";
        UrlPathVersioning ALLOWED "/path/allowed/<version>/";
        UrlPathVersioning DEFAULT "/path/default/<version>/";
        UrlPathVersioning DEFAULT "/path/less/";
        HostNameVersioning ANY "/host/any/";
        HostNameVersioning ALLOWED "/host/allowed/";
        HostNameVersioning DEFAULT "/host/default/";
        QueryParameterVersioning ANY "/query/any/";
        QueryParameterVersioning ALLOWED "/query/allowed/";
        QueryParameterVersioning DEFAULT "/query/default/";
    );
    let namespaced = || {
        SimpleRouter::new().view(
            "namespace",
            "namespace",
            view("namespace", Some(&NamespaceVersioning(NAMESPACES))),
        )
    };
    let urls = ["v1", "v2", "v9", "a:v2"]
        .into_iter()
        .fold(urls, |urls, name| {
            urls.include_as(&format!("/{}/", name.replace(':', "-")), name, namespaced())
        });
    let urls = urls
        .include("/", namespaced())
        .path("/none/", "none", view("none", None));
    let (_, database) = shop();
    (serve(urls, &database), database)
}

#[test]
fn a_version_is_found_where_the_scheme_looks() {
    let (client, _database) = client();
    let version = |path: &str, accept: &str, host: &str| {
        let request = TestRequest::new(Method::GET, path).header("host", host);
        let response = client.send(request.header("accept", accept));
        match response.status.as_u16() {
            200 => response.json()[0].as_str().unwrap_or("null").to_owned(),
            status => status.to_string(),
        }
    };
    let cases = [
        ("/none/", "*/*; version=2.0", "null"),
        ("/accept/any/", "application/json; version=9", "9"),
        ("/accept/any/", "*/*", "null"),
        (
            "/accept/allowed/",
            "application/json; version=\"2.0\"",
            "2.0",
        ),
        ("/accept/allowed/", "text/html, */*; version=2.0", "2.0"),
        ("/accept/allowed/", "*/*; version=9", "406"),
        ("/accept/allowed/", "*/*", "406"),
        ("/accept/default/", "*/*", "1.0"),
        ("/accept/default/", "*/*; version=9", "406"),
        ("/path/any/9/", "*/*", "9"),
        ("/path/allowed/2.0/", "*/*", "2.0"),
        ("/path/allowed/9/", "*/*", "404"),
        ("/path/default/9/", "*/*", "404"),
        ("/path/less/", "*/*", "1.0"),
        ("/query/any/?version=9", "*/*", "9"),
        ("/query/any/", "*/*", "null"),
        ("/query/allowed/?version=2.0", "*/*", "2.0"),
        ("/query/allowed/?version=9", "*/*", "404"),
        ("/query/allowed/?version=", "*/*", "404"),
        ("/query/allowed/", "*/*", "404"),
        ("/query/default/", "*/*", "1.0"),
        ("/namespace/", "*/*", "v1"),
        ("/v2/namespace/", "*/*", "v2"),
        ("/a-v2/namespace/", "*/*", "v2"),
        ("/v9/namespace/", "*/*", "404"),
    ];
    for (path, accept, expected) in cases {
        assert_eq!(
            version(path, accept, "localhost"),
            expected,
            "{path} {accept}"
        );
    }
    let hosts = [
        ("/host/any/", "v9.example.com", "v9"),
        ("/host/any/", "localhost", "null"),
        ("/host/allowed/", "v1.example.com:8000", "v1"),
        ("/host/allowed/", "v9.example.com", "404"),
        ("/host/allowed/", "a.v1.example.com", "null"),
        ("/host/default/", "localhost", "1.0"),
    ];
    for (path, host, expected) in hosts {
        assert_eq!(version(path, "*/*", host), expected, "{path} {host}");
    }
}

#[test]
fn links_keep_the_version() {
    let (client, _database) = client();
    let cases = [
        ("/path/allowed/2.0/", "http://localhost/path/allowed/2.0/"),
        (
            "/query/default/",
            "http://localhost/query/default/?version=1.0",
        ),
        (
            "/query/any/?version=a+b&x=1&format=json",
            "http://localhost/query/any/?format=json&version=a+b",
        ),
        ("/v2/namespace/", "http://localhost/v2/namespace/"),
        ("/namespace/", "http://localhost/v1/namespace/"),
        ("/none/?version=1", "http://localhost/none/"),
    ];
    for (path, link) in cases {
        assert_eq!(client.get(path).json()[1], link, "{path}");
    }
}
