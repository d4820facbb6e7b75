//! `#[serializer(plain)]`: fields without a model, read into values and shown from them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{
    ast::{self, Naming},
    attr::Item,
    ctxt::Ctxt,
    names,
};

impl Container<'_> {
    /// What only a model gives sense to is left out.
    pub(super) fn check_plain(&mut self, items: &[Item], ctxt: &Ctxt) {
        for item in items {
            if ["model", "save", "unique_together", "constraint"]
                .iter()
                .any(|name| item.name == name)
            {
                let message = format_args!(
                    "a `plain` serializer has no model: leave out `{}`",
                    item.name
                );
                ctxt.error(&item.name, message);
            }
        }
        for field in &mut self.fields {
            let problem = match field.kind {
                Kind::Computed => "`computed` is a value of a model",
                Kind::Identity => "`identity` is a row's own URL",
                _ if field.unique => "`unique` is said of a model's column",
                _ if !field.unique_for.is_empty() => "`unique_for_…` is said of a model's column",
                _ if field.source != *field.name => "`source` is a name of a model",
                _ => continue,
            };
            ctxt.error(
                field.name,
                format_args!("{problem}, and a `plain` serializer has none"),
            );
            (field.kind, field.unique) = (Kind::Value, false);
            field.unique_for.clear();
        }
    }

    pub(super) fn expand_plain(&self) -> TokenStream {
        let (name, data) = (self.name, names::data(self.name));
        let infos = self.fields.iter().map(Field::info);
        let slugs = self.slugs();
        let imports = (!slugs.is_empty()).then(ast::imports);
        let (values, validation, representation) = (
            self.values(),
            self.run_plain_validation(),
            self.plain_representation(),
        );
        quote! {
            #values
            const _: () = {
                #imports
                use ::restwell::serializers::BaseSerializer as _;
                #slugs
                #[automatically_derived]
                impl ::restwell::serializers::BaseSerializer for #name {
                    type Instance = ();
                    type Data = #data;
                    const FIELDS: &'static [::restwell::serializers::FieldInfo] = &[#(#infos),*];
                    const DEFERS: bool = false;
                    #validation
                }
                #[automatically_derived]
                impl ::restwell::serializers::PlainSerializer for #name {
                    #representation
                }
            };
        }
    }

    /// The validated values: what is required is there.
    fn values(&self) -> TokenStream {
        let (vis, name) = (self.vis, names::data(self.name));
        let doc = format!(
            "The values of `{}`; `None` for what was not sent.",
            self.name
        );
        let fields = self.fields.iter().map(|field| {
            let (name, ty) = (field.name, field.stored());
            let ty = if field.is_certain() || field.is_nullable() {
                ty
            } else {
                quote!(::std::option::Option<#ty>)
            };
            quote_spanned!(field.spot()=> pub #name: #ty)
        });
        quote! {
            #[doc = #doc]
            #vis struct #name { #(#fields),* }
        }
    }

    /// Contract §6.3, without a model; nothing may be missing in a part of a `PATCH` either.
    fn run_plain_validation(&self) -> TokenStream {
        let (data, fields) = (names::data(self.name), self.read_fields());
        let slots = self.fields.iter().map(|field| {
            let (name, local, key) = (field.name, &field.local, field.name.unraw().to_string());
            let value = if field.read_only {
                quote!(::std::option::Option::None)
            } else if field.is_certain() {
                quote!(::restwell::serializers::certain(#local, #key)?)
            } else if field.is_nullable() {
                quote!(#local.flatten())
            } else {
                quote!(#local)
            };
            quote_spanned!(field.spot()=> #name: #value)
        });
        let rules = self.rules();
        quote! {
            fn run_validation(
                input: &::restwell::input::Input<'_>,
                _instance: ::std::option::Option<&()>,
                scope: &::restwell::serializers::Scope<'_>,
                conn: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<#data> {
                let scope = &::restwell::serializers::Scope { partial: false, ..*scope };
                let _ = (&input, &scope, &conn);
                #fields
                let mut data = #data { #(#slots),* };
                #rules
                ::std::result::Result::Ok(data)
            }
        }
    }

    /// Shows what there is: `None` is left out unless the field may be null (contract §5.1.5).
    fn plain_representation(&self) -> TokenStream {
        let (data, name, count) = (
            names::data(self.name),
            self.name.to_string(),
            self.fields.len(),
        );
        let fields = self.fields.iter().enumerate();
        let fields = fields.filter_map(|(index, field)| field.shown_plain(index));
        quote! {
            fn to_representation<__S: ::restwell::private::serde::Serializer>(
                data: &#data,
                request: &::restwell::request::Request,
                serializer: __S,
            ) -> ::std::result::Result<__S::Ok, __S::Error> {
                let _ = (data, request);
                let mut map = ::restwell::private::serde::Serializer::serialize_struct(serializer, #name, #count)?;
                #(#fields)*
                ::restwell::private::serde::ser::SerializeStruct::end(map)
            }
        }
    }
}

impl Field<'_> {
    /// After validation there is a value.
    fn is_certain(&self) -> bool {
        !self.read_only && !self.optional && !self.is_nullable()
    }

    /// Its entry in an answer; none for a related row that only a statement could name.
    fn shown_plain(&self, index: usize) -> Option<TokenStream> {
        let (name, ty, key) = (self.name, self.ty, self.name.unraw().to_string());
        if self
            .naming()
            .is_some_and(|naming| !matches!(naming, Naming::Key(_)))
        {
            return None;
        }
        let value = match self.kind {
            Kind::Nested { many: true, .. } => quote! {
                ::restwell::serializers::Sequence(
                    value.iter().map(|item| <#ty as ::restwell::serializers::PlainSerializer>::representation(item, request)),
                )
            },
            Kind::Nested { .. } => quote! {
                <#ty as ::restwell::serializers::PlainSerializer>::representation(value, request)
            },
            Kind::Value => self.represented(index, &quote!(value)),
            _ => quote!(value),
        };
        let show = quote_spanned! {self.spot()=>
            ::restwell::private::serde::ser::SerializeStruct::serialize_field(&mut map, #key, &#value)?;
        };
        let wrapped = matches!(self.kind, Kind::Value) && self.is_nullable();
        Some(if self.is_certain() || wrapped {
            quote!({ let value = &data.#name; #show })
        } else if self.is_nullable() {
            quote! {
                match &data.#name {
                    ::std::option::Option::Some(value) => { #show }
                    ::std::option::Option::None => ::restwell::private::serde::ser::SerializeStruct::serialize_field(
                        &mut map, #key, &(),
                    )?,
                }
            }
        } else {
            quote!(if let ::std::option::Option::Some(value) = &data.#name { #show })
        })
    }
}
