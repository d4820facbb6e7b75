//! `parity/oracle/probe/versions.py`.

use restwell::{
    api_views::ApiView,
    prelude::*,
    versioning::{
        AcceptHeaderVersioning, HostNameVersioning, NamespaceVersioning, QueryParameterVersioning,
        UrlPathVersioning, Versioning, Versions,
    },
    viewsets::Policies,
};
use serde_json::json;

const ANY: Versions = Versions::ANY;
const ALLOWED: Versions = Versions {
    allowed: &["1.0", "2.0", "v1"],
    ..ANY
};
const DEFAULT: Versions = Versions {
    default: Some("1.0"),
    ..ALLOWED
};
const NAMESPACES: Versions = Versions {
    allowed: &["v1", "v2"],
    default: Some("v1"),
    ..ANY
};

/// Which version was asked for, and a link to the view of this name.
fn view(versioning: Option<&'static dyn Versioning>, name: &'static str) -> ApiView {
    let answer = move |request: &Request, _: &mut Conn| {
        let link = request.reverse(name, None);
        Response::ok(
            request,
            &json!({ "version": request.version, "link": link }),
        )
    };
    ApiView::new("VersionView")
        .description("Which version was asked for.")
        .get(answer)
        .policies(Policies {
            versioning,
            ..Policies::DEFAULT
        })
}

fn namespaced() -> SimpleRouter {
    let view = view(Some(&NamespaceVersioning(NAMESPACES)), "version-namespace");
    SimpleRouter::new().view("", "version-namespace", view)
}

macro_rules! schemes {
    ($urls:expr, $($path:literal, $name:literal: $scheme:expr;)*) => {
        $urls$(.path($path, $name, view(Some(&$scheme), $name)))*
    };
}

pub(crate) fn urls(urls: Urls) -> Urls {
    let urls = urls.path("/probe/v-none/", "version-none", view(None, "version-none"));
    let urls = schemes! { urls,
        "/probe/v-accept/any/", "version-accept-any": AcceptHeaderVersioning(ANY);
        "/probe/v-accept/allowed/", "version-accept-allowed": AcceptHeaderVersioning(ALLOWED);
        "/probe/v-accept/default/", "version-accept-default": AcceptHeaderVersioning(DEFAULT);
        "/probe/v-path/any/<version>/", "version-path-any": UrlPathVersioning(ANY);
        "/probe/v-path/allowed/<version>/", "version-path-allowed": UrlPathVersioning(ALLOWED);
        "/probe/v-path/default/<version>/", "version-path-default": UrlPathVersioning(DEFAULT);
        "/probe/v-path-less/any/", "version-path-less-any": UrlPathVersioning(ANY);
        "/probe/v-path-less/allowed/", "version-path-less-allowed": UrlPathVersioning(ALLOWED);
        "/probe/v-path-less/default/", "version-path-less-default": UrlPathVersioning(DEFAULT);
        "/probe/v-host/any/", "version-host-any": HostNameVersioning(ANY);
        "/probe/v-host/allowed/", "version-host-allowed": HostNameVersioning(ALLOWED);
        "/probe/v-host/default/", "version-host-default": HostNameVersioning(DEFAULT);
        "/probe/v-query/any/", "version-query-any": QueryParameterVersioning(ANY);
        "/probe/v-query/allowed/", "version-query-allowed": QueryParameterVersioning(ALLOWED);
        "/probe/v-query/default/", "version-query-default": QueryParameterVersioning(DEFAULT);
    };
    urls.include("/probe/v-namespace/", namespaced())
        .include_as("/probe/v-namespace/v1/", "v1", namespaced())
        .include_as("/probe/v-namespace/v2/", "v2", namespaced())
        .include_as("/probe/v-namespace/v9/", "v9", namespaced())
}
