//! `#[derive(Serializer)]`: how a model's rows are read from JSON, stored, and shown.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Expr, Ident, LitStr, Path, Type, ext::IdentExt, spanned::Spanned};

use crate::{
    ast::{self, Naming},
    attr::{self, Item},
    ctxt::Ctxt,
    names,
};

mod read;
mod show;
mod store;

const OPTIONS: [&str; 4] = ["model", "validate", "unique_together", "constraint"];
const REPEATABLE: [&str; 2] = ["unique_together", "constraint"];
const FIELD_OPTIONS: [&str; 18] = [
    "read_only", "required", "optional", "allow_blank", "source", "unique", "validate", "computed", "nested", "identity",
    "max_length", "min_length", "max_value", "min_value", "max_digits", "decimal_places", "choices", "child",
];

/// A serializer as its attributes describe it.
pub(super) struct Container<'a> {
    name: &'a Ident,
    vis: &'a syn::Visibility,
    model: Path,
    validate: Option<Path>,
    unique_together: Vec<Vec<Ident>>,
    constraints: Vec<(LitStr, LitStr)>,
    fields: Vec<Field<'a>>,
}

/// One field.
pub(super) struct Field<'a> {
    name: &'a Ident,
    ty: &'a Type,
    kind: Kind<'a>,
    source: Ident,
    read_only: bool,
    optional: bool,
    unique: bool,
    validate: Vec<Path>,
    limits: Limits,
}

/// What a field is to its model.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// A column.
    Value,
    /// A computed value.
    Computed,
    /// A serializer of the row on the other side of a to-one relation.
    Nested,
    /// The URL of the row itself.
    Identity,
    /// The row on the other side of a to-one relation.
    One { naming: Naming<'a>, nullable: bool },
    /// The rows on the other side of a many-to-many relation.
    Many { naming: Naming<'a> },
}

/// The limits of a field, as tokens of `FieldOptions`.
#[derive(Default)]
pub(super) struct Limits {
    set: Vec<TokenStream>,
    choices: Option<Path>,
}

/// The whole derive; what is wrong is told, and an empty serializer takes the place of the real one.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::default();
    let container = Container::read(input, &ctxt);
    let touch = ast::touch(&input.ident, &ast::named_fields(input, "Serializer", &Ctxt::default()));
    match container {
        Some(container) if ctxt.is_empty() => {
            let expanded = container.expand();
            quote!(#expanded #touch)
        }
        container => {
            let stub = container.map(|container| container.stub());
            let errors = ctxt.into_compile_errors();
            quote!(#errors #stub)
        }
    }
}

impl<'a> Container<'a> {
    fn read(input: &'a DeriveInput, ctxt: &Ctxt) -> Option<Self> {
        let fields = ast::named_fields(input, "Serializer", ctxt);
        let fields = fields.into_iter().map(|(name, field)| Field::read(name, field, ctxt)).collect();
        let (mut model, mut validate, mut unique_together, mut constraints) = (None, None, Vec::new(), Vec::new());
        for item in attr::items(&input.attrs, "serializer", &OPTIONS, &REPEATABLE, ctxt) {
            match item.name.to_string().as_str() {
                "model" => model = item.value(ctxt),
                "validate" => validate = item.value(ctxt),
                "unique_together" => unique_together.push(item.list(ctxt)),
                _ => constraints.extend(item.content(ctxt, constraint)),
            }
        }
        if model.is_none() {
            ctxt.error(&input.ident, "a serializer needs its model: `#[serializer(model = …)]`");
        }
        Some(Self {
            name: &input.ident,
            vis: &input.vis,
            model: model?,
            validate,
            unique_together,
            constraints,
            fields,
        })
    }

    /// The names of the model.
    pub(super) fn names(&self) -> TokenStream {
        let model = &self.model;
        quote!(<#model as ::restwell::models::Model>::FIELDS)
    }

    /// The fields that a client may send.
    pub(super) fn writable(&self) -> impl Iterator<Item = (usize, &Field<'a>)> {
        self.fields.iter().enumerate().filter(|(_, field)| !field.read_only)
    }

    pub(super) fn related_name(&self) -> Ident {
        format_ident!("{}Related", self.name)
    }

    fn expand(&self) -> TokenStream {
        let (name, model, related_name, data_name) =
            (self.name, &self.model, self.related_name(), names::data(self.name));
        let (related, data) = (self.related(), self.data());
        let infos = self.fields.iter().map(Field::info);
        let (prefetch, retrieve, representation) = (self.prefetch(), self.retrieve(), self.representation());
        let (validation, insert, update, constraint) =
            (self.run_validation(), self.insert(), self.update(), self.constraint());
        let defers = self.validate.is_none();
        let has_related = self.fields.iter().any(Field::is_related);
        quote! {
            #data
            const _: () = {
                use ::restwell::private::diesel::{self, pg::Pg, prelude::*};
                #related
                #[automatically_derived]
                impl ::restwell::serializers::ModelSerializer for #name {
                    type Model = #model;
                    type Data = #data_name;
                    type Related = #related_name;
                    const FIELDS: &'static [::restwell::serializers::FieldInfo] = &[#(#infos),*];
                    const DEFERS: bool = #defers;
                    const RELATED: bool = #has_related;
                    #prefetch
                    #retrieve
                    #representation
                    #validation
                    #insert
                    #update
                    #constraint
                }
            };
        }
    }

    /// Keeps the mistakes of one derive from becoming errors elsewhere.
    fn stub(&self) -> TokenStream {
        let (name, vis, model, data) = (self.name, self.vis, &self.model, names::data(self.name));
        quote! {
            #vis struct #data;
            #[automatically_derived]
            impl ::restwell::serializers::ModelSerializer for #name {
                type Model = #model;
                type Data = #data;
                type Related = ();
                const FIELDS: &'static [::restwell::serializers::FieldInfo] = &[];
                const DEFERS: bool = false;
                const RELATED: bool = false;
                fn prefetch(_: &[#model], _: &mut ::restwell::db::Conn) -> ::restwell::private::diesel::QueryResult<()> {
                    ::std::unreachable!()
                }
                fn retrieve(
                    _: <#model as ::restwell::models::Model>::Query,
                    _: &mut ::restwell::db::Conn,
                ) -> ::restwell::private::diesel::QueryResult<::std::option::Option<(#model, ())>> {
                    ::std::unreachable!()
                }
                fn to_representation<S: ::restwell::private::serde::Serializer>(
                    _: &#model,
                    _: &(),
                    _: &::restwell::request::Request,
                    _: S,
                ) -> ::std::result::Result<S::Ok, S::Error> {
                    ::std::unreachable!()
                }
                fn run_validation(
                    _: &::restwell::private::serde_json::Map<::std::string::String, ::restwell::private::serde_json::Value>,
                    _: ::std::option::Option<&#model>,
                    _: &::restwell::serializers::Scope<'_>,
                    _: &mut ::restwell::db::Conn,
                ) -> ::restwell::exceptions::Result<#data> {
                    ::std::unreachable!()
                }
                fn insert(_: #data, _: &mut ::restwell::db::Conn) -> ::restwell::private::diesel::QueryResult<#model> {
                    ::std::unreachable!()
                }
                fn update(
                    _: #model,
                    _: #data,
                    _: &mut ::restwell::db::Conn,
                ) -> ::restwell::private::diesel::QueryResult<#model> {
                    ::std::unreachable!()
                }
                fn constraint(_: &str) -> ::std::option::Option<::restwell::exceptions::Constraint> {
                    ::std::unreachable!()
                }
            }
        }
    }

    /// The validated input.
    fn data(&self) -> TokenStream {
        let (vis, name) = (self.vis, names::data(self.name));
        let doc = format!("What a client sent to `{}`, validated; `None` for what it did not send.", self.name);
        let fields = self.writable().map(|(_, field)| {
            let (source, ty) = (&field.source, field.stored());
            quote!(#[doc(hidden)] pub #source: ::std::option::Option<#ty>)
        });
        quote! {
            #[doc = #doc]
            #[derive(Default)]
            #vis struct #name { #(#fields),* }
        }
    }
}

impl<'a> Field<'a> {
    fn read(name: &'a Ident, field: &'a syn::Field, ctxt: &Ctxt) -> Self {
        let items = attr::items(&field.attrs, "field", &FIELD_OPTIONS, &["validate"], ctxt);
        let mut read = Self {
            name,
            ty: &field.ty,
            kind: Kind::of(&field.ty),
            source: name.unraw(),
            read_only: false,
            optional: false,
            unique: false,
            validate: Vec::new(),
            limits: Limits::default(),
        };
        for item in &items {
            read.option(item, ctxt);
        }
        let text = ast::inner(read.ty, "ChoiceField").is_some_and(ast::is_text);
        read.limits.choices(text);
        let has = |option: &str| items.iter().find(|item| item.name == option);
        if let (true, Some(required)) = (read.read_only, has("required").or_else(|| has("optional"))) {
            let message = format!("a `read_only` field cannot be `{}`: a client never sends it", required.name);
            ctxt.error(&required.name, message);
        }
        if let (Some(required), Some(_)) = (has("required"), has("optional")) {
            ctxt.error(&required.name, "a field is `required` or `optional`, not both");
        }
        read
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "read_only" => self.read_only = item.flag(ctxt),
            "required" => self.optional = !item.flag(ctxt),
            "optional" => self.optional = item.flag(ctxt),
            "unique" => self.unique = item.flag(ctxt),
            "source" => self.source = item.value(ctxt).unwrap_or_else(|| self.source.clone()),
            "validate" => self.validate.extend(item.value::<Path>(ctxt)),
            "computed" => self.read_only_kind(Kind::Computed, item, ctxt),
            "nested" => self.read_only_kind(Kind::Nested, item, ctxt),
            "identity" => self.read_only_kind(Kind::Identity, item, ctxt),
            _ => self.limits.option(item, ctxt),
        }
    }

    fn read_only_kind(&mut self, kind: Kind<'a>, item: &Item, ctxt: &Ctxt) {
        self.read_only = item.flag(ctxt);
        self.kind = kind;
    }

    /// It is shown with the help of more than the row itself.
    pub(super) fn is_related(&self) -> bool {
        match self.kind {
            Kind::Value | Kind::Identity | Kind::One { naming: Naming::Key(_), .. } => false,
            Kind::Computed | Kind::Nested | Kind::One { .. } | Kind::Many { .. } => true,
        }
    }

    /// The type of its value once it is validated.
    pub(super) fn stored(&self) -> TokenStream {
        let ty = self.ty;
        match self.kind {
            Kind::One { naming, nullable } => {
                let model = naming.model();
                let key = quote!(<#model as ::restwell::models::Model>::Key);
                if nullable { quote!(::std::option::Option<#key>) } else { key }
            }
            Kind::Many { naming } => {
                let model = naming.model();
                quote!(::std::vec::Vec<<#model as ::restwell::models::Model>::Key>)
            }
            _ => quote_spanned!(ty.span()=> <#ty as ::restwell::fields::Field>::Value),
        }
    }

    /// Its entry in the table of fields.
    fn info(&self) -> TokenStream {
        let (name, ty, read_only, optional) = (self.name.unraw().to_string(), self.ty, self.read_only, self.optional);
        let kind = |name: &str, nullable: bool| {
            quote!(::restwell::fields::FieldKind { name: #name, nullable: #nullable })
        };
        let kind = match self.kind {
            Kind::Value | Kind::Computed => quote_spanned!(ty.span()=> <#ty as ::restwell::fields::Field>::KIND),
            Kind::Nested => kind("nested object", true),
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
            return Self::One { naming, nullable: false };
        }
        if let Some(naming) = ast::inner(ty, "Option").and_then(Naming::of) {
            return Self::One { naming, nullable: true };
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
            "allow_blank" => item.flag(ctxt).then(|| quote!(#name: true)),
            "min_value" | "max_value" => {
                item.value::<Expr>(ctxt).map(|value| bound(name, &value))
            }
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
            "max_length" | "min_length" | "max_digits" | "decimal_places" => {
                item.value::<Expr>(ctxt).map(|value| quote!(#name: ::std::option::Option::Some(#value)))
            }
            other => {
                let known = ["allow_blank", "min_value", "max_value", "choices", "max_length", "min_length"];
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
    fn has(&self, name: &str) -> bool {
        self.set.iter().any(|limit| limit.to_string().starts_with(name))
    }

    fn tokens(&self) -> TokenStream {
        let limits = &self.set;
        quote!(::restwell::fields::FieldOptions { #(#limits,)* ..::restwell::fields::FieldOptions::NONE })
    }
}

/// A number as it is written: `0`, `-90`, `0.5`.
fn bound(name: &Ident, value: &Expr) -> TokenStream {
    let kind = format_ident!("{}", if quote!(#value).to_string().contains('.') { "Float" } else { "Int" });
    quote!(#name: ::std::option::Option::Some(::restwell::fields::Bound::#kind(#value)))
}

/// `"name", code = "…"`
fn constraint(input: syn::parse::ParseStream<'_>) -> syn::Result<(LitStr, LitStr)> {
    let name = input.parse()?;
    input.parse::<syn::Token![,]>()?;
    let word: Ident = input.parse()?;
    if word != "code" {
        return Err(syn::Error::new(word.span(), "expected `code = \"…\"`"));
    }
    input.parse::<syn::Token![=]>()?;
    Ok((name, input.parse()?))
}
