//! `#[derive(Serializer)]`: how a model's rows are read from JSON, stored, and shown.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, LitStr, Path, ext::IdentExt};

use self::{field::Field, rules::Together};
use crate::{
    ast,
    attr::{self, Item},
    ctxt::Ctxt,
    names,
};

mod checks;
mod create;
mod fetch;
mod field;
mod limits;
mod nested;
mod plain;
mod read;
mod related;
mod rules;
mod show;
mod store;

const OPTIONS: [&str; 8] = [
    "model",
    "plain",
    "partial",
    "validators",
    "validate",
    "save",
    "unique_together",
    "constraint",
];
const REPEATABLE: [&str; 2] = ["unique_together", "constraint"];

/// A serializer as its attributes describe it.
struct Container<'a> {
    name: &'a Ident,
    vis: &'a syn::Visibility,
    /// The model; a plain serializer has none, and stands here itself.
    model: Path,
    plain: bool,
    /// A plain serializer that a `PATCH` may send a part of.
    partial: bool,
    validators: Vec<Path>,
    validate: Option<Path>,
    save: Option<Path>,
    unique_together: Vec<Together>,
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
        let items = attr::items(&input.attrs, "serializer", &OPTIONS, &REPEATABLE, ctxt);
        let plain = items.iter().any(|item| item.name == "plain");
        let fields = fields
            .iter()
            .map(|(name, field)| Field::read(name, field, plain, ctxt))
            .collect();
        let (name, vis) = (&input.ident, &input.vis);
        let mut container = Self {
            name,
            vis,
            model: name.clone().into(),
            plain,
            partial: false,
            validators: Vec::new(),
            validate: None,
            save: None,
            unique_together: Vec::new(),
            constraints: Vec::new(),
            fields,
        };
        for item in &items {
            container.option(item, ctxt);
        }
        if !plain && container.model.is_ident(name) {
            if !items.iter().any(|item| item.name == "model") {
                let message = "a serializer needs its model: `#[serializer(model = …)]`; one without says `#[serializer(plain)]`";
                ctxt.error(name, message);
            }
            return None;
        }
        if container.plain {
            container.check_plain(&items, ctxt);
        } else {
            container.check_sources(ctxt);
            container.check_saved(ctxt);
        }
        Some(container)
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "model" => self.model = item.value(ctxt).unwrap_or_else(|| self.model.clone()),
            "plain" => self.plain = item.flag(ctxt),
            "partial" => {
                self.partial = item.flag(ctxt);
                if !self.plain {
                    let message = "only a `plain` serializer says `partial`: one of a model always is in a `PATCH`";
                    ctxt.error(&item.name, message);
                }
            }
            "validators" => self.validators = item.list(ctxt),
            "validate" => self.validate = item.value(ctxt),
            "save" => self.save = item.value(ctxt),
            "unique_together" => self.unique_together.push(Together::read(item, ctxt)),
            _ => self.constraints.extend(item.content(ctxt, constraint)),
        }
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
            .for_each(|set| set.members.retain(is_known));
        self.unique_together.retain(|set| !set.members.is_empty());
        for field in &mut self.fields {
            field.unique_for.retain(|rule| is_known(&rule.date));
        }
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
        if self.plain {
            return self.expand_plain();
        }
        let (imports, checks, related, data) =
            (ast::imports(), self.checks(), self.related(), self.data());
        let (slugs, base, model) = (self.slugs(), self.base(), self.model_serializer());
        quote! {
            #data
            const _: () = {
                #imports
                use ::restwell::serializers::BaseSerializer as _;
                #checks
                #slugs
                #related
                #base
                #model
            };
        }
    }

    /// What is read.
    fn base(&self) -> TokenStream {
        let (name, model, data) = (self.name, &self.model, names::data(self.name));
        let infos = self.fields.iter().map(Field::info);
        let validation = self.run_validation();
        let defers = self.validators.is_empty() && self.validate.is_none() && self.save.is_none();
        quote! {
            #[automatically_derived]
            impl ::restwell::serializers::BaseSerializer for #name {
                type Instance = #model;
                type Data = #data;
                const FIELDS: &'static [::restwell::serializers::FieldInfo] = &[#(#infos),*];
                const DEFERS: bool = #defers;
                #validation
            }
        }
    }

    /// What is stored and shown.
    fn model_serializer(&self) -> TokenStream {
        let (name, model, related) = (self.name, &self.model, self.related_name());
        let (prefetch, created, retrieve, representation) = (
            self.prefetch(),
            self.created(),
            self.retrieve(),
            self.representation(),
        );
        let (create, insert, update, save) =
            (self.create(), self.insert(), self.update(), self.save());
        let (constraint, files, columns) = (self.constraint(), self.files(), self.column_names());
        let has_related = self.fields.iter().any(Field::is_related);
        quote! {
            #[automatically_derived]
            impl ::restwell::serializers::ModelSerializer for #name {
                type Model = #model;
                type Related = #related;
                const COLUMNS: &'static [&'static str] = &[#(#columns),*];
                const RELATED: bool = #has_related;
                #prefetch
                #created
                #retrieve
                #representation
                #create
                #insert
                #update
                #save
                #constraint
                #files
            }
        }
    }

    /// The lists of slugs that may be left to the statement which relates their rows, with the names of their data.
    fn slug_lists(&self) -> impl Iterator<Item = (&Field<'a>, Ident)> {
        let fields = self.fields.iter().filter(|field| field.relates_by_slug());
        fields.filter_map(|field| Some((field, self.by_slug(field)?)))
    }

    /// The name of such a list in the validated input. The new row is none that a list of its own may name.
    fn by_slug(&self, field: &Field<'_>) -> Option<Ident> {
        let leads_back = field
            .naming()
            .is_some_and(|naming| self.leads_back(naming.model()));
        let has_list = !self.plain && field.relates_by_slug() && !leads_back;
        has_list.then(|| format_ident!("{}_by_slug", field.source.unraw()))
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
        let none = none.chain(
            self.slug_lists()
                .map(|(_, name)| quote!(#name: ::std::option::Option::None)),
        );
        let slugs = quote!(::std::option::Option<::std::vec::Vec<::std::string::String>>);
        let fields = fields.chain(
            self.slug_lists()
                .map(|(_, name)| quote!(#[doc(hidden)] pub #name: #slugs)),
        );
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
