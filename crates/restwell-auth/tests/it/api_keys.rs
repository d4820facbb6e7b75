//! API keys and their scopes.

use actix_web::http::Method;
use chrono::{TimeDelta, Utc};
use diesel::{QueryableByName, connection::SimpleConnection, prelude::*, sql_query};
use restwell::{
    api_views::ApiView,
    authentication::Authentication,
    exceptions::ErrorFormat,
    permissions::{AllowAny, HasPerms, HasScope, IsAuthenticated, Not, Or, Permission},
    prelude::*,
    scopes::Scopes,
    settings::Settings,
    test::{ApiClient, TestRequest, TestResponse},
    viewsets::Policies,
};
use restwell_auth::{
    User,
    api_keys::{ApiKey, ApiKeyAuthentication, NewApiKey},
    authtoken::{Token, TokenAuthentication},
};
use restwell_postgres::test::TestDatabase;
use serde_json::json;

use crate::accounts::{accounts, serve_with, user};

const KEYS: &[&dyn Authentication] = &[
    &ApiKeyAuthentication::DEFAULT,
    &TokenAuthentication::DEFAULT,
];
const KEYS_LAST: &[&dyn Authentication] = &[
    &TokenAuthentication::DEFAULT,
    &ApiKeyAuthentication::DEFAULT,
];

/// The statements that the guide tells to put into a migration.
pub(crate) fn create_tables(database: &TestDatabase) {
    let guide = include_str!("../../../../docs/authentication.md");
    let blocks = guide.split("```sql\n").skip(1);
    let blocks: Vec<_> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    database.connect().batch_execute(&blocks.concat()).unwrap();
}

/// `catalog.add_book` and `catalog.view_book` are Ann's.
const PERMISSIONS: &str = "
    INSERT INTO django_content_type (id, app_label, model) VALUES (900, 'catalog', 'book');
    INSERT INTO auth_permission (id, name, content_type_id, codename)
        VALUES (900, 'add', 900, 'add_book'), (901, 'view', 900, 'view_book'), (902, 'delete', 900, 'delete_book');
    INSERT INTO auth_user_user_permissions (user_id, permission_id)
        SELECT id, permission FROM auth_user, unnest(ARRAY[900, 901]) AS permission WHERE username = 'ann'";

fn view(
    authentication: &'static [&'static dyn Authentication],
    permissions: &'static [&'static dyn Permission],
) -> ApiView {
    let who = |request: &Request, _: &mut Conn| {
        let name = request.user::<User>().map(|user| &user.username);
        let key = request.auth::<ApiKey>().map(|key| &key.name);
        let has_token = request.auth::<Token>().is_some();
        Response::ok(request, &json!([name, key, has_token]))
    };
    ApiView::new("Who").get(who).post(who).policies(Policies {
        authentication: Some(authentication),
        permissions: Some(permissions),
        ..Policies::DEFAULT
    })
}

fn urls() -> Urls {
    let add: &[&dyn Permission] = &[&HasPerms(&["catalog.add_book"])];
    let add_or_see: &[&dyn Permission] = &[&Or(
        HasPerms(&["catalog.add_book"]),
        HasPerms(&["catalog.view_book"]),
    )];
    let others: &[&dyn Permission] = &[&Not(HasPerms(&["catalog.add_book"]))];
    Urls::new()
        .path("/open/", "open", view(KEYS, &[&AllowAny]))
        .path("/last/", "last", view(KEYS_LAST, &[&AllowAny]))
        .path("/users/", "users", view(KEYS, &[&IsAuthenticated]))
        .path("/add/", "add", view(KEYS, add))
        .path(
            "/delete/",
            "delete",
            view(KEYS, &[&HasPerms(&["catalog.delete_book"])]),
        )
        .path(
            "/view/",
            "view",
            view(KEYS, &[&HasPerms(&["catalog.view_book"])]),
        )
        .path("/either/", "either", view(KEYS, add_or_see))
        .path("/others/", "others", view(KEYS, others))
        .path("/loans/", "loans", view(KEYS, &[&HasScope("loans")]))
}

struct Keys {
    client: ApiClient,
    database: TestDatabase,
}

impl Keys {
    fn new() -> Self {
        let database = accounts();
        create_tables(&database);
        database.connect().batch_execute(PERMISSIONS).unwrap();
        let settings = Settings {
            error_format: ErrorFormat::Code,
            ..Settings::default()
        };
        Self {
            client: serve_with(urls(), settings, &database),
            database,
        }
    }

    /// A key of this user.
    fn create(&self, name: &str, scopes: &[&str]) -> String {
        let mut conn = self.database.connect();
        let user = user(name, &mut conn);
        let new = NewApiKey {
            name: "nightly",
            scopes: &Scopes::new(scopes.iter().copied()).unwrap(),
            expires_at: Some(Utc::now() + TimeDelta::days(1)),
        };
        ApiKey::create(&user, &new, &mut conn).unwrap().1
    }

    fn execute(&self, statement: &str) {
        self.database.connect().batch_execute(statement).unwrap();
    }

    fn send(&self, method: Method, path: &str, credentials: &str) -> TestResponse {
        let request = TestRequest::new(method, path);
        self.client
            .send(request.header("authorization", credentials))
    }

    fn get(&self, path: &str, key: &str) -> TestResponse {
        self.send(Method::GET, path, &format!("Token {key}"))
    }
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = diesel::sql_types::Text)]
    row: String,
}

#[test]
fn a_key_stands_for_its_user_at_one_statement() {
    let keys = Keys::new();
    let key = keys.create("ann", &["*"]);
    let answer = r#"["ann","nightly",false]"#;
    let first = keys.get("/users/", &key);
    first.assert(200, answer);
    // The first use in an hour is noted.
    assert_eq!(first.statements, 2);
    let second = keys.send(Method::GET, "/users/", &format!("tOKEN   {key}"));
    second.assert(200, answer);
    assert_eq!(second.statements, 1);
    keys.execute("UPDATE restwell_api_key SET last_used_at = now() - interval '61 min'");
    assert_eq!(keys.get("/users/", &key).statements, 2);
    assert_eq!(keys.get("/users/", &key).statements, 1);
}

#[test]
fn the_secret_is_stored_nowhere() {
    let keys = Keys::new();
    let key = keys.create("ann", &["*"]);
    let parts: Vec<_> = key.split('_').collect();
    assert_eq!(
        (parts[0], parts[1].len(), parts[2].len(), parts.len()),
        ("rw", 12, 43, 3)
    );
    let stored: Stored = sql_query("SELECT k::text AS row FROM restwell_api_key AS k")
        .get_result(&mut keys.database.connect())
        .unwrap();
    assert!(stored.row.contains(parts[1]) && !stored.row.contains(parts[2]));
}

#[test]
fn a_key_that_is_not_valid_is_refused_even_where_everybody_is_allowed() {
    let cases = [
        "UPDATE restwell_api_key SET revoked_at = now()",
        "UPDATE restwell_api_key SET expires_at = now() - interval '1 s'",
        "UPDATE auth_user SET is_active = false",
        "UPDATE restwell_api_key SET prefix = 'aaaaaaaaaaaa'",
        "UPDATE restwell_api_key SET hash = sha256('other')",
        "DELETE FROM restwell_api_key",
        "DELETE FROM auth_user_user_permissions; DELETE FROM auth_user",
    ];
    for statement in cases {
        let keys = Keys::new();
        let key = keys.create("ann", &["*"]);
        assert_eq!(keys.get("/open/", &key).status, 200);
        keys.execute(statement);
        for path in ["/open/", "/last/"] {
            let response = keys.get(path, &key);
            response.assert(401, r#"{"detail":"authentication_failed"}"#);
            assert_eq!(response.header("www-authenticate"), "Token");
            assert_eq!(response.statements, 1, "{statement}");
        }
    }
}

#[test]
fn every_other_secret_is_refused() {
    let keys = Keys::new();
    let key = keys.create("ann", &["*"]);
    let last = if key.ends_with('x') { "y" } else { "x" };
    let other = format!("{}{last}", &key[..key.len() - 1]);
    for credentials in [
        format!("Token {other}"),
        format!("Token {key} {key}"),
        format!("Token {}", &key[..key.len() - 1]),
        format!("Token {key}x"),
        format!("Token rw_{}", "_".repeat(56)),
        "Token".to_owned(),
    ] {
        let response = keys.send(Method::GET, "/open/", &credentials);
        response.assert(401, r#"{"detail":"authentication_failed"}"#);
    }
}

#[test]
fn keys_and_tokens_share_a_header_in_any_order() {
    let keys = Keys::new();
    let key = keys.create("ann", &["*"]);
    let mut conn = keys.database.connect();
    let bob = user("bob", &mut conn);
    let token = Token::get_or_create(&bob, &mut conn).unwrap().key;
    for path in ["/open/", "/last/"] {
        keys.get(path, &key)
            .assert(200, r#"["ann","nightly",false]"#);
        let response = keys.get(path, &token);
        response.assert(200, r#"["bob",null,true]"#);
        assert_eq!(response.statements, 1);
        let bearer = keys.send(Method::GET, path, &format!("Bearer {key}"));
        bearer.assert(200, "[null,null,false]");
    }
}

#[test]
fn a_key_does_what_its_scopes_cover_and_its_user_may() {
    let keys = Keys::new();
    let all: &[&str] = &["*"];
    let cases: &[(&[&str], &str, u16)] = &[
        (all, "POST /users/", 200),
        (all, "POST /add/", 200),
        (all, "POST /delete/", 403),
        (all, "POST /others/", 403),
        (all, "POST /loans/", 200),
        (&["read"], "GET /users/", 200),
        (&["read"], "OPTIONS /users/", 200),
        (&["read"], "POST /users/", 403),
        (&["read"], "POST /open/", 403),
        (&["read"], "GET /view/", 200),
        (&["read"], "POST /view/", 403),
        (&["read"], "GET /add/", 403),
        (&["read"], "GET /others/", 403),
        (&["read"], "GET /loans/", 403),
        (&["catalog.add_book"], "POST /add/", 200),
        (&["catalog.add_book"], "GET /add/", 200),
        (&["catalog.add_book"], "POST /view/", 403),
        (&["catalog.add_book"], "POST /either/", 200),
        (&["catalog.add_book"], "GET /users/", 403),
        (&["catalog.view_book"], "POST /either/", 200),
        (&["catalog.*"], "POST /add/", 200),
        (&["catalog.*"], "POST /delete/", 403),
        (&["catalog.*"], "POST /users/", 403),
        (&["catalog.*"], "POST /others/", 403),
        (&["catalog.delete_book"], "POST /delete/", 403),
        (&["catalog.add"], "POST /add/", 403),
        (&["loans"], "POST /loans/", 200),
        (&["loans"], "POST /users/", 403),
        (&["loans", "read"], "GET /users/", 200),
    ];
    for (scopes, request, status) in cases {
        let key = keys.create("ann", scopes);
        let (method, path) = request.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = keys.send(method, path, &format!("Token {key}"));
        assert_eq!(response.status, *status, "{scopes:?} {request}");
        if *status == 403 {
            assert_eq!(response.body, r#"{"detail":"permission_denied"}"#);
        }
    }
}

#[test]
fn who_has_no_key_is_not_limited() {
    let keys = Keys::new();
    let mut conn = keys.database.connect();
    let ann = user("ann", &mut conn);
    let token = Token::get_or_create(&ann, &mut conn).unwrap().key;
    for path in ["/open/", "/users/", "/add/", "/loans/"] {
        let response = keys.send(Method::POST, path, &format!("Token {token}"));
        response.assert(200, r#"["ann",null,true]"#);
    }
    assert_eq!(keys.get("/others/", &token).status, 403);
    let stranger = keys.client.get("/loans/");
    stranger.assert(401, r#"{"detail":"not_authenticated"}"#);
    assert_eq!(keys.client.post("/open/", "").status, 200);
}

#[test]
fn names_and_scopes_have_limits() {
    let keys = Keys::new();
    let mut conn = keys.database.connect();
    let ann = user("ann", &mut conn);
    let scopes = Scopes::new(["read"]).unwrap();
    let (past, long) = (Utc::now() - TimeDelta::seconds(1), "ü".repeat(101));
    let cases = [
        (" ", None, r#"{"name":["blank"]}"#),
        (&long, None, r#"{"name":["max_length"]}"#),
        ("a\0", None, r#"{"name":["null_characters_not_allowed"]}"#),
        (
            "",
            Some(past),
            r#"{"name":["blank"],"expires_at":["invalid"]}"#,
        ),
    ];
    for (name, expires_at, body) in cases {
        let new = NewApiKey {
            name,
            scopes: &scopes,
            expires_at,
        };
        let error = ApiKey::create(&ann, &new, &mut conn).err().unwrap();
        let tree = error.body();
        let told = serde_json::to_string(&tree.render(ErrorFormat::Code)).unwrap();
        assert_eq!((error.status.as_u16(), &*told), (400, body));
    }
    assert!(ApiKey::list(&ann, &mut conn).unwrap().is_empty());
    let name = "ü".repeat(100);
    let new = NewApiKey {
        name: &name,
        scopes: &scopes,
        expires_at: None,
    };
    assert!(ApiKey::create(&ann, &new, &mut conn).is_ok());
}

#[test]
fn a_scope_is_a_name() {
    let many = vec!["a".to_owned(); 51];
    let long = vec!["a".repeat(201)];
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let cases: [(Vec<String>, Result<(), &str>); 11] = [
        (names(&["*"]), Ok(())),
        (names(&["read", "catalog.*", "a:b-c_1"]), Ok(())),
        (many[..50].to_vec(), Ok(())),
        (names(&[]), Err("empty")),
        (names(&[""]), Err("invalid")),
        (names(&["catalog*"]), Err("invalid")),
        (names(&["*.add"]), Err("invalid")),
        (names(&["a b"]), Err("invalid")),
        (names(&["**"]), Err("invalid")),
        (many, Err("max_length")),
        (long, Err("max_length")),
    ];
    for (names, expected) in cases {
        let scopes = Scopes::new(names.clone());
        let code = scopes.map(|_| ()).map_err(|error| error.detail);
        let code = code.as_ref().map(|_| ()).map_err(ErrorDetail::code);
        assert_eq!(code, expected, "{names:?}");
    }
}

#[test]
fn a_user_lists_and_revokes_keys_of_their_own() {
    let keys = Keys::new();
    let first = keys.create("ann", &["*"]);
    let second = keys.create("ann", &["read"]);
    let mut conn = keys.database.connect();
    let (ann, bob) = (user("ann", &mut conn), user("bob", &mut conn));
    let list = ApiKey::list(&ann, &mut conn).unwrap();
    let shown: Vec<_> = list.iter().map(|key| &key.scopes[0]).collect();
    assert_eq!(shown, ["read", "*"]);
    assert!(first.contains(&list[1].prefix) && second.contains(&list[0].prefix));
    assert!(ApiKey::list(&bob, &mut conn).unwrap().is_empty());

    let id = list[1].id;
    assert_eq!(ApiKey::revoke(id, &bob, &mut conn), Ok(false));
    assert_eq!(keys.get("/open/", &first).status, 200);
    assert_eq!(ApiKey::revoke(id, &ann, &mut conn), Ok(true));
    assert_eq!(ApiKey::revoke(id, &ann, &mut conn), Ok(false));
    assert_eq!(keys.get("/open/", &first).status, 401);
    assert_eq!(keys.get("/open/", &second).status, 200);
    assert!(
        ApiKey::list(&ann, &mut conn).unwrap()[1]
            .revoked_at
            .is_some()
    );
}
