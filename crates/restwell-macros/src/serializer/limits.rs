//! The limits and the notation of a field, as tokens of `FieldOptions`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, Ident, LitBool, LitStr, Path};

use crate::{ast, attr::Item, ctxt::Ctxt, names};

/// The options that every field and every item of a list may have.
pub(super) const LIMITS: [&str; 20] = [
    "allow_blank",
    "allow_empty",
    "allow_unicode",
    "trim_whitespace",
    "regex",
    "max_length",
    "min_length",
    "max_value",
    "min_value",
    "max_digits",
    "decimal_places",
    "coerce_to_string",
    "normalize_output",
    "format",
    "input_formats",
    "binary",
    "choices",
    "child",
    "upload_to",
    "allow_empty_file",
];

/// The limits of a field.
#[derive(Default)]
pub(super) struct Limits {
    set: Vec<TokenStream>,
    choices: Vec<Path>,
    child: Option<Box<Limits>>,
}

impl Limits {
    pub(super) fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        let name = &item.name;
        let some = |value: TokenStream| quote!(#name: ::std::option::Option::Some(#value));
        let limit = match name.to_string().as_str() {
            "allow_blank" | "allow_empty_file" | "allow_unicode" | "normalize_output"
            | "binary" => item.flag(ctxt).then(|| quote!(#name: true)),
            "upload_to" => item.value::<Expr>(ctxt).map(|value| quote!(#name: #value)),
            "allow_empty" | "trim_whitespace" => item
                .value::<LitBool>(ctxt)
                .map(|value| quote!(#name: #value)),
            "coerce_to_string" => item
                .value::<LitBool>(ctxt)
                .map(|value| some(quote!(#value))),
            "min_value" | "max_value" => item.value::<Expr>(ctxt).map(|value| bound(name, &value)),
            "max_length" | "min_length" | "max_digits" | "decimal_places" => {
                item.value::<Expr>(ctxt).map(|value| some(quote!(#value)))
            }
            "regex" => item
                .value::<LitStr>(ctxt)
                .map(|pattern| some(is_found(&pattern))),
            "format" => item
                .value::<LitStr>(ctxt)
                .map(|format| some(quote!(#format))),
            "input_formats" => {
                let formats = item.list::<LitStr>(ctxt);
                Some(quote!(#name: &[#(#formats),*]))
            }
            "choices" if item.is_list() => {
                self.choices = item.list(ctxt);
                None
            }
            "choices" => {
                self.choices.extend(item.value::<Path>(ctxt));
                None
            }
            "child" => {
                let mut child = Self::default();
                for item in item.list::<Item>(ctxt) {
                    child.option(&item, ctxt);
                }
                self.child = Some(Box::new(child));
                None
            }
            other => {
                ctxt.error(name, names::unknown("limit", other, &LIMITS));
                None
            }
        };
        self.set.extend(limit);
    }

    /// The choices of the field and of the items in it are of texts or of numbers.
    pub(super) fn choices(&mut self, text: bool) {
        let mut lists = self.choices.iter().map(|path| ast::choices(path, text));
        let choices = match lists.len() {
            0 | 1 => lists.next(),
            _ => Some(quote!(::restwell::fields::Choices::Groups(&[#(#lists),*]))),
        };
        self.set
            .extend(choices.map(|choices| quote!(choices: #choices)));
        if let Some(child) = &mut self.child {
            child.choices(text);
        }
    }

    /// Whether this limit is set.
    pub(super) fn has(&self, name: &str) -> bool {
        self.set
            .iter()
            .any(|limit| limit.to_string().starts_with(name))
    }

    pub(super) fn tokens(&self) -> TokenStream {
        let limits = &self.set;
        let child = self.child.as_ref().map(|child| {
            let child = child.tokens();
            quote!(child: ::std::option::Option::Some(&#child),)
        });
        quote!(::restwell::fields::FieldOptions { #(#limits,)* #child ..::restwell::fields::FieldOptions::NONE })
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

/// A function that looks for a pattern, which is compiled once.
fn is_found(pattern: &LitStr) -> TokenStream {
    quote! {
        |text| {
            static PATTERN: ::std::sync::LazyLock<::restwell::private::regex::Regex> = ::std::sync::LazyLock::new(|| {
                ::restwell::private::pattern(#pattern)
            });
            PATTERN.is_match(text)
        }
    }
}
