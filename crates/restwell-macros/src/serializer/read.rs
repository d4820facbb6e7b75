//! From JSON to validated input: every field in declaration order, all errors at once.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{ast::Naming, names};

impl Container<'_> {
    /// Contract §6.3: all fields, then sets that are unique together, then the serializer's own rule.
    pub(super) fn run_validation(&self) -> TokenStream {
        let (model, data) = (&self.model, names::data(self.name));
        let fields = self.read_fields();
        let slots = self.writable().map(|(_, field)| {
            let (source, local) = (field.at_spot(&field.source), &field.local);
            quote_spanned!(field.spot()=> #source: #local)
        });
        let slots = slots.chain(self.slug_lists().map(|(_, name)| quote!(#name)));
        let rules = self.rules();
        quote! {
            fn run_validation(
                input: &::restwell::input::Input<'_>,
                instance: ::std::option::Option<&#model>,
                scope: &::restwell::serializers::Scope<'_>,
                conn: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<#data> {
                let _ = (&input, &instance, &scope, &conn);
                #fields
                let mut data = #data { #(#slots),* };
                #rules
                ::std::result::Result::Ok(data)
            }
        }
    }

    /// Every field that may be sent, each in a variable of its own; returns if any fails.
    pub(super) fn read_fields(&self) -> TokenStream {
        let fields = self
            .writable()
            .map(|(index, field)| self.read_field(index, field));
        quote! {
            let mut errors = ::restwell::exceptions::Errors::default();
            #(#fields)*
            errors.into_result()?;
        }
    }

    /// One field: what was sent or its default, then `unique`, then the field's own rules.
    fn read_field(&self, index: usize, field: &Field<'_>) -> TokenStream {
        let (local, ty, stored) = (&field.local, field.ty, field.stored());
        let info = quote!(&<Self as ::restwell::serializers::BaseSerializer>::FIELDS[#index]);
        if let Some(path) = &field.hidden {
            return hidden(field, path);
        }
        let read = match field.kind {
            Kind::One { naming, nullable } => {
                let (slug, reader, rows) = (field.has_slug(naming), field.reader(), field.rows());
                let function = if nullable {
                    quote!(read_nullable_related)
                } else {
                    quote!(read_related)
                };
                quote_spanned! {field.spot()=>
                    #slug
                    let #local =
                        ::restwell::serializers::#function::<#reader>(input, #info, #rows, scope, &mut errors, conn)?;
                }
            }
            Kind::Many { naming } => self.read_list(&info, field, naming),
            Kind::Nested { many, nullable } => field.read_nested(&info, many, nullable),
            _ => quote_spanned! {field.spot()=>
                let #local: ::std::option::Option<#stored> =
                    ::restwell::serializers::read::<#ty>(input, #info, scope, &mut errors);
            },
        };
        let form = field.form();
        let default = field.default.as_ref().map(|default| {
            quote_spanned! {default.span()=>
                let mut #local = #local;
                if ::restwell::serializers::takes_default(input, #info, #form, scope) {
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

    /// The rows of a list; their slugs where the statement that relates them finds them by these.
    fn read_list(&self, info: &TokenStream, field: &Field<'_>, naming: Naming<'_>) -> TokenStream {
        let local = &field.local;
        let (slug, reader, rows) = (field.has_slug(naming), field.reader(), field.rows());
        let read = quote_spanned! {field.spot()=>
            ::restwell::serializers::read_many_related::<#reader>(
                input, #info, #rows, scope, &mut errors, conn,
            )?
        };
        match self.by_slug(field) {
            Some(by_slug) => quote_spanned! {field.spot()=>
                #slug
                let #by_slug =
                    ::restwell::serializers::deferred_slugs(input, #info, scope, instance.is_none());
                let #local = match &#by_slug {
                    ::std::option::Option::Some(_) => ::std::option::Option::None,
                    ::std::option::Option::None => #read,
                };
            },
            None => quote_spanned!(field.spot()=> #slug let #local = #read;),
        }
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
    pub(super) fn others(&self, condition: TokenStream) -> TokenStream {
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
