//! Fields that are serializers themselves: objects or lists of them, shown and, if they are `writable`, read.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Path, Type, ext::IdentExt};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{ast, attr::Item, ctxt::Ctxt};

impl<'a> Field<'a> {
    /// `#[field(nested)]` on a `S`, `Option<S>`, `Vec<S>` or `Option<Vec<S>>`.
    pub(super) fn nest(&mut self, item: &Item, ctxt: &Ctxt) {
        item.flag(ctxt);
        let inside = ast::inner(self.ty, "Option");
        let nullable = inside.is_some();
        self.ty = inside.unwrap_or(self.ty);
        let items = ast::inner(self.ty, "Vec");
        let many = items.is_some();
        self.ty = items.unwrap_or(self.ty);
        self.kind = Kind::Nested { many, nullable };
    }

    /// A nested serializer of a model is read only if it does not say `writable`: what it holds is not stored by itself.
    pub(super) fn check_nested(&mut self, items: &[Item], plain: bool, ctxt: &Ctxt) {
        let writable = items.iter().find(|item| item.name == "writable");
        match writable {
            Some(item) if !self.is_nested() => ctxt.error(
                &item.name,
                "`writable` is said of a `nested` field: any other is, unless it is `read_only`",
            ),
            Some(item) if self.read_only => {
                ctxt.error(&item.name, "a field is `read_only` or `writable`, not both");
            }
            Some(_) => {}
            None => self.read_only |= self.is_nested() && !plain,
        }
    }

    pub(super) fn is_nested(&self) -> bool {
        matches!(self.kind, Kind::Nested { .. })
    }

    /// The nested serializer; what is none is told once, and leaves no type to go on with.
    pub(super) fn serializer(&self) -> TokenStream {
        let ty = self.ty;
        match self.plain {
            true => quote!(#ty),
            false => ast::item_of(ty, ty, quote!(::restwell::private::IsNested), "Serializer"),
        }
    }

    /// What the nested serializer says: `Data`, `FIELDS`.
    pub(super) fn base_item(&self, item: &str) -> TokenStream {
        ast::item_of(
            self.ty,
            self.serializer(),
            quote!(::restwell::serializers::BaseSerializer),
            item,
        )
    }

    /// The type of its validated input.
    pub(super) fn nested_data(&self, many: bool, nullable: bool) -> TokenStream {
        let mut data = self.base_item("Data");
        if many {
            data = quote!(::std::vec::Vec<#data>);
        }
        if nullable {
            data = quote!(::std::option::Option<#data>);
        }
        data
    }

    /// Reads it, below the field's own name.
    pub(super) fn read_nested(
        &self,
        info: &TokenStream,
        many: bool,
        nullable: bool,
    ) -> TokenStream {
        let (local, ty) = (&self.local, self.serializer());
        let function = if nullable {
            quote!(read_nullable_nested)
        } else {
            quote!(read_nested)
        };
        let (form, validation) = if many {
            (quote!(Objects), quote!(nested_list))
        } else {
            (quote!(Object), quote!(nested_object))
        };
        quote_spanned! {self.spot()=>
            let #local = ::restwell::serializers::#function(
                input,
                #info,
                ::restwell::input::FormValue::#form,
                scope,
                &mut errors,
                conn,
                ::restwell::serializers::#validation::<#ty>,
            )?;
        }
    }

    /// The type of the rows that are shown for it.
    pub(super) fn nested(&self, key: &TokenStream) -> TokenStream {
        let ty = self.serializer();
        match self.kind {
            Kind::Nested { many: true, .. } => {
                quote_spanned!(self.spot()=> ::restwell::serializers::NestedLists<#key, #ty>)
            }
            _ => quote_spanned!(self.spot()=> ::restwell::serializers::Nested<#ty>),
        }
    }
}

impl Container<'_> {
    /// The nested fields that a client may send.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &Field<'_>> {
        self.writable()
            .map(|(_, field)| field)
            .filter(|field| field.is_nested())
    }

    /// Rows that a client sent with a row are stored by code of the user's own.
    pub(super) fn check_saved(&self, ctxt: &Ctxt) {
        for field in self.inputs().filter(|_| self.save.is_none()) {
            let message = format_args!(
                "how `{0}` is stored is for you to say: `#[serializer(save = …)]`, a \
                 `fn(Option<Model>, Data, &mut Conn) -> Result<Model>`; or leave `writable` out",
                field.name.unraw(),
            );
            ctxt.error(field.name, message);
        }
    }

    /// The statement of a list of nested objects, and those of what they hold.
    pub(super) fn load_nested_lists(&self, field: &Field<'_>) -> TokenStream {
        let (local, nested) = (&field.local, field.nested(&self.key()));
        let rows = self.load_rows(field, &field.model());
        quote_spanned! {field.spot()=>
            #rows
            let #local: #nested = ::restwell::serializers::NestedLists::new(#local, conn)?;
        }
    }

    /// Whether a relation may lead back to this model: SQL cannot tell its two sides apart in a subselect.
    pub(super) fn leads_back(&self, target: &Type) -> bool {
        let name = |path: &Path| path.segments.last().map(|segment| segment.ident.clone());
        matches!(target, Type::Path(target) if name(&target.path) == name(&self.model))
    }

    /// The constraints of rows that a client sent with a row, told of the field that holds them.
    pub(super) fn nested_constraints(&self) -> TokenStream {
        let inputs = self.inputs().map(|field| {
            let (name, constraint) = (field.name.unraw().to_string(), field.constraint());
            quote_spanned! {field.spot()=>
                if let ::std::option::Option::Some(constraint) = #constraint(name) {
                    return some(#name, constraint.code);
                }
            }
        });
        quote!(#(#inputs)*)
    }
}

impl Field<'_> {
    fn constraint(&self) -> TokenStream {
        ast::item_of(
            self.ty,
            self.serializer(),
            quote!(::restwell::serializers::ModelSerializer),
            "constraint",
        )
    }

    /// The model of a nested serializer.
    pub(super) fn model(&self) -> TokenStream {
        ast::item_of(
            self.ty,
            self.serializer(),
            quote!(::restwell::serializers::ModelSerializer),
            "Model",
        )
    }
}
