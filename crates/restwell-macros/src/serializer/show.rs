//! From rows to JSON: what a page needs, how one row is fetched, how a row is written.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Index, ext::IdentExt, spanned::Spanned};

use super::{Container, Field, Kind};
use crate::ast::Naming;

impl Container<'_> {
    /// The struct of what rows need besides themselves.
    pub(super) fn related(&self) -> TokenStream {
        let (vis, name, key) = (self.vis, self.related_name(), self.key());
        let fields = self.fetched().map(|field| {
            let (name, ty) = (field.name, field.related_type(&key));
            quote!(#name: #ty,)
        });
        let computed = self.computed_type().map(|ty| quote!(computed_values: ::restwell::serializers::ByKey<#key, #ty>));
        quote!(#[doc(hidden)] #vis struct #name { #(#fields)* #computed })
    }

    fn key(&self) -> TokenStream {
        let model = &self.model;
        quote!(<#model as ::restwell::models::Model>::Key)
    }

    fn computed(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| matches!(field.kind, Kind::Computed))
    }

    /// The fields that have statements of their own.
    fn fetched(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| field.is_related() && !matches!(field.kind, Kind::Computed))
    }

    /// The values of all computed fields of a row; `None` if there are none.
    fn computed_type(&self) -> Option<TokenStream> {
        let types: Vec<_> = self.computed().map(Field::stored).collect();
        (!types.is_empty()).then(|| quote!((#(#types,)*)))
    }

    /// The typed SQL of all computed fields.
    fn expressions(&self) -> TokenStream {
        let (model, names) = (&self.model, self.names());
        let expressions = self.computed().map(|field| {
            let source = &field.source;
            quote_spanned!(source.span()=> ::restwell::private::expression::<#model, _>(#names.#source))
        });
        quote!((#(#expressions,)*))
    }

    /// Fills `Related` for many rows.
    pub(super) fn prefetch(&self) -> TokenStream {
        let (model, related, key) = (&self.model, self.related_name(), self.key());
        let loads = self.fetched().map(|field| self.load(field));
        let names = self.fetched().map(|field| field.name);
        let computed = self.computed_type().map(|ty| {
            let expressions = self.expressions();
            quote! {
                let query = <#model as ::restwell::models::Model>::query();
                let query = <#model as ::restwell::models::Model>::filter_keys(query, keys.clone());
                let computed_values: ::std::vec::Vec<(#key, #ty)> = match keys.is_empty() {
                    true => ::std::vec::Vec::new(),
                    false => query
                        .select((<#model as ::restwell::models::Model>::KEY, #expressions))
                        .load(conn)?,
                };
                let computed_values = ::restwell::serializers::ByKey::new(computed_values);
            }
        });
        let computed_name = computed.is_some().then(|| quote!(computed_values));
        quote! {
            fn prefetch(
                rows: &[#model],
                conn: &mut ::restwell::db::Conn,
            ) -> QueryResult<#related> {
                let keys: ::std::vec::Vec<#key> = rows.iter().map(::restwell::models::Model::key).collect();
                let _ = (&keys, &conn);
                #(#loads)*
                #computed
                ::std::result::Result::Ok(#related { #(#names,)* #computed_name })
            }
        }
    }

    /// Statements that fetch what one field needs, for all `rows`.
    fn load(&self, field: &Field<'_>) -> TokenStream {
        let (names, name, source, ty) = (self.names(), field.name, &field.source, field.ty);
        let relation = quote_spanned!(source.span()=> #names.#source);
        match field.kind {
            Kind::Nested => quote_spanned! {ty.span()=>
                let #name = ::restwell::serializers::Nested::<#ty>::prefetch(#relation, rows, conn)?;
            },
            Kind::One { naming: Naming::Slug(_), .. } => quote! {
                let #name = ::restwell::serializers::prefetch_slugs(#relation, rows, conn)?;
            },
            Kind::One { .. } => quote! {
                let #name = ::restwell::serializers::prefetch_lookups(#relation, rows, conn)?;
            },
            _ => {
                let (key, column) = (self.key(), field.member_column());
                let pairs = field.member_type();
                let loaded = quote! {
                    let #name: ::std::vec::Vec<(#key, #pairs)> = match keys.is_empty() {
                        true => ::std::vec::Vec::new(),
                        false => ::restwell::models::ManyToMany::joined(#relation)
                            .filter(::restwell::models::ManyToMany::owner(#relation).eq_any(keys.clone()))
                            .order(::restwell::private::ordering_of(#relation))
                            .select((::restwell::models::ManyToMany::owner(#relation), #column))
                            .load(conn)?,
                    };
                };
                match field.kind {
                    Kind::Many { naming: Naming::Hyperlink(model) } => quote! {
                        #loaded
                        let #name = ::restwell::serializers::with_lookups::<#model, _>(#name, conn)?;
                    },
                    _ => quote! {
                        #loaded
                        let #name = ::restwell::serializers::ByKey::new(#name);
                    },
                }
            }
        }
    }

    /// One row with all it needs: the first nested object by a join, lists and computed values by subselects.
    pub(super) fn retrieve(&self) -> TokenStream {
        let (model, related, key) = (&self.model, self.related_name(), self.key());
        let names = self.names();
        let joined = self.fetched().find(|field| matches!(field.kind, Kind::Nested));
        let arrays: Vec<_> = self.fetched().filter(|field| field.is_array()).collect();
        let alone = |field: &&Field<'_>| !field.is_array() && joined.is_none_or(|joined| joined.name != field.name);
        let loads = self.fetched().filter(alone).map(|field| self.load(field));
        let join = joined.map(|field| {
            let source = &field.source;
            quote! {
                let query = query.left_join(::restwell::private::table_of(#names.#source).on(::restwell::models::ToOne::on(#names.#source)));
            }
        });
        let nested_model = joined.map(|field| {
            let ty = field.ty;
            quote_spanned!(ty.span()=> ::std::option::Option<<#ty as ::restwell::serializers::ModelSerializer>::Model>)
        });
        let nested_select = nested_model.iter().map(|ty| quote!(<#ty as Selectable<Pg>>::construct_selection(),));
        let nested_type = nested_model.iter().map(|ty| quote!(#ty,));
        let nested_name = joined.iter().map(|field| field.name);
        let nested_new = joined.map(|field| {
            let (name, ty) = (field.name, field.ty);
            quote!(let #name = ::restwell::serializers::Nested::<#ty>::new(#name.into_iter().collect(), conn)?;)
        });
        let array_names: Vec<_> = arrays.iter().map(|field| field.name).collect();
        let array_types = arrays.iter().map(|field| field.member_type());
        let array_selects = arrays.iter().map(|field| self.array(field));
        let computed = self.computed_type();
        let computed_type = computed.iter().map(|ty| quote!(#ty,));
        let computed_select = computed.iter().map(|_| self.expressions()).map(|tuple| quote!(#tuple,));
        let computed_name: Vec<_> = computed.iter().map(|_| format_ident!("computed_values")).collect();
        let fetched = self.fetched().map(|field| field.name);
        quote! {
            fn retrieve(
                query: <#model as ::restwell::models::Model>::Query,
                conn: &mut ::restwell::db::Conn,
            ) -> QueryResult<::std::option::Option<(#model, #related)>> {
                #join
                let found: ::std::option::Option<(
                    #model,
                    #(#nested_type)*
                    #(::std::vec::Vec<#array_types>,)*
                    #(#computed_type)*
                )> = query
                    .select((
                        <#model as Selectable<Pg>>::construct_selection(),
                        #(#nested_select)*
                        #(#array_selects,)*
                        #(#computed_select)*
                    ))
                    .get_result(conn)
                    .optional()?;
                let ::std::option::Option::Some((row, #(#nested_name,)* #(#array_names,)* #(#computed_name,)*)) = found
                else {
                    return ::std::result::Result::Ok(::std::option::Option::None);
                };
                let key: #key = ::restwell::models::Model::key(&row);
                let rows = ::std::slice::from_ref(&row);
                let keys = ::std::vec![::std::clone::Clone::clone(&key)];
                let _ = (&keys, rows);
                #nested_new
                #(let #array_names = ::restwell::serializers::ByKey::of(&key, #array_names);)*
                #(#loads)*
                #(let #computed_name = ::restwell::serializers::ByKey::of(&key, [#computed_name]);)*
                ::std::result::Result::Ok(::std::option::Option::Some((
                    row,
                    #related { #(#fetched,)* #(#computed_name,)* },
                )))
            }
        }
    }

    /// The related keys or slugs of one row, as an array.
    fn array(&self, field: &Field<'_>) -> TokenStream {
        let (model, names, source, column) = (&self.model, self.names(), &field.source, field.member_column());
        let relation = quote_spanned!(source.span()=> #names.#source);
        let sql_type = field.member_sql_type();
        quote! {
            ::restwell::models::Expr::<#model, diesel::sql_types::Array<#sql_type>>::new(
                diesel::dsl::array::<#sql_type, _>(
                    ::restwell::models::ManyToMany::joined(#relation)
                        .filter(::restwell::models::ManyToMany::owner(#relation).eq(<#model as ::restwell::models::Model>::KEY))
                        .order(::restwell::private::ordering_of(#relation))
                        .select(#column),
                ),
            )
        }
    }

    /// Writes one row.
    pub(super) fn representation(&self) -> TokenStream {
        let (model, related, name) = (&self.model, self.related_name(), self.name.to_string());
        let count = self.fields.len();
        let mut computed = 0usize;
        let fields = self.fields.iter().enumerate().map(|(index, field)| {
            let value = self.shown(index, field, computed);
            computed += usize::from(matches!(field.kind, Kind::Computed));
            let key = field.name.unraw().to_string();
            quote!(::restwell::private::serde::ser::SerializeStruct::serialize_field(&mut map, #key, &#value)?;)
        });
        quote! {
            fn to_representation<S: ::restwell::private::serde::Serializer>(
                row: &#model,
                related: &#related,
                request: &::restwell::request::Request,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                let _ = (related, request);
                let mut map = ::restwell::private::serde::Serializer::serialize_struct(serializer, #name, #count)?;
                #(#fields)*
                ::restwell::private::serde::ser::SerializeStruct::end(map)
            }
        }
    }

    /// The value of one field of `row`, as something that serialises.
    fn shown(&self, index: usize, field: &Field<'_>, computed: usize) -> TokenStream {
        let (model, names, name, source, ty) = (&self.model, self.names(), field.name, &field.source, field.ty);
        let key = quote!(&::restwell::models::Model::key(row));
        let relation = quote_spanned!(source.span()=> #names.#source);
        let one = quote!(::restwell::models::ToOne::key(#relation, row));
        let represent = |value: TokenStream| {
            quote_spanned! {ty.span()=>
                ::restwell::serializers::FieldRepresentation::<#ty> {
                    value: #value,
                    options: &Self::FIELDS[#index].options,
                }
            }
        };
        match field.kind {
            Kind::Value => represent(quote_spanned! {ty.span()=> ::restwell::private::get::<#model, _>(row, #relation)}),
            Kind::Computed => {
                let position = Index::from(computed);
                let value = represent(quote!(&values.#position));
                quote!(related.computed_values.one(#key).map(|values| #value))
            }
            Kind::Nested => quote!(related.#name.get(#relation, row, request)),
            Kind::Identity => quote! {
                ::restwell::serializers::hyperlink::<#model>(&::restwell::models::Model::lookup(row), request)
            },
            Kind::One { naming: Naming::Key(_), .. } => one,
            Kind::One { naming: Naming::Slug(_), .. } => quote!(#one.and_then(|key| related.#name.one(&key))),
            Kind::One { naming: Naming::Hyperlink(target), .. } => quote! {
                #one.and_then(|key| related.#name.one(&key))
                    .and_then(|lookup| ::restwell::serializers::hyperlink::<#target>(lookup, request))
            },
            Kind::Many { naming: Naming::Hyperlink(target) } => quote! {
                ::restwell::serializers::Sequence(
                    related.#name.all(#key)
                        .map(|lookup: &::std::string::String| {
                            ::restwell::serializers::hyperlink::<#target>(lookup, request)
                        }),
                )
            },
            Kind::Many { .. } => quote!(::restwell::serializers::Sequence(related.#name.all(#key))),
        }
    }
}

impl Field<'_> {
    /// The type of what it needs, for all rows of a page.
    fn related_type(&self, key: &TokenStream) -> TokenStream {
        let ty = self.ty;
        match self.kind {
            Kind::Nested => quote_spanned!(ty.span()=> ::restwell::serializers::Nested<#ty>),
            Kind::One { naming, .. } => {
                let model = naming.model();
                let target = quote!(<#model as ::restwell::models::Model>::Key);
                quote!(::restwell::serializers::ByKey<#target, ::std::string::String>)
            }
            _ => {
                let member = match self.kind {
                    Kind::Many { naming: Naming::Hyperlink(_) } => quote!(::std::string::String),
                    _ => self.member_type(),
                };
                quote!(::restwell::serializers::ByKey<#key, #member>)
            }
        }
    }

    /// A list whose values come straight from a column.
    fn is_array(&self) -> bool {
        matches!(self.kind, Kind::Many { naming: Naming::Key(_) | Naming::Slug(_) })
    }

    fn member_model(&self) -> TokenStream {
        match self.kind {
            Kind::Many { naming } | Kind::One { naming, .. } => {
                let model = naming.model();
                quote!(#model)
            }
            _ => TokenStream::new(),
        }
    }

    /// What the other side is shown by: its slug or its key.
    fn member_column(&self) -> TokenStream {
        let model = self.member_model();
        match self.kind {
            Kind::Many { naming: Naming::Slug(_) } => quote!(<#model as ::restwell::models::SlugModel>::SLUG),
            _ => quote!(<#model as ::restwell::models::Model>::KEY),
        }
    }

    fn member_type(&self) -> TokenStream {
        let model = self.member_model();
        match self.kind {
            Kind::Many { naming: Naming::Slug(_) } => quote!(::std::string::String),
            _ => quote!(<#model as ::restwell::models::Model>::Key),
        }
    }

    fn member_sql_type(&self) -> TokenStream {
        let model = self.member_model();
        match self.kind {
            Kind::Many { naming: Naming::Slug(_) } => {
                quote!(diesel::dsl::SqlTypeOf<<#model as ::restwell::models::SlugModel>::SlugColumn>)
            }
            _ => quote!(diesel::dsl::SqlTypeOf<<#model as ::restwell::models::Model>::KeyColumn>),
        }
    }
}
