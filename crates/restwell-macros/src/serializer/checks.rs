//! Where a serializer's types meet its model's: a trait for each rule, so that a mistake is told once, in our words.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{
    ast::{self, Naming, Way},
    attr::NamePath,
};

/// Whether a field needs a rule.
type Needs = fn(&Field<'_>) -> bool;

impl Container<'_> {
    /// The rules that this serializer needs, in a module of their own: its names cannot meet the user's.
    pub(super) fn checks(&self) -> TokenStream {
        let rules: [(Needs, fn() -> TokenStream); 4] = [
            (|field| matches!(field.kind, Kind::Value), holds),
            (|field| matches!(field.kind, Kind::Computed), is_computed),
            (|field| matches!(field.kind, Kind::Remote), shows),
            (|field| field.naming().is_some(), is_target),
        ];
        let needed = rules
            .iter()
            .filter(|(needs, _)| self.fields.iter().any(needs))
            .map(|(_, rule)| rule());
        let targets = self
            .fields
            .iter()
            .filter_map(|field| self.check_target(field));
        quote! {
            mod __checks { #(#needed)* }
            const _: fn() = || { #(#targets)* };
        }
    }

    /// A relation must lead to the model that the field names, and a column hold what the field shows.
    fn check_target(&self, field: &Field<'_>) -> Option<TokenStream> {
        if matches!(field.kind, Kind::Remote) {
            let (path, value) = (field.path(), field.stored());
            let (relation, column) = Way::new(&self.model, &path).end();
            return Some(
                quote_spanned!(field.spot()=> __checks::held(#relation, #column).shows::<#value>();),
            );
        }
        let naming = field.naming()?;
        let (target, relation) = (naming.target(), self.attribute(field));
        let slug = field.has_slug(naming);
        Some(quote!(#slug __checks::target(#relation).is::<#target>();))
    }

    /// The name of the model that a field stands for; a mistake underlines what the user wrote.
    pub(super) fn attribute(&self, field: &Field<'_>) -> TokenStream {
        let (model, source) = (&self.model, &field.source);
        let name =
            quote_spanned!(source.span()=> <#model as ::restwell::models::Model>::FIELDS.#source);
        match field.kind {
            Kind::Many { .. } | Kind::Nested { many: true, .. } => {
                quote_spanned!(source.span()=> ::restwell::private::to_many(#name))
            }
            _ => name,
        }
    }

    /// The relation of a nested field, which must lead to the serializer's model.
    pub(super) fn nesting(&self, field: &Field<'_>) -> TokenStream {
        let (attribute, serializer) = (self.attribute(field), field.serializer());
        quote_spanned!(field.spot()=> ::restwell::private::Nesting(#attribute).of::<#serializer>())
    }
}

impl Container<'_> {
    /// The functions between a field's type and its column's, which must be one.
    pub(super) fn pair(&self, field: &Field<'_>) -> TokenStream {
        let (model, value, attribute) = (&self.model, field.stored(), self.attribute(field));
        quote_spanned!(field.spot()=> __checks::stored::<#model, _>(#attribute).pair::<#value>())
    }
}

impl<'a> Field<'a> {
    /// How it names rows of another model, if it does.
    pub(super) fn naming(&self) -> Option<Naming<'a>> {
        match self.kind {
            Kind::One { naming, .. } | Kind::Many { naming } => Some(naming),
            _ => None,
        }
    }

    /// The whole way to its column.
    pub(super) fn path(&self) -> NamePath {
        let names = self.over.iter().chain([&self.source]);
        NamePath(names.cloned().collect())
    }

    /// It points to one row.
    pub(super) fn is_one(&self) -> bool {
        matches!(self.kind, Kind::One { .. })
    }

    /// What a client sent for it.
    pub(super) fn sent(&self) -> TokenStream {
        let source = self.at_spot(&self.source);
        quote_spanned!(self.spot()=> data.#source)
    }

    /// Where its code stands: mistakes at one place are told once, and underline the type that the user wrote.
    pub(super) fn spot(&self) -> Span {
        self.kind.named(self.ty).span()
    }

    /// A name that cannot be wrong, at the same place.
    pub(super) fn at_spot(&self, name: &Ident) -> Ident {
        let mut name = name.clone();
        name.set_span(self.spot());
        name
    }

    /// Says first in a function that the model has a slug: what fails for want of one behind it is not told again.
    pub(super) fn has_slug(&self, naming: Naming<'_>) -> Option<TokenStream> {
        let (Naming::Slug(target), None) = (naming, &self.slug) else {
            return None;
        };
        let slug = ast::item_of(
            self.ty,
            target,
            quote!(::restwell::models::SlugModel),
            "SLUG",
        );
        Some(quote!(let _ = #slug;))
    }
}

fn holds() -> TokenStream {
    quote! {
        #[diagnostic::on_unimplemented(
            message = "this field is of type `{Self}`, but its column holds `{Stored}`",
            label = "the column holds `{Stored}`"
        )]
        pub trait Holds<Stored>: Sized {
            const PAIR: Pair<Self, Stored>;
        }
        #[diagnostic::do_not_recommend]
        impl<T> Holds<T> for T {
            const PAIR: Pair<T, T> = Pair { show: |stored| stored, store: |value| value };
        }
        /// From the column to the field, and back.
        pub struct Pair<Shown, Stored> {
            pub show: fn(&Stored) -> &Shown,
            pub store: fn(Shown) -> Stored,
        }
        pub struct Stored<T>(::std::marker::PhantomData<T>);
        impl<T> Stored<T> {
            pub fn pair<Shown: Holds<T>>(self) -> Pair<Shown, T> { Shown::PAIR }
        }
        pub fn stored<M: ::restwell::models::Model, C: ::restwell::models::Column<M>>(_: C) -> Stored<C::Value> {
            Stored(::std::marker::PhantomData)
        }
    }
}

fn is_computed() -> TokenStream {
    quote! {
        #[diagnostic::on_unimplemented(
            message = "this is a column, not a computed value",
            label = "a column",
            note = "leave `computed` out: without it a field shows a column"
        )]
        pub trait IsComputed: Sized {
            type Model;
            type Sql;
            fn of(self) -> ::restwell::models::Expr<Self::Model, Self::Sql>;
        }
        #[diagnostic::do_not_recommend]
        impl<M, ST> IsComputed for ::restwell::models::Expr<M, ST> {
            type Model = M;
            type Sql = ST;
            fn of(self) -> Self { self }
        }
    }
}

fn shows() -> TokenStream {
    quote! {
        #[diagnostic::on_unimplemented(
            message = "this field is of type `{Shown}`, but its column holds `{Self}`",
            label = "the column holds `{Self}`"
        )]
        pub trait Shows<Shown> {}
        #[diagnostic::do_not_recommend]
        impl<T> Shows<T> for T {}
        #[diagnostic::do_not_recommend]
        impl<T> Shows<::std::option::Option<T>> for T {}
        pub struct Held<T>(::std::marker::PhantomData<T>);
        impl<T> Held<T> {
            pub fn shows<Shown>(self) where T: Shows<Shown> {}
        }
        pub fn held<R: ::restwell::models::ToOne, C: ::restwell::models::Column<R::Target>>(
            _: R,
            _: C,
        ) -> Held<C::Value> {
            Held(::std::marker::PhantomData)
        }
    }
}

fn is_target() -> TokenStream {
    quote! {
        use ::restwell::models::{Model, Relation, SlugModel};
        #[diagnostic::on_unimplemented(
            message = "this relation leads to `{Target}`, not to `{Self}`",
            label = "the relation leads to `{Target}`"
        )]
        pub trait IsTarget<Target> {}
        #[diagnostic::do_not_recommend]
        impl<T> IsTarget<T> for T {}
        pub struct Target<T>(::std::marker::PhantomData<T>);
        impl<T> Target<T> {
            pub fn is<M: IsTarget<T>>(self) {}
        }
        pub fn target<R: Relation>(_: R) -> Target<R::Target> { Target(::std::marker::PhantomData) }
        pub fn key_of<R: Relation>(_: R) -> <R::Target as Model>::KeyColumn { R::Target::KEY }
        pub fn slug_of<R: Relation<Target: SlugModel>>(_: R) -> <R::Target as SlugModel>::SlugColumn { R::Target::SLUG }
    }
}
