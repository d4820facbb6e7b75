//! One field of a serializer: what its type and its attributes say.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, Ident, LitBool, Path, Type, ext::IdentExt, spanned::Spanned};

use super::rules::UniqueFor;
use crate::{
    ast::{self, Naming},
    attr::{self, Item},
    ctxt::Ctxt,
    names,
};

const FIELD_OPTIONS: [&str; 27] = [
    "read_only",
    "required",
    "optional",
    "allow_blank",
    "allow_empty",
    "source",
    "slug",
    "queryset",
    "unique",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
    "validate",
    "computed",
    "nested",
    "writable",
    "identity",
    "max_length",
    "min_length",
    "max_value",
    "min_value",
    "max_digits",
    "decimal_places",
    "choices",
    "child",
    "upload_to",
    "allow_empty_file",
];

/// One field.
pub(super) struct Field<'a> {
    pub(super) name: &'a Ident,
    /// Its name in generated functions, where no other name starts with `field_`.
    pub(super) local: Ident,
    pub(super) ty: &'a Type,
    pub(super) kind: Kind<'a>,
    pub(super) source: Ident,
    /// The column by which rows are named, if it is not the model's slug.
    pub(super) slug: Option<Ident>,
    /// The rows that a client may name.
    pub(super) queryset: Option<Path>,
    pub(super) read_only: bool,
    pub(super) optional: bool,
    pub(super) unique: bool,
    pub(super) unique_for: Vec<UniqueFor>,
    pub(super) validate: Vec<Path>,
    pub(super) limits: Limits,
}

/// What a field is to its model.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// A column.
    Value,
    /// A computed value.
    Computed,
    /// A serializer of what is on the other side of a relation.
    Nested { many: bool, nullable: bool },
    /// The URL of the row itself.
    Identity,
    /// The row on the other side of a to-one relation.
    One { naming: Naming<'a>, nullable: bool },
    /// The rows on the other side of a relation to many.
    Many { naming: Naming<'a> },
}

/// The limits of a field, as tokens of `FieldOptions`.
#[derive(Default)]
pub(super) struct Limits {
    set: Vec<TokenStream>,
    choices: Option<Path>,
}

impl<'a> Field<'a> {
    pub(super) fn read(name: &'a Ident, field: &'a syn::Field, plain: bool, ctxt: &Ctxt) -> Self {
        let items = attr::items(&field.attrs, "field", &FIELD_OPTIONS, &["validate"], ctxt);
        let mut read = Self {
            name,
            local: format_ident!("field_{}", name, span = field.ty.span()),
            ty: &field.ty,
            kind: Kind::of(&field.ty),
            source: name.clone(),
            slug: None,
            queryset: None,
            read_only: false,
            optional: false,
            unique: false,
            unique_for: Vec::new(),
            validate: Vec::new(),
            limits: Limits::default(),
        };
        for item in &items {
            read.option(item, ctxt);
        }
        read.check_nested(&items, plain, ctxt);
        read.check_related(&items, ctxt);
        let text = ast::inner(read.ty, "ChoiceField").is_some_and(ast::is_text);
        read.limits.choices(text);
        let has = |option: &str| items.iter().find(|item| item.name == option);
        if let (true, Some(required)) =
            (read.read_only, has("required").or_else(|| has("optional")))
        {
            let message = format!(
                "a `read_only` field cannot be `{}`: a client never sends it",
                required.name
            );
            ctxt.error(&required.name, message);
        }
        if let (Some(required), Some(_)) = (has("required"), has("optional")) {
            ctxt.error(
                &required.name,
                "a field is `required` or `optional`, not both",
            );
        }
        read
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "read_only" => self.read_only = item.flag(ctxt),
            "required" => self.optional = !item.flag(ctxt),
            "optional" => self.optional = item.flag(ctxt),
            "unique" => self.unique = item.flag(ctxt),
            "unique_for_date" | "unique_for_month" | "unique_for_year" => {
                self.unique_for.extend(UniqueFor::read(item, ctxt));
            }
            "source" => self.source = item.name(ctxt).unwrap_or_else(|| self.source.clone()),
            "slug" => self.slug = item.name(ctxt),
            "queryset" => self.queryset = item.value(ctxt),
            "validate" => self.validate.extend(item.value::<Path>(ctxt)),
            "computed" => self.read_only_kind(Kind::Computed, item, ctxt),
            "nested" => self.nest(item, ctxt),
            // Judged when all options are read.
            "writable" => {
                item.flag(ctxt);
            }
            "identity" => self.read_only_kind(Kind::Identity, item, ctxt),
            _ => self.limits.option(item, ctxt),
        }
    }

    fn read_only_kind(&mut self, kind: Kind<'a>, item: &Item, ctxt: &Ctxt) {
        self.read_only = item.flag(ctxt);
        self.kind = kind;
    }

    /// Its value may be null.
    pub(super) fn is_nullable(&self) -> bool {
        match self.kind {
            Kind::One { nullable, .. } | Kind::Nested { nullable, .. } => nullable,
            _ => ast::inner(self.ty, "Option").is_some(),
        }
    }

    /// It is shown with the help of more than the row itself.
    pub(super) fn is_related(&self) -> bool {
        match self.kind {
            Kind::Value
            | Kind::Identity
            | Kind::One {
                naming: Naming::Key(_),
                ..
            } => false,
            Kind::Computed | Kind::Nested { .. } | Kind::One { .. } | Kind::Many { .. } => true,
        }
    }

    /// What its type says as a field: `Value`, `KIND`.
    pub(super) fn item(&self, item: &str) -> TokenStream {
        ast::item_of(self.ty, self.ty, quote!(::restwell::fields::Field), item)
    }

    /// The type of its value once it is validated.
    pub(super) fn stored(&self) -> TokenStream {
        match self.kind {
            Kind::One { naming, nullable } => {
                let model = naming.model();
                let key = quote!(<#model as ::restwell::models::Model>::Key);
                if nullable {
                    quote!(::std::option::Option<#key>)
                } else {
                    key
                }
            }
            Kind::Many { naming } => {
                let model = naming.model();
                quote!(::std::vec::Vec<<#model as ::restwell::models::Model>::Key>)
            }
            Kind::Nested { many, nullable } => self.nested_data(many, nullable),
            _ => self.item("Value"),
        }
    }

    /// Its entry in the table of fields.
    pub(super) fn info(&self) -> TokenStream {
        let (name, read_only, optional) =
            (self.name.unraw().to_string(), self.read_only, self.optional);
        let kind = |name: &str, nullable: bool| quote!(::restwell::fields::FieldKind { name: #name, nullable: #nullable });
        let kind = match self.kind {
            Kind::Value | Kind::Computed => self.item("KIND"),
            Kind::Nested {
                many: true,
                nullable,
            } => kind("field", nullable),
            Kind::Nested { nullable, .. } => kind("nested object", nullable || self.read_only),
            Kind::Identity | Kind::Many { .. } => kind("field", false),
            Kind::One { nullable, .. } => kind("field", nullable),
        };
        let options = self.limits.tokens();
        quote! {{
            const KIND: ::restwell::fields::FieldKind = #kind;
            ::restwell::serializers::FieldInfo {
                name: #name,
                kind: KIND,
                required: !#read_only && !#optional && !KIND.nullable,
                read_only: #read_only,
                options: #options,
            }
        }}
    }
}

impl<'a> Kind<'a> {
    fn of(ty: &'a Type) -> Self {
        if let Some(naming) = Naming::of(ty) {
            return Self::One {
                naming,
                nullable: false,
            };
        }
        if let Some(naming) = ast::inner(ty, "Option").and_then(Naming::of) {
            return Self::One {
                naming,
                nullable: true,
            };
        }
        match ast::inner(ty, "Vec").and_then(Naming::of) {
            Some(naming) => Self::Many { naming },
            None => Self::Value,
        }
    }
}

impl Limits {
    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        let name = &item.name;
        let limit = match name.to_string().as_str() {
            "allow_blank" | "allow_empty_file" => item.flag(ctxt).then(|| quote!(#name: true)),
            "allow_empty" => item
                .value::<LitBool>(ctxt)
                .map(|allowed| quote!(#name: #allowed)),
            "upload_to" => item.value::<Expr>(ctxt).map(|value| quote!(#name: #value)),
            "min_value" | "max_value" => item.value::<Expr>(ctxt).map(|value| bound(name, &value)),
            "choices" => {
                self.choices = item.value(ctxt);
                None
            }
            "child" => {
                let items = item.list::<Item>(ctxt);
                let mut child = Self::default();
                for item in &items {
                    child.option(item, ctxt);
                }
                let child = child.tokens();
                Some(quote!(#name: ::std::option::Option::Some(&#child)))
            }
            "max_length" | "min_length" | "max_digits" | "decimal_places" => item
                .value::<Expr>(ctxt)
                .map(|value| quote!(#name: ::std::option::Option::Some(#value))),
            other => {
                let known = [
                    "allow_blank",
                    "min_value",
                    "max_value",
                    "choices",
                    "max_length",
                    "min_length",
                ];
                ctxt.error(name, names::unknown("limit", other, &known));
                None
            }
        };
        self.set.extend(limit);
    }

    /// The choices, of texts or of numbers.
    fn choices(&mut self, text: bool) {
        let choices = self.choices.take().map(|path| {
            let choices = ast::choices(&path, text);
            quote!(choices: #choices)
        });
        self.set.extend(choices);
    }

    /// Whether this limit is set.
    pub(super) fn has(&self, name: &str) -> bool {
        self.set
            .iter()
            .any(|limit| limit.to_string().starts_with(name))
    }

    fn tokens(&self) -> TokenStream {
        let limits = &self.set;
        quote!(::restwell::fields::FieldOptions { #(#limits,)* ..::restwell::fields::FieldOptions::NONE })
    }
}

/// A number as it is written: `0`, `-90`, `0.5`.
fn bound(name: &Ident, value: &Expr) -> TokenStream {
    let kind = format_ident!(
        "{}",
        if quote!(#value).to_string().contains('.') {
            "Float"
        } else {
            "Int"
        }
    );
    quote!(#name: ::std::option::Option::Some(::restwell::fields::Bound::#kind(#value)))
}
