//! `parity/oracle/probe/routing.py`: every handler answers its action and what the URL gave it.

use restwell::{
    api_views::api_view,
    permissions::Permission,
    prelude::*,
    viewsets::{Policies, ViewSet},
};
use serde_json::{Map, Value, json};

fn mirror(request: &Request) -> Result<Response> {
    let kwargs = request.route.kwargs.iter();
    let kwargs: Map<String, Value> = kwargs
        .filter(|(name, _)| name != "format")
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    Response::ok(
        request,
        &json!({ "action": request.action(), "kwargs": kwargs }),
    )
}

macro_rules! mirrors {
    ($($(#[$doc:meta])* $view:ident($($action:ident),*) { $($constants:tt)* })*) => {$(
        struct $view;

        $(#[$doc])*
        #[viewset]
        impl ViewSet for $view {
            $($constants)*
            $(fn $action(&self, request: &Request, _: &mut Conn) -> Result<Response> {
                mirror(request)
            })*
        }
    )*};
}

mirrors! {
    /// Answers how it was called.
    MirrorViewSet(list, create, retrieve, update, partial_update, destroy) {}

    /// Answers how it was read.
    ReadOnlyMirrorViewSet(list, retrieve) {}

    /// Has no list.
    DetailMirrorViewSet(retrieve) {}

    /// Has fewer methods, and no OPTIONS.
    GetMirrorViewSet(list, create, retrieve, update, partial_update, destroy) {
        const HTTP_METHOD_NAMES: &'static [&'static str] = &["GET", "PATCH"];
    }

    HexMirrorViewSet(list, create, retrieve, update, partial_update, destroy) {
        const LOOKUP_VALUE_REGEX: &'static str = "[0-9a-f]{4}";
    }

    NamedMirrorViewSet(list, create, retrieve, update, partial_update, destroy) {
        const LOOKUP_URL_KWARG: &'static str = "slug";
    }

    KwargMirrorViewSet(list, create, retrieve, update, partial_update, destroy) {
        const LOOKUP_URL_KWARG: &'static str = "name";
    }

    /// The lookup that Django's converter `str` matches.
    TextMirrorViewSet(list, create, retrieve, update, partial_update, destroy) {
        const LOOKUP_VALUE_REGEX: &'static str = "[^/]+";
    }

    /// The lookup that Django's converter `int` matches.
    IntMirrorViewSet(list, create, retrieve, update, partial_update, destroy) {
        const LOOKUP_VALUE_REGEX: &'static str = "[0-9]+";
    }
}

/// Nobody may do anything.
struct Nobody;

impl Permission for Nobody {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(false)
    }
}

struct ActionViewSet;

/// Has actions of every kind.
#[viewset]
impl ViewSet for ActionViewSet {
    fn list(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    fn create(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    fn retrieve(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    fn update(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    fn partial_update(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    fn destroy(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    /// The newest.
    #[action(detail = false)]
    fn recent(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(detail = false, methods("get", "post"), url_path = "two-verbs")]
    fn two_verbs(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    /// A new price.
    #[action(detail = true, method = "post")]
    fn set_price(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(detail = true, name = "A better name")]
    fn titled(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(
        detail = true,
        url_path = r"pages/(?P<page>\d+)",
        url_name = "one-page"
    )]
    fn page(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(detail = true)]
    fn cover(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(mapping = cover, method = "put")]
    fn put_cover(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(mapping = cover, method = "delete")]
    fn delete_cover(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    #[action(detail = true, method = "post", policies = Policies { permissions: Some(&[&Nobody]), ..Policies::DEFAULT })]
    fn forbidden(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        mirror(request)
    }

    /// The URLs of the actions.
    #[action(detail = false)]
    fn links(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        let links = json!({
            "list": request.reverse_action("list", None, &[]),
            "recent": request.reverse_action("recent", None, &[]),
            "two-verbs": request.reverse_action("two-verbs", None, &[]),
            "set-price": request.reverse_action("set-price", Some("7"), &[]),
            "one-page": request.reverse_action("one-page", Some("7"), &[("page", "8")]),
        });
        Response::ok(request, &links)
    }
}

/// A function.
fn get_only(request: &Request, _: &mut Conn) -> Result<Response> {
    Response::ok(request, &json!({ "method": request.method.as_str() }))
}

fn simple() -> SimpleRouter {
    SimpleRouter::new()
        .register_as("mirrors", "mirror", MirrorViewSet)
        .register_as("read-only", "read-only", ReadOnlyMirrorViewSet)
        .register_as("details", "detail-mirror", DetailMirrorViewSet)
        .register_as("methods", "method", GetMirrorViewSet)
        .register_as("hex", "hex", HexMirrorViewSet)
        .register_as("named", "named", NamedMirrorViewSet)
        .register_as("kwargs", "kwarg", KwargMirrorViewSet)
        .register_as("actions", "action", ActionViewSet)
        .register_as(r"nests/(?P<nest>\d+)/mirrors", "nested", MirrorViewSet)
}

/// The same viewsets with suffixes and a root.
fn rooted(router: DefaultRouter, name: &str) -> DefaultRouter {
    router
        .register_as("mirrors", &format!("{name}-mirror"), MirrorViewSet)
        .register_as("details", &format!("{name}-detail"), DetailMirrorViewSet)
        .register_as("actions", &format!("{name}-action"), ActionViewSet)
}

fn converted() -> SimpleRouter {
    SimpleRouter::new()
        .register_as("mirrors", "converted", TextMirrorViewSet)
        .register_as("ints", "int", IntMirrorViewSet)
}

pub(crate) fn urls(urls: Urls) -> Urls {
    let bare = DefaultRouter::new().without_trailing_slash();
    let empty = SimpleRouter::new().register_as("", "empty", MirrorViewSet);
    let get = || api_view("get_only", &["GET"], get_only).description("A function.");
    let get_and_post = api_view("get_and_post", &["GET", "POST"], get_only);
    urls.include("/probe/routing/simple/", simple())
        .include("/probe/routing/bare/", rooted(bare, "bare"))
        .include(
            "/probe/routing/default/",
            rooted(DefaultRouter::new(), "default"),
        )
        .include("/probe/routing/empty/", empty)
        .include("/probe/routing/converted/", converted())
        .path("/probe/routing/functions/get/", "get-only", get())
        .path(
            "/probe/routing/functions/get-and-post/",
            "get-and-post",
            get_and_post,
        )
        .path("/probe/routing/functions/no-slash", "no-slash", get())
}
