//! Fields of every kind on a table: stored, shown, described, and filled by other means than a client.

use std::path::Path;

use actix_web::http::Method;
use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{
    checks::check_columns,
    db::Db,
    exceptions::ErrorFormat,
    permissions::Permission,
    prelude::*,
    server::App,
    settings::Settings,
    test::{ApiClient, TestRequest},
    viewsets::Policies,
};
use restwell_postgres::test::{Template, TestDatabase};
use uuid::Uuid;

diesel::table! {
    country (code) { code -> Text, motto -> Nullable<Text>, }
}
diesel::table! {
    company (id) { id -> Integer, name -> Text, country_code -> Nullable<Text>, }
}
diesel::table! {
    gadget (id) {
        id -> BigInt,
        name -> Text,
        maker_id -> Nullable<Integer>,
        address -> Nullable<Inet>,
        opens_at -> Time,
        span -> Interval,
        seen_at -> Nullable<Timestamp>,
        serial -> Nullable<Uuid>,
        code -> Text,
        sizes -> Array<SmallInt>,
        notes -> Jsonb,
        pin -> Text,
        owner -> Text,
        editor -> Text,
    }
}
diesel::table! {
    gadget_partners (gadget_id, company_id) { gadget_id -> BigInt, company_id -> Integer, }
}
diesel::allow_tables_to_appear_in_same_query!(country, company, gadget, gadget_partners);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = country, primary_key(code))]
struct Country {
    code: String,
    motto: Option<String>,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = company)]
#[model(belongs_to(country: Country, by = country_code))]
struct Company {
    id: i32,
    name: String,
    country_code: Option<String>,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = gadget)]
#[model(
    belongs_to(maker: Company, by = maker_id),
    many_to_many(partners: Company, through = gadget_partners(gadget_id, company_id))
)]
struct Gadget {
    id: i64,
    name: String,
    maker_id: Option<i32>,
    address: Option<IpAddress>,
    opens_at: NaiveTime,
    span: TimeDelta,
    seen_at: Option<NaiveDateTime>,
    serial: Option<Uuid>,
    code: String,
    sizes: Vec<i16>,
    notes: serde_json::Value,
    pin: String,
    owner: String,
    editor: String,
}

impl Gadget {
    const SMALL: &[(i64, &str)] = &[(1, "S"), (2, "M")];
    const LARGE: &[(i64, &str)] = &[(3, "L")];

    fn summary(&self, request: &Request) -> String {
        format!("{} by {}", self.name, request.method)
    }
}

#[derive(Serializer)]
#[serializer(model = Company)]
struct CompanySummary {
    #[field(read_only)]
    id: i32,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Gadget)]
struct GadgetSerializer {
    #[field(read_only, coerce_to_string = true)]
    id: i64,
    #[field(max_length = 9, label = "Title", help_text = "As on the box.", validate = upper_case)]
    name: String,
    maker: Option<PrimaryKey<Company>>,
    #[field(nested, source = maker)]
    maker_detail: CompanySummary,
    #[field(read_only, source = maker -> name)]
    maker_name: String,
    #[field(read_only, source = maker -> country -> motto)]
    motto: Option<String>,
    #[field(optional, allow_empty = false)]
    partners: Vec<PrimaryKey<Company>>,
    #[field(validate = no_loopback)]
    address: Option<IpAddress>,
    #[field(default = NaiveTime::MIN)]
    opens_at: NaiveTime,
    #[field(optional)]
    span: TimeDelta,
    seen_at: Option<NaiveDateTime>,
    #[field(format = "hex")]
    serial: Option<Uuid>,
    #[field(regex = "^[a-z]{2}$", default = "zz".to_owned())]
    code: RegexField,
    #[field(optional, choices(Gadget::SMALL, Gadget::LARGE))]
    sizes: MultipleChoiceField<i16>,
    #[field(optional, child(max_length = 2, child(min_value = 1)))]
    notes: DictField<Vec<i32>>,
    #[field(write_only, min_length = 4)]
    pin: String,
    #[field(hidden = sender, create_only)]
    owner: String,
    #[field(hidden = sender)]
    editor: String,
    #[field(method = Gadget::summary)]
    summary: String,
}

/// Judges a name, and stores it in capitals.
fn upper_case(name: &mut String) -> Result<(), ErrorDetail> {
    if name == "nameless" {
        return Err(ErrorDetail::new("Call it something.", "nameless"));
    }
    *name = name.to_uppercase();
    Ok(())
}

/// Sees null as well.
fn no_loopback(address: &Option<IpAddress>) -> Result<(), ErrorDetail> {
    match address {
        Some(address) if address.0.is_loopback() => {
            Err(ErrorDetail::new("That is here.", "loopback"))
        }
        Some(_) => Ok(()),
        None => Err(ErrorDetail::new("Say where it is.", "nowhere")),
    }
}

fn sender(request: &Request) -> String {
    request.header("x-user").unwrap_or("nobody").to_owned()
}

/// Refuses what comes with the header `x-locked`, unless it only reads.
struct Unlocked;
impl Permission for Unlocked {
    fn has_permission(&self, request: &Request, _: &mut Conn) -> Result<bool> {
        Ok(request.is_safe() || request.header("x-locked").is_none())
    }
}

#[derive(FilterSet)]
#[filterset(model = Gadget)]
struct GadgetFilter {
    #[filter(exact, gte, in)]
    span: TimeDelta,
    #[filter(exact, isnull)]
    address: IpAddress,
}

struct GadgetViewSet;

/// Things that do something.
#[viewset]
impl ModelViewSet for GadgetViewSet {
    type Serializer = GadgetSerializer;
    type Filter = GadgetFilter;

    const POLICIES: Policies = Policies {
        permissions: Some(&[&Unlocked]),
        ..Policies::DEFAULT
    };

    /// Renames the maker.
    #[action(detail = true, method = "post", serializer = CompanySummary)]
    fn rename(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        Response::ok(request, &())
    }
}

struct CompanyViewSet;
#[viewset(create)]
impl GenericViewSet for CompanyViewSet {
    type Serializer = NamelessSerializer;
}

#[derive(Serializer)]
#[serializer(model = Company)]
struct NamelessSerializer {
    country: Option<PrimaryKey<Country>>,
}

fn urls() -> Urls {
    Urls::new().include("/", SimpleRouter::new().register("gadgets", GadgetViewSet))
}

fn gadgets() -> (ApiClient, TestDatabase) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    let tables = include_str!("models.sql");
    let template = Template::get(&folder, tables, |conn| conn.batch_execute(tables).unwrap());
    let database = template.database();
    let mut conn = database.connect();
    conn.batch_execute(include_str!("gadgets.sql")).unwrap();
    let rows = "INSERT INTO country VALUES ('nl', null), ('fr', 'liberté');
        INSERT INTO company (name, country_code) VALUES ('Acme', 'fr'), ('Bolt', 'nl'), ('Cog', null);
        INSERT INTO gadget (name, maker_id, opens_at, code, pin, owner, editor)
            VALUES ('A', 1, '09:00', 'ab', '1234', 'o', 'e'), ('B', null, '09:00', 'ab', '1234', 'o', 'e');";
    conn.batch_execute(rows).unwrap();
    let settings = Settings {
        error_format: ErrorFormat::Code,
        ..Settings::default()
    };
    let app = App::new(urls(), settings, Db::new(&database.url(), 2));
    (ApiClient::new(app), database)
}

const SENT: &str = r#"{"name":"wheel","maker":2,"partners":[3,1],"address":"::FFFF:10.0.0.1","opens_at":"8:5",
    "span":"P1DT1H","seen_at":"2020-01-02T03:04:05+01:00","serial":"12345678-90AB-cdef-1234-567890abcdef","code":"xy",
    "sizes":[3,"1",3],"notes":{"bb":["1"],"a":[]},"pin":"9999","owner":"me","editor":"me","summary":"x"}"#;

const SHOWN: &str = r#""name":"WHEEL","maker":2,"maker_detail":{"id":2,"name":"Bolt"},"maker_name":"Bolt","motto":null,"partners":[1,3],"address":"10.0.0.1","opens_at":"08:05:00","span":"1 01:00:00","seen_at":"2020-01-02T02:04:05","serial":"1234567890abcdef1234567890abcdef","code":"xy","sizes":[3,1]"#;

#[test]
fn every_field_is_stored_and_shown() {
    let (client, _database) = gadgets();
    let created = client.post("/gadgets/", SENT);
    created.assert(
        201,
        &format!(r#"{{"id":"3",{SHOWN},"notes":{{"bb":[1],"a":[]}},"summary":"WHEEL by POST"}}"#),
    );
    // Postgres sorts the keys.
    let found = client.get("/gadgets/3/");
    found.assert(
        200,
        &format!(r#"{{"id":"3",{SHOWN},"notes":{{"a":[],"bb":[1]}},"summary":"WHEEL by GET"}}"#),
    );
    assert_eq!(found.statements, 1);
}

#[test]
fn durations_and_addresses_can_be_filtered() {
    let (client, _database) = gadgets();
    client.post("/gadgets/", SENT);
    let cases = [
        ("span=1 01:00:00", 1),
        ("span=90000", 1),
        ("span=P1DT1H", 1),
        ("span__gte=90001", 2),
        ("span__in=90000,1:0", 1),
        ("address=10.0.0.1", 1),
        ("address=10.0.0.2", 0),
        ("address__isnull=true", 2),
    ];
    for (query, count) in cases {
        let found = client.get(&format!("/gadgets/?{}", query.replace(' ', "%20")));
        let rows = found.json();
        assert_eq!(
            rows.as_array().map(Vec::len),
            Some(count),
            "{query}: {}",
            found.body
        );
    }
    client
        .get("/gadgets/?span=x&address=junk")
        .assert(400, r#"{"span":["invalid"],"address":["invalid"]}"#);
}

#[test]
fn the_values_of_other_rows_take_one_statement_for_all_rows() {
    let (client, _database) = gadgets();
    let list = client.get("/gadgets/");
    let rows = list.json();
    assert_eq!(
        (&rows[0]["maker_name"], &rows[0]["motto"]),
        (&"Acme".into(), &"liberté".into())
    );
    // A month counts 30 days.
    assert_eq!(rows[0]["span"], "32 00:00:00");
    // Without the row there is no value, and only what may be null can say so.
    assert_eq!(
        (rows[1].get("maker_name"), &rows[1]["motto"]),
        (None, &serde_json::Value::Null)
    );
    // Rows, and all that belongs to them.
    assert_eq!(list.statements, 2);
    assert_eq!(client.get("/gadgets/2/").json(), rows[1]);
}

#[test]
fn what_is_left_out_takes_its_default_except_in_a_patch() {
    let (client, _database) = gadgets();
    let sent = r#"{"name":"x","pin":"1234","address":"10.0.0.1"}"#;
    let created = client.post("/gadgets/", sent).json();
    assert_eq!(
        (&created["opens_at"], &created["code"]),
        (&"00:00:00".into(), &"zz".into())
    );
    let patched = client.patch("/gadgets/1/", r#"{"name":"x"}"#).json();
    assert_eq!(
        (&patched["opens_at"], &patched["code"]),
        (&"09:00:00".into(), &"ab".into())
    );
    let put = client.put("/gadgets/1/", sent).json();
    assert_eq!(
        (&put["opens_at"], &put["code"]),
        (&"00:00:00".into(), &"zz".into())
    );
}

#[test]
fn hidden_fields_are_filled_by_the_server_alone() {
    let (client, database) = gadgets();
    let stored = |id: i64| -> (String, String) {
        let query = gadget::table
            .find(id)
            .select((gadget::owner, gadget::editor));
        query.first(&mut database.connect()).unwrap()
    };
    let send = |method: Method, path: &str, user: &str| {
        let body = r#"{"name":"x","pin":"1234","address":"10.0.0.1","owner":"me","editor":"me"}"#;
        client.send(
            TestRequest::new(method, path)
                .header("x-user", user)
                .json(body),
        )
    };
    assert_eq!(send(Method::POST, "/gadgets/", "ann").status, 201);
    assert_eq!(stored(3), ("ann".to_owned(), "ann".to_owned()));
    assert_eq!(send(Method::PUT, "/gadgets/3/", "bob").status, 200);
    assert_eq!(stored(3), ("ann".to_owned(), "bob".to_owned()));
    assert_eq!(send(Method::PATCH, "/gadgets/3/", "cid").status, 200);
    assert_eq!(stored(3), ("ann".to_owned(), "bob".to_owned()));
}

#[test]
fn every_field_says_what_is_wrong() {
    let (client, _database) = gadgets();
    let table = [
        (r#"{"name":"nameless"}"#, r#"{"name":["nameless"]}"#),
        (r#"{"name":"much too long"}"#, r#"{"name":["max_length"]}"#),
        (r#"{"address":"::1"}"#, r#"{"address":["loopback"]}"#),
        (r#"{"address":null}"#, r#"{"address":["nowhere"]}"#),
        (r#"{"partners":[]}"#, r#"{"partners":["empty"]}"#),
        (r#"{"partners":{}}"#, r#"{"partners":["empty"]}"#),
        (r#"{"code":"abc"}"#, r#"{"code":["invalid"]}"#),
        (r#"{"sizes":[4]}"#, r#"{"sizes":["invalid_choice"]}"#),
        (r#"{"pin":"123"}"#, r#"{"pin":["min_length"]}"#),
        (
            r#"{"notes":{"a":[1,0]}}"#,
            r#"{"notes":{"a":{"1":["min_value"]}}}"#,
        ),
        (
            r#"{"notes":{"a":[1,2,3]}}"#,
            r#"{"notes":{"a":["max_length"]}}"#,
        ),
    ];
    for (sent, expected) in table {
        let response = client.patch("/gadgets/1/", sent);
        assert_eq!(
            (response.status.as_u16(), response.body.as_str()),
            (400, expected),
            "{sent}"
        );
    }
}

const FIELDS: &str = r#"{"id":{"type":"integer","required":false,"read_only":true,"label":"ID"},"name":{"type":"string","required":true,"read_only":false,"label":"Title","help_text":"As on the box.","max_length":9},"maker":{"type":"field","required":false,"read_only":false,"label":"Maker"},"maker_detail":{"type":"nested object","required":false,"read_only":true,"label":"Maker detail","children":{"id":{"type":"integer","required":false,"read_only":true,"label":"ID"},"name":{"type":"string","required":true,"read_only":false,"label":"Name","max_length":20}}},"maker_name":{"type":"string","required":false,"read_only":true,"label":"Maker name"},"motto":{"type":"string","required":false,"read_only":true,"label":"Motto"},"partners":{"type":"field","required":false,"read_only":false,"label":"Partners"},"address":{"type":"string","required":false,"read_only":false,"label":"Address"},"opens_at":{"type":"time","required":false,"read_only":false,"label":"Opens at"},"span":{"type":"duration","required":false,"read_only":false,"label":"Span"},"seen_at":{"type":"datetime","required":false,"read_only":false,"label":"Seen at"},"serial":{"type":"string","required":false,"read_only":false,"label":"Serial"},"code":{"type":"regex","required":false,"read_only":false,"label":"Code"},"sizes":{"type":"multiple choice","required":false,"read_only":false,"label":"Sizes","choices":[{"value":1,"display_name":"S"},{"value":2,"display_name":"M"},{"value":3,"display_name":"L"}]},"notes":{"type":"nested object","required":false,"read_only":false,"label":"Notes","child":{"type":"list","required":true,"read_only":false,"max_length":2,"child":{"type":"integer","required":true,"read_only":false,"min_value":1}}},"pin":{"type":"string","required":true,"read_only":false,"label":"Pin","min_length":4},"summary":{"type":"field","required":false,"read_only":true,"label":"Summary"}}"#;

#[test]
fn options_describe_every_field() {
    let (client, _database) = gadgets();
    let options = |path: &str| client.send(TestRequest::new(Method::OPTIONS, path));
    let list = options("/gadgets/");
    list.assert(
        200,
        &format!(
            r#"{{"name":"Gadget List","description":"Things that do something.","renders":["application/json"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"],"actions":{{"POST":{FIELDS}}}}}"#
        ),
    );
    assert_eq!(list.statements, 0);
    let detail = options("/gadgets/1/");
    assert_eq!(
        detail.json()["actions"]["PUT"],
        list.json()["actions"]["POST"]
    );
    assert_eq!(detail.statements, 1);
}

#[test]
fn options_tell_only_of_what_is_possible() {
    let (client, _database) = gadgets();
    let options = |path: &str| TestRequest::new(Method::OPTIONS, path);
    for request in [
        options("/gadgets/99/"),
        options("/gadgets/abc/"),
        options("/gadgets/").header("x-locked", "1"),
        options("/gadgets/1/").header("x-locked", "1"),
    ] {
        let response = client.send(request);
        assert_eq!(
            (response.status.as_u16(), response.json().get("actions")),
            (200, None)
        );
    }
}

#[test]
fn options_of_an_action_tell_of_its_own_serializer() {
    let (client, _database) = gadgets();
    let response = client.send(TestRequest::new(Method::OPTIONS, "/gadgets/1/rename/"));
    response.assert(
        200,
        r#"{"name":"Rename","description":"Renames the maker.","renders":["application/json"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"],"actions":{"POST":{"id":{"type":"integer","required":false,"read_only":true,"label":"ID"},"name":{"type":"string","required":true,"read_only":false,"label":"Name","max_length":20}}}}"#,
    );
}

#[test]
fn a_column_that_nothing_sets_is_found_before_the_first_request() {
    let (_client, database) = gadgets();
    let mut pool = database.connect();
    assert_eq!(
        check_columns(&urls(), &mut pool).unwrap(),
        Vec::<String>::new()
    );
    let router = SimpleRouter::new().register("companies", CompanyViewSet);
    let found = check_columns(&Urls::new().include("/", router), &mut pool).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("`CompanyViewSet` cannot create: `company.name` is NOT NULL"));
}
