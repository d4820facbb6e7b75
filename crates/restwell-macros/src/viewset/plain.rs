//! `#[viewset] impl ViewSet for …`: a viewset without a model, whose standard actions are functions of its own.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, ImplItem, ImplItemConst, ImplItemFn, ItemImpl};

use super::{
    ACTIONS,
    action::{self, Action},
    standard_entry,
};
use crate::{attr, ctxt::Ctxt, names};

/// The constants that it may have, with the function of the trait that gives each.
const CONSTANTS: [(&str, &str); 7] = [
    ("POLICIES", "policies"),
    ("PARSERS", "parsers"),
    ("RENDERERS", "renderers"),
    ("METADATA", "has_metadata"),
    ("HTTP_METHOD_NAMES", "http_method_names"),
    ("LOOKUP_URL_KWARG", "lookup_field"),
    ("LOOKUP_VALUE_REGEX", "lookup_value_regex"),
];

#[derive(Default)]
struct Plain<'a> {
    constants: Vec<(&'static str, &'a ImplItemConst)>,
    standard: Vec<&'a ImplItemFn>,
    actions: Vec<Action>,
}

/// The whole block.
pub(super) fn expand(block: &ItemImpl, ctxt: &Ctxt) -> TokenStream {
    let mut plain = Plain::default();
    for item in &block.items {
        plain.sort(item, ctxt);
    }
    action::map(&mut plain.actions, ctxt);
    plain.expand(block)
}

impl<'a> Plain<'a> {
    fn sort(&mut self, item: &'a ImplItem, ctxt: &Ctxt) {
        match item {
            ImplItem::Const(constant) => {
                let name = constant.ident.to_string();
                match CONSTANTS.iter().find(|(known, _)| *known == name) {
                    Some((_, function)) => self.constants.push((function, constant)),
                    None => {
                        let known: Vec<_> = CONSTANTS.iter().map(|(known, _)| *known).collect();
                        let help = names::unknown("constant of a viewset", &name, &known);
                        ctxt.error(&constant.ident, help);
                    }
                }
            }
            ImplItem::Fn(function) => self.sort_function(function, ctxt),
            other => ctxt.error(
                other,
                "a viewset without a model has constants and methods only",
            ),
        }
    }

    fn sort_function(&mut self, function: &'a ImplItemFn, ctxt: &Ctxt) {
        let is_action = |attribute: &syn::Attribute| attribute.path().is_ident("action");
        let name = &function.sig.ident;
        if let Some(position) = function.attrs.iter().position(is_action) {
            self.actions.push(Action::read(function, position, ctxt));
        } else if ACTIONS.iter().any(|(_, known, ..)| name == known) {
            self.standard.push(function);
        } else {
            let known: Vec<_> = ACTIONS.iter().map(|(_, known, ..)| *known).collect();
            let help = names::unknown("action", &name.to_string(), &known);
            ctxt.error(
                name,
                format_args!("{help}\nan action of your own carries `#[action(detail = …)]`"),
            );
        }
    }

    fn expand(&self, block: &ItemImpl) -> TokenStream {
        let me = &block.self_ty;
        let view_set = block.trait_.as_ref().map(|(_, path, _)| path);
        let name = me.to_token_stream().to_string();
        let basename = name.strip_suffix("ViewSet").unwrap_or(&name).to_lowercase();
        let description = attr::documentation(&block.attrs);
        let (constants, functions) = (
            self.constants.iter().map(|(_, constant)| constant),
            self.standard.iter(),
        );
        let extra = self.actions.iter().map(|action| &action.function);
        let (given, table, calls) = (self.given(), self.table(), self.calls());
        quote! {
            impl #me { #(#constants)* #(#functions)* #(#extra)* }
            impl #view_set for #me {
                fn name(&self) -> &'static str { #name }
                fn description(&self) -> &'static str { #description }
                fn basename(&self) -> ::std::string::String { ::std::borrow::ToOwned::to_owned(#basename) }
                fn actions(&self) -> &'static [::restwell::viewsets::Action] { &[#(#table),*] }
                #(#given)*
                fn call(
                    &self,
                    action: &str,
                    request: &::restwell::request::Request,
                    conn: &mut ::restwell::db::Conn,
                ) -> ::restwell::exceptions::Result<::restwell::response::Response> {
                    match action {
                        #(#calls)*
                        _ => ::std::result::Result::Err(::restwell::exceptions::ApiException::not_found()),
                    }
                }
            }
        }
    }

    /// The functions that give the constants.
    fn given(&self) -> Vec<TokenStream> {
        let given = self.constants.iter().map(|(function, constant)| {
            let (function, name) = (Ident::new(function, constant.ident.span()), &constant.ident);
            let ty = &constant.ty;
            let ty = match name.to_string().as_str() {
                "LOOKUP_URL_KWARG" | "LOOKUP_VALUE_REGEX" => quote!(&'static str),
                _ => ty.to_token_stream(),
            };
            quote_spanned!(name.span().resolved_at(Span::call_site())=> fn #function(&self) -> #ty { Self::#name })
        });
        let policies = quote! {
            fn policies(&self) -> ::restwell::viewsets::Policies { ::restwell::viewsets::Policies::DEFAULT }
        };
        let has_policies = self.constants.iter().any(|(name, _)| *name == "policies");
        given.chain((!has_policies).then_some(policies)).collect()
    }

    fn table(&self) -> Vec<TokenStream> {
        let has = |name: &str| {
            self.standard
                .iter()
                .any(|function| function.sig.ident == name)
        };
        let standard = ACTIONS.iter().filter(|(_, name, ..)| has(name));
        let standard = standard
            .map(|(_, name, verb, detail)| standard_entry(name, verb, *detail, quote!(&[])));
        let extra = self.actions.iter().map(|action| action.entry(quote!(&[])));
        standard.chain(extra).collect()
    }

    fn calls(&self) -> Vec<TokenStream> {
        let standard = self.standard.iter().map(|function| {
            let function = &function.sig.ident;
            let name = function.to_string();
            // Told at the user's function, with the names of the code around: it may stand in another macro.
            let span = function.span().resolved_at(Span::call_site());
            quote_spanned!(span=> #name => Self::#function(self, request, conn),)
        });
        standard
            .chain(self.actions.iter().map(Action::call))
            .collect()
    }
}
