//! A new row, its relations and what the answer shows of it: by one statement where one can do it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Index, ext::IdentExt, spanned::Spanned};

use super::{Container, fetch::Retrieved, field::Field};
use crate::{ast::Naming, names};

impl Container<'_> {
    /// The row, its pairs and what it needs to be shown, in one statement; `None` if that cannot be.
    pub(super) fn create(&self) -> Option<TokenStream> {
        if !self.creates_at_once() {
            return None;
        }
        let (model, data, related) = (&self.model, names::data(self.name), self.related_name());
        let (is_possible, is_resolved) = (self.is_possible(), self.is_resolved());
        let (kept, restored) = self.kept();
        let lists = self.many().map(|field| self.pairs(field));
        let (row, join) = (self.new_row(), self.joined().map(|field| self.join(field)));
        let columns: Vec<_> = self.related_columns(true).collect();
        let (types, selects, locals) = Retrieved::parts(&columns);
        let missing = self.slug_lists().map(|(field, slugs)| {
            let found = &field.local;
            quote! {
                if #found.len() != #slugs.len() {
                    return ::std::result::Result::Err(::restwell::private::missing().into());
                }
            }
        });
        let collected = self.collected(&columns, self.known().as_ref());
        Some(quote! {
            fn create(
                data: #data,
                conn: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<(#model, #related)> {
                static IS_POSSIBLE: ::std::sync::LazyLock<bool> = ::std::sync::LazyLock::new(|| #is_possible);
                if !*IS_POSSIBLE #(|| #is_resolved)* {
                    return ::restwell::serializers::insert_and_find::<Self>(data, conn);
                }
                #kept
                let mut pairs = ::std::vec::Vec::new();
                #(#lists)*
                let row = #row;
                let query = <#model as ::restwell::models::Model>::TABLE;
                #join
                let query = query
                    .select((<#model as diesel::Selectable<diesel::pg::Pg>>::construct_selection(), #(#selects,)*));
                let created = ::restwell::private::Created {
                    table: <#model as ::restwell::models::Model>::TABLE, row, pairs, query,
                };
                let (row, #(#locals,)*): (#model, #(#types,)*) = created.get_result(conn)?;
                #(#missing)*
                #restored
                let related = {
                    let rows = ::std::slice::from_ref(&row);
                    #collected
                };
                ::std::result::Result::Ok((row, related))
            }
        })
    }

    /// Everything that is shown is known, or found by what was sent; and there is more to it than the row.
    fn creates_at_once(&self) -> bool {
        let mut arrays = self.fetched().filter(|field| self.is_array(field));
        let is_known = self.selected().all(|field| field.default.is_some())
            && arrays.all(|field| !field.read_only)
            && self.slug_lists().all(|(field, _)| field.is_related());
        let is_more = self.many().next().is_some() || self.related_columns(false).next().is_some();
        self.save.is_none() && is_known && is_more
    }

    /// Whether SQL tells the new row from all other rows of the statement, and relates them by pairs.
    fn is_possible(&self) -> TokenStream {
        let model = &self.model;
        let joined = self.joined().map(Field::model);
        let targets = self
            .many()
            .filter_map(Field::naming)
            .map(Naming::target)
            .map(|target| quote!(#target));
        let others = joined.into_iter().chain(targets);
        let relations = self.many().map(|field| self.attribute(field));
        quote! {
            ::restwell::private::is_distinct(
                <#model as ::restwell::models::Model>::TABLE,
                &[#(::restwell::private::sql_of(<#others as ::restwell::models::Model>::TABLE)),*],
            ) #(&& !::restwell::private::through_constraint_of(#relations).is_empty())*
        }
    }

    /// Validation has looked for the rows of a list of slugs: they are given by their keys.
    fn is_resolved(&self) -> Vec<TokenStream> {
        let sent = self.slug_lists().map(|(field, _)| field.sent());
        sent.map(|sent| quote!(#sent.as_ref().is_some_and(|keys| !keys.is_empty())))
            .collect()
    }

    /// What was sent for a list, and the statement that relates it.
    fn pairs(&self, field: &Field<'_>) -> TokenStream {
        let (relation, sent) = (self.attribute(field), self.sent(field));
        let (value, members) = match self.by_slug(field) {
            Some(slugs) => {
                let rows = Self::rows_by_slug(field, quote!(#sent.clone()));
                (quote!(data.#slugs), quote!(Rows(#rows)))
            }
            None => (field.sent(), quote!(Keys(#sent.clone()))),
        };
        quote! {
            let #sent = #value.unwrap_or_default();
            if !#sent.is_empty() {
                pairs.extend(::restwell::models::ToMany::pairs(#relation, ::restwell::models::Members::#members));
            }
        }
    }

    /// The variable of what was sent for a list.
    pub(super) fn sent(&self, field: &Field<'_>) -> Ident {
        self.by_slug(field)
            .unwrap_or_else(|| format_ident!("{}_by_key", field.source.unraw()))
    }

    /// The defaults of all that is computed.
    fn known(&self) -> Option<TokenStream> {
        self.computed_type()?;
        let defaults = self.selected().map(|field| &field.default);
        Some(quote! {
            computed_values: ::restwell::serializers::ByKey::new(
                ::std::vec![(::restwell::models::Model::key(&rows[0]), (#(#defaults,)*))],
            )
        })
    }

    /// As `prefetch` for rows that were just inserted, if a computed value of theirs has a default: that is shown. With
    /// a default for each, one row takes a statement without them, or none.
    pub(super) fn created(&self) -> Option<TokenStream> {
        let (model, related) = (&self.model, self.related_name());
        let defaults: Vec<_> = self.selected().map(|field| &field.default).collect();
        let known = defaults.iter().filter(|default| default.is_some()).count();
        let one = match known {
            0 => return None,
            all if all == defaults.len() => self.created_row(),
            _ => quote!(::restwell::serializers::related_to::<Self>(&rows[0], conn)?),
        };
        let shown = defaults.iter().enumerate().filter_map(|(index, default)| {
            let (place, default) = (Index::from(index), default.as_ref()?);
            Some(quote_spanned!(default.span()=> values.#place = #default;))
        });
        Some(quote! {
            fn created(
                rows: &[#model],
                conn: &mut ::restwell::db::Conn,
            ) -> diesel::QueryResult<#related> {
                let mut related = match rows.len() {
                    1 => { #one }
                    _ => <Self as ::restwell::serializers::ModelSerializer>::prefetch(rows, conn)?,
                };
                for values in related.computed_values.values_mut() {
                    #(#shown)*
                }
                ::std::result::Result::Ok(related)
            }
        })
    }

    /// What the only one of `rows` needs, with the defaults of all that is computed.
    fn created_row(&self) -> TokenStream {
        let (model, key) = (&self.model, self.key());
        let columns: Vec<_> = self.related_columns(false).collect();
        let (types, selects, locals) = Retrieved::parts(&columns);
        let join = self.joined().map(|field| self.join(field));
        let statement = (!columns.is_empty()).then(|| {
            quote! {
                let query = <#model as ::restwell::models::Model>::TABLE;
                #join
                let query = query
                    .filter(<#model as ::restwell::models::Model>::KEY.eq(::restwell::models::Model::key(&rows[0])))
                    .select((<#model as ::restwell::models::Model>::KEY, #(#selects,)*));
                let (_, #(#locals,)*): (#key, #(#types,)*) =
                    ::restwell::private::fixed::<Self, _>(query).get_result(conn)?;
            }
        });
        let collected = self.collected(&columns, self.known().as_ref());
        quote!(#statement #collected)
    }
}
