//! The lookups that a filter may name, as django-filter spells them: `gte`, `icontains`, `year__gt`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::attr::Search;

/// What can be said of any value, and what of texts only.
const PLAIN: [&str; 4] = ["exact", "in", "range", "isnull"];
const COMPARISONS: [&str; 4] = ["gt", "gte", "lt", "lte"];
const TEXTS: [&str; 9] = [
    "iexact",
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "regex",
    "iregex",
];
/// Parts of dates and times; each can also be compared: `month__gte`.
const PARTS: [&str; 12] = [
    "year",
    "iso_year",
    "quarter",
    "month",
    "week",
    "day",
    "week_day",
    "iso_week_day",
    "hour",
    "minute",
    "second",
    "date",
];

/// One lookup.
#[derive(Clone, Copy)]
pub(super) enum Lookup<'a> {
    Compare(Comparison<'a>),
    In,
    Range,
    IsNull,
    Text(TextLookup<'a>),
    Year(Comparison<'a>),
    Date(Comparison<'a>),
    Part(&'a str, Comparison<'a>),
}

/// `exact`, `gt`, `gte`, `lt` or `lte`.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a>(pub(super) &'a str);

/// `icontains` and the like.
#[derive(Clone, Copy)]
pub(super) struct TextLookup<'a>(&'a str);

/// Every name of a lookup.
pub(super) fn known() -> Vec<String> {
    let compared = PARTS.iter().flat_map(|part| {
        COMPARISONS
            .iter()
            .map(move |name| format!("{part}__{name}"))
    });
    let plain = PLAIN.iter().chain(&COMPARISONS).chain(&TEXTS).chain(&PARTS);
    plain.map(ToString::to_string).chain(compared).collect()
}

impl<'a> Lookup<'a> {
    /// The lookup of a known name.
    pub(super) fn of(name: &'a str) -> Self {
        // `iso_year__gt`: the comparison stands behind the last pair of underscores.
        let (name, comparison) = name.rsplit_once("__").unwrap_or((name, "exact"));
        let comparison = Comparison(comparison);
        match name {
            "in" => Self::In,
            "range" => Self::Range,
            "isnull" => Self::IsNull,
            "year" => Self::Year(comparison),
            "date" => Self::Date(comparison),
            part if PARTS.contains(&part) => Self::Part(part, comparison),
            text if TEXTS.contains(&text) => Self::Text(TextLookup(text)),
            name => Self::Compare(Comparison(name)),
        }
    }
}

impl Comparison<'_> {
    pub(super) fn tokens(self) -> TokenStream {
        let name = variant(self.0);
        quote!(::restwell::models::lookups::Lookup::#name)
    }
}

impl TextLookup<'_> {
    pub(super) fn tokens(self) -> TokenStream {
        let name = variant(self.0);
        quote!(::restwell::models::lookups::TextLookup::#name)
    }

    /// Whether the text is a regular expression.
    pub(super) fn is_pattern(self) -> bool {
        matches!(self.0, "regex" | "iregex")
    }

    /// Contract §10.9: how a search term is compared.
    pub(super) fn of_search(search: &Search) -> TokenStream {
        let name = match (search.prefix, &search.lookup) {
            (Some('^'), _) => "istartswith",
            (Some('='), _) => "iexact",
            (Some('$'), _) => "iregex",
            (Some('@'), _) => "search",
            (_, Some(lookup)) => lookup,
            (_, None) => "icontains",
        };
        TextLookup(name).tokens()
    }
}

/// The part of a date or a time, e.g. `WeekDay`.
pub(super) fn part(name: &str) -> TokenStream {
    let name = format_ident!("{}", crate::names::camel_case(name));
    quote!(::restwell::models::lookups::Part::#name)
}

fn variant(name: &str) -> syn::Ident {
    format_ident!("{}", crate::names::camel_case(name))
}

/// The name of a search field without its lookup, and the lookup: `title__startswith`.
pub(crate) fn split_search(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once("__")
        .filter(|(name, lookup)| !name.is_empty() && TEXTS.contains(lookup))
}
