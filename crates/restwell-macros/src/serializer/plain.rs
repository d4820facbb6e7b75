//! `#[serializer(plain)]`: fields without a model, read into values and shown from them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

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
                Kind::Property => "`property` is a function of a model",
                _ if field.unique => "`unique` is said of a model's column",
                _ if !field.unique_for.is_empty() => "`unique_for_…` is said of a model's column",
                _ if field.source != *field.name => "`source` is a name of a model",
                _ => continue,
            };
            ctxt.error(
                field.name,
                format_args!("{problem}, and a `plain` serializer has none"),
            );
            (field.kind, field.unique, field.method) = (Kind::Value, false, None);
            field.unique_for.clear();
        }
    }

    pub(super) fn expand_plain(&self) -> TokenStream {
        let (name, data) = (self.name, names::data(self.name));
        let infos = self.fields.iter().map(Field::info_without_column);
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

    /// The fields that hold a value.
    fn valued(&self) -> impl Iterator<Item = (usize, &Field<'_>)> {
        let fields = self.fields.iter().enumerate();
        fields.filter(|(_, field)| !matches!(field.kind, Kind::Method))
    }

    /// Whether what is held for a field is its value, rather than an `Option` of it.
    fn is_whole(&self, field: &Field<'_>) -> bool {
        if field.read_only {
            field.is_nullable() && field.default.is_none()
        } else {
            !self.partial && (!field.optional || field.is_nullable())
        }
    }

    fn held(&self, field: &Field<'_>) -> TokenStream {
        let ty = field.stored();
        match self.is_whole(field) {
            true => ty,
            false => quote!(::std::option::Option<#ty>),
        }
    }

    /// The validated values: what is required is there.
    fn values(&self) -> TokenStream {
        let (vis, name) = (self.vis, names::data(self.name));
        let doc = format!(
            "The values of `{}`; `None` for what was not sent.",
            self.name
        );
        let fields = self.valued().map(|(_, field)| {
            let (name, ty) = (field.name, self.held(field));
            quote_spanned!(field.spot()=> pub #name: #ty)
        });
        quote! {
            #[doc = #doc]
            #vis struct #name { #(#fields),* }
        }
    }

    /// Contract §6.3, without a model; nothing may be missing in a `PATCH` either, unless the serializer is `partial`.
    fn run_plain_validation(&self) -> TokenStream {
        let (data, fields) = (names::data(self.name), self.read_fields());
        let slots = self.valued().map(|(_, field)| {
            let (name, local, key) = (field.name, &field.local, field.name.unraw().to_string());
            let value = if field.read_only {
                quote!(::std::option::Option::None)
            } else if !self.is_whole(field) {
                quote!(#local)
            } else if field.is_nullable() {
                quote!(#local.flatten())
            } else {
                quote!(::restwell::serializers::certain(#local, #key)?)
            };
            quote_spanned!(field.spot()=> #name: #value)
        });
        let partial = match self.partial {
            true => quote!(scope.partial),
            false => quote!(false),
        };
        let rules = self.rules();
        quote! {
            fn run_validation(
                input: &::restwell::input::Input<'_>,
                instance: ::std::option::Option<&()>,
                scope: &::restwell::serializers::Scope<'_>,
                conn: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<#data> {
                let scope = &::restwell::serializers::Scope { partial: #partial, ..*scope };
                let _ = (&input, &instance, &scope, &conn);
                #fields
                let mut data = #data { #(#slots),* };
                #rules
                ::std::result::Result::Ok(data)
            }
        }
    }

    /// Shows what there is; for what there is not, the default, null if the field may be null, or nothing (contract §5.1.5).
    fn plain_representation(&self) -> TokenStream {
        let (data, name, count) = (
            names::data(self.name),
            self.name.to_string(),
            self.fields.len(),
        );
        let fields = self.fields.iter().enumerate();
        let fields = fields
            .filter(|(_, field)| field.is_shown())
            .map(|(index, field)| self.shown_plain(index, field));
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

    /// A field's entry in an answer.
    fn shown_plain(&self, index: usize, field: &Field<'_>) -> TokenStream {
        let name = field.name;
        if let Some(path) = &field.method {
            let ty = field.ty;
            let show = field.entry(&quote!(value));
            return quote_spanned!(path.span()=> { let value: #ty = (#path)(data, request); #show });
        }
        let show = field.entry_of_value(index);
        if self.is_whole(field) {
            return quote!({ let value = &data.#name; #show });
        }
        let otherwise = match &field.default {
            Some(default) => {
                let (stored, partial) = (field.stored(), self.partial);
                quote_spanned! {default.span()=>
                    if !#partial || ::restwell::serializers::shows_defaults(request) {
                        let value: &#stored = &#default;
                        #show
                    }
                }
            }
            None if field.is_nullable() => field.entry(&quote!(())),
            None => TokenStream::new(),
        };
        quote! {
            match &data.#name {
                ::std::option::Option::Some(value) => { #show }
                ::std::option::Option::None => { #otherwise }
            }
        }
    }
}

impl Field<'_> {
    /// Its entry in the table of fields: what no column holds has the limits that it says, and no others.
    fn info_without_column(&self) -> TokenStream {
        let info = self.info();
        quote! {{
            const INFO: ::restwell::serializers::FieldInfo = #info;
            ::restwell::serializers::FieldInfo {
                kind: ::restwell::fields::FieldKind { range: ::std::option::Option::None, ..INFO.kind },
                ..INFO
            }
        }}
    }

    /// It is not shown if a client may only send it, nor if it is a related row that only a statement could name.
    fn is_shown(&self) -> bool {
        !self.write_only
            && self
                .naming()
                .is_none_or(|naming| matches!(naming, Naming::Key(_)))
    }

    /// Writes its entry of `map`.
    fn entry(&self, value: &TokenStream) -> TokenStream {
        let key = self.name.unraw().to_string();
        quote_spanned! {self.spot()=>
            ::restwell::private::serde::ser::SerializeStruct::serialize_field(&mut map, #key, &#value)?;
        }
    }

    /// Writes its entry of `map` from its `value`.
    fn entry_of_value(&self, index: usize) -> TokenStream {
        let ty = self.ty;
        let show = match self.kind {
            Kind::Nested { many: true, .. } => self.entry(&quote! {
                ::restwell::serializers::Sequence(
                    value.iter().map(|item| <#ty as ::restwell::serializers::PlainSerializer>::representation(item, request)),
                )
            }),
            Kind::Nested { .. } => self.entry(&quote! {
                <#ty as ::restwell::serializers::PlainSerializer>::representation(value, request)
            }),
            Kind::Value => self.entry(&self.represented(index, &quote!(value))),
            _ => self.entry(&quote!(value)),
        };
        if !self.is_nested() || !self.is_nullable() {
            return show;
        }
        let null = self.entry(&quote!(()));
        quote! {
            match value {
                ::std::option::Option::Some(value) => { #show }
                ::std::option::Option::None => { #null }
            }
        }
    }
}
