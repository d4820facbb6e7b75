//! `#[derive(Serializer)]`: how a model's rows are read from JSON, stored, and shown.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, LitStr, Path, ext::IdentExt};

use self::field::Field;
use crate::{ast, attr, ctxt::Ctxt, names};

mod checks;
mod field;
mod limits;
mod read;
mod show;
mod store;

const OPTIONS: [&str; 4] = ["model", "validate", "unique_together", "constraint"];
const REPEATABLE: [&str; 2] = ["unique_together", "constraint"];

/// A serializer as its attributes describe it.
struct Container<'a> {
    name: &'a Ident,
    vis: &'a syn::Visibility,
    model: Path,
    validate: Option<Path>,
    unique_together: Vec<Vec<Ident>>,
    constraints: Vec<(LitStr, LitStr)>,
    fields: Vec<Field<'a>>,
}

/// The whole derive. What is wrong is told and left out, so that it causes no errors elsewhere.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::default();
    let fields = ast::named_fields(input, "Serializer", &ctxt);
    let expanded = Container::read(input, &fields, &ctxt).map(|container| container.expand());
    let touch = ast::touch(&input.ident, &fields);
    let errors = ctxt.into_compile_errors();
    quote!(#errors #expanded #touch)
}

impl<'a> Container<'a> {
    fn read(
        input: &'a DeriveInput,
        fields: &[(&'a Ident, &'a syn::Field)],
        ctxt: &Ctxt,
    ) -> Option<Self> {
        let fields = fields
            .iter()
            .map(|(name, field)| Field::read(name, field, ctxt))
            .collect();
        let (mut model, mut validate, mut unique_together, mut constraints) =
            (None, None, Vec::new(), Vec::new());
        for item in attr::items(&input.attrs, "serializer", &OPTIONS, &REPEATABLE, ctxt) {
            match item.name.to_string().as_str() {
                "model" => model = item.value(ctxt),
                "validate" => validate = item.value(ctxt),
                "unique_together" => unique_together.push(item.names(ctxt)),
                _ => constraints.extend(item.content(ctxt, constraint)),
            }
        }
        if model.is_none() {
            ctxt.error(
                &input.ident,
                "a serializer needs its model: `#[serializer(model = …)]`",
            );
        }
        let (name, vis) = (&input.ident, &input.vis);
        let mut container = Self {
            name,
            vis,
            model: model?,
            validate,
            unique_together,
            constraints,
            fields,
        };
        container.check_sources(ctxt);
        Some(container)
    }

    /// Each name of the model is written by one field at most, and `unique_together` is about those.
    fn check_sources(&mut self, ctxt: &Ctxt) {
        let mut sources: Vec<String> = Vec::new();
        for field in self.fields.iter_mut().filter(|field| !field.read_only) {
            let source = field.source.unraw().to_string();
            if sources.contains(&source) {
                let message = format_args!(
                    "another field sets `{source}` already: make one of them `read_only`"
                );
                ctxt.error(&field.source, message);
                field.read_only = true;
            }
            sources.push(source);
        }
        let known: Vec<&str> = sources.iter().map(String::as_str).collect();
        let is_known = |name: &Ident| {
            let text = name.unraw().to_string();
            let is_known = known.contains(&text.as_str());
            if !is_known {
                ctxt.error(
                    name,
                    names::unknown("field that a client may send", &text, &known),
                );
            }
            is_known
        };
        self.unique_together
            .iter_mut()
            .for_each(|set| set.retain(is_known));
        self.unique_together.retain(|set| !set.is_empty());
    }

    /// The fields that a client may send.
    fn writable(&self) -> impl Iterator<Item = (usize, &Field<'a>)> {
        self.fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.read_only)
    }

    fn related_name(&self) -> Ident {
        format_ident!("{}Related", self.name)
    }

    fn expand(&self) -> TokenStream {
        let (name, model, related_name, data_name) = (
            self.name,
            &self.model,
            self.related_name(),
            names::data(self.name),
        );
        let (imports, checks, related, data) =
            (ast::imports(), self.checks(), self.related(), self.data());
        let infos = self.fields.iter().map(Field::info);
        let columns = self.column_names();
        let (prefetch, retrieve, representation) =
            (self.prefetch(), self.retrieve(), self.representation());
        let (validation, insert, update, constraint) = (
            self.run_validation(),
            self.insert(),
            self.update(),
            self.constraint(),
        );
        let defers = self.validate.is_none();
        let has_related = self.fields.iter().any(Field::is_related);
        quote! {
            #data
            const _: () = {
                #imports
                #checks
                #related
                #[automatically_derived]
                impl ::restwell::serializers::ModelSerializer for #name {
                    type Model = #model;
                    type Data = #data_name;
                    type Related = #related_name;
                    const FIELDS: &'static [::restwell::serializers::FieldInfo] = &[#(#infos),*];
                    const COLUMNS: &'static [&'static str] = &[#(#columns),*];
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

    /// The validated input.
    fn data(&self) -> TokenStream {
        let (vis, name) = (self.vis, names::data(self.name));
        let doc = format!(
            "What a client sent to `{}`, validated; `None` for what it did not send.",
            self.name
        );
        let none = self.writable().map(|(_, field)| {
            let source = field.at_spot(&field.source);
            quote_spanned!(field.spot()=> #source: ::std::option::Option::None)
        });
        let fields = self.writable().map(|(_, field)| {
            let (source, ty) = (&field.source, field.stored());
            quote_spanned!(field.spot()=> #[doc(hidden)] pub #source: ::std::option::Option<#ty>)
        });
        quote! {
            #[doc = #doc]
            #vis struct #name { #(#fields),* }
            #[automatically_derived]
            impl ::std::default::Default for #name {
                fn default() -> Self { Self { #(#none),* } }
            }
        }
    }
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
