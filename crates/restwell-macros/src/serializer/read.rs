//! From JSON to validated input: every field in declaration order, all errors at once.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, ext::IdentExt, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{ast, names};

impl Container<'_> {
    /// Contract §6.3: all fields, then sets that are unique together, then the serializer's own rule.
    pub(super) fn run_validation(&self) -> TokenStream {
        let (model, data) = (&self.model, names::data(self.name));
        let fields = self
            .writable()
            .map(|(index, field)| self.read_field(index, field));
        let slots = self.writable().map(|(_, field)| {
            let (source, local) = (field.at_spot(&field.source), &field.local);
            quote_spanned!(field.spot()=> #source: #local)
        });
        let together = self.unique_together.iter().map(|set| self.together(set));
        let validate = self
            .validate
            .iter()
            .map(|path| quote_spanned!(path.span()=> (#path)(&mut data, instance, scope, conn)?;));
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

    /// One field: what was sent or its default, then `unique`, then the field's own rules.
    fn read_field(&self, index: usize, field: &Field<'_>) -> TokenStream {
        let (local, ty, stored) = (&field.local, field.ty, field.stored());
        let info = quote!(&Self::FIELDS[#index]);
        if let Some(path) = &field.hidden {
            return hidden(field, path);
        }
        let read = match field.kind {
            Kind::One { naming, nullable } => {
                let (slug, naming) = (
                    field.has_slug(naming),
                    ast::inner(ty, "Option").unwrap_or(ty),
                );
                let function = if nullable {
                    quote!(read_nullable_related)
                } else {
                    quote!(read_related)
                };
                quote_spanned! {field.spot()=>
                    #slug
                    let #local = ::restwell::serializers::#function::<#naming>(input, #info, scope, &mut errors, conn)?;
                }
            }
            Kind::Many { naming } => {
                let (slug, naming) = (field.has_slug(naming), ast::inner(ty, "Vec"));
                quote_spanned! {field.spot()=>
                    #slug
                    let #local =
                        ::restwell::serializers::read_many_related::<#naming>(input, #info, scope, &mut errors, conn)?;
                }
            }
            _ => quote_spanned! {field.spot()=>
                let #local: ::std::option::Option<#stored> =
                    ::restwell::serializers::read::<#ty>(input, #info, scope, &mut errors);
            },
        };
        let default = field.default.as_ref().map(|default| {
            quote_spanned! {default.span()=>
                let mut #local = #local;
                if ::restwell::serializers::takes_default(input, #info, scope) {
                    let default: #stored = #default;
                    #local = ::std::option::Option::Some(default);
                }
            }
        });
        let unique = field.unique.then(|| self.unique(field));
        let key = field.name.unraw().to_string();
        let validate = field.validate.iter().map(|path| {
            quote_spanned! {path.span()=>
                let mut #local = #local;
                if let ::std::option::Option::Some(value) = &mut #local {
                    if let ::std::result::Result::Err(detail) = (#path)(value) {
                        errors.add(#key, detail);
                    }
                }
            }
        });
        quote!(#read #default #unique #(#validate)*)
    }

    fn unique(&self, field: &Field<'_>) -> TokenStream {
        let (model, local, key) = (&self.model, &field.local, field.name.unraw().to_string());
        let column = match field.kind {
            Kind::One { .. } => {
                let relation = self.attribute(field);
                quote!(::restwell::models::ToOne::column(#relation))
            }
            _ => self.attribute(field),
        };
        let others = self.others(quote!(query.filter(#column.eq(value.clone()))));
        quote! {
            let #local = match #local {
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
        let model = &self.model;
        let names_of = set.iter().map(|name| name.unraw().to_string());
        let members: Vec<_> = set
            .iter()
            .filter_map(|name| {
                self.writable()
                    .map(|(_, field)| field)
                    .find(|field| field.source == *name)
            })
            .collect();
        let locals: Vec<_> = members.iter().map(|field| &field.local).collect();
        let values = members.iter().map(|field| self.sent_or_stored(field));
        let columns = members.iter().map(|field| {
            let attribute = self.attribute(field);
            if field.is_one() {
                quote!(::restwell::models::ToOne::column(#attribute))
            } else {
                attribute
            }
        });
        let others = self.others(quote!(query #(.filter(#columns.eq(#locals)))*));
        quote! {
            #(#values)*
            if let (#(::std::option::Option::Some(#locals),)*) = (#(#locals,)*) {
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

    fn sent_or_stored(&self, field: &Field<'_>) -> TokenStream {
        let (model, local, sent, attribute) = (
            &self.model,
            &field.local,
            field.sent(),
            self.attribute(field),
        );
        match field.kind {
            Kind::One { nullable, .. } => {
                let stored = quote!(instance.map(|instance| ::restwell::models::ToOne::key(#attribute, instance)));
                let some = (!nullable).then(|| quote!(.map(::std::option::Option::Some)));
                quote!(let #local = #sent.clone()#some.or_else(|| #stored).flatten();)
            }
            _ => quote! {
                let #local = #sent.clone().or_else(|| {
                    instance.map(|instance| ::restwell::private::get::<#model, _>(instance, #attribute).clone())
                });
            },
        }
    }
}

/// The value of a field that no client sends; a `PATCH` leaves it alone (contract §5.1.3).
fn hidden(field: &Field<'_>, path: &syn::Path) -> TokenStream {
    let (local, stored) = (&field.local, field.stored());
    let is_new = field.create_only.then(|| quote!(&&instance.is_none()));
    quote_spanned! {path.span()=>
        let #local: ::std::option::Option<#stored> = match !scope.partial #is_new {
            true => ::std::option::Option::Some((#path)(scope.request)),
            false => ::std::option::Option::None,
        };
    }
}
