//! `parity/oracle/probe/relations.py`.

use diesel::prelude::*;
use restwell::prelude::*;

use crate::schema::{probe_item, probe_label, probe_maker};

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_maker)]
#[model(has_many(items: Item, by = maker_id), slug = slug, ordering(name))]
pub(crate) struct Maker {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) owner: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_label)]
#[model(slug = slug, lookup = slug, ordering(name))]
pub(crate) struct Label {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_item)]
#[model(belongs_to(maker: Maker, by = maker_id), ordering(id))]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) maker_id: i64,
    pub(crate) editor_id: Option<i64>,
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

struct MakerViewSet;

/// Makers with the keys of their items.
#[viewset]
impl ModelViewSet for MakerViewSet {
    type Serializer = MakerSerializer;
}

struct LabelViewSet;

/// Labels, looked up by slug.
#[viewset]
impl ModelViewSet for LabelViewSet {
    type Serializer = LabelSerializer;
}

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
        .register("makers", MakerViewSet)
        .register("labels", LabelViewSet)
}
