//! `#[derive(Model)]`: concrete diesel code for one table, behind plain traits.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, LitStr, Path, Token, Type, ext::IdentExt, parse::ParseStream};

use self::{
    column::{Column, DieselOptions},
    relation::{Relation, RelationKind},
};
use crate::{
    ast,
    attr::{self, Item, Ordering},
    ctxt::Ctxt,
    names,
};

mod column;
mod queries;
mod relation;

const OPTIONS: [&str; 10] = [
    "belongs_to",
    "has_one",
    "has_many",
    "many_to_many",
    "computed",
    "ordering",
    "slug",
    "lookup",
    "auto_now",
    "app_label",
];
const REPEATABLE: [&str; 5] = [
    "belongs_to",
    "has_one",
    "has_many",
    "many_to_many",
    "computed",
];

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
    app_label: Option<String>,
}

struct Computed {
    name: Ident,
    sql_type: Type,
}

/// The whole derive. What is wrong is told and left out, so that it causes no errors elsewhere.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::default();
    let expanded = Container::read(input, &ctxt).map(|container| container.expand());
    let errors = ctxt.into_compile_errors();
    quote!(#errors #expanded)
}

impl<'a> Container<'a> {
    fn read(input: &'a DeriveInput, ctxt: &Ctxt) -> Option<Self> {
        let fields = ast::named_fields(input, "Model", ctxt);
        let diesel = DieselOptions::read(input, ctxt);
        let columns: Vec<_> = fields
            .iter()
            .map(|(name, field)| Column::read(name, field))
            .collect();
        let key = diesel.key.unwrap_or_else(|| format_ident!("id"));
        let has_key = columns.iter().any(|column| column.column == key);
        if !has_key && !columns.is_empty() {
            ctxt.error(
                &input.ident,
                format_args!("there is no field for the primary key `{key}`"),
            );
        }
        let table = diesel.table.or_else(|| {
            ctxt.error(
                &input.ident,
                "a model needs its table: `#[diesel(table_name = …)]`",
            );
            None
        });
        let table = table.filter(|_| has_key)?;
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
            app_label: None,
        };
        for item in attr::items(&input.attrs, "model", &OPTIONS, &REPEATABLE, ctxt) {
            container.option(&item, ctxt);
        }
        container.check_names(ctxt);
        Some(container)
    }

    /// `Self` is this model; orders, keys and the like name columns of it.
    fn check_names(&mut self, ctxt: &Ctxt) {
        let known: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.column.unraw().to_string())
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let is_column = |name: &Ident| {
            let text = name.unraw().to_string();
            let is_column = known.contains(&text.as_str());
            if !is_column {
                ctxt.error(name, names::unknown("column", &text, &known));
            }
            is_column
        };
        self.ordering
            .retain(|ordering| ordering.path.0.iter().all(is_column));
        self.auto_now.retain(is_column);
        self.slug = self.slug.take().filter(is_column);
        self.lookup = self.lookup.take().filter(is_column);
        self.relations.retain(|relation| match &relation.kind {
            RelationKind::BelongsTo { by } => is_column(by),
            _ => true,
        });
        for relation in &mut self.relations {
            if relation.target.is_ident("Self") {
                let span = relation.target.segments[0].ident.span();
                relation.target = format_ident!("{}", self.name, span = span).into();
            }
        }
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "belongs_to" => self.relate(item, |by| RelationKind::BelongsTo { by }, ctxt),
            "has_one" => self.relate(item, |by| RelationKind::HasOne { by }, ctxt),
            "has_many" => self.relate(item, |by| RelationKind::HasMany { by }, ctxt),
            "many_to_many" => self
                .relations
                .extend(item.content(ctxt, relation::parse_many_to_many)),
            "computed" => self.computed.extend(item.content(ctxt, computed)),
            "ordering" => self.ordering = item.list(ctxt),
            "slug" => self.slug = item.name(ctxt),
            "lookup" => self.lookup = item.name(ctxt),
            "app_label" => {
                let label: Option<LitStr> = item.value(ctxt);
                self.app_label = label.map(|label| label.value());
            }
            _ => self.auto_now = item.names(ctxt),
        }
    }

    fn relate(&mut self, item: &Item, kind: fn(Ident) -> RelationKind, ctxt: &Ctxt) {
        let relation = item.content(ctxt, |input| relation::parse(input, kind));
        self.relations.extend(relation);
    }

    fn expand(&self) -> TokenStream {
        let (imports, fields, model) = (ast::imports(), self.fields(), self.model());
        let attributes = self.columns.iter().map(|column| self.column(column));
        let computed = self.computed.iter().map(|computed| self.computed(computed));
        let relations = self
            .relations
            .iter()
            .map(|relation| self.relation(relation));
        let slug = self.slug.iter().map(|slug| self.slug(slug));
        quote! {
            const _: () = {
                #imports
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
        let columns = self
            .columns
            .iter()
            .map(|Column { field, column, .. }| quote!(pub #field: #table::#column));
        let computed = self.computed.iter().map(|computed| {
            let (name, ty) = (&computed.name, self.member("Value", &computed.name));
            quote!(pub #name: #ty)
        });
        let relations = self.relations.iter().map(|relation| {
            let (name, ty) = (&relation.name, self.member("Relation", &relation.name));
            quote!(pub #name: #ty)
        });
        let units = self
            .computed
            .iter()
            .map(|computed| self.member("Value", &computed.name));
        let units = units.chain(
            self.relations
                .iter()
                .map(|relation| self.member("Relation", &relation.name)),
        );
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
        format_ident!(
            "{}{}{suffix}",
            self.name,
            names::camel_case(&name.unraw().to_string())
        )
    }

    fn model(&self) -> TokenStream {
        let (me, table, key, fields) = (self.name, &self.table, &self.key, self.fields_name());
        let Column {
            field: key_field,
            ty: key_type,
            ..
        } = self.column_of(key);
        let name = me.to_string();
        let table_name = self.table_name();
        let meta = self.meta();
        let column_names = self
            .columns
            .iter()
            .map(|column| column.column.unraw().to_string());
        let columns = self
            .columns
            .iter()
            .map(|Column { field, column, .. }| quote!(#field: #table::#column));
        let units = self
            .computed
            .iter()
            .map(|computed| (&computed.name, self.member("Value", &computed.name)));
        let others = self
            .relations
            .iter()
            .map(|relation| (&relation.name, self.member("Relation", &relation.name)));
        let units = units.chain(others).map(|(name, ty)| quote!(#name: #ty));
        let lookups = self.lookups();
        let auto_now = self.auto_now();
        let orderings = self.orderings();
        let queries = self.queries();
        quote! {
            #[automatically_derived]
            impl ::restwell::models::Model for #me {
                type Query = #table::BoxedQuery<'static, diesel::pg::Pg>;
                type Table = #table::table;
                type Key = #key_type;
                type KeyColumn = #table::#key;
                type Fields = #fields;
                const FIELDS: #fields = #fields { #(#columns,)* #(#units,)* };
                const NAME: &'static str = #name;
                const TABLE: Self::Table = #table::table;
                const TABLE_NAME: &'static str = #table_name;
                const META: ::restwell::models::Meta = #meta;
                const COLUMNS: &'static [&'static str] = &[#(#column_names),*];
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

    fn table_name(&self) -> String {
        let name = self.table.segments.last();
        name.map(|segment| segment.ident.unraw().to_string())
            .unwrap_or_default()
    }

    /// Django names a table by its app and its model.
    fn meta(&self) -> TokenStream {
        let (name, table) = (self.name.to_string(), self.table_name());
        let model_name = name.to_lowercase();
        let of_table = || {
            Some(
                table
                    .strip_suffix(&model_name)?
                    .strip_suffix('_')?
                    .to_owned(),
            )
        };
        let app_label = self.app_label.clone().or_else(of_table).unwrap_or_default();
        let verbose_name = names::in_words(&name);
        quote! {
            ::restwell::models::Meta {
                app_label: #app_label,
                model_name: #model_name,
                verbose_name: #verbose_name,
            }
        }
    }

    /// The field of a column that `read` has found.
    fn column_of(&self, name: &Ident) -> &Column<'a> {
        let column = self.columns.iter().find(|column| column.column == *name);
        column.expect("checked by read")
    }

    fn column(&self, column: &Column<'_>) -> TokenStream {
        let (me, table) = (self.name, &self.table);
        let Column { field, column, ty } = column;
        let hash = names::hash(field);
        quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::restwell::models::ColumnNamed<#hash> for #me {
                type Column = #table::#column;
            }
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

    fn slug(&self, slug: &Ident) -> TokenStream {
        let (me, table, key) = (self.name, &self.table, &self.key);
        let field = self.column_of(slug).field;
        quote! {
            #[automatically_derived]
            impl ::restwell::models::SlugModel for #me {
                type SlugColumn = #table::#slug;
                const SLUG: Self::SlugColumn = #table::#slug;
                fn slug(&self) -> &str { &self.#field }
                fn filter_slugs(query: Self::Query, slugs: ::std::vec::Vec<::std::string::String>) -> Self::Query {
                    query.filter(#table::#slug.eq_any(slugs))
                }
                fn load_slugs(
                    query: Self::Query,
                    conn: &mut ::restwell::db::Conn,
                ) -> diesel::QueryResult<::std::vec::Vec<(::std::string::String, Self::Key)>> {
                    query.select((#table::#slug, #table::#key)).load(conn)
                }
            }
        }
    }
}

/// `copies_available: BigInt`
fn computed(input: ParseStream<'_>) -> syn::Result<Computed> {
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    Ok(Computed {
        name,
        sql_type: input.parse()?,
    })
}
