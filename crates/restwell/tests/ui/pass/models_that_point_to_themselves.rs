//! A relation may lead back to its own table, also where the one statement of a retrieve joins it.

use diesel::prelude::*;
use restwell::prelude::*;

diesel::table! {
    categories (id) {
        id -> Int4,
        name -> Text,
        parent_id -> Nullable<Int4>,
        root_id -> Int4,
    }
}

diesel::table! {
    similar (id) {
        id -> Int4,
        from_id -> Int4,
        to_id -> Int4,
    }
}

diesel::allow_tables_to_appear_in_same_query!(categories, similar);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = categories)]
#[model(
    belongs_to(parent: Category, by = parent_id),
    belongs_to(root: Self, by = root_id),
    has_many(children: Category, by = parent_id),
    ordering(name)
)]
struct Category {
    id: i32,
    name: String,
    parent_id: Option<i32>,
    root_id: i32,
}

#[derive(Serializer)]
#[serializer(model = Category)]
struct CategorySummary {
    #[field(read_only)]
    id: i32,
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Category, unique_together(parent, name))]
struct CategorySerializer {
    #[field(read_only)]
    id: i32,
    #[field(unique)]
    name: String,
    parent: Option<PrimaryKey<Category>>,
    #[field(nested, source = parent)]
    parent_detail: CategorySummary,
    #[field(nested, source = root)]
    root_detail: CategorySummary,
    #[field(read_only)]
    root: PrimaryKey<Category>,
}

#[derive(Serializer)]
#[serializer(model = Category)]
struct RootedSerializer {
    #[field(nested)]
    root: CategorySummary,
}

#[derive(FilterSet)]
#[filterset(model = Category, search(name, parent -> name, parent -> parent -> name))]
struct CategoryFilter {
    #[filter(exact, isnull)]
    parent: PrimaryKey<Category>,
    #[filter(path = children -> name, icontains)]
    child: String,
}

struct CategoryViewSet;

#[viewset]
impl ModelViewSet for CategoryViewSet {
    type Serializer = CategorySerializer;
    type RetrieveSerializer = RootedSerializer;
    type Filter = CategoryFilter;
}

fn main() {
    let _ = DefaultRouter::new().register("categories", CategoryViewSet);
}
