//! A small publisher: serializers that hold serializers, lists of rows, rules over several fields.

use std::fmt;

use chrono::NaiveDate;
use diesel::{
    connection::SimpleConnection,
    prelude::*,
    sql_types::{Bool, Nullable},
};
use restwell::{
    db::Db, exceptions::ErrorFormat, models::ToMany, prelude::*, serializers::Many, server::App,
    settings::Settings, test::ApiClient,
};
use restwell_postgres::test::TestDatabase;

use crate::shop::template;

diesel::table! {
    writer (id) { id -> Uuid, name -> Text, code -> Integer, hidden -> Bool, }
}
diesel::table! {
    work (id) {
        id -> BigInt,
        writer_id -> Nullable<Uuid>,
        title -> Text,
        published_on -> Nullable<Date>,
        shelf -> Nullable<Text>,
        place -> Nullable<Integer>,
        state -> Text,
    }
}
diesel::table! {
    part (id) { id -> BigInt, work_id -> BigInt, number -> Integer, text -> Text, }
}
diesel::table! {
    work_fans (work_id, writer_id) { work_id -> BigInt, writer_id -> Uuid, }
}
diesel::table! {
    jacket (id) { id -> BigInt, work_id -> Nullable<BigInt>, color -> Text, }
}
diesel::table! {
    node (id) { id -> BigInt, parent_id -> Nullable<BigInt>, }
}
diesel::allow_tables_to_appear_in_same_query!(writer, work, part, work_fans, jacket);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = writer)]
#[model(has_many(works: Work, by = writer_id), slug = name, ordering(name))]
pub(crate) struct Writer {
    id: uuid::Uuid,
    name: String,
    code: i32,
    hidden: bool,
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.code)
    }
}

/// Who is not hidden, unless the request may see all.
fn visible(request: &Request) -> <Writer as Model>::Query {
    match request.header("x-see-all") {
        Some(_) => Writer::query(),
        None => Writer::query().filter(writer::hidden.eq(false)),
    }
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = work)]
#[model(
    belongs_to(writer: Writer, by = writer_id),
    has_one(jacket: Jacket, by = work_id),
    has_many(parts: Part, by = work_id),
    many_to_many(fans: Writer, through = work_fans(work_id, writer_id)),
    ordering(-title)
)]
pub(crate) struct Work {
    id: i64,
    writer_id: Option<uuid::Uuid>,
    title: String,
    published_on: Option<NaiveDate>,
    shelf: Option<String>,
    place: Option<i32>,
    state: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = part)]
#[model(belongs_to(work: Work, by = work_id), ordering(-number))]
pub(crate) struct Part {
    id: i64,
    work_id: i64,
    number: i32,
    text: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = jacket)]
pub(crate) struct Jacket {
    id: i64,
    work_id: Option<i64>,
    color: String,
}

/// A node of a tree.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = node)]
#[model(belongs_to(parent: Self, by = parent_id), has_many(children: Self, by = parent_id))]
pub(crate) struct Node {
    id: i64,
    parent_id: Option<i64>,
}

#[derive(Serializer)]
#[serializer(model = Node)]
pub(crate) struct LeafSerializer {
    #[field(read_only)]
    id: i64,
}

#[derive(Serializer)]
#[serializer(model = Node)]
pub(crate) struct NodeSerializer {
    #[field(read_only)]
    id: i64,
    #[field(nested)]
    parent: Option<LeafSerializer>,
    #[field(optional)]
    children: Vec<PrimaryKey<Node>>,
    #[field(nested, source = children)]
    below: Vec<LeafSerializer>,
}

pub(crate) struct NodeViewSet;
#[viewset]
impl ModelViewSet for NodeViewSet {
    type Serializer = NodeSerializer;
}

/// A writer with the keys of the works, which may be set.
#[derive(Serializer)]
#[serializer(model = Writer)]
pub(crate) struct WriterSerializer {
    #[field(unique)]
    name: String,
    code: i32,
    #[field(optional)]
    works: Vec<PrimaryKey<Work>>,
}

#[derive(Serializer)]
#[serializer(model = Part, constraint("part_work_id_number_key", code = "unique"))]
pub(crate) struct PartSerializer {
    number: i32,
    #[field(optional)]
    text: String,
}

/// A work that is written with its parts.
#[derive(Serializer)]
#[serializer(model = Work, save = save_work)]
pub(crate) struct WorkSerializer {
    #[field(read_only)]
    id: i64,
    title: String,
    writer: Option<PrimaryKey<Writer>>,
    #[field(nested, writable, allow_empty = false, max_length = 3)]
    parts: Vec<PartSerializer>,
}

fn save_work(work: Option<Work>, mut data: WorkData, conn: &mut Conn) -> Result<Work> {
    let parts = data.parts.take();
    let work = match work {
        Some(work) => WorkSerializer::update(work, data, conn)?,
        None => WorkSerializer::insert(data, conn)?,
    };
    if let Some(parts) = parts {
        diesel::delete(part::table.filter(part::work_id.eq(work.id))).execute(conn)?;
        for data in parts {
            let number = data.number.unwrap_or(0);
            let row = (
                part::work_id.eq(work.id),
                part::number.eq(number),
                data.text.map(|text| part::text.eq(text)),
            );
            diesel::insert_into(part::table).values(row).execute(conn)?;
        }
    }
    Ok(work)
}

/// One line of an order.
#[derive(Serializer)]
#[serializer(plain)]
pub(crate) struct Line {
    writer: Slug<Writer>,
    #[field(min_value = 1, max_value = 50)]
    count: i32,
    #[field(optional, max_length = 5)]
    remark: String,
    #[field(read_only)]
    total: i64,
}

/// What an action reads, and answers with.
#[derive(Serializer)]
#[serializer(plain, validate = not_too_much)]
pub(crate) struct Order {
    work: PrimaryKey<Work>,
    due_on: Option<NaiveDate>,
    #[field(nested)]
    first: Line,
    #[field(nested, optional)]
    others: Vec<Line>,
    #[field(nested)]
    last: Option<Line>,
}

fn not_too_much(order: &mut OrderData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    match order.first.count {
        50 => Err(ApiException::validation(ErrorDetail::new(
            "Too much.",
            "too_much",
        ))),
        _ => Ok(()),
    }
}

/// A work with every way to name writers.
#[derive(Serializer)]
#[serializer(model = Work)]
pub(crate) struct CreditSerializer {
    #[field(slug = code, queryset = visible)]
    writer: Option<Slug<Writer>>,
    #[field(source = writer)]
    by: Option<StringRelated<Writer>>,
    #[field(source = writer, read_only)]
    page: Option<Hyperlink<Writer>>,
    #[field(optional, slug = code, queryset = visible)]
    fans: Vec<Slug<Writer>>,
    #[field(source = fans)]
    liked_by: Vec<StringRelated<Writer>>,
}

/// A work whose writer is named by key.
#[derive(Serializer)]
#[serializer(model = Work)]
pub(crate) struct LoanSerializer {
    #[field(queryset = visible)]
    writer: Option<PrimaryKey<Writer>>,
    #[field(optional, queryset = visible, allow_empty = false)]
    fans: Vec<PrimaryKey<Writer>>,
}

/// A writer with the works in every way.
#[derive(Serializer)]
#[serializer(model = Writer)]
pub(crate) struct OeuvreSerializer {
    #[field(optional)]
    works: Vec<Hyperlink<Work>>,
    #[field(read_only, source = works, slug = title)]
    titles: Vec<Slug<Work>>,
    #[field(nested, source = works)]
    details: Vec<LoanSerializer>,
}

#[derive(Serializer)]
#[serializer(model = Jacket)]
pub(crate) struct JacketSerializer {
    color: String,
}

/// A work in its jacket, with links to other views than those of the models.
#[derive(Serializer)]
#[serializer(model = Work)]
pub(crate) struct DressedSerializer {
    #[field(identity, view_name = "dressed-detail")]
    url: Hyperlink<Work>,
    #[field(view_name = "oeuvre-detail")]
    writer: Option<Hyperlink<Writer>>,
    #[field(nested)]
    jacket: Option<JacketSerializer>,
}

pub(crate) struct DressedViewSet;
#[viewset]
impl ModelViewSet for DressedViewSet {
    type Serializer = DressedSerializer;
}

pub(crate) struct ListedWriterViewSet;
#[viewset]
impl ModelViewSet for ListedWriterViewSet {
    type Serializer = WriterSerializer;

    const MANY: Option<Many> = Some(Many {
        errors_as_dict: Some(false),
        ..Many::ANY
    });
}

/// A work by rules that hold over several fields.
#[derive(Serializer)]
#[serializer(
    model = Work,
    unique_together(writer, title),
    unique_together(shelf, place, nulls_distinct = false),
    unique_together(writer, condition = is_open, constraint = "work_writer_id_open_key", code = "one_open")
)]
pub(crate) struct EntrySerializer {
    #[field(read_only)]
    id: i64,
    writer: Option<PrimaryKey<Writer>>,
    title: String,
    shelf: Option<String>,
    place: Option<i32>,
    #[field(optional)]
    state: String,
}

/// Of a writer's works one may be open.
fn is_open(data: &EntryData, work: Option<&Work>) -> Option<Expr<Work, Nullable<Bool>>> {
    let state = data
        .state
        .as_deref()
        .or(work.map(|work| work.state.as_str()));
    (state == Some("open")).then(|| Expr::new(work::state.eq("open").nullable()))
}

/// A work whose title is used once a month.
#[derive(Serializer)]
#[serializer(model = Work, validators(no_shouting, no_zero), validate = judge)]
pub(crate) struct IssueSerializer {
    #[field(unique_for_month = published_on, unique_for_date = published_on)]
    title: String,
    published_on: Option<NaiveDate>,
    place: Option<i32>,
    #[field(validate = on_a_shelf)]
    shelf: Option<String>,
}

fn on_a_shelf(shelf: &Option<String>) -> Result<(), ErrorDetail> {
    let bad = |code: &'static str| ErrorDetail::new("", code);
    match shelf.as_deref() {
        Some("one") => Err(bad("one")),
        Some("two") => Err(ErrorDetail::List(vec![bad("two"), bad("due")])),
        Some("map") => Err(ErrorDetail::Map(vec![("x".into(), bad("y"))])),
        _ => Ok(()),
    }
}

fn no_shouting(data: &mut IssueData, _: Option<&Work>, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    match data.title.as_deref() {
        Some(title) if title.contains('!') => {
            Err(ApiException::validation(ErrorDetail::List(vec![
                ErrorDetail::new("", "shouting"),
                ErrorDetail::new("", "loud"),
            ])))
        }
        _ => Ok(()),
    }
}

fn no_zero(data: &mut IssueData, _: Option<&Work>, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    match data.place.flatten() {
        Some(0) => Err(ApiException::validation(ErrorDetail::new("", "zero"))),
        Some(-1) => Err(ApiException::validation(ErrorDetail::Map(vec![(
            "place".into(),
            ErrorDetail::new("", "negative"),
        )]))),
        _ => Ok(()),
    }
}

fn judge(data: &mut IssueData, _: Option<&Work>, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    let bad = |code: &'static str| ErrorDetail::new("", code);
    let detail = match data.place.flatten() {
        Some(1) => bad("one"),
        Some(2) => ErrorDetail::List(vec![bad("two"), bad("due")]),
        Some(3) => ErrorDetail::Map(vec![
            ("place".into(), bad("three")),
            (
                "deep".into(),
                ErrorDetail::Map(vec![("x".into(), bad("y"))]),
            ),
        ]),
        _ => return Ok(()),
    };
    Err(ApiException::validation(detail))
}

pub(crate) struct CreditViewSet;
#[viewset]
impl ModelViewSet for CreditViewSet {
    type Serializer = CreditSerializer;
}

pub(crate) struct LoanViewSet;
#[viewset]
impl ModelViewSet for LoanViewSet {
    type Serializer = LoanSerializer;
}

pub(crate) struct OeuvreViewSet;
#[viewset]
impl ModelViewSet for OeuvreViewSet {
    type Serializer = OeuvreSerializer;
}

pub(crate) struct EntryViewSet;
#[viewset]
impl ModelViewSet for EntryViewSet {
    type Serializer = EntrySerializer;
}

pub(crate) struct IssueViewSet;
#[viewset]
impl ModelViewSet for IssueViewSet {
    type Serializer = IssueSerializer;
}

pub(crate) struct WriterViewSet;
#[viewset]
impl ModelViewSet for WriterViewSet {
    type Serializer = WriterSerializer;

    const MANY: Option<Many> = Some(Many {
        max_length: Some(4),
        ..Many::ANY
    });
}

pub(crate) struct WorkViewSet;
#[viewset]
impl ModelViewSet for WorkViewSet {
    type Serializer = WorkSerializer;

    /// Reads an order and answers with it.
    #[action(detail = false, method = "post")]
    fn order(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let mut order = Order::validated(request, conn)?;
        order.first.total = Some(i64::from(order.first.count) * 2);
        Response::ok(request, &Order::representation(&order, request))
    }

    /// Gives a work's parts away.
    #[action(detail = true, method = "post")]
    fn clear(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let work = self.lock_object(request, conn)?;
        Work::FIELDS.parts.set(work.id, Vec::new(), false, conn)?;
        Ok(Response::no_content())
    }
}

/// A service with two writers and two works on a database of its own.
pub(crate) fn press() -> (ApiClient, TestDatabase) {
    press_with(|_| {})
}

/// As [`press`], with other settings.
pub(crate) fn press_with(change: impl FnOnce(&mut Settings)) -> (ApiClient, TestDatabase) {
    let database = template().database();
    let rows = "INSERT INTO writer (id, name, code) VALUES
            ('00000000-0000-0000-0000-00000000000a', 'Ada', 1), ('00000000-0000-0000-0000-00000000000b', 'Bo', 2);
        INSERT INTO work (writer_id, title, shelf, place) VALUES
            ('00000000-0000-0000-0000-00000000000a', 'Engines', 'x', 1), (null, 'Notes', 'x', 2);
        INSERT INTO part (work_id, number, text) VALUES (1, 1, 'one'), (1, 2, 'two')";
    database.connect().batch_execute(rows).unwrap();
    let mut settings = Settings {
        error_format: ErrorFormat::Code,
        ..Settings::default()
    };
    change(&mut settings);
    let router = DefaultRouter::new()
        .register("writers", WriterViewSet)
        .register("works", WorkViewSet)
        .register("nodes", NodeViewSet)
        .register_as("credits", "credit", CreditViewSet)
        .register_as("loans", "loan", LoanViewSet)
        .register_as("oeuvres", "oeuvre", OeuvreViewSet)
        .register_as("entries", "entry", EntryViewSet)
        .register_as("issues", "issue", IssueViewSet)
        .register_as("dressed", "dressed", DressedViewSet)
        .register_as("listed-writers", "listed-writer", ListedWriterViewSet);
    let app = App::new(
        Urls::new().include("/", router),
        settings,
        Db::new(&database.url(), 4),
    );
    (ApiClient::new(app), database)
}
