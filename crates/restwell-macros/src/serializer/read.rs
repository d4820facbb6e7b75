//! From JSON to validated input: every field in declaration order, all errors at once.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, ext::IdentExt, spanned::Spanned};

use super::{Container, Field, Kind};
use crate::names;

impl Container<'_> {
    /// Contract §6.3: all fields, then sets that are unique together, then the serializer's own rule.
    pub(super) fn run_validation(&self) -> TokenStream {
        let (model, data) = (&self.model, names::data(self.name));
        let fields = self.writable().map(|(index, field)| self.read_field(index, field));
        let slots: Vec<_> = self.writable().map(|(_, field)| &field.source).collect();
        let together = self.unique_together.iter().map(|set| self.together(set));
        let validate = self.validate.iter().map(|path| {
            quote_spanned!(path.span()=> (#path)(&mut data, instance, scope, conn)?;)
        });
        quote! {
            fn run_validation(
                input: &::restwell::private::serde_json::Map<::std::string::String, ::restwell::private::serde_json::Value>,
                instance: ::std::option::Option<&#model>,
                scope: &::restwell::serializers::Scope<'_>,
                conn: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<#data> {
                let mut errors = ::restwell::exceptions::Errors::default();
                let _ = (&input, &instance, &scope, &conn);
                #(#fields)*
                errors.into_result()?;
                let mut errors = ::restwell::exceptions::Errors::default();
                let mut data = #data { #(#slots),* };
                #(#together)*
                errors.into_result()?;
                let _ = &mut data;
                #(#validate)*
                ::std::result::Result::Ok(data)
            }
        }
    }

    /// One field: what was sent, then `unique`, then the field's own rules.
    fn read_field(&self, index: usize, field: &Field<'_>) -> TokenStream {
        let (source, ty) = (&field.source, field.ty);
        let key = field.name.unraw().to_string();
        let info = quote!(&Self::FIELDS[#index]);
        let read = match field.kind {
            Kind::One { naming, nullable } => {
                let target = naming.model();
                let naming = crate::ast::inner(ty, "Option").unwrap_or(ty);
                let function = if nullable { quote!(read_nullable_related) } else { quote!(read_related) };
                let (model, names) = (&self.model, self.names());
                quote_spanned! {ty.span()=>
                    let _ = ::restwell::private::to_one::<#model, #target, _>(#names.#source);
                    let #source = ::restwell::serializers::#function::<#naming>(input, #info, scope, &mut errors, conn)?;
                }
            }
            Kind::Many { .. } => {
                let naming = crate::ast::inner(ty, "Vec");
                quote_spanned! {ty.span()=>
                    let #source =
                        ::restwell::serializers::read_many_related::<#naming>(input, #info, scope, &mut errors, conn)?;
                }
            }
            _ => quote_spanned! {ty.span()=>
                let #source = ::restwell::serializers::read::<#ty>(input, #info, scope, &mut errors);
            },
        };
        let unique = field.unique.then(|| self.unique(source, &key));
        let validate = field.validate.iter().map(|path| {
            quote_spanned! {path.span()=>
                if let ::std::option::Option::Some(value) = &#source {
                    if let ::std::result::Result::Err(detail) = (#path)(value) {
                        errors.add(#key, detail);
                    }
                }
            }
        });
        quote!(#read #unique #(#validate)*)
    }

    fn unique(&self, source: &Ident, key: &str) -> TokenStream {
        let (model, names) = (&self.model, self.names());
        let others = self.others(quote!(query.filter(#names.#source.eq(value.clone()))));
        quote! {
            let #source = match #source {
                ::std::option::Option::Some(value)
                    if scope.checks == ::restwell::serializers::Checks::Immediate && {
                        let query = <#model as ::restwell::models::Model>::query();
                        let others = #others;
                        others > 0
                    } =>
                {
                    errors.add(#key, ::restwell::serializers::taken());
                    ::std::option::Option::None
                }
                value => value,
            };
        }
    }

    /// The number of rows of a condition, the one that is being changed left out.
    fn others(&self, condition: TokenStream) -> TokenStream {
        let model = &self.model;
        quote! {{
            let query = #condition;
            let query = match instance {
                ::std::option::Option::Some(instance) => query.filter(
                    <#model as ::restwell::models::Model>::KEY.ne(::restwell::models::Model::key(instance)),
                ),
                ::std::option::Option::None => query,
            };
            <#model as ::restwell::models::Model>::count(query, conn)?
        }}
    }

    /// Contract §6.5: what was not sent stands as it is in the row that is being changed.
    fn together(&self, set: &[Ident]) -> TokenStream {
        let (model, names) = (&self.model, self.names());
        let member = |name: &Ident| self.writable().map(|(_, field)| field).find(|field| field.source == *name);
        let values = set.iter().map(|name| match member(name).map(|field| &field.kind) {
            Some(Kind::One { nullable, .. }) => {
                let stored = quote!(::restwell::models::ToOne::key(#names.#name, instance));
                let sent = if *nullable { quote!(data.#name.clone()) } else { quote!(data.#name.clone().map(::std::option::Option::Some)) };
                quote!(let #name = #sent.or_else(|| instance.map(|instance| #stored)).flatten();)
            }
            _ => quote! {
                let #name = data.#name.clone()
                    .or_else(|| instance.map(|instance| ::restwell::private::get::<#model, _>(instance, #names.#name).clone()));
            },
        });
        let columns = set.iter().map(|name| match member(name).map(|field| &field.kind) {
            Some(Kind::One { .. }) => quote_spanned!(name.span()=> ::restwell::models::ToOne::column(#names.#name)),
            _ => quote_spanned!(name.span()=> #names.#name),
        });
        let names_of = set.iter().map(|name| name.unraw().to_string());
        let others = self.others(quote!(query #(.filter(#columns.eq(#set)))*));
        quote! {
            #(#values)*
            if let (#(::std::option::Option::Some(#set),)*) = (#(#set,)*) {
                let query = <#model as ::restwell::models::Model>::query();
                if scope.checks == ::restwell::serializers::Checks::Immediate && (#others) > 0 {
                    errors.add(
                        ::restwell::exceptions::NON_FIELD_ERRORS,
                        ::restwell::serializers::taken_together(&[#(#names_of),*]),
                    );
                }
            }
        }
    }
}
