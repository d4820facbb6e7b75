//! From rows to JSON: what a page holds besides its rows, and how a row is written.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Index, ext::IdentExt, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::ast::{self, Naming};

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
            Kind::Property => self.property(index, field),
            Kind::Nested { many: true, .. } => quote! {
                ::restwell::serializers::Sequence(related.#local.all(&::restwell::models::Model::key(row), request))
            },
            Kind::Nested { .. } => {
                let (nested, relation) = (field.nested(&self.key()), self.nesting(field));
                quote_spanned! {field.spot()=> {
                    let (nested, relation): (&#nested, _) = (&related.#local, #relation);
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

    /// What a function makes of a row.
    fn property(&self, index: usize, field: &Field<'_>) -> TokenStream {
        let (model, path, stored) = (&self.model, &field.method, field.stored());
        let value = quote_spanned! {path.span()=> {
            let property: fn(&#model) -> _ = #path;
            let value: #stored = property(row);
            value
        }};
        field.represented(index, &quote!(&#value))
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

impl Field<'_> {
    /// The type of what a statement selects for it: null also stands for the want of a related row.
    pub(super) fn selected_type(&self) -> TokenStream {
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
    pub(super) fn related_type(&self, key: &TokenStream) -> TokenStream {
        match self.kind {
            Kind::Nested { .. } => self.nested(key),
            Kind::One { naming, .. } => {
                let model = naming.target();
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
    pub(super) fn member_column(&self, relation: &TokenStream) -> TokenStream {
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

    pub(super) fn member_type(&self) -> TokenStream {
        if self.slug.is_some() {
            let slug = self.slug_type();
            return quote!(<#slug as ::restwell::relations::SlugBy>::Value);
        }
        match self.naming() {
            Some(Naming::Slug(_)) | None => quote!(::std::string::String),
            Some(naming) => {
                let model = naming.target();
                quote!(<#model as ::restwell::models::Model>::Key)
            }
        }
    }

    pub(super) fn member_sql_type(&self) -> TokenStream {
        if let Some(column) = self.slug_column() {
            return quote!(diesel::dsl::SqlTypeOf<#column>);
        }
        match self.naming() {
            Some(Naming::Slug(model)) => {
                quote!(diesel::dsl::SqlTypeOf<<#model as ::restwell::models::SlugModel>::SlugColumn>)
            }
            naming => {
                let model = naming.map(Naming::target);
                quote!(diesel::dsl::SqlTypeOf<<#model as ::restwell::models::Model>::KeyColumn>)
            }
        }
    }
}
