//! Relations: each way to write and to show the maker, the editor and the labels of an item.

use std::fmt;

use diesel::prelude::*;
use restwell::prelude::*;
use uuid::Uuid;

use crate::schema::{
    probe_badge, probe_item, probe_item_labels, probe_label, probe_maker, probe_note,
    probe_note_label, probe_note_makers, probe_token,
};

/// Who makes items.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_maker)]
#[model(has_many(items: Item, by = maker_id), slug = slug, ordering(name))]
pub(crate) struct Maker {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) owner: String,
}

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What items are about.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_label)]
#[model(slug = slug, lookup = slug, ordering(name))]
pub(crate) struct Label {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What is made.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_item)]
#[model(
    belongs_to(maker: Maker, by = maker_id),
    belongs_to(editor: Maker, by = editor_id),
    many_to_many(labels: Label, through = probe_item_labels(item_id, label_id)),
    ordering(id)
)]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) maker_id: i64,
    pub(crate) editor_id: Option<i64>,
}

/// A row with a UUID for its key.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_token)]
#[model(ordering(name))]
pub(crate) struct Token {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// What a token belongs to.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_badge)]
#[model(belongs_to(token: Token, by = token_id), ordering(id))]
pub(crate) struct Badge {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) token_id: Uuid,
}

/// What somebody wrote on an item.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_note)]
#[model(
    belongs_to(approver: Maker, by = approver_id),
    belongs_to(item: Item, by = item_id),
    many_to_many(makers: Maker, through = probe_note_makers(note_id, maker_id)),
    many_to_many(labels: Label, through = probe_note_label(note_id, label_id)),
    ordering(id)
)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) text: String,
    pub(crate) maker_slug: String,
    pub(crate) approver_id: Option<i64>,
    pub(crate) item_id: i64,
}

#[derive(Serializer)]
#[serializer(model = Maker)]
pub(crate) struct MakerSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 60)]
    name: String,
    #[field(max_length = 60, unique)]
    slug: String,
    items: Vec<PrimaryKey<Item>>,
}

#[derive(Serializer)]
#[serializer(model = Label)]
pub(crate) struct LabelSerializer {
    #[field(identity)]
    url: Hyperlink<Label>,
    #[field(max_length = 40)]
    name: String,
    #[field(max_length = 40, unique)]
    slug: SlugField,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct KeysSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 80)]
    title: String,
    maker: PrimaryKey<Maker>,
    editor: Option<PrimaryKey<Maker>>,
    #[field(optional)]
    labels: Vec<PrimaryKey<Label>>,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct SlugsSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 80)]
    title: String,
    #[field(slug = slug)]
    maker: Slug<Maker>,
    #[field(slug = id)]
    editor: Option<Slug<Maker>>,
    #[field(allow_empty = false)]
    labels: Vec<Slug<Label>>,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct LinksSerializer {
    #[field(identity, view_name = "link-detail")]
    url: Hyperlink<Item>,
    #[field(max_length = 80)]
    title: String,
    maker: Hyperlink<Maker>,
    editor: Option<Hyperlink<Maker>>,
    #[field(optional)]
    labels: Vec<Hyperlink<Label>>,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct TextsSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 80)]
    title: String,
    maker: StringRelated<Maker>,
    editor: StringRelated<Maker>,
    labels: Vec<StringRelated<Label>>,
}

/// A maker inside an item.
#[derive(Serializer)]
#[serializer(model = Maker)]
pub(crate) struct NestedMaker {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 60)]
    name: String,
    #[field(max_length = 60, unique)]
    slug: String,
    #[field(optional, allow_blank, max_length = 20)]
    owner: String,
}

/// A label inside an item.
#[derive(Serializer)]
#[serializer(model = Label)]
pub(crate) struct NestedLabel {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 40)]
    name: String,
    #[field(max_length = 40, unique)]
    slug: SlugField,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct DeepSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 80)]
    title: String,
    #[field(nested)]
    maker: NestedMaker,
    #[field(nested)]
    editor: NestedMaker,
    #[field(nested)]
    labels: Vec<NestedLabel>,
}

#[derive(Serializer)]
#[serializer(model = Item)]
pub(crate) struct ScopedSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 80)]
    title: String,
    #[field(queryset = own_makers)]
    maker: PrimaryKey<Maker>,
}

fn owner(request: &Request) -> String {
    request.header("x-owner").unwrap_or_default().to_owned()
}

fn own_makers(request: &Request) -> <Maker as Model>::Query {
    Maker::query().filter(probe_maker::owner.eq(owner(request)))
}

#[derive(Serializer)]
#[serializer(model = Badge)]
pub(crate) struct BadgeSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 40)]
    name: String,
    token: PrimaryKey<Token>,
}

#[derive(Serializer)]
#[serializer(model = Note)]
pub(crate) struct NoteSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 40)]
    text: String,
    #[field(source = maker_slug, max_length = 60)]
    maker: String,
    #[field(queryset = approvers)]
    approver: Option<PrimaryKey<Maker>>,
    #[field(unique)]
    item: PrimaryKey<Item>,
    #[field(allow_empty = false)]
    makers: Vec<PrimaryKey<Maker>>,
    #[field(read_only)]
    labels: Vec<PrimaryKey<Label>>,
}

fn approvers(_: &Request) -> <Maker as Model>::Query {
    Maker::query().filter(probe_maker::owner.eq("ann"))
}

pub(crate) struct MakerViewSet;

/// Makers with the keys of their items.
#[viewset]
impl ModelViewSet for MakerViewSet {
    type Serializer = MakerSerializer;
}

pub(crate) struct LabelViewSet;

/// Labels, looked up by slug.
#[viewset]
impl ModelViewSet for LabelViewSet {
    type Serializer = LabelSerializer;
}

pub(crate) struct KeysViewSet;

/// Relations as primary keys.
#[viewset]
impl ModelViewSet for KeysViewSet {
    type Serializer = KeysSerializer;
}

pub(crate) struct SlugsViewSet;

/// Relations as slugs.
#[viewset]
impl ModelViewSet for SlugsViewSet {
    type Serializer = SlugsSerializer;
}

pub(crate) struct LinksViewSet;

/// Relations as links.
#[viewset]
impl ModelViewSet for LinksViewSet {
    type Serializer = LinksSerializer;
}

pub(crate) struct TextsViewSet;

/// Relations as texts.
#[viewset]
impl ModelViewSet for TextsViewSet {
    type Serializer = TextsSerializer;
}

pub(crate) struct DeepViewSet;

/// Relations as objects.
#[viewset]
impl ModelViewSet for DeepViewSet {
    type Serializer = DeepSerializer;
}

pub(crate) struct ScopedViewSet;

/// Items of the makers that belong to `X-Owner`.
#[viewset]
impl ModelViewSet for ScopedViewSet {
    type Serializer = ScopedSerializer;

    fn get_queryset(&self, request: &Request) -> QueryOf<Self> {
        let makers = own_makers(request).select(probe_maker::id);
        Item::query().filter(probe_item::maker_id.eq_any(makers))
    }
}

pub(crate) struct BadgeViewSet;

/// A relation to a UUID.
#[viewset]
impl ModelViewSet for BadgeViewSet {
    type Serializer = BadgeSerializer;
}

pub(crate) struct NoteViewSet;

/// Relations of the rarer kinds.
#[viewset]
impl ModelViewSet for NoteViewSet {
    type Serializer = NoteSerializer;
}

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
        .register("makers", MakerViewSet)
        .register("labels", LabelViewSet)
        .register("items", KeysViewSet)
        .register_as("slugs", "slug", SlugsViewSet)
        .register_as("links", "link", LinksViewSet)
        .register_as("texts", "text", TextsViewSet)
        .register_as("deep", "deep", DeepViewSet)
        .register_as("scoped", "scoped", ScopedViewSet)
        .register("badges", BadgeViewSet)
        .register("notes", NoteViewSet)
}
