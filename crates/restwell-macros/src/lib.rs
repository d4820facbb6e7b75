//! The derives of `restwell`. Each reads attributes (`attr`), collects every mistake (`ctxt`), and writes calls of
//! readable functions of the framework; the guides in `docs/` show what the code stands for.

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemImpl, parse_macro_input};

mod ast;
mod attr;
mod ctxt;
mod filter_set;
mod model;
mod names;
mod serializer;
mod viewset;

/// A row of a table, with its relations and computed values.
///
/// | `#[model(…)]` | |
/// |---|---|
/// | `belongs_to(author: Author, by = author_id)` | a foreign key of this table |
/// | `has_one(address: Address, by = order_id)` | a foreign key of another table that points here, once at most |
/// | `has_many(copies: Copy, by = book_id)` | a foreign key of another table that points here |
/// | `many_to_many(subjects: Subject, through = book_subjects(book_id, subject_id))` | a table of pairs |
/// | `computed(copies_available: BigInt)` | the SQL of the associated function `copies_available()` |
/// | `ordering(name, -born_on)` | the default order; the primary key follows |
/// | `slug = username` | the column that names a row to people |
/// | `lookup = slug` | the column that names a row in URLs, if it is not the primary key |
/// | `auto_now(updated_at)` | set to now by every update |
#[proc_macro_derive(Model, attributes(model))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// One model's fields on the wire, or fields without a model.
///
/// | `#[serializer(…)]` | |
/// |---|---|
/// | `model = Book` | the model; required, unless the serializer is `plain` |
/// | `plain` | no model: the input becomes a struct of values |
/// | `plain, partial` | a `PATCH` may send a part: every value is an `Option` |
/// | `validate = path` | `fn(&mut Data, Option<&Model>, &Scope<'_>, &mut Conn) -> Result<()>`, called when all else holds; a plain one has no `Option<&Model>` |
/// | `validators(path, …)` | functions like `validate`, called before it; what all of them say is told at once |
/// | `unique_together(book, number)` | a set of fields that no two rows share |
/// | `unique_together(…, nulls_distinct = false)` | null equals null in this set |
/// | `unique_together(…, condition = path)` | `fn(&Data, Option<&Model>) -> Option<Predicate<Model>>`: the rows that the set is about, `None` if the row to be is none of them |
/// | `unique_together(…, code = "…", constraint = "…")` | the error's code, and the name of the set's constraint or index, where they are not the usual ones |
/// | `save = path` | `fn(Option<Model>, Data, &mut Conn) -> Result<Model>` in place of `insert` and `update`; required if a nested field is `writable` |
/// | `constraint("name", code = "…")` | the code of a named constraint of the database, on `non_field_errors` |
///
/// | `#[field(…)]` | |
/// |---|---|
/// | `read_only`, `write_only`, `required`, `optional` | what a client may or must send, and is shown |
/// | `default = expression` | the value of what a `POST` or `PUT` leaves out; of a `computed` field, what a new row shows; of a read-only field of a `plain` serializer, what is shown for none |
/// | `hidden = path` | `fn(&Request) -> Value`: the value, which no client sends or sees |
/// | `create_only` | a hidden field is set by `POST` alone |
/// | `source = name` | the model's name, if the field has another |
/// | `source = author -> name` | a column of a related row; `read_only` |
/// | `slug = column` | the related model's column that a `Slug<…>` stands for, if it is not the model's slug |
/// | `view_name = "…"` | the route of a `Hyperlink<…>`, if it is not the related model's `<model>-detail` |
/// | `queryset = path` | `fn(&Request) -> Query`: the related rows that a client may name |
/// | `unique` | no two rows share the value |
/// | `unique_for_date = date`, `unique_for_month`, `unique_for_year` | no two rows of one day, month or year share the value |
/// | `validate = path` | `fn(&Value)` or `fn(&mut Value) -> Result<(), ErrorDetail>`, called when all else holds |
/// | `computed` | a computed value of the model |
/// | `method = path` | `fn(&Model, &Request) -> T`, of a plain serializer `fn(&Data, &Request) -> T`: the value that is shown |
/// | `property = path` | `fn(&Model) -> Value`: the value that is shown as a field of this type |
/// | `nested` | the type is a serializer of the related model, or a `Vec` of one; read only, unless the serializer is `plain` |
/// | `nested, writable` | a client sends it too; `save` stores it |
/// | `identity` | a hyperlink to the object itself |
/// | `label = "…"`, `help_text = "…"` | what `OPTIONS` says of it |
/// | `max_length`, `min_length`, `max_value`, `min_value`, `max_digits`, `decimal_places` | limits |
/// | `allow_blank`, `allow_empty = false`, `allow_unicode`, `trim_whitespace = false` | what a text or list may be |
/// | `regex = "…"` | what a `RegexField` must hold |
/// | `choices = PATH`, `choices(PATH, PATH)` | the only values, in one list or several |
/// | `format = "…"`, `input_formats("…", "…")` | the notation that is shown, and those that are read |
/// | `coerce_to_string = true`, `normalize_output`, `binary` | how numbers and JSON are shown |
/// | `child(…)` | the limits of a list's or dictionary's items, to any depth |
/// | `upload_to = "covers/"` | the folder of a field's files in the storage |
/// | `allow_empty_file` | a file may be empty |
#[proc_macro_derive(Serializer, attributes(serializer, field))]
pub fn derive_serializer(input: TokenStream) -> TokenStream {
    serializer::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// What clients may filter, search and order a model's rows by.
///
/// | `#[filterset(…)]` | |
/// |---|---|
/// | `model = Book` | the model; required |
/// | `search(title, "=isbn", author -> name)` | where `?search=` looks; `^` starts with, `=` equals, `@` full text, `$` regular expression; `title__startswith` names a lookup |
/// | `ordering(title, author -> name, writer = author -> name)` | what `?ordering=` may name; `__all__` is every column |
/// | `default_ordering(-created_at)` | if it is not the model's |
/// | `search_param = "q"`, `ordering_param = "sort"` | the parameters, if they are not `search` and `ordering` |
///
/// | `#[filter(…)]` | |
/// |---|---|
/// | `exact`, `in`, `range`, `gt`, `gte`, `lt`, `lte`, `contains`, `icontains`, `startswith`, `istartswith`, `endswith`, `iendswith`, `iexact`, `regex`, `iregex`, `isnull` | one parameter each |
/// | `year`, `iso_year`, `quarter`, `month`, `week`, `day`, `week_day`, `iso_week_day`, `hour`, `minute`, `second`, `date` | a part of a date or time; with `__gt`, `__gte`, `__lt`, `__lte` compared |
/// | `any`, `conjoined` | repeated values of a relation: rows that are related to any of them, or to all |
/// | `path = author -> name` | the column, if it is not the one of the field's name |
/// | `param = "name"` | the parameter, if it is not named after the path and the lookup |
/// | `choices = NAMES` | only these values |
/// | `null` | the text `null` stands for no related row |
/// | `exclude` | leaves the matching rows out |
/// | `required` | 400 without it |
/// | `lookup_choice` | the client names the lookup: `lk` and `lk_lookup` |
/// | `fields(cost = price, name)` | the names of an `OrderingFilter` |
/// | `method = path` | `fn(Query, Value) -> Query` |
/// | `when = path` | `fn(&Request) -> bool`: for other requests the parameters do not exist |
#[proc_macro_derive(FilterSet, attributes(filterset, filter))]
pub fn derive_filter_set(input: TokenStream) -> TokenStream {
    filter_set::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// A viewset: `#[viewset] impl ModelViewSet for BookViewSet { … }`.
///
/// The trait is `ModelViewSet`, `ReadOnlyModelViewSet`, or `GenericViewSet` with the standard actions that it has:
/// `#[viewset(list, create)]`; or `ViewSet`, without a model, whose standard actions are those that are written. Types that are not written are filled in: no filter, no pagination, and `Serializer`
/// for each of `ListSerializer`, `CreateSerializer`, `RetrieveSerializer`, `UpdateSerializer`. So are constants:
/// `LOOKUP_VALUE_REGEX`, `POLICIES`, `PARSERS`, `METADATA`.
///
/// A method with `#[action(detail = true)]` is an extra action.
///
/// | `#[action(…)]` | |
/// |---|---|
/// | `detail = true` | it belongs to one object; required |
/// | `method = "post"`, `methods("get", "post")` | its verbs, if not `GET` |
/// | `url_path = "pages/<int:page>"` | what stands behind the list or the object, if not the method's name |
/// | `url_name = "one-page"` | the end of its route's name |
/// | `name = "One page"` | what `OPTIONS` calls it, if not by the method's name |
/// | `policies = Policies { … }` | in the place of the viewset's |
/// | `mapping = cover` | another verb of the URL of the action `cover`: no `detail`, path or name of its own |
/// | `serializer = Type` | whose fields `OPTIONS` shows for a `POST` or `PUT` |
#[proc_macro_attribute]
pub fn viewset(arguments: TokenStream, input: TokenStream) -> TokenStream {
    viewset::expand(arguments.into(), parse_macro_input!(input as ItemImpl)).into()
}
