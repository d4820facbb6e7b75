//! `#[derive(Model)]`: concrete diesel code for one table, behind plain traits.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Field, Ident, Path, Token, Type, ext::IdentExt, parse::ParseStream};

use crate::{
    ast,
    attr::{self, Item, Ordering},
    ctxt::Ctxt,
    names,
};

const OPTIONS: [&str; 8] =
    ["belongs_to", "has_many", "many_to_many", "computed", "ordering", "slug", "lookup", "auto_now"];
const REPEATABLE: [&str; 4] = ["belongs_to", "has_many", "many_to_many", "computed"];

/// A model as its attributes describe it.
struct Container<'a> {
    name: &'a Ident,
    vis: &'a syn::Visibility,
    table: Path,
    key: Ident,
    columns: Vec<Column<'a>>,
    relations: Vec<Relation>,
    computed: Vec<Computed>,
    ordering: Vec<Ordering>,
    slug: Option<Ident>,
    lookup: Option<Ident>,
    auto_now: Vec<Ident>,
}

struct Column<'a> {
    field: &'a Ident,
    column: Ident,
    ty: &'a Type,
}

struct Relation {
    name: Ident,
    target: Path,
    kind: RelationKind,
}

enum RelationKind {
    BelongsTo { by: Ident },
    HasMany { by: Ident },
    ManyToMany { through: Path, owner: Ident, member: Ident },
}

struct Computed {
    name: Ident,
    sql_type: Type,
}

/// The whole derive; what is wrong is told, and an empty model takes the place of the real one.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::default();
    let container = Container::read(input, &ctxt);
    match container {
        Some(container) if ctxt.is_empty() => container.expand(),
        _ => ctxt.into_compile_errors(),
    }
}

impl<'a> Container<'a> {
    fn read(input: &'a DeriveInput, ctxt: &Ctxt) -> Option<Self> {
        let fields = ast::named_fields(input, "Model", ctxt);
        let diesel = DieselOptions::read(input, ctxt);
        let columns: Vec<_> = fields.iter().map(|(name, field)| Column::read(name, field)).collect();
        let key = diesel.key.unwrap_or_else(|| format_ident!("id"));
        if ctxt.is_empty() && !columns.iter().any(|column| column.column == key) {
            ctxt.error(&input.ident, format_args!("there is no field for the primary key `{key}`"));
        }
        let table = diesel.table.or_else(|| {
            ctxt.error(&input.ident, "a model needs its table: `#[diesel(table_name = …)]`");
            None
        })?;
        let mut container = Self {
            name: &input.ident,
            vis: &input.vis,
            table,
            key,
            columns,
            relations: Vec::new(),
            computed: Vec::new(),
            ordering: Vec::new(),
            slug: None,
            lookup: None,
            auto_now: Vec::new(),
        };
        for item in attr::items(&input.attrs, "model", &OPTIONS, &REPEATABLE, ctxt) {
            container.option(&item, ctxt);
        }
        Some(container)
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "belongs_to" => {
                self.relations.extend(item.content(ctxt, |input| relation(input, |by| RelationKind::BelongsTo { by })));
            }
            "has_many" => {
                self.relations.extend(item.content(ctxt, |input| relation(input, |by| RelationKind::HasMany { by })));
            }
            "many_to_many" => self.relations.extend(item.content(ctxt, many_to_many)),
            "computed" => self.computed.extend(item.content(ctxt, computed)),
            "ordering" => self.ordering = item.list(ctxt),
            "slug" => self.slug = item.value(ctxt),
            "lookup" => self.lookup = item.value(ctxt),
            _ => self.auto_now = item.list(ctxt),
        }
    }

    fn expand(&self) -> TokenStream {
        let fields = self.fields();
        let model = self.model();
        let attributes = self.columns.iter().map(|column| self.column(column));
        let computed = self.computed.iter().map(|computed| self.computed(computed));
        let relations = self.relations.iter().map(|relation| self.relation(relation));
        let slug = self.slug.iter().map(|slug| self.slug(slug));
        quote! {
            const _: () = {
                use ::restwell::private::diesel::{self, pg::Pg, prelude::*};
                #fields
                #model
                #(#attributes)*
                #(#computed)*
                #(#relations)*
                #(#slug)*
            };
        }
    }

    fn fields_name(&self) -> Ident {
        format_ident!("{}Fields", self.name)
    }

    /// The struct of all names.
    fn fields(&self) -> TokenStream {
        let (vis, name, table) = (self.vis, self.fields_name(), &self.table);
        let columns = self.columns.iter().map(|Column { field, column, .. }| quote!(pub #field: #table::#column));
        let computed = self.computed.iter().map(|computed| {
            let (name, ty) = (&computed.name, self.member("Value", &computed.name));
            quote!(pub #name: #ty)
        });
        let relations = self.relations.iter().map(|relation| {
            let (name, ty) = (&relation.name, self.member("Relation", &relation.name));
            quote!(pub #name: #ty)
        });
        let units = self.computed.iter().map(|computed| self.member("Value", &computed.name));
        let units = units.chain(self.relations.iter().map(|relation| self.member("Relation", &relation.name)));
        quote! {
            #[doc(hidden)]
            #[derive(Clone, Copy)]
            #vis struct #name { #(#columns,)* #(#computed,)* #(#relations,)* }
            #(
                #[doc(hidden)]
                #[derive(Clone, Copy)]
                #vis struct #units;
            )*
        }
    }

    fn member(&self, suffix: &str, name: &Ident) -> Ident {
        format_ident!("{}{}{suffix}", self.name, names::camel_case(&name.unraw().to_string()))
    }

    fn model(&self) -> TokenStream {
        let (me, table, key, fields) = (self.name, &self.table, &self.key, self.fields_name());
        let key_field = self.columns.iter().find(|column| column.column == *key);
        let (key_field, key_type) = key_field.map(|column| (column.field, column.ty)).expect("checked by read");
        let name = me.to_string();
        let table_name = table.segments.last().map(|segment| segment.ident.to_string());
        let columns = self.columns.iter().map(|Column { field, column, .. }| quote!(#field: #table::#column));
        let units = self.computed.iter().map(|computed| (&computed.name, self.member("Value", &computed.name)));
        let others = self.relations.iter().map(|relation| (&relation.name, self.member("Relation", &relation.name)));
        let units = units.chain(others).map(|(name, ty)| quote!(#name: #ty));
        let lookups = self.lookups();
        let auto_now = self.auto_now();
        let orderings = self.orderings();
        let queries = self.queries();
        quote! {
            #[automatically_derived]
            impl ::restwell::models::Model for #me {
                type Query = #table::BoxedQuery<'static, Pg>;
                type Table = #table::table;
                type Key = #key_type;
                type KeyColumn = #table::#key;
                type Fields = #fields;
                const FIELDS: #fields = #fields { #(#columns,)* #(#units,)* };
                const NAME: &'static str = #name;
                const TABLE: Self::Table = #table::table;
                const TABLE_NAME: &'static str = #table_name;
                const KEY: Self::KeyColumn = #table::#key;
                fn query() -> Self::Query { #table::table.into_boxed() }
                fn key(&self) -> Self::Key { ::std::clone::Clone::clone(&self.#key_field) }
                #lookups
                #auto_now
                #orderings
                #queries
            }
        }
    }

    fn lookups(&self) -> TokenStream {
        let table = &self.table;
        let (field_name, field, column, ty) = match &self.lookup {
            Some(lookup) => {
                let column = self.columns.iter().find(|column| column.field == lookup);
                let ty = column.map(|column| column.ty);
                (lookup.to_string(), lookup.clone(), quote_spanned!(lookup.span()=> #table::#lookup), quote!(#ty))
            }
            None => {
                let key = &self.key;
                let field = self.columns.iter().find(|column| column.column == *key).map(|column| column.field.clone());
                ("pk".to_owned(), field.expect("checked by read"), quote!(#table::#key), quote!(Self::Key))
            }
        };
        quote! {
            const LOOKUP_FIELD: &'static str = #field_name;
            fn lookup(&self) -> ::std::string::String { ::std::string::ToString::to_string(&self.#field) }
            fn filter_lookup(query: Self::Query, value: &str) -> ::std::option::Option<Self::Query> {
                <#ty as ::restwell::models::Key>::parse(value).map(|value| query.filter(#column.eq(value)))
            }
        }
    }

    /// Changes that every update makes; a model without any makes none to its key.
    fn auto_now(&self) -> TokenStream {
        let (table, key, touches) = (&self.table, &self.key, !self.auto_now.is_empty());
        if !touches {
            return quote! {
                type AutoNow = (::std::option::Option<diesel::dsl::Eq<#table::#key, #table::#key>>,);
                const TOUCHES: bool = false;
                fn auto_now() -> Self::AutoNow { (::std::option::Option::None,) }
            };
        }
        let types = self.auto_now.iter().map(|column| {
            quote_spanned!(column.span()=> ::std::option::Option<diesel::dsl::Eq<#table::#column, diesel::dsl::now>>)
        });
        let values = self.auto_now.iter().map(|column| {
            quote_spanned!(column.span()=> ::std::option::Option::Some(#table::#column.eq(diesel::dsl::now)))
        });
        quote! {
            type AutoNow = (#(#types,)*);
            const TOUCHES: bool = true;
            fn auto_now() -> Self::AutoNow { (#(#values,)*) }
        }
    }

    fn orderings(&self) -> TokenStream {
        let (table, key) = (&self.table, &self.key);
        let direction = |ordering: &Ordering| if ordering.descending { ("Desc", "desc") } else { ("Asc", "asc") };
        let column = |ordering: &Ordering| {
            let name = &ordering.path.0[0];
            quote_spanned!(name.span()=> #table::#name)
        };
        let types = self.ordering.iter().map(|ordering| {
            let (ty, column) = (format_ident!("{}", direction(ordering).0), column(ordering));
            quote!(diesel::dsl::#ty<#column>)
        });
        let values: Vec<_> = self
            .ordering
            .iter()
            .map(|ordering| {
                let (method, column) = (format_ident!("{}", direction(ordering).1), column(ordering));
                quote!(#column.#method())
            })
            .collect();
        quote! {
            type Ordering = (#(#types,)* diesel::dsl::Asc<#table::#key>,);
            fn ordering() -> Self::Ordering { (#(#values,)* #table::#key.asc(),) }
            fn order(query: Self::Query) -> Self::Query { query.order(Self::ordering()) }
            fn order_by_key(query: Self::Query) -> Self::Query { query.then_order_by(#table::#key.asc()) }
        }
    }

    fn queries(&self) -> TokenStream {
        let (table, key) = (&self.table, &self.key);
        let conn = quote!(conn: &mut ::restwell::db::Conn);
        quote! {
            fn filter_keys(query: Self::Query, keys: ::std::vec::Vec<Self::Key>) -> Self::Query {
                query.filter(#table::#key.eq_any(keys))
            }
            fn load(query: Self::Query, #conn) -> QueryResult<::std::vec::Vec<Self>> {
                query.select(<Self as Selectable<Pg>>::construct_selection()).load(conn)
            }
            fn load_keys(query: Self::Query, #conn) -> QueryResult<::std::vec::Vec<Self::Key>> {
                query.select(#table::#key).load(conn)
            }
            fn page(
                rows: Self::Query,
                counted: Self::Query,
                limit: i64,
                offset: i64,
                #conn,
            ) -> QueryResult<(::std::vec::Vec<Self>, ::std::option::Option<i64>)> {
                let count = counted.select(diesel::dsl::count_star()).single_value();
                let rows: ::std::vec::Vec<(Self, ::std::option::Option<i64>)> = rows
                    .limit(limit)
                    .offset(offset)
                    .select((<Self as Selectable<Pg>>::construct_selection(), count))
                    .load(conn)?;
                let count = rows.first().and_then(|(_, count)| *count);
                Ok((rows.into_iter().map(|(row, _)| row).collect(), count))
            }
            fn count(query: Self::Query, #conn) -> QueryResult<i64> {
                query.select(diesel::dsl::count_star()).get_result(conn)
            }
            fn lock(query: Self::Query, #conn) -> QueryResult<::std::option::Option<Self>> {
                #table::table
                    .filter(#table::#key.eq_any(query.select(#table::#key)))
                    .select(<Self as Selectable<Pg>>::construct_selection())
                    .for_update()
                    .get_result(conn)
                    .optional()
            }
            fn delete(query: Self::Query, #conn) -> QueryResult<usize> {
                diesel::delete(#table::table.filter(#table::#key.eq_any(query.select(#table::#key)))).execute(conn)
            }
        }
    }

    fn column(&self, column: &Column<'_>) -> TokenStream {
        let (me, table) = (self.name, &self.table);
        let Column { field, column, ty } = column;
        quote! {
            #[automatically_derived]
            impl ::restwell::models::Attribute<#me> for #table::#column {
                type Expression = Self;
                fn expression(self) -> Self { self }
            }
            #[automatically_derived]
            impl ::restwell::models::Column<#me> for #table::#column {
                type Value = #ty;
                fn get(row: &#me) -> &#ty { &row.#field }
                fn set(row: &mut #me, value: #ty) { row.#field = value; }
            }
        }
    }

    fn computed(&self, computed: &Computed) -> TokenStream {
        let (me, unit) = (self.name, self.member("Value", &computed.name));
        let Computed { name, sql_type } = computed;
        quote_spanned! {name.span()=>
            #[automatically_derived]
            impl ::restwell::models::Attribute<#me> for #unit {
                type Expression = ::restwell::models::Expr<#me, #sql_type>;
                fn expression(self) -> Self::Expression { #me::#name() }
            }
        }
    }

    fn relation(&self, relation: &Relation) -> TokenStream {
        let (me, unit, target) = (self.name, self.member("Relation", &relation.name), &relation.target);
        let (any, among) = match &relation.kind {
            RelationKind::BelongsTo { by } => self.belongs_to_conditions(by),
            RelationKind::HasMany { by } => self.has_many_conditions(target, by),
            RelationKind::ManyToMany { through, owner, member } => self.through_conditions(through, owner, member),
        };
        let specific = match &relation.kind {
            RelationKind::BelongsTo { by } => self.belongs_to(&unit, target, by),
            RelationKind::HasMany { by } => self.has_many(&unit, target, by),
            RelationKind::ManyToMany { through, owner, member } => {
                self.many_to_many(&unit, target, through, owner, member)
            }
        };
        quote_spanned! {relation.name.span()=>
            #[automatically_derived]
            impl ::restwell::models::Relation for #unit {
                type Source = #me;
                type Target = #target;
                fn any(self, query: <#target as ::restwell::models::Model>::Query) -> ::restwell::models::Predicate<#me> {
                    let query = query.select(<#target as ::restwell::models::Model>::KEY);
                    ::restwell::models::Expr::new(#any)
                }
                fn among(
                    self,
                    keys: ::std::vec::Vec<<#target as ::restwell::models::Model>::Key>,
                ) -> ::restwell::models::Predicate<#me> {
                    ::restwell::models::Expr::new(#among)
                }
            }
            #specific
        }
    }

    fn belongs_to_conditions(&self, by: &Ident) -> (TokenStream, TokenStream) {
        let table = &self.table;
        (
            quote_spanned!(by.span()=> #table::#by.nullable().eq_any(query.nullable()).nullable()),
            quote_spanned!(by.span()=> #table::#by.eq_any(keys).nullable()),
        )
    }

    fn has_many_conditions(&self, target: &Path, by: &Ident) -> (TokenStream, TokenStream) {
        let (table, key) = (&self.table, &self.key);
        let fields = quote!(<#target as ::restwell::models::Model>::FIELDS);
        let by = quote_spanned!(by.span()=> #fields.#by.nullable());
        (
            quote!(#table::#key.nullable().eq_any(query.select(#by)).nullable()),
            quote!({
                let query = <#target as ::restwell::models::Model>::query();
                let query = <#target as ::restwell::models::Model>::filter_keys(query, keys);
                #table::#key.nullable().eq_any(query.select(#by)).nullable()
            }),
        )
    }

    fn through_conditions(&self, through: &Path, owner: &Ident, member: &Ident) -> (TokenStream, TokenStream) {
        let (table, key) = (&self.table, &self.key);
        let condition = |members: TokenStream| {
            quote! {
                #table::#key
                    .eq_any(#through::table.filter(#through::#member.eq_any(#members)).select(#through::#owner))
                    .nullable()
            }
        };
        (condition(quote!(query)), condition(quote!(keys)))
    }

    fn belongs_to(&self, unit: &Ident, target: &Path, by: &Ident) -> TokenStream {
        let (me, table) = (self.name, &self.table);
        let column = self.columns.iter().find(|column| column.column == *by);
        let nullable = column.is_some_and(|column| ast::inner(column.ty, "Option").is_some());
        let field = column.map_or(by, |column| column.field);
        let target_key = quote!(<#target as ::restwell::models::Model>::KeyColumn);
        let (on_type, on, key) = if nullable {
            (
                quote!(diesel::dsl::Eq<diesel::dsl::Nullable<#target_key>, #table::#by>),
                quote!(<#target as ::restwell::models::Model>::KEY.nullable().eq(#table::#by)),
                quote!(::std::clone::Clone::clone(&row.#field)),
            )
        } else {
            (
                quote!(diesel::dsl::Eq<#target_key, #table::#by>),
                quote!(<#target as ::restwell::models::Model>::KEY.eq(#table::#by)),
                quote!(::std::option::Option::Some(::std::clone::Clone::clone(&row.#field))),
            )
        };
        let column_name = by.to_string();
        quote_spanned! {by.span()=>
            #[automatically_derived]
            impl ::restwell::models::ToOne for #unit {
                type Source = #me;
                type Target = #target;
                type Column = #table::#by;
                type On = #on_type;
                const COLUMN: &'static str = #column_name;
                fn column(self) -> Self::Column { #table::#by }
                fn on(self) -> Self::On { #on }
                fn key(self, row: &#me) -> ::std::option::Option<<#target as ::restwell::models::Model>::Key> { #key }
            }
        }
    }

    fn has_many(&self, unit: &Ident, target: &Path, by: &Ident) -> TokenStream {
        let me = self.name;
        quote_spanned! {by.span()=>
            #[automatically_derived]
            impl ::restwell::models::HasMany for #unit {
                fn of(
                    self,
                    key: <#me as ::restwell::models::Model>::Key,
                ) -> <#target as ::restwell::models::Model>::Query {
                    let query = <#target as ::restwell::models::Model>::query();
                    query.filter(<#target as ::restwell::models::Model>::FIELDS.#by.eq(key))
                }
            }
        }
    }

    fn many_to_many(
        &self,
        unit: &Ident,
        target: &Path,
        through: &Path,
        owner: &Ident,
        member: &Ident,
    ) -> TokenStream {
        let me = self.name;
        let table_of = quote!(<#target as ::restwell::models::Model>::Table);
        let key_of = quote!(<#target as ::restwell::models::Model>::KeyColumn);
        let through_name = through.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let constraint = format!("{through_name}_{member}_fkey");
        quote! {
            #[automatically_derived]
            impl ::restwell::models::ManyToMany for #unit {
                type Source = #me;
                type Target = #target;
                type Joined = diesel::dsl::InnerJoin<
                    #through::table,
                    diesel::dsl::On<#table_of, diesel::dsl::Eq<#key_of, #through::#member>>,
                >;
                type Owner = #through::#owner;
                const CONSTRAINT: &'static str = #constraint;
                fn joined(self) -> Self::Joined {
                    #through::table.inner_join(
                        <#target as ::restwell::models::Model>::TABLE
                            .on(<#target as ::restwell::models::Model>::KEY.eq(#through::#member)),
                    )
                }
                fn owner(self) -> Self::Owner { #through::#owner }
                fn set(
                    self,
                    owner: <#me as ::restwell::models::Model>::Key,
                    keys: ::std::vec::Vec<<#target as ::restwell::models::Model>::Key>,
                    new: bool,
                    conn: &mut ::restwell::db::Conn,
                ) -> QueryResult<()> {
                    if !new {
                        let others = #through::#owner.eq(owner.clone()).and(#through::#member.ne_all(keys.clone()));
                        diesel::delete(#through::table.filter(others)).execute(conn)?;
                    }
                    if !keys.is_empty() {
                        let pairs: ::std::vec::Vec<_> = keys
                            .into_iter()
                            .map(|key| (#through::#owner.eq(owner.clone()), #through::#member.eq(key)))
                            .collect();
                        diesel::insert_into(#through::table).values(pairs).on_conflict_do_nothing().execute(conn)?;
                    }
                    Ok(())
                }
            }
        }
    }

    fn slug(&self, slug: &Ident) -> TokenStream {
        let (me, table, key) = (self.name, &self.table, &self.key);
        quote_spanned! {slug.span()=>
            #[automatically_derived]
            impl ::restwell::models::SlugModel for #me {
                type SlugColumn = #table::#slug;
                const SLUG: Self::SlugColumn = #table::#slug;
                fn slug(&self) -> &str { &self.#slug }
                fn filter_slugs(query: Self::Query, slugs: ::std::vec::Vec<::std::string::String>) -> Self::Query {
                    query.filter(#table::#slug.eq_any(slugs))
                }
                fn load_slugs(
                    query: Self::Query,
                    conn: &mut ::restwell::db::Conn,
                ) -> QueryResult<::std::vec::Vec<(::std::string::String, Self::Key)>> {
                    query.select((#table::#slug, #table::#key)).load(conn)
                }
            }
        }
    }
}

impl<'a> Column<'a> {
    fn read(name: &'a Ident, field: &'a Field) -> Self {
        let mut column = name.unraw();
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("diesel")) {
            // diesel's own derives judge its attributes; only the name of the column matters here.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("column_name") {
                    column = meta.value()?.parse()?;
                }
                Ok(())
            });
        }
        Self { field: name, column, ty: &field.ty }
    }
}

/// What `#[diesel(…)]` says of the table.
#[derive(Default)]
struct DieselOptions {
    table: Option<Path>,
    key: Option<Ident>,
}

impl DieselOptions {
    fn read(input: &DeriveInput, ctxt: &Ctxt) -> Self {
        let mut options = Self::default();
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("diesel")) {
            let result = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("table_name") {
                    options.table = Some(meta.value()?.parse()?);
                } else if meta.input.peek(syn::token::Paren) {
                    let content;
                    syn::parenthesized!(content in meta.input);
                    if meta.path.is_ident("primary_key") {
                        options.key = Some(content.parse()?);
                    }
                    content.parse::<TokenStream>()?;
                } else if meta.input.peek(Token![=]) {
                    meta.value()?.parse::<syn::Expr>()?;
                }
                Ok(())
            });
            if let Err(error) = result {
                ctxt.syn(error);
            }
        }
        options
    }
}

/// `author: Author, by = author_id`
fn relation(input: ParseStream<'_>, kind: impl FnOnce(Ident) -> RelationKind) -> syn::Result<Relation> {
    let (name, target) = name_and_target(input)?;
    expect_word(input, "by")?;
    Ok(Relation { name, target, kind: kind(input.parse()?) })
}

/// `subjects: Subject, through = book_subjects(book_id, subject_id)`
fn many_to_many(input: ParseStream<'_>) -> syn::Result<Relation> {
    let (name, target) = name_and_target(input)?;
    expect_word(input, "through")?;
    let through = Path::parse_mod_style(input)?;
    let content;
    syn::parenthesized!(content in input);
    let owner = content.parse()?;
    content.parse::<Token![,]>()?;
    let member = content.parse()?;
    Ok(Relation { name, target, kind: RelationKind::ManyToMany { through, owner, member } })
}

fn name_and_target(input: ParseStream<'_>) -> syn::Result<(Ident, Path)> {
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    let target = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok((name, target))
}

fn expect_word(input: ParseStream<'_>, word: &str) -> syn::Result<()> {
    let found: Ident = input.parse()?;
    if found != word {
        return Err(syn::Error::new(found.span(), format!("expected `{word} = …`")));
    }
    input.parse::<Token![=]>().map(drop)
}

/// `copies_available: BigInt`
fn computed(input: ParseStream<'_>) -> syn::Result<Computed> {
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    Ok(Computed { name, sql_type: input.parse()? })
}
