//! From rows to JSON: what a page needs, how one row is fetched, how a row is written.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Index, ext::IdentExt, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::ast::{self, Naming, Way};

impl Container<'_> {
    /// The struct of what rows need besides themselves.
    pub(super) fn related(&self) -> TokenStream {
        let (vis, name, key) = (self.vis, self.related_name(), self.key());
        let fields = self.fetched().map(|field| {
            let (name, ty) = (&field.local, field.related_type(&key));
            quote!(#name: #ty,)
        });
        let computed = self
            .computed_type()
            .map(|ty| quote!(computed_values: ::restwell::serializers::ByKey<#key, #ty>,));
        // The last field alone says whether the struct is sized: a type that is no serializer is not asked.
        quote!(#[doc(hidden)] #vis struct #name { #(#fields)* #computed end: () })
    }

    pub(super) fn key(&self) -> TokenStream {
        let model = &self.model;
        quote!(<#model as ::restwell::models::Model>::Key)
    }

    fn selected(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| field.is_selected())
    }

    /// The fields that have statements of their own.
    fn fetched(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields
            .iter()
            .filter(|field| field.is_related() && !field.is_selected())
    }

    /// The values of all computed and remote fields of a row; `None` if there are none.
    fn computed_type(&self) -> Option<TokenStream> {
        let types: Vec<_> = self.selected().map(Field::selected_type).collect();
        (!types.is_empty()).then(|| quote!((#(#types,)*)))
    }

    /// The typed SQL of all computed and remote fields.
    fn expressions(&self) -> TokenStream {
        let model = &self.model;
        let expressions = self.selected().map(|field| {
            if matches!(field.kind, Kind::Remote) {
                let path = field.path();
                let value = Way::new(model, &path).scalar();
                return quote_spanned!(field.spot()=> ::restwell::models::Expr::<#model, _>::new(#value));
            }
            let (attribute, spot) = (self.attribute(field), field.source.span());
            quote_spanned! {spot=>
                __checks::IsComputed::of(::restwell::private::expression::<#model, _>(#attribute))
            }
        });
        quote!((#(#expressions,)*))
    }

    /// The nested object that a join fetches: the first one.
    fn joined(&self) -> Option<&Field<'_>> {
        self.fetched()
            .find(|field| matches!(field.kind, Kind::Nested { many: false, .. }))
    }

    /// Statements for what neither a join nor a subselect fetches.
    fn loads(&self) -> impl Iterator<Item = TokenStream> {
        let joined = self.joined().map(|field| &field.local);
        self.fetched()
            .filter(move |field| !self.is_array(field) && joined != Some(&field.local))
            .map(|field| self.load(field))
    }

    /// Fills `Related` for many rows: one statement for a join and all subselects, one for each of the rest.
    pub(super) fn prefetch(&self) -> TokenStream {
        let (model, related, key) = (&self.model, self.related_name(), self.key());
        let columns: Vec<_> = self.retrieved().collect();
        let alone = columns.len() == 1 && self.joined().is_some();
        let in_one = match (self.joined(), columns.is_empty()) {
            // Rows often share their nested object: alone it is fetched once.
            (Some(nested), _) if alone => Some(self.load(nested)),
            (_, true) => None,
            (nested, false) => Some(self.in_one(nested, &columns)),
        };
        let loads = self.loads();
        let names = self.fetched().map(|field| &field.local);
        let computed_name = self.computed_type().map(|_| quote!(computed_values,));
        quote! {
            fn prefetch(
                rows: &[#model],
                conn: &mut ::restwell::db::Conn,
            ) -> diesel::QueryResult<#related> {
                let keys: ::std::vec::Vec<#key> = rows.iter().map(::restwell::models::Model::key).collect();
                let _ = (&keys, &conn);
                #in_one
                #(#loads)*
                ::std::result::Result::Ok(#related { #(#names,)* #computed_name end: () })
            }
        }
    }

    /// The one statement for many rows, by their keys.
    fn in_one(&self, nested: Option<&Field<'_>>, columns: &[Retrieved]) -> TokenStream {
        let (model, key) = (&self.model, self.key());
        let join = nested.map(|field| self.join(field));
        let (types, selects) = (
            columns.iter().map(|column| &column.ty),
            columns.iter().map(|column| &column.select),
        );
        let (start, locals, push, finish) = Retrieved::collected(columns);
        quote! {
            let query = <#model as ::restwell::models::Model>::query();
            let query = <#model as ::restwell::models::Model>::filter_keys(query, keys.clone());
            #join
            let found: ::std::vec::Vec<(#key, #(#types,)*)> = match keys.is_empty() {
                true => ::std::vec::Vec::new(),
                false => query
                    .select((<#model as ::restwell::models::Model>::KEY, #(#selects,)*))
                    .load(conn)?,
            };
            #start
            for (key, #(#locals,)*) in found {
                #push
            }
            #finish
        }
    }

    fn join(&self, nested: &Field<'_>) -> TokenStream {
        let relation = self.attribute(nested);
        quote!(let query = query.left_join(::restwell::models::Join::table(#relation).on(::restwell::models::Single::on(#relation)));)
    }

    /// Statements that fetch what one field needs, for all `rows`.
    fn load(&self, field: &Field<'_>) -> TokenStream {
        let (local, relation) = (&field.local, self.attribute(field));
        match field.kind {
            Kind::Nested { many: true, .. } => self.load_nested_lists(field),
            Kind::Nested { .. } => {
                let nested = field.nested(&self.key());
                quote_spanned! {field.spot()=>
                    let relation = #relation;
                    let #local: #nested = ::restwell::serializers::Nested::prefetch(relation, rows, conn)?;
                }
            }
            Kind::One {
                naming: naming @ Naming::Slug(_),
                ..
            } => {
                let (has_slug, slug) = (field.has_slug(naming), field.slug_type());
                quote_spanned! {field.spot()=>
                    #has_slug
                    let relation = #relation;
                    let #local = ::restwell::serializers::prefetch_slugs::<#slug, _>(relation, rows, conn)?;
                }
            }
            Kind::One {
                naming: Naming::Text(_),
                ..
            } => quote_spanned! {field.spot()=>
                let #local = ::restwell::serializers::prefetch_texts(#relation, rows, conn)?;
            },
            Kind::Many {
                naming: Naming::Text(model),
            } => {
                let rows = self.load_rows(field, &quote!(#model));
                quote_spanned! {field.spot()=>
                    #rows
                    let #local = ::restwell::serializers::as_texts(#local);
                }
            }
            Kind::One { .. } => quote! {
                let #local = ::restwell::serializers::prefetch_lookups(#relation, rows, conn)?;
            },
            _ => self.load_members(field),
        }
    }

    /// The statement of a list that no subselect fetches: pairs of a row's key and what one member is shown by.
    fn load_members(&self, field: &Field<'_>) -> TokenStream {
        let (local, relation, key) = (&field.local, self.attribute(field), self.key());
        let (column, member) = (field.member_column(&relation), field.member_type());
        let by_key = match field.kind {
            Kind::Many {
                naming: Naming::Hyperlink(model),
            } => {
                quote!(::restwell::serializers::with_lookups::<#model, _>(#local, conn)?)
            }
            _ => quote!(::restwell::serializers::ByKey::new(#local)),
        };
        quote! {
            let #local: ::std::vec::Vec<(#key, #member)> = match keys.is_empty() {
                true => ::std::vec::Vec::new(),
                false => ::restwell::models::ToMany::joined(#relation)
                    .filter(::restwell::models::ToMany::owner(#relation).eq_any(keys.clone()))
                    .order(::restwell::private::ordering_of(#relation))
                    .select((::restwell::models::ToMany::owner(#relation), #column))
                    .load(conn)?,
            };
            let #local = #by_key;
        }
    }

    /// One row with all it needs: the first nested object by a join, lists and computed values by subselects.
    pub(super) fn retrieve(&self) -> TokenStream {
        let (model, related, key) = (&self.model, self.related_name(), self.key());
        let join = self.joined().map(|field| self.join(field));
        let loads = self.loads();
        let columns: Vec<_> = self.retrieved().collect();
        let (types, selects) = (
            columns.iter().map(|column| &column.ty),
            columns.iter().map(|column| &column.select),
        );
        let (start, locals, push, finish) = Retrieved::collected(&columns);
        let fetched = self.fetched().map(|field| &field.local);
        let computed = self.computed_type().map(|_| quote!(computed_values,));
        quote! {
            fn retrieve(
                query: <#model as ::restwell::models::Model>::Query,
                conn: &mut ::restwell::db::Conn,
            ) -> diesel::QueryResult<::std::option::Option<(#model, #related)>> {
                #join
                let found: ::std::option::Option<(#model, #(#types,)*)> = query
                    .select((<#model as diesel::Selectable<diesel::pg::Pg>>::construct_selection(), #(#selects,)*))
                    .get_result(conn)
                    .optional()?;
                let ::std::option::Option::Some((row, #(#locals,)*)) = found else {
                    return ::std::result::Result::Ok(::std::option::Option::None);
                };
                let key: #key = ::restwell::models::Model::key(&row);
                let rows = ::std::slice::from_ref(&row);
                let keys = ::std::vec![::std::clone::Clone::clone(&key)];
                let _ = (&keys, rows);
                #start
                #push
                #finish
                #(#loads)*
                let related = #related { #(#fetched,)* #computed end: () };
                ::std::result::Result::Ok(::std::option::Option::Some((row, related)))
            }
        }
    }

    /// What the one statement selects besides the row, or its key.
    fn retrieved(&self) -> impl Iterator<Item = Retrieved> {
        let nested = self.joined().map(|field| {
            let (local, relation) = (field.local.clone(), self.attribute(field));
            let all = Retrieved::all(&local);
            let (nested, model) = (field.nested(&self.key()), field.model());
            Retrieved {
                ty: quote!(::std::option::Option<#model>),
                select: quote!(::restwell::models::Join::selection(#relation)),
                push: quote!(#all.extend(#local);),
                finish: quote_spanned! {field.spot()=>
                    let relation = #relation;
                    let #local: #nested = ::restwell::serializers::Nested::new(relation, #all, conn)?;
                },
                local,
            }
        });
        let arrays = self
            .fetched()
            .filter(|field| self.is_array(field))
            .map(|field| {
                let (local, member) = (field.local.clone(), field.member_type());
                let all = Retrieved::all(&local);
                Retrieved {
                    ty: quote!(::std::vec::Vec<#member>),
                    select: self.array(field),
                    push: quote!(#all.extend(#local.into_iter().map(|member| (::std::clone::Clone::clone(&key), member)));),
                    finish: quote!(let #local = ::restwell::serializers::ByKey::new(#all);),
                    local,
                }
            });
        let computed = self.computed_type().map(|ty| {
            let local = format_ident!("computed_values");
            let all = Retrieved::all(&local);
            Retrieved {
                ty,
                select: self.expressions(),
                push: quote!(#all.push((::std::clone::Clone::clone(&key), #local));),
                finish: quote!(let #local = ::restwell::serializers::ByKey::new(#all);),
                local,
            }
        });
        nested.into_iter().chain(arrays).chain(computed)
    }

    /// A list whose values come straight from a column, by a subselect.
    fn is_array(&self, field: &Field<'_>) -> bool {
        match field.kind {
            Kind::Many {
                naming: naming @ (Naming::Key(_) | Naming::Slug(_)),
            } => !self.leads_back(naming.model()),
            _ => false,
        }
    }

    /// The related keys or slugs of one row, as an array.
    fn array(&self, field: &Field<'_>) -> TokenStream {
        let (model, relation) = (&self.model, self.attribute(field));
        let (column, sql_type) = (field.member_column(&relation), field.member_sql_type());
        quote! {
            ::restwell::models::Expr::<#model, diesel::sql_types::Array<#sql_type>>::new(
                diesel::dsl::array::<#sql_type, _>(
                    ::restwell::models::ToMany::joined(#relation)
                        .filter(
                            ::restwell::models::ToMany::owner(#relation)
                                .eq(<#model as ::restwell::models::Model>::KEY),
                        )
                        .order(::restwell::private::ordering_of(#relation))
                        .select(#column),
                ),
            )
        }
    }

    /// Writes one row.
    pub(super) fn representation(&self) -> TokenStream {
        let (model, related, name) = (&self.model, self.related_name(), self.name.to_string());
        let shown = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.write_only);
        let count = shown.clone().count();
        let mut selected = 0usize;
        let fields = shown.map(|(index, field)| {
            let value = self.shown(index, field, selected);
            selected += usize::from(field.is_selected());
            let key = field.name.unraw().to_string();
            let ser = quote_spanned!(field.spot()=> ::restwell::private::serde::ser::SerializeStruct);
            match field.may_be_missing() {
                true => quote_spanned! {field.spot()=>
                    match #value {
                        ::std::option::Option::Some(value) => #ser::serialize_field(&mut map, #key, &value)?,
                        ::std::option::Option::None => #ser::skip_field(&mut map, #key)?,
                    }
                },
                false => quote_spanned!(field.spot()=> #ser::serialize_field(&mut map, #key, &#value)?;),
            }
        });
        quote! {
            fn to_representation<__S: ::restwell::private::serde::Serializer>(
                row: &#model,
                related: &#related,
                request: &::restwell::request::Request,
                serializer: __S,
            ) -> ::std::result::Result<__S::Ok, __S::Error> {
                let _ = (related, request);
                let mut map = ::restwell::private::serde::Serializer::serialize_struct(serializer, #name, #count)?;
                #(#fields)*
                ::restwell::private::serde::ser::SerializeStruct::end(map)
            }
        }
    }

    /// The value of one field of `row`, as something that serialises; `selected` is its place among what SQL computes.
    fn shown(&self, index: usize, field: &Field<'_>, selected: usize) -> TokenStream {
        let (model, local, attribute) = (&self.model, &field.local, self.attribute(field));
        match field.kind {
            Kind::Value => {
                let pair = self.pair(field);
                let value = quote_spanned! {field.spot()=>
                    (#pair.show)(::restwell::private::get::<#model, _>(row, #attribute))
                };
                field.represented(index, &value)
            }
            Kind::Computed | Kind::Remote => {
                let position = Index::from(selected);
                let values = quote!(
                    related
                        .computed_values
                        .one(&::restwell::models::Model::key(row))
                );
                let value = field.represented(index, &quote!(value));
                match field.kind {
                    Kind::Computed => {
                        quote!(#values.map(|values| &values.#position).map(|value| #value))
                    }
                    _ => {
                        quote!(#values.and_then(|values| values.#position.as_ref()).map(|value| #value))
                    }
                }
            }
            Kind::Method => {
                let (ty, path) = (field.ty, &field.method);
                quote_spanned! {path.span()=> {
                    let value: #ty = (#path)(row, request);
                    value
                }}
            }
            Kind::Nested { many: true, .. } => quote! {
                ::restwell::serializers::Sequence(related.#local.all(&::restwell::models::Model::key(row), request))
            },
            Kind::Nested { .. } => {
                let nested = field.nested(&self.key());
                quote_spanned! {field.spot()=> {
                    let (nested, relation): (&#nested, _) = (&related.#local, #attribute);
                    ::restwell::serializers::Nested::get(nested, relation, row, request)
                }}
            }
            Kind::Identity => {
                let view_name = field.view_name();
                quote! {
                    ::restwell::serializers::hyperlink::<#model>(
                        &::restwell::models::Model::lookup(row), #view_name, request,
                    )
                }
            }
            Kind::One { naming, .. } => self.shown_row(field, naming),
            Kind::Many { naming } => shown_rows(field, naming),
        }
    }

    /// The name of the row on the other side of a relation.
    fn shown_row(&self, field: &Field<'_>, naming: Naming<'_>) -> TokenStream {
        let (local, attribute) = (&field.local, self.attribute(field));
        let key = quote!(::restwell::models::ToOne::key(#attribute, row));
        match naming {
            Naming::Key(_) => key,
            Naming::Slug(_) | Naming::Text(_) => {
                quote!(#key.and_then(|key| related.#local.one(&key)))
            }
            Naming::Hyperlink(target) => {
                let view_name = field.view_name();
                quote! {
                    #key.and_then(|key| related.#local.one(&key)).and_then(|lookup| {
                        ::restwell::serializers::hyperlink::<#target>(lookup, #view_name, request)
                    })
                }
            }
        }
    }
}

/// The names of the rows on the other side of a relation.
fn shown_rows(field: &Field<'_>, naming: Naming<'_>) -> TokenStream {
    let local = &field.local;
    let names = quote!(related.#local.all(&::restwell::models::Model::key(row)));
    match naming {
        Naming::Hyperlink(target) => {
            let view_name = field.view_name();
            quote! {
                ::restwell::serializers::Sequence(#names.map(|lookup: &::std::string::String| {
                    ::restwell::serializers::hyperlink::<#target>(lookup, #view_name, request)
                }))
            }
        }
        _ => quote!(::restwell::serializers::Sequence(#names)),
    }
}

/// A column of the statement that fetches what rows need.
struct Retrieved {
    local: Ident,
    ty: TokenStream,
    select: TokenStream,
    /// Adds what one row has to what all have.
    push: TokenStream,
    /// Makes of what all rows have what `Related` holds.
    finish: TokenStream,
}

impl Retrieved {
    fn all(local: &Ident) -> Ident {
        format_ident!("{local}_of_all")
    }

    /// What stands before the rows, the names of a row's columns, what is done for each row, what stands behind them.
    fn collected(columns: &[Self]) -> (TokenStream, Vec<&Ident>, TokenStream, TokenStream) {
        let all = columns.iter().map(|column| Self::all(&column.local));
        let push = columns.iter().map(|column| &column.push);
        let finish = columns.iter().map(|column| &column.finish);
        (
            quote!(#(let mut #all = ::std::vec::Vec::new();)*),
            columns.iter().map(|column| &column.local).collect(),
            quote!(#(#push)*),
            quote!(#(#finish)*),
        )
    }
}

impl Field<'_> {
    /// The type of what a statement selects for it: null also stands for the want of a related row.
    fn selected_type(&self) -> TokenStream {
        match self.kind {
            Kind::Remote => {
                let field = quote!(::restwell::fields::Field);
                let value = ast::item_of(self.ty, self.not_null(), field, "Value");
                quote!(::std::option::Option<#value>)
            }
            _ => self.stored(),
        }
    }

    /// It is left out of an object without the related row, unless it may be null (contract §5.1.5).
    fn may_be_missing(&self) -> bool {
        matches!(self.kind, Kind::Remote) && ast::inner(self.ty, "Option").is_none()
    }

    /// `value`, written as the field's type says.
    pub(super) fn represented(&self, index: usize, value: &TokenStream) -> TokenStream {
        let ty = match self.kind {
            Kind::Remote => self.not_null(),
            _ => self.ty,
        };
        quote_spanned! {self.spot()=>
            ::restwell::serializers::FieldRepresentation::<#ty> {
                value: #value,
                options: &<Self as ::restwell::serializers::BaseSerializer>::FIELDS[#index].options,
                request,
            }
        }
    }

    /// The type of what it needs, for all rows of a page.
    fn related_type(&self, key: &TokenStream) -> TokenStream {
        match self.kind {
            Kind::Nested { .. } => self.nested(key),
            Kind::One { naming, .. } => {
                let model = naming.model();
                let target = quote!(<#model as ::restwell::models::Model>::Key);
                let shown = match naming {
                    Naming::Slug(_) => self.member_type(),
                    _ => quote!(::std::string::String),
                };
                quote!(::restwell::serializers::ByKey<#target, #shown>)
            }
            Kind::Many {
                naming: Naming::Hyperlink(_) | Naming::Text(_),
            } => {
                quote!(::restwell::serializers::ByKey<#key, ::std::string::String>)
            }
            _ => {
                let member = self.member_type();
                quote!(::restwell::serializers::ByKey<#key, #member>)
            }
        }
    }

    /// What the other side is shown by: its slug or its key.
    fn member_column(&self, relation: &TokenStream) -> TokenStream {
        if let Some(column) = self.slug_value() {
            return column;
        }
        match self.kind {
            Kind::Many {
                naming: Naming::Slug(_),
            } => quote!(__checks::slug_of(#relation)),
            _ => quote!(__checks::key_of(#relation)),
        }
    }

    fn member_type(&self) -> TokenStream {
        if self.slug.is_some() {
            let slug = self.slug_type();
            return quote!(<#slug as ::restwell::relations::SlugBy>::Value);
        }
        match self.naming() {
            Some(Naming::Slug(_)) | None => quote!(::std::string::String),
            Some(naming) => {
                let model = naming.model();
                quote!(<#model as ::restwell::models::Model>::Key)
            }
        }
    }

    fn member_sql_type(&self) -> TokenStream {
        if let Some(column) = self.slug_column() {
            return quote!(diesel::dsl::SqlTypeOf<#column>);
        }
        match self.naming() {
            Some(Naming::Slug(model)) => {
                quote!(diesel::dsl::SqlTypeOf<<#model as ::restwell::models::SlugModel>::SlugColumn>)
            }
            naming => {
                let model = naming.map(Naming::model);
                quote!(diesel::dsl::SqlTypeOf<<#model as ::restwell::models::Model>::KeyColumn>)
            }
        }
    }
}
