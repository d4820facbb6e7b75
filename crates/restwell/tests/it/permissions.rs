//! Who may do what, and which rows there are for whom.

use std::any::Any;

use actix_web::http::{Method, StatusCode};
use diesel::prelude::*;
use restwell::{
    authentication::{AbstractUser, Authentication, Identity, Permissions},
    permissions::{
        And, DjangoModelPermissions, DjangoModelPermissionsOrAnonReadOnly, DjangoObjectPermissions,
        HasPerms, IsAdminUser, IsAuthenticated, IsAuthenticatedOrReadOnly, Not, ObjectBackend, Or,
        Permission, Rows,
    },
    prelude::*,
    test::{ApiClient, TestRequest},
    viewsets::Policies,
};
use restwell_postgres::test::TestDatabase;

use crate::shop::{
    Item, ItemFilter, ItemSerializer, Shop, ShopViewSet, Tag, TagViewSet, item, serve, shop, tag,
};

/// `x-user: staff catalog.add_item …`: what the user is and may do.
struct Named(String);

impl AbstractUser for Named {
    fn key(&self) -> String {
        self.0.clone()
    }

    fn is_staff(&self) -> bool {
        self.0.starts_with("staff")
    }

    fn permissions(&self, _: &mut Conn) -> Result<Permissions> {
        Ok(match self.0.starts_with("root") {
            true => Permissions::All,
            false => Permissions::Some(self.0.split(' ').map(str::to_owned).collect()),
        })
    }
}

struct ByName;

impl Authentication for ByName {
    fn authenticate(&self, request: &Request, _: &mut Conn) -> Result<Option<Identity>> {
        let name = request.header("x-user");
        Ok(name.map(|name| Identity::new(Named(name.to_owned()))))
    }

    fn authenticate_header(&self, _: &Request) -> Option<String> {
        Some("Name".to_owned())
    }
}

/// The second item, the second shop and the first tag are secret, unless the client says `x-all`.
struct HidesSecrets;

impl Permission for HidesSecrets {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(true)
    }

    fn rows(&self, request: &Request, rows: &mut Rows<'_>, _: &mut Conn) -> Result<()> {
        if request.header("x-all").is_none() {
            rows.only::<Item>(|| Expr::new(item::number.ne(20).nullable()));
            rows.only::<Shop>(|| Expr::new(shop::id.ne(2).nullable()));
            rows.only::<Tag>(|| Expr::new(tag::label.ne("red").nullable()));
        }
        Ok(())
    }

    fn denial(&self) -> ApiException {
        unreachable!("nobody is refused")
    }
}

/// Nobody, with words of its own.
struct Closed;

impl Permission for Closed {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(false)
    }

    fn denial(&self) -> ApiException {
        ApiException::new(StatusCode::FORBIDDEN, "Come back tomorrow.", "closed")
    }
}

/// The first item only.
struct First;

impl Permission for First {
    fn has_permission(&self, request: &Request, _: &mut Conn) -> Result<bool> {
        Ok(request.header("x-first").is_some())
    }

    fn has_object_permission(&self, _: &Request, object: &dyn Any, _: &mut Conn) -> Result<bool> {
        Ok(object
            .downcast_ref()
            .is_some_and(|item: &Item| item.id == 1))
    }
}

/// Permissions for one item are named `catalog.change_item:1`.
struct ByNumber;

impl ObjectBackend for ByNumber {
    fn has_perm(
        &self,
        request: &Request,
        name: &str,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool> {
        let id = object.downcast_ref().map_or(0, |item: &Item| item.id);
        request.has_perm(&format!("{name}:{id}"), conn)
    }
}

/// Reading an object needs a permission, too.
fn with_view(method: &Method) -> Option<&'static [&'static str]> {
    Some(match *method {
        Method::GET | Method::OPTIONS => &["view"],
        Method::PATCH => &["change"],
        _ => return None,
    })
}

macro_rules! guarded {
    ($($prefix:literal: $viewset:ident, $permission:expr;)*) => {
        $(
            struct $viewset;
            #[viewset]
            impl ModelViewSet for $viewset {
                type Serializer = ItemSerializer;
                type Filter = ItemFilter;
                type Pagination = PageNumber;
                const POLICIES: Policies = Policies {
                    authentication: Some(&[&ByName]),
                    permissions: Some(&[&$permission]),
                    ..Policies::DEFAULT
                };
            }
        )*

        fn client() -> (ApiClient, TestDatabase) {
            let (_, database) = shop();
            let router = DefaultRouter::new()
                .register("shops", ShopViewSet)
                .register("tags", TagViewSet)
                $(.register_as($prefix, $prefix, $viewset))*;
            (serve(Urls::new().include("/", router), &database), database)
        }
    };
}

guarded! {
    "secret": SecretViewSet, HidesSecrets;
    "either": EitherViewSet, Or(HidesSecrets, IsAdminUser);
    "both": BothViewSet, And(IsAuthenticated, HidesSecrets);
    "hidden": HiddenViewSet, Not(Not(HidesSecrets));
    "closed": ClosedViewSet, Closed;
    "joined": JoinedViewSet, And(Closed, IsAuthenticated);
    "first": FirstViewSet, Or(First, IsAdminUser);
    "staff": StaffViewSet, IsAdminUser;
    "others": OthersViewSet, Not(IsAdminUser);
    "readers": ReadersViewSet, IsAuthenticatedOrReadOnly;
    "model": ModelPermissionViewSet, DjangoModelPermissions;
    "open": OpenViewSet, DjangoModelPermissionsOrAnonReadOnly;
    "perms": PermsViewSet, HasPerms(&["store.add_item", "store.count"]);
    "object": ObjectViewSet, DjangoObjectPermissions::new(ByNumber);
    "viewed": ViewedViewSet, DjangoObjectPermissions { backend: ByNumber, perms_map: with_view };
}

const NOT_FOUND: &str = r#"{"detail":"not_found"}"#;

#[test]
fn a_rule_about_rows_holds_wherever_rows_are_read_or_named() {
    let (client, _database) = client();
    let list = client.get("/secret/");
    assert_eq!(
        (&list.json()["count"], &list.json()["results"][0]["number"]),
        (&1.into(), &10.into())
    );
    for request in ["GET", "PUT", "PATCH", "DELETE"] {
        let method = Method::from_bytes(request.as_bytes()).unwrap();
        client
            .send(TestRequest::new(method, "/secret/2/").json("{}"))
            .assert(404, NOT_FOUND);
    }
    let invalid = |parameter: &str| format!(r#"{{"{parameter}":["invalid_choice"]}}"#);
    client
        .get("/secret/?shop=Market")
        .assert(400, &invalid("shop"));
    client.get("/secret/?tags=1").assert(400, &invalid("tags"));
    assert_eq!(client.get("/secret/?shop=Corner&tags=2").json()["count"], 1);
    let sent = r#"{"shop": "Market", "maker": "/shops/2/", "number": 5, "tags": ["/tags/blue/", "/tags/red/"]}"#;
    let refused =
        r#"{"shop":["does_not_exist"],"maker":["does_not_exist"],"tags":["does_not_exist"]}"#;
    client.post("/secret/", sent).assert(400, refused);
    client
        .patch("/secret/1/", r#"{"maker": "/shops/2/"}"#)
        .assert(400, r#"{"maker":["does_not_exist"]}"#);

    let all = client.without_headers().with_header("x-all", "1");
    assert_eq!(all.get("/secret/").json()["count"], 2);
    assert_eq!(all.get("/secret/2/").status, 200);
    assert_eq!(all.post("/secret/", sent).status, 201);
}

#[test]
fn rules_about_rows_are_joined_as_permissions_are() {
    let (client, _database) = client();
    let as_user = |name: &str| client.without_headers().with_header("x-user", name);
    let count = |client: &ApiClient, path: &str| client.get(path).json()["count"].clone();
    // One side that hides nothing is enough to see all.
    assert_eq!(count(&client, "/either/"), 1);
    assert_eq!(count(&as_user("staff"), "/either/"), 2);
    assert_eq!(count(&as_user("ann"), "/both/"), 1);
    assert_eq!(count(&client, "/hidden/"), 1);
    assert_eq!(as_user("staff").get("/either/2/").status, 200);
    client.get("/either/2/").assert(404, NOT_FOUND);
    let sent = r#"{"maker": "/shops/2/", "number": 7}"#;
    assert_eq!(as_user("staff").post("/either/", sent).status, 201);
    as_user("ann")
        .post("/both/", sent)
        .assert(400, r#"{"maker":["does_not_exist"]}"#);
}

#[test]
fn permissions_are_asked_for_requests_and_objects() {
    let (client, _database) = client();
    let cases = [
        // A view, the user if any, whether it is the first, and what a list, both objects and a new object give.
        ("closed", "", false, [401, 401, 401, 401]),
        ("closed", "ann", false, [403, 403, 403, 403]),
        ("first", "ann", false, [403, 403, 403, 403]),
        ("first", "ann", true, [200, 200, 403, 400]),
        ("first", "", true, [200, 200, 401, 400]),
        ("first", "staff", false, [200, 200, 200, 400]),
        ("staff", "staff", false, [200, 200, 200, 400]),
        ("staff", "ann", false, [403, 403, 403, 403]),
        ("others", "ann", false, [200, 403, 403, 400]),
        ("others", "staff", false, [403, 403, 403, 403]),
        ("readers", "", false, [200, 200, 200, 401]),
        ("readers", "ann", false, [200, 200, 200, 400]),
        ("model", "", false, [401, 401, 401, 401]),
        ("model", "ann", false, [200, 200, 200, 403]),
        ("model", "x store.add_item", false, [200, 200, 200, 400]),
        ("model", "root", false, [200, 200, 200, 400]),
        ("open", "", false, [200, 200, 200, 401]),
        ("open", "x store.change_item", false, [200, 200, 200, 403]),
        ("perms", "x store.add_item", false, [403, 403, 403, 403]),
        (
            "perms",
            "x store.add_item store.count",
            false,
            [200, 200, 200, 400],
        ),
        ("viewed", "x store.view_item", false, [200, 404, 404, 405]),
        (
            "viewed",
            "x store.view_item store.view_item:2",
            false,
            [200, 404, 200, 405],
        ),
    ];
    for (view, user, first, expected) in cases {
        let mut client = client.without_headers();
        if !user.is_empty() {
            client = client.with_header("x-user", user);
        }
        if first {
            client = client.with_header("x-first", "1");
        }
        let statuses = [
            client.get(&format!("/{view}/")),
            client.get(&format!("/{view}/1/")),
            client.get(&format!("/{view}/2/")),
            client.post(&format!("/{view}/"), "{}"),
        ];
        let statuses = statuses.map(|response| response.status.as_u16());
        assert_eq!(statuses, expected, "{view} {user}");
    }
}

#[test]
fn who_may_not_see_an_object_is_not_told_that_it_is_there() {
    let (client, _database) = client();
    let cases = [
        ("object", "x", 403),
        ("object", "x store.change_item", 403),
        ("object", "x store.change_item store.change_item:1", 200),
        ("viewed", "x store.change_item", 404),
        ("viewed", "x store.change_item store.view_item:1", 403),
        ("viewed", "x store.change_item store.change_item:1", 200),
    ];
    for (view, user, status) in cases {
        let client = client.without_headers().with_header("x-user", user);
        assert_eq!(
            client.patch(&format!("/{view}/1/"), "{}").status,
            status,
            "{view} {user}"
        );
    }
}

#[test]
fn a_refusal_has_the_words_of_its_permission_for_users_who_are_known() {
    let (client, _database) = client();
    client
        .get("/closed/")
        .assert(401, r#"{"detail":"not_authenticated"}"#);
    let ann = client.with_header("x-user", "ann");
    ann.get("/closed/").assert(403, r#"{"detail":"closed"}"#);
    // Operators know no words.
    ann.get("/joined/")
        .assert(403, r#"{"detail":"permission_denied"}"#);
}
