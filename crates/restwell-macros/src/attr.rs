//! The grammar of attributes: `name`, `name = value`, `name(…)`, separated by commas.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Ident, LitStr, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{ctxt::Ctxt, filter_set::split_search, names};

/// One option of an attribute.
pub(crate) struct Item {
    /// Its name.
    pub(crate) name: Ident,
    value: Value,
}

enum Value {
    None,
    Equals(TokenStream),
    List(TokenStream),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        if input.peek(syn::token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            return Ok(Self {
                name,
                value: Value::List(content.parse()?),
            });
        }
        if !input.peek(Token![=]) {
            return Ok(Self {
                name,
                value: Value::None,
            });
        }
        input.parse::<Token![=]>()?;
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            tokens.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        Ok(Self {
            name,
            value: Value::Equals(tokens),
        })
    }
}

impl Item {
    /// The value behind `=`.
    pub(crate) fn value<T: Parse>(&self, ctxt: &Ctxt) -> Option<T> {
        match &self.value {
            Value::Equals(tokens) if !tokens.is_empty() => match T::parse.parse2(tokens.clone()) {
                Ok(value) => Some(value),
                Err(error) => {
                    ctxt.syn(self.in_quotes(tokens).unwrap_or(error));
                    None
                }
            },
            _ => {
                ctxt.error(
                    &self.name,
                    format_args!("`{0}` takes a value: `{0} = …`", self.name),
                );
                None
            }
        }
    }

    /// A name was written as a text.
    fn in_quotes(&self, tokens: &TokenStream) -> Option<syn::Error> {
        let text = syn::parse2::<LitStr>(tokens.clone()).ok()?;
        let message = format!(
            "a name stands without quotes: `{} = {}`",
            self.name,
            text.value()
        );
        Some(syn::Error::new(text.span(), message))
    }

    /// The name behind `=`.
    pub(crate) fn name(&self, ctxt: &Ctxt) -> Option<Ident> {
        self.value::<Name>(ctxt).map(|name| name.0)
    }

    /// Whether something stands in parentheses.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// The names in parentheses.
    pub(crate) fn names(&self, ctxt: &Ctxt) -> Vec<Ident> {
        self.list::<Name>(ctxt)
            .into_iter()
            .map(|name| name.0)
            .collect()
    }

    /// The list in parentheses.
    pub(crate) fn list<T: Parse>(&self, ctxt: &Ctxt) -> Vec<T> {
        self.content(ctxt, Punctuated::<T, Token![,]>::parse_terminated)
            .map(|list| list.into_iter().collect())
            .unwrap_or_default()
    }

    /// What stands in parentheses.
    pub(crate) fn content<T>(
        &self,
        ctxt: &Ctxt,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    ) -> Option<T> {
        match &self.value {
            Value::List(tokens) => self.parse(tokens, parser, ctxt),
            _ => {
                ctxt.error(
                    &self.name,
                    format_args!("`{0}` takes a list: `{0}(…)`", self.name),
                );
                None
            }
        }
    }

    /// Nothing but the name.
    pub(crate) fn flag(&self, ctxt: &Ctxt) -> bool {
        if !matches!(self.value, Value::None) {
            ctxt.error(&self.name, format_args!("`{}` takes no value", self.name));
        }
        true
    }

    fn parse<T>(
        &self,
        tokens: &TokenStream,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
        ctxt: &Ctxt,
    ) -> Option<T> {
        parser
            .parse2(tokens.clone())
            .map_err(|error| ctxt.syn(error))
            .ok()
    }
}

/// The options of all attributes `#[kind(…)]`; an unknown one or one that stands twice is a mistake.
pub(crate) fn items(
    attributes: &[Attribute],
    kind: &str,
    known: &[&str],
    repeatable: &[&str],
    ctxt: &Ctxt,
) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(kind))
    {
        match attribute.parse_args_with(Punctuated::<Item, Token![,]>::parse_terminated) {
            Ok(items) => found.extend(items),
            Err(error) => ctxt.syn(error),
        }
    }
    let mut seen: Vec<String> = Vec::new();
    found.retain(|item| {
        let name = item.name.unraw().to_string();
        if !known.contains(&name.as_str()) {
            ctxt.error(
                &item.name,
                names::unknown(&format!("{kind} option"), &name, known),
            );
            return false;
        }
        if seen.contains(&name) && !repeatable.contains(&name.as_str()) {
            ctxt.error(&item.name, format_args!("`{name}` stands here twice"));
            return false;
        }
        seen.push(name);
        true
    });
    found
}

/// A name, or a way over relations to one: `author -> name`.
#[derive(Clone)]
pub(crate) struct NamePath(pub(crate) Vec<Ident>);

impl Parse for NamePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut names = vec![input.parse::<Name>()?.0];
        while input.peek(Token![->]) {
            input.parse::<Token![->]>()?;
            names.push(input.parse::<Name>()?.0);
        }
        Ok(Self(names))
    }
}

/// The name of a field; a keyword needs no `r#`.
pub(crate) struct Name(pub(crate) Ident);

impl Parse for Name {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let text = name.unraw().to_string();
        Ok(Self(if syn::parse_str::<Ident>(&text).is_ok() {
            name
        } else {
            Ident::new_raw(&text, name.span())
        }))
    }
}

impl NamePath {
    /// As it stands in a query string: `author__name`.
    pub(crate) fn parameter(&self) -> String {
        self.0
            .iter()
            .map(|name| name.unraw().to_string())
            .collect::<Vec<_>>()
            .join("__")
    }
}

/// A name to order by, descending behind a minus.
#[derive(Clone)]
pub(crate) struct Ordering {
    /// The name.
    pub(crate) path: NamePath,
    /// Largest first.
    pub(crate) descending: bool,
}

impl Parse for Ordering {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let descending = input.parse::<Option<Token![-]>>()?.is_some();
        Ok(Self {
            path: input.parse()?,
            descending,
        })
    }
}

/// A name to search, with DRF's prefix if it stands in quotes: `"=isbn"`.
pub(crate) struct Search {
    /// The name.
    pub(crate) path: NamePath,
    /// `^`, `=`, `@`, `$`, or none.
    pub(crate) prefix: Option<char>,
    /// What stands behind the name: `title__startswith`.
    pub(crate) lookup: Option<String>,
}

impl Parse for Search {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(LitStr) {
            return Ok(Self::new(input.parse()?, None));
        }
        let literal: LitStr = input.parse()?;
        let text = literal.value();
        let prefix = text.chars().next().filter(|first| "^=@$".contains(*first));
        let name = text.trim_start_matches(['^', '=', '@', '$']);
        let path = LitStr::new(name, literal.span()).parse()?;
        Ok(Self::new(path, prefix))
    }
}

impl Search {
    fn new(mut path: NamePath, prefix: Option<char>) -> Self {
        let last = path.0.pop();
        let text = last.as_ref().map(|last| last.unraw().to_string());
        let split = text.as_deref().and_then(split_search);
        let lookup = split.map(|(_, lookup)| lookup.to_owned());
        path.0.extend(match (split, last) {
            (Some((name, _)), Some(last)) => Some(Ident::new(name, last.span())),
            (_, last) => last,
        });
        Self {
            path,
            prefix,
            lookup,
        }
    }
}

/// The text of all documentation comments.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => {
            let text = syn::parse2::<LitStr>(pair.value.to_token_stream())
                .ok()?
                .value();
            Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
        }
        _ => None,
    };
    attributes
        .iter()
        .filter_map(line)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}
