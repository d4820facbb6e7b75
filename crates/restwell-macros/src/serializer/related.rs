//! Fields that name rows of another model: by which column, and which rows a client may name.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ext::IdentExt, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind, text},
};
use crate::{ast::Naming, attr::Item, ctxt::Ctxt, names};

impl Field<'_> {
    /// `slug` and `queryset` are said of fields that name rows, and a text names none that a client could send.
    pub(super) fn check_related(&mut self, items: &[Item], ctxt: &Ctxt) {
        let find = |name: &str| items.iter().find(|item| item.name == name);
        if let Some(item) = find("slug").filter(|_| !matches!(self.naming(), Some(Naming::Slug(_))))
        {
            ctxt.error(&item.name, "`slug` is the column of a `Slug<…>`");
            self.slug = None;
        }
        let naming = self.naming().or_else(|| Naming::of(self.ty));
        let is_link = matches!(naming, Some(Naming::Hyperlink(_)));
        if let Some(item) = find("view_name").filter(|_| !is_link) {
            ctxt.error(&item.name, "`view_name` is the route of a `Hyperlink<…>`");
            self.view_name = None;
        }
        if let Some(item) = find("queryset").filter(|_| self.naming().is_none() || self.read_only) {
            let message = "`queryset` limits what a client may send for a `PrimaryKey<…>`, `Slug<…>` or `Hyperlink<…>`";
            ctxt.error(&item.name, message);
        }
        self.read_only |= matches!(self.naming(), Some(Naming::Text(_)));
        self.check_made(items, ctxt);
    }

    /// What SQL or a function makes is a value.
    fn check_made(&mut self, items: &[Item], ctxt: &Ctxt) {
        let made = ["computed", "method", "property"];
        let made = items
            .iter()
            .find(|item| made.iter().any(|name| item.name == name));
        let kind = Kind::of(self.ty);
        if let (Some(item), Kind::One { .. } | Kind::Many { .. }) = (made, kind) {
            let message = format_args!(
                "`{}` makes a value, and this type names rows: let the field have the value's own type",
                item.name
            );
            ctxt.error(&item.name, message);
            (self.kind, self.method) = (kind, None);
        }
    }

    /// The type that reads what a client sent for one row.
    pub(super) fn reader(&self) -> TokenStream {
        if self.view_name.is_some() {
            let marker = self.view_marker();
            return quote!(::restwell::relations::HyperlinkBy<#marker>);
        }
        if self.slug.is_some() {
            return self.slug_type();
        }
        let model = self.naming().map(Naming::target);
        let kind = match self.naming() {
            Some(Naming::Hyperlink(_)) => quote!(Hyperlink),
            Some(Naming::Slug(_)) => quote!(Slug),
            _ => quote!(PrimaryKey),
        };
        quote!(::restwell::relations::#kind<#model>)
    }

    /// Whether rows may be found by their slugs in the statement that relates them, so that none asks for their keys.
    pub(super) fn relates_by_slug(&self) -> bool {
        let is_list = matches!(
            self.kind,
            Kind::Many {
                naming: Naming::Slug(_)
            }
        );
        let is_read =
            self.queryset.is_some() || self.default.is_some() || !self.validate.is_empty();
        is_list && !self.read_only && self.slug.is_none() && !is_read
    }

    /// The rows that a client may name, as an argument.
    pub(super) fn rows(&self) -> TokenStream {
        match &self.queryset {
            Some(path) => quote_spanned!(path.span()=> ::std::option::Option::Some(#path)),
            None => quote!(::std::option::Option::None),
        }
    }

    /// The column that names rows: the field's own, or the one that the model calls its slug.
    pub(super) fn slug_type(&self) -> TokenStream {
        if self.slug.is_some() {
            let marker = self.slug_marker();
            return quote!(#marker);
        }
        let model = self.naming().map(Naming::target);
        quote!(::restwell::relations::Slug<#model>)
    }

    fn slug_marker(&self) -> Ident {
        let name = names::camel_case(&self.name.unraw().to_string());
        format_ident!("__{name}Slug", span = self.spot())
    }

    fn view_marker(&self) -> Ident {
        let name = names::camel_case(&self.name.unraw().to_string());
        format_ident!("__{name}View", span = self.spot())
    }

    /// The route of its URLs, as an argument.
    pub(super) fn view_name(&self) -> TokenStream {
        text(self.view_name.as_ref())
    }

    /// A type for the route of its URLs, if a client may send one.
    fn link_by(&self) -> Option<TokenStream> {
        let (view_name, model) = (self.view_name.as_ref()?, self.naming()?.target());
        let marker = self.view_marker();
        (!self.read_only).then(|| {
            quote! {
                struct #marker;
                impl ::restwell::relations::ViewName for #marker {
                    type Target = #model;
                    const VIEW_NAME: &'static str = #view_name;
                }
            }
        })
    }

    /// The type of the column that names rows.
    pub(super) fn slug_column(&self) -> Option<TokenStream> {
        let (slug, model) = (self.slug.as_ref()?, self.naming()?.target());
        let hash = names::hash(slug);
        Some(
            quote_spanned!(slug.span()=> <#model as ::restwell::models::ColumnNamed<#hash>>::Column),
        )
    }

    /// The column that names rows, as a value.
    pub(super) fn slug_value(&self) -> Option<TokenStream> {
        let (slug, model) = (self.slug.as_ref()?, self.naming()?.target());
        Some(quote_spanned!(slug.span()=> <#model as ::restwell::models::Model>::FIELDS.#slug))
    }

    /// A type for the column that names rows.
    fn slug_by(&self) -> Option<TokenStream> {
        let (marker, model) = (self.slug_marker(), self.naming()?.target());
        let (column, value) = (self.slug_column()?, self.slug_value()?);
        let of = quote!(<#model as ::restwell::models::Model>);
        let held = quote_spanned! {self.slug.span()=>
            <#column as ::restwell::models::Column<#model>>::Value
        };
        Some(quote! {
            struct #marker;
            impl ::restwell::relations::SlugBy for #marker {
                type Target = #model;
                type Value = #held;
                fn filter(query: #of::Query, values: ::std::vec::Vec<Self::Value>) -> #of::Query {
                    query.filter(#value.eq_any(values))
                }
                fn load(
                    query: #of::Query,
                    conn: &mut ::restwell::db::Conn,
                ) -> diesel::QueryResult<::std::vec::Vec<(Self::Value, #of::Key)>> {
                    query.select((#value, #of::KEY)).load(conn)
                }
            }
        })
    }
}

impl Container<'_> {
    /// The types for columns and routes that name rows.
    pub(super) fn slugs(&self) -> TokenStream {
        let slugs = self.fields.iter().filter_map(Field::slug_by);
        let links = self.fields.iter().filter_map(Field::link_by);
        quote!(#(#slugs)* #(#links)*)
    }

    /// The statement of a list whose rows are shown themselves: pairs of a row's key and a row on the other side.
    pub(super) fn load_rows(&self, field: &Field<'_>, model: &TokenStream) -> TokenStream {
        let (local, key) = (&field.local, self.key());
        let relation = match field.is_nested() {
            true => self.nesting(field),
            false => self.attribute(field),
        };
        quote! {
            let #local: ::std::vec::Vec<(#key, #model)> = match keys.is_empty() {
                true => ::std::vec::Vec::new(),
                false => ::restwell::models::ToMany::joined(#relation)
                    .filter(::restwell::models::ToMany::owner(#relation).eq_any(keys.clone()))
                    .order(::restwell::private::ordering_of(#relation))
                    .select((
                        ::restwell::models::ToMany::owner(#relation),
                        <#model as diesel::Selectable<diesel::pg::Pg>>::construct_selection(),
                    ))
                    .load(conn)?,
            };
        }
    }
}
