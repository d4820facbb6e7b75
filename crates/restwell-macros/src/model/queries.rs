//! What a model answers queries with: by its key, by what names it in URLs, in its orders.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::{Container, column::Column};
use crate::attr::Ordering;

impl Container<'_> {
    pub(super) fn lookups(&self) -> TokenStream {
        let table = &self.table;
        let field_name = self
            .lookup
            .as_ref()
            .map_or("pk".to_owned(), |lookup| lookup.unraw().to_string());
        let name = self.lookup.as_ref().unwrap_or(&self.key);
        let Column { field, ty, .. } = self.column_of(name);
        let column = quote_spanned!(name.span()=> #table::#name);
        quote! {
            const LOOKUP_FIELD: &'static str = #field_name;
            fn lookup(&self) -> ::std::string::String { ::std::string::ToString::to_string(&self.#field) }
            fn filter_lookup(query: Self::Query, value: &str) -> ::std::option::Option<Self::Query> {
                <#ty as ::restwell::models::Key>::parse(value).map(|value| query.filter(#column.eq(value)))
            }
        }
    }

    /// Changes that every update makes; a model without any makes none to its key.
    pub(super) fn auto_now(&self) -> TokenStream {
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

    pub(super) fn orderings(&self) -> TokenStream {
        let (table, key) = (&self.table, &self.key);
        let direction = |ordering: &Ordering| {
            if ordering.descending {
                ("Desc", "desc")
            } else {
                ("Asc", "asc")
            }
        };
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
                let (method, column) =
                    (format_ident!("{}", direction(ordering).1), column(ordering));
                quote!(#column.#method())
            })
            .collect();
        let terms = self.ordering.iter().map(|ordering| {
            let (column, descending) = (column(ordering), ordering.descending);
            quote!(::restwell::private::sorted::<Self, _>(#column).term(#descending))
        });
        quote! {
            fn keyset() -> ::std::vec::Vec<::restwell::keyset::Term<Self>> {
                ::std::vec![#(#terms,)* ::restwell::private::sorted::<Self, _>(#table::#key).term(false)]
            }
            type Ordering = (#(#types,)* diesel::dsl::Asc<#table::#key>,);
            fn ordering() -> Self::Ordering { (#(#values,)* #table::#key.asc(),) }
            fn order(query: Self::Query) -> Self::Query { query.order(Self::ordering()) }
            fn order_by_key(query: Self::Query) -> Self::Query { query.then_order_by(#table::#key.asc()) }
        }
    }

    pub(super) fn queries(&self) -> TokenStream {
        let (table, key) = (&self.table, &self.key);
        let conn = quote!(conn: &mut ::restwell::db::Conn);
        quote! {
            fn filter_key(query: Self::Query, key: Self::Key) -> Self::Query {
                query.filter(#table::#key.eq(key))
            }
            fn filter_keys(query: Self::Query, keys: ::std::vec::Vec<Self::Key>) -> Self::Query {
                query.filter(#table::#key.eq_any(keys))
            }
            fn filter(query: Self::Query, condition: ::restwell::models::Predicate<Self>) -> Self::Query {
                diesel::QueryDsl::filter(query, condition)
            }
            fn then_order(query: Self::Query, order: ::restwell::models::Order<Self>) -> Self::Query {
                query.then_order_by(order)
            }
            fn load(query: Self::Query, #conn) -> diesel::QueryResult<::std::vec::Vec<Self>> {
                query.select(<Self as diesel::Selectable<diesel::pg::Pg>>::construct_selection()).load(conn)
            }
            fn load_keys(query: Self::Query, #conn) -> diesel::QueryResult<::std::vec::Vec<Self::Key>> {
                query.select(#table::#key).load(conn)
            }
            fn window(
                query: Self::Query,
                limit: i64,
                offset: i64,
                #conn,
            ) -> diesel::QueryResult<::std::vec::Vec<Self>> {
                <Self as ::restwell::models::Model>::load(query.limit(limit).offset(offset), conn)
            }
            fn count(query: Self::Query, #conn) -> diesel::QueryResult<i64> {
                query.select(diesel::dsl::count_star()).get_result(conn)
            }
            fn lock(query: Self::Query, #conn) -> diesel::QueryResult<::std::option::Option<Self>> {
                #table::table
                    .filter(#table::#key.eq_any(query.select(#table::#key)))
                    .select(<Self as diesel::Selectable<diesel::pg::Pg>>::construct_selection())
                    .for_update()
                    .get_result(conn)
                    .optional()
            }
            fn delete(query: Self::Query, #conn) -> diesel::QueryResult<usize> {
                diesel::delete(#table::table.filter(#table::#key.eq_any(query.select(#table::#key)))).execute(conn)
            }
        }
    }
}
