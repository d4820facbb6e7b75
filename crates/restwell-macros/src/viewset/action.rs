//! `#[action(…)]`: a method of a viewset with a URL of its own.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Ident, ImplItemFn, LitBool, LitStr, Type, ext::IdentExt, spanned::Spanned};

use super::{STANDARD, item_of_serializer};
use crate::{
    attr::{self, Item},
    ctxt::Ctxt,
    names,
};

const ACTION_OPTIONS: [&str; 9] = [
    "detail",
    "method",
    "methods",
    "url_path",
    "url_name",
    "name",
    "policies",
    "mapping",
    "serializer",
];
const VERBS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];

pub(super) struct Action {
    pub(super) function: ImplItemFn,
    pub(super) detail: bool,
    methods: Vec<String>,
    pub(super) url_path: String,
    pub(super) url_name: String,
    /// What `OPTIONS` calls it, if not by the method's name.
    name: Option<String>,
    /// What reads its body, if it is not the viewset's.
    serializer: Option<Type>,
    policies: Option<Expr>,
    /// The action whose URL it shares.
    pub(super) mapping: Option<Ident>,
}

impl Action {
    pub(super) fn read(function: &ImplItemFn, position: usize, ctxt: &Ctxt) -> Self {
        let name = function.sig.ident.unraw().to_string();
        let items = attr::items(
            &function.attrs[position..=position],
            "action",
            &ACTION_OPTIONS,
            &[],
            ctxt,
        );
        if STANDARD.contains(&name.as_str()) || name == "partial_update" {
            ctxt.error(
                &function.sig.ident,
                format_args!("`{name}` is a standard action: name this one differently"),
            );
        }
        if !items
            .iter()
            .any(|item| item.name == "detail" || item.name == "mapping")
        {
            let message = "an action says whether it belongs to one object: `#[action(detail = true)]` or `#[action(detail = false)]`";
            ctxt.error(&function.attrs[position], message);
        }
        let mut function = function.clone();
        function.attrs.remove(position);
        let mut action = Self {
            function,
            detail: true,
            methods: Vec::new(),
            url_path: name.clone(),
            url_name: name.replace('_', "-"),
            name: None,
            serializer: None,
            policies: None,
            mapping: None,
        };
        let mut methods: Vec<LitStr> = Vec::new();
        for item in &items {
            match item.name.to_string().as_str() {
                "method" => methods.extend(item.value::<LitStr>(ctxt)),
                "methods" => methods.extend(item.list::<LitStr>(ctxt)),
                name => action.option(name, item, ctxt),
            }
        }
        action.methods = verbs(&methods, ctxt);
        action
    }

    fn option(&mut self, name: &str, item: &Item, ctxt: &Ctxt) {
        let text = |item: &Item| item.value::<LitStr>(ctxt).map(|text| text.value());
        match name {
            "detail" => {
                self.detail = item
                    .value::<LitBool>(ctxt)
                    .is_none_or(|detail| detail.value)
            }
            "serializer" => self.serializer = item.value(ctxt),
            "policies" => self.policies = item.value(ctxt),
            "mapping" => self.mapping = item.name(ctxt),
            "name" => self.name = text(item),
            "url_path" => self.url_path = text(item).unwrap_or_else(|| self.url_path.clone()),
            _ => self.url_name = text(item).unwrap_or_else(|| self.url_name.clone()),
        }
    }

    /// Its entry in the table of actions; `fields` are those of the viewset's serializer.
    pub(super) fn entry(&self, fields: TokenStream) -> TokenStream {
        let name = self.function.sig.ident.unraw().to_string();
        let Self {
            detail,
            methods,
            url_path,
            url_name,
            ..
        } = self;
        let description = attr::documentation(&self.function.attrs);
        let fields = match &self.serializer {
            Some(serializer) => item_of_serializer(serializer, "FIELDS"),
            None => fields,
        };
        let view_name = self.name.as_deref().unwrap_or_default();
        let policies = match &self.policies {
            Some(policies) => quote_spanned!(policies.span()=> #policies),
            None => quote!(::restwell::viewsets::Policies::DEFAULT),
        };
        quote! {
            ::restwell::viewsets::Action {
                name: #name,
                detail: #detail,
                methods: &[#(#methods),*],
                url_path: #url_path,
                url_name: #url_name,
                view_name: #view_name,
                description: #description,
                fields: #fields,
                policies: #policies,
            }
        }
    }

    /// Its arm in the table of calls.
    pub(super) fn call(&self) -> TokenStream {
        let function = &self.function.sig.ident;
        let name = function.unraw().to_string();
        // Told at the user's function, with the names of the code around: it may stand in another macro.
        let span = function.span().resolved_at(Span::call_site());
        quote_spanned!(span=> #name => Self::#function(self, request, conn),)
    }
}

/// The verbs in upper case; `GET` if none is named.
fn verbs(methods: &[LitStr], ctxt: &Ctxt) -> Vec<String> {
    if methods.is_empty() {
        return vec!["GET".to_owned()];
    }
    for method in methods {
        if !VERBS.contains(&method.value().to_lowercase().as_str()) {
            ctxt.error(method, names::unknown("verb", &method.value(), &VERBS));
        }
    }
    methods
        .iter()
        .map(|method| method.value().to_uppercase())
        .collect()
}

/// Sorts the actions by name, and those that share a URL behind the one that has it.
pub(super) fn map(actions: &mut [Action], ctxt: &Ctxt) {
    for index in 0..actions.len() {
        let Some(target) = actions[index].mapping.clone() else {
            continue;
        };
        let found = actions
            .iter()
            .find(|action| action.function.sig.ident == target && action.mapping.is_none());
        let Some(found) = found else {
            ctxt.error(&target, format_args!("there is no action `{target}`"));
            continue;
        };
        let (detail, path, name) = (found.detail, found.url_path.clone(), found.url_name.clone());
        let action = &mut actions[index];
        (action.detail, action.url_path, action.url_name) = (detail, path, name);
    }
    actions.sort_by_key(|action| {
        let own = &action.function.sig.ident;
        let first = action.mapping.as_ref().unwrap_or(own);
        (
            first.unraw().to_string(),
            action.mapping.is_some(),
            own.unraw().to_string(),
        )
    });
}
