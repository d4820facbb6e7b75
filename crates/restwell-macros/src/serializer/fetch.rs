//! The statements that fetch what rows need besides themselves: for a page, and for one row.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::{
    Container,
    field::{Field, Kind},
};
use crate::ast::{Naming, Way};

impl Container<'_> {
    pub(super) fn key(&self) -> TokenStream {
        let model = &self.model;
        quote!(<#model as ::restwell::models::Model>::Key)
    }

    pub(super) fn selected(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| field.is_selected())
    }

    /// The fields that have statements of their own.
    pub(super) fn fetched(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields
            .iter()
            .filter(|field| field.is_related() && !field.is_selected())
    }

    /// The values of all computed and remote fields of a row; `None` if there are none.
    pub(super) fn computed_type(&self) -> Option<TokenStream> {
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
            let computed = quote_spanned! {spot=>
                __checks::IsComputed::of(::restwell::private::expression::<#model, _>(#attribute))
            };
            let value = field.stored();
            quote_spanned!(field.spot()=> ::restwell::private::Computed(#computed).held_as::<#value>())
        });
        quote!((#(#expressions,)*))
    }

    /// The nested object that a join fetches: the first one.
    pub(super) fn joined(&self) -> Option<&Field<'_>> {
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
        let (types, selects, locals) = Retrieved::parts(columns);
        let (start, push, finish) = Retrieved::collected(columns);
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

    pub(super) fn join(&self, nested: &Field<'_>) -> TokenStream {
        let relation = self.nesting(nested);
        quote!(let query = query.left_join(::restwell::models::Join::table(#relation).on(::restwell::models::Single::on(#relation)));)
    }

    /// Statements that fetch what one field needs, for all `rows`.
    fn load(&self, field: &Field<'_>) -> TokenStream {
        let (local, relation) = (&field.local, self.attribute(field));
        match field.kind {
            Kind::Nested { many: true, .. } => self.load_nested_lists(field),
            Kind::Nested { .. } => {
                let relation = self.nesting(field);
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
        let (model, related) = (&self.model, self.related_name());
        let join = self.joined().map(|field| self.join(field));
        let columns: Vec<_> = self.retrieved().collect();
        let (types, selects, locals) = Retrieved::parts(&columns);
        let computed = self.computed_type().map(|_| quote!(computed_values));
        let collected = self.collected(&columns, computed.as_ref());
        quote! {
            fn retrieve_object(
                object: ::restwell::serializers::ObjectQuery<#model>,
                conn: &mut ::restwell::db::Conn,
            ) -> diesel::QueryResult<::std::option::Option<(#model, #related)>> {
                let query = object.query;
                #join
                let query = query
                    .select((<#model as diesel::Selectable<diesel::pg::Pg>>::construct_selection(), #(#selects,)*));
                let found = match object.is_bare {
                    true => ::restwell::private::fixed::<Self, _>(query).get_result(conn),
                    false => query.get_result(conn),
                };
                let found: ::std::option::Option<(#model, #(#types,)*)> = found.optional()?;
                let ::std::option::Option::Some((row, #(#locals,)*)) = found else {
                    return ::std::result::Result::Ok(::std::option::Option::None);
                };
                let rows = ::std::slice::from_ref(&row);
                let related = { #collected };
                ::std::result::Result::Ok(::std::option::Option::Some((row, related)))
            }
        }
    }

    /// `Related` of the only one of `rows`, of what one statement has selected for it and what others load.
    pub(super) fn collected(
        &self,
        columns: &[Retrieved],
        computed: Option<&TokenStream>,
    ) -> TokenStream {
        let (related, key) = (self.related_name(), self.key());
        let (start, push, finish) = Retrieved::collected(columns);
        let (loads, fetched) = (self.loads(), self.fetched().map(|field| &field.local));
        let computed = computed.map(|computed| quote!(#computed,));
        quote! {
            let key: #key = ::restwell::models::Model::key(&rows[0]);
            let keys = ::std::vec![::std::clone::Clone::clone(&key)];
            let _ = &keys;
            #start
            #push
            #finish
            #(#loads)*
            #related { #(#fetched,)* #computed end: () }
        }
    }

    /// What the one statement selects besides the row, or its key.
    fn retrieved(&self) -> impl Iterator<Item = Retrieved> {
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
        self.related_columns(false).chain(computed)
    }

    /// What it selects of other rows; of a `new` row the members of a list by what was sent, not by what refers to them.
    pub(super) fn related_columns(&self, new: bool) -> impl Iterator<Item = Retrieved> {
        let nested = self.joined().map(|field| {
            let (local, relation) = (field.local.clone(), self.nesting(field));
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
            .map(move |field| {
                let (local, member) = (field.local.clone(), field.member_type());
                let all = Retrieved::all(&local);
                let sent = new.then(|| self.sent(field));
                Retrieved {
                    ty: quote!(::std::vec::Vec<#member>),
                    select: self.array(field, sent.as_ref()),
                    push: quote!(#all.extend(#local.into_iter().map(|member| (::std::clone::Clone::clone(&key), member)));),
                    finish: quote!(let #local = ::restwell::serializers::ByKey::new(#all);),
                    local,
                }
            });
        nested.into_iter().chain(arrays)
    }

    /// A list whose values come straight from a column, by a subselect.
    pub(super) fn is_array(&self, field: &Field<'_>) -> bool {
        match field.kind {
            Kind::Many {
                naming: naming @ (Naming::Key(_) | Naming::Slug(_)),
            } => !self.leads_back(naming.model()),
            _ => false,
        }
    }

    /// The related keys or slugs of one row, as an array; those that exist of what was `sent` for a new row.
    fn array(&self, field: &Field<'_>, sent: Option<&Ident>) -> TokenStream {
        let (model, relation) = (&self.model, self.attribute(field));
        let (column, sql_type) = (field.member_column(&relation), field.member_sql_type());
        let members = match sent {
            Some(sent) => {
                let target = field.naming().map(Naming::target);
                let named = match self.by_slug(field) {
                    Some(_) => quote!(#column),
                    None => quote!(<#target as ::restwell::models::Model>::KEY),
                };
                quote!(::restwell::private::table_of(#relation).filter(#named.eq_any(#sent.clone())))
            }
            None => quote! {
                ::restwell::models::ToMany::joined(#relation).filter(
                    ::restwell::models::ToMany::owner(#relation)
                        .eq(<#model as ::restwell::models::Model>::KEY),
                )
            },
        };
        quote! {
            ::restwell::models::Expr::<#model, diesel::sql_types::Array<#sql_type>>::new(
                diesel::dsl::array::<#sql_type, _>(
                    #members
                        .order(::restwell::private::ordering_of(#relation))
                        .select(#column),
                ),
            )
        }
    }
}

/// A column of the statement that fetches what rows need.
pub(super) struct Retrieved {
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

    /// The types of a row's columns, their SQL and their names.
    pub(super) fn parts(columns: &[Self]) -> (Vec<&TokenStream>, Vec<&TokenStream>, Vec<&Ident>) {
        (
            columns.iter().map(|column| &column.ty).collect(),
            columns.iter().map(|column| &column.select).collect(),
            columns.iter().map(|column| &column.local).collect(),
        )
    }

    /// What stands before the rows, what is done for each row, what stands behind them.
    fn collected(columns: &[Self]) -> (TokenStream, TokenStream, TokenStream) {
        let all = columns.iter().map(|column| Self::all(&column.local));
        let push = columns.iter().map(|column| &column.push);
        let finish = columns.iter().map(|column| &column.finish);
        (
            quote!(#(let mut #all = ::std::vec::Vec::new();)*),
            quote!(#(#push)*),
            quote!(#(#finish)*),
        )
    }
}
