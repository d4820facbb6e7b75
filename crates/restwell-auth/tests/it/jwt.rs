//! Access tokens, and refresh tokens that are used once.

use std::time::Duration;

use actix_web::http::Method;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use diesel::{connection::SimpleConnection, prelude::*, sql_query};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use restwell::{
    api_views::ApiView,
    crypto::SecretKey,
    exceptions::ErrorFormat,
    permissions::AllowAny,
    prelude::*,
    settings::Settings,
    test::{ApiClient, TestRequest, TestResponse},
    throttling::Throttle,
    viewsets::Policies,
};
use restwell_auth::{
    User,
    jwt::{
        AccessToken, Jwt, JwtAuthentication, clear_expired, token_blacklist, token_obtain_pair,
        token_refresh,
    },
};
use restwell_postgres::test::TestDatabase;
use serde_json::{Value, json};

use crate::{
    accounts::{HASHER, PASSWORD, accounts, serve_with},
    api_keys::create_tables,
};

const KEY: &str = "a-secret-key-of-fifty-characters-for-tests-only!!!";
const JWT: Jwt = Jwt {
    issuer: Some("library"),
    audience: Some("readers"),
    ..Jwt::DEFAULT
};
const NO_ACCESS: &str = r#"{"detail":"token_not_valid","code":"token_not_valid"}"#;

struct Never;

impl Throttle for Never {
    fn wait(&self, request: &Request, _: &mut Conn) -> Result<Option<u64>> {
        Ok(request.header("x-throttle").map(|_| 7))
    }
}

fn who(request: &Request, _: &mut Conn) -> Result<Response> {
    let name = request.user::<User>().map(|user| &user.username);
    let token = request.auth::<AccessToken>().map(|token| token.id.len());
    Response::ok(request, &json!([name, token]))
}

/// A process of the service; tokens are made as `jwt` says, and read as `JWT` does.
fn serve(jwt: Jwt, keys: &[&str], database: &TestDatabase) -> ApiClient {
    let policies = Policies {
        authentication: Some(&[&JwtAuthentication(JWT)]),
        permissions: Some(&[&AllowAny]),
        ..Policies::DEFAULT
    };
    let urls = Urls::new()
        .path("/token/", "token", token_obtain_pair(jwt, &[&Never]))
        .path("/token/refresh/", "refresh", token_refresh(jwt, &[&Never]))
        .path(
            "/token/blacklist/",
            "blacklist",
            token_blacklist(jwt, &[&Never]),
        )
        .path(
            "/who/",
            "who",
            ApiView::new("Who").policies(policies).get(who),
        );
    let settings = Settings {
        error_format: ErrorFormat::Code,
        password_hasher: HASHER,
        secret_key: SecretKey::new(keys[0]),
        secret_key_fallbacks: keys[1..].iter().map(|key| SecretKey::new(*key)).collect(),
        ..Settings::default()
    };
    serve_with(urls, settings, database)
}

fn service() -> (ApiClient, TestDatabase) {
    let database = accounts();
    create_tables(&database);
    (serve(JWT, &[KEY], &database), database)
}

fn sign_in(client: &ApiClient, name: &str, password: &str) -> TestResponse {
    let body = json!({ "username": name, "password": password });
    client.post("/token/", &body.to_string())
}

fn token(response: &TestResponse, name: &str) -> String {
    assert_eq!(response.status, 200, "{}", response.body);
    response.json()[name].as_str().unwrap().to_owned()
}

/// Ann's access and refresh token.
fn pair(client: &ApiClient) -> (String, String) {
    let response = sign_in(client, "ann", PASSWORD);
    (token(&response, "access"), token(&response, "refresh"))
}

fn ask(client: &ApiClient, access: &str) -> TestResponse {
    let request = TestRequest::new(Method::GET, "/who/");
    client.send(request.header("authorization", &format!("Bearer {access}")))
}

fn refresh(client: &ApiClient, token: &str) -> TestResponse {
    client.post("/token/refresh/", &json!({ "refresh": token }).to_string())
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token of these parts, signed with this key.
fn forge(header: &Value, claims: &Value, digest: MessageDigest, key: &[u8]) -> String {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let parts = [header, claims].map(|part| encode(part.to_string().as_bytes()));
    let message = parts.join(".");
    let key = PKey::hmac(key).unwrap();
    let mut signer = Signer::new(digest, &key).unwrap();
    let signature = signer.sign_oneshot_to_vec(message.as_bytes()).unwrap();
    format!("{message}.{}", encode(&signature))
}

/// What tokens are signed with.
fn signing_key() -> [u8; 32] {
    restwell::crypto::salted_hmac("restwell.jwt", "HS256", &SecretKey::new(KEY))
}

fn families(database: &TestDatabase) -> i64 {
    diesel::table! {
        restwell_refresh_token (family) { family -> Uuid, }
    }
    let count = restwell_refresh_token::table.count();
    count.get_result(&mut database.connect()).unwrap()
}

#[test]
fn an_access_token_stands_for_its_user_at_one_statement() {
    let (client, _database) = service();
    let response = sign_in(&client, "ann", PASSWORD);
    // The user twice, as the password is hashed in between, and the family.
    assert_eq!(response.statements, 3);
    let keys: Vec<_> = response
        .json()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(keys, ["refresh", "access"]);
    let answer = ask(&client, &token(&response, "access"));
    answer.assert(200, r#"["ann",32]"#);
    assert_eq!(answer.statements, 1);
    client.get("/who/").assert(200, "[null,null]");
}

#[test]
fn tokens_say_what_those_of_simplejwt_say() {
    let (client, _database) = service();
    let (access, refresh) = pair(&client);
    for (token, token_type, lifetime) in [(access, "access", 300), (refresh, "refresh", 86_400)] {
        assert_eq!(part(&token, 0), json!({ "typ": "JWT", "alg": "HS256" }));
        let claims = part(&token, 1);
        assert_eq!(claims["token_type"], token_type);
        assert_eq!(claims["user_id"], "1");
        assert_eq!(
            (&claims["iss"], &claims["aud"]),
            (&json!("library"), &json!("readers"))
        );
        let time = |name: &str| claims[name].as_i64().unwrap();
        assert_eq!(time("exp") - time("iat"), lifetime);
        let text = claims.to_string();
        assert!(
            !text.contains("pbkdf2") && !text.contains(PASSWORD),
            "{text}"
        );
    }
}

#[test]
fn only_an_active_user_with_the_right_password_gets_tokens() {
    let (client, database) = service();
    for (name, password) in [
        ("ann", "wrong"),
        ("carl", PASSWORD),
        ("dora", PASSWORD),
        ("eve", PASSWORD),
        ("ann\0", PASSWORD),
    ] {
        let response = sign_in(&client, name, password);
        assert_ne!(response.status, 200, "{name}");
        if !name.contains('\0') {
            response.assert(401, r#"{"detail":"no_active_account"}"#);
            assert_eq!(response.header("www-authenticate"), r#"Bearer realm="api""#);
        }
    }
    client
        .post("/token/", "{}")
        .assert(400, r#"{"username":["required"],"password":["required"]}"#);
    client
        .post("/token/refresh/", "{}")
        .assert(400, r#"{"refresh":["required"]}"#);
    assert_eq!(client.get("/token/").status, 405);
    assert_eq!(families(&database), 0);
}

#[test]
fn views_have_throttles() {
    let (client, _database) = service();
    for path in ["/token/", "/token/refresh/", "/token/blacklist/"] {
        let request = TestRequest::new(Method::POST, path).header("x-throttle", "1");
        assert_eq!(client.send(request.json("{}")).status, 429, "{path}");
    }
}

/// Tokens that nobody may believe, made of one that is right.
fn forgeries(access: &str) -> Vec<String> {
    let (header, claims) = (part(access, 0), part(access, 1));
    let (sha256, key) = (MessageDigest::sha256(), signing_key());
    let with_algorithm = |name: &str, digest, key: &[u8]| {
        forge(&json!({ "typ": "JWT", "alg": name }), &claims, digest, key)
    };
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        forge(&header, &claims, sha256, &key)
    };
    let unsigned = with_algorithm("none", sha256, &key);
    let unsigned = &unsigned[..=unsigned.rfind('.').unwrap()];
    let mut forgeries = vec![
        forge(&header, &claims, sha256, KEY.as_bytes()),
        forge(&header, &claims, sha256, b"\0"),
        with_algorithm("HS512", MessageDigest::sha512(), &key),
        with_algorithm("HS384", sha256, &key),
        with_algorithm("RS256", sha256, &key),
        with_algorithm("none", sha256, &key),
        unsigned.to_owned(),
        unsigned.trim_end_matches('.').to_owned(),
        format!("{access}="),
        format!("{access}.{access}"),
        "x".to_owned(),
        "..".to_owned(),
    ];
    forgeries.extend(["exp", "iss", "aud", "token_type", "hash_password"].map(without));
    forgeries
}

/// The token with another value of one claim, signed as it should be.
fn changed(access: &str, name: &str, value: Value) -> String {
    let mut claims = part(access, 1);
    claims[name] = value;
    let digest = MessageDigest::sha256();
    forge(&part(access, 0), &claims, digest, &signing_key())
}

#[test]
fn a_token_that_is_not_ours_is_refused_even_where_everybody_is_allowed() {
    let (client, _database) = service();
    let (access, refresh) = pair(&client);
    let iat = part(&access, 1)["iat"].as_i64().unwrap();
    let changes = [
        ("exp", json!(iat - 11)),
        ("exp", json!("never")),
        ("user_id", json!("2")),
        ("user_id", json!("999")),
        ("user_id", json!("ann")),
        ("iss", json!("bank")),
        ("aud", json!(["lenders"])),
        ("hash_password", json!("")),
        ("token_type", json!("refresh")),
        ("token_type", json!("sliding")),
    ];
    let changes = changes.map(|(name, value)| changed(&access, name, value));
    let refused = [vec![refresh], changes.to_vec(), forgeries(&access)].concat();
    for token in &refused {
        let response = ask(&client, token);
        response.assert(401, NO_ACCESS);
        assert_eq!(response.header("www-authenticate"), r#"Bearer realm="api""#);
    }
    // What the forger does right is believed; clocks may differ.
    let late = changed(&access, "exp", json!(iat - 5));
    assert_eq!(ask(&client, &late).status, 200);
    assert_eq!(ask(&client, &access).status, 200);
    let two = TestRequest::new(Method::GET, "/who/").header("authorization", "Bearer a b");
    let response = client.send(two);
    response.assert(401, r#"{"detail":"authentication_failed"}"#);
}

#[test]
fn tokens_end_with_the_password_and_the_account() {
    for statement in [
        "UPDATE auth_user SET password = 'pbkdf2_sha256$2$salt$hash'",
        "UPDATE auth_user SET is_active = false",
        "DELETE FROM auth_user",
    ] {
        let (client, database) = service();
        let (access, token) = pair(&client);
        database.connect().batch_execute(statement).unwrap();
        ask(&client, &access).assert(401, NO_ACCESS);
        refresh(&client, &token).assert(401, NO_ACCESS);
        assert_eq!(families(&database), 0, "{statement}");
    }
}

#[test]
fn a_refresh_token_gets_the_next_pair() {
    let (client, database) = service();
    let (_, mut token_text) = pair(&client);
    for _ in 0..3 {
        let response = refresh(&client, &token_text);
        assert_eq!(response.statements, 2);
        let keys: Vec<_> = response
            .json()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, ["access", "refresh"]);
        let next = token(&response, "refresh");
        assert_ne!(next, token_text);
        token_text = next;
        let answer = ask(&client, &token(&response, "access"));
        answer.assert(200, r#"["ann",32]"#);
    }
    assert_eq!(families(&database), 1);
}

#[test]
fn a_spent_token_ends_all_that_descend_from_its_sign_in() {
    let (client, database) = service();
    let (_, other) = pair(&client);
    let (_, first) = pair(&client);
    let second = token(&refresh(&client, &first), "refresh");
    let third = token(&refresh(&client, &second), "refresh");
    refresh(&client, &first).assert(401, NO_ACCESS);
    for spent in [&first, &second, &third] {
        refresh(&client, spent).assert(401, NO_ACCESS);
    }
    assert_eq!(families(&database), 1);
    assert_eq!(refresh(&client, &other).status, 200);
}

#[test]
fn of_two_requests_with_one_token_one_wins() {
    let (client, database) = service();
    for _ in 0..5 {
        let (_, text) = pair(&client);
        let use_it = || {
            let process = serve(JWT, &[KEY], &database);
            refresh(&process, &text).status.as_u16()
        };
        let mut statuses = std::thread::scope(|scope| {
            let threads = [scope.spawn(use_it), scope.spawn(use_it)];
            threads.map(|thread| thread.join().unwrap())
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
        // The other one was the second to use it.
        assert_eq!(families(&database), 0);
    }
}

#[test]
fn an_access_token_refreshes_nothing() {
    let (client, database) = service();
    let (access, _) = pair(&client);
    for text in [&access, "x", "a.b.c"] {
        let response = refresh(&client, text);
        response.assert(401, NO_ACCESS);
        assert_eq!(response.statements, 0);
    }
    assert_eq!(families(&database), 1);
}

#[test]
fn who_signs_out_cannot_refresh() {
    let (client, database) = service();
    let (access, text) = pair(&client);
    let body = json!({ "refresh": text }).to_string();
    let response = client.post("/token/blacklist/", &body);
    response.assert(200, "{}");
    assert_eq!(response.statements, 1);
    client
        .post("/token/blacklist/", &body)
        .assert(401, NO_ACCESS);
    refresh(&client, &text).assert(401, NO_ACCESS);
    assert_eq!(families(&database), 0);
    assert_eq!(ask(&client, &access).status, 200);
}

#[test]
fn a_key_of_before_is_believed_as_long_as_it_is_known() {
    let (old, database) = service();
    let (access, text) = pair(&old);
    let new = serve(JWT, &["another-key", KEY], &database);
    ask(&new, &access).assert(200, r#"["ann",32]"#);
    let next = refresh(&new, &text);
    let stranger = serve(JWT, &["another-key"], &database);
    ask(&stranger, &access).assert(401, NO_ACCESS);
    ask(&stranger, &token(&next, "access")).assert(200, r#"["ann",32]"#);
    refresh(&stranger, &text).assert(401, NO_ACCESS);
}

#[test]
fn lifetimes_can_be_chosen_and_what_has_ended_is_removed() {
    let database = accounts();
    create_tables(&database);
    let jwt = Jwt {
        access_lifetime: Duration::from_secs(60),
        refresh_lifetime: Duration::MAX,
        ..JWT
    };
    let client = serve(jwt, &[KEY], &database);
    let (access, text) = pair(&client);
    let claims = part(&access, 1);
    let time = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!(time("exp") - time("iat"), 60);
    assert_eq!(refresh(&client, &text).status, 200);
    let mut conn = database.connect();
    assert_eq!(clear_expired(&mut conn), Ok(0));
    let ended = "UPDATE restwell_refresh_token SET expires_at = now() - interval '1 s'";
    sql_query(ended).execute(&mut conn).unwrap();
    assert_eq!(clear_expired(&mut conn), Ok(1));
}
