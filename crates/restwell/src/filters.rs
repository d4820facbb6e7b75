//! Which rows, and in which order: `?field__lookup=`, `?search=`, `?ordering=` (contract §10).
//!
//! `#[derive(FilterSet)]` writes a condition for each parameter that was sent. Conditions hold in lists and in
//! detail lookups alike; parameters that no filter declares are ignored.

use std::marker::PhantomData;

use crate::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Result},
    fields::{is_space, trim},
    keyset::{Keyset, Term},
    models::{Model, Predicate},
    request::Request,
};

/// One condition that a client asked for; it is applied to the rows and to their count.
pub type Condition<M> = Box<dyn Fn(<M as Model>::Query) -> <M as Model>::Query>;

/// What the parameters of one request ask for, before search.
pub struct Conditions<M: Model> {
    /// All of them hold.
    pub conditions: Vec<Condition<M>>,
    /// Names to order by, each with whether it is descending, where `?ordering=` names none.
    pub ordering: Vec<(String, bool)>,
}

impl<M: Model> Default for Conditions<M> {
    fn default() -> Self {
        Self {
            conditions: Vec::new(),
            ordering: Vec::new(),
        }
    }
}

/// What clients may filter, search and order a model's rows by. Derive it; see the guide `docs/filtering.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a filterset",
    label = "not a filterset",
    note = "derive it: `#[derive(FilterSet)]` with `#[filterset(model = …)]`, or write `NoFilter<…>`"
)]
pub trait FilterSet: 'static {
    /// The model whose rows are filtered.
    type Model: Model;

    /// The parameter that is searched for.
    const SEARCH_PARAM: &'static str = "search";
    /// The parameter that names an order.
    const ORDERING_PARAM: &'static str = "ordering";

    /// Called once a request: what its parameters ask for. `restwell-filters` reads them as django-filter does.
    ///
    /// # Errors
    /// 400 by parameter, all of them at once; the database's, when a parameter names a row.
    fn conditions(_request: &Request, _conn: &mut Conn) -> Result<Conditions<Self::Model>> {
        Ok(Conditions::default())
    }

    /// Holds for the rows in which one of the search fields matches `term`; `None` if there are no such fields.
    fn search(_term: &str) -> Option<Predicate<Self::Model>> {
        None
    }

    /// The value that clients may order by under this name, if it is one.
    fn order_by(_name: &str, _descending: bool) -> Option<Term<Self::Model>> {
        None
    }

    /// The order where a client asks for none; `None` for the model's.
    fn default_order() -> Option<Vec<Term<Self::Model>>> {
        None
    }
}

type QueryOf<F> = <<F as FilterSet>::Model as Model>::Query;

/// No filters at all: `type Filter = NoFilter<Book>`.
pub struct NoFilter<M>(PhantomData<M>);

impl<M: Model> FilterSet for NoFilter<M> {
    type Model = M;
}

/// Everything that one request asks of a model's rows, read once and applied as often as needed.
pub struct Filtering<F: FilterSet> {
    conditions: Vec<Condition<F::Model>>,
    terms: Vec<String>,
    ordering: Vec<(String, bool)>,
}

impl<F: FilterSet> Filtering<F> {
    /// Reads the parameters.
    ///
    /// # Errors
    /// 400 by parameter, all of them at once; a NUL in the search is a bare list (contract §10.8).
    pub fn new(request: &Request, conn: &mut Conn) -> Result<Self> {
        let params = &request.query;
        let declared = F::conditions(request, conn)?;
        let terms = params
            .get(F::SEARCH_PARAM)
            .map_or_else(|| Ok(Vec::new()), search_terms);
        let terms = terms.map_err(ApiException::validation)?;
        let asked: Vec<(String, bool)> = params
            .get(F::ORDERING_PARAM)
            .map(ordering_terms)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, descending)| (name.to_owned(), descending))
            .filter(|(name, descending)| F::order_by(name, *descending).is_some())
            .collect();
        let ordering = match asked.is_empty() {
            true => declared.ordering,
            false => asked,
        };
        Ok(Self {
            conditions: declared.conditions,
            terms,
            ordering,
        })
    }

    /// Whether all rows were asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.terms.is_empty()
    }

    /// The rows that were asked for.
    pub fn filter(&self, query: QueryOf<F>) -> QueryOf<F> {
        let query = self
            .conditions
            .iter()
            .fold(query, |query, condition| condition(query));
        self.terms
            .iter()
            .filter_map(|term| F::search(term))
            .fold(query, F::Model::filter)
    }

    /// The rows in the order that was asked for: names that do not exist are dropped, and if none is left, the
    /// default holds. The primary key breaks ties.
    pub fn order(&self, query: QueryOf<F>) -> QueryOf<F> {
        match self.terms_of_order() {
            Some(terms) => {
                let query = terms.iter().fold(query, |query, term| term.order(query));
                F::Model::order_by_key(query)
            }
            None => F::Model::order(query),
        }
    }

    /// The same order, for a cursor.
    ///
    /// # Errors
    /// 500 if the default order has a value that is no column: a cursor cannot hold it. Such names are dropped from
    /// what a client asks for.
    pub fn keyset(&self) -> Result<Keyset<F::Model>> {
        let default = || F::default_order().unwrap_or_else(F::Model::keyset);
        let asked = self.terms_of_order().and_then(Keyset::new);
        asked.or_else(|| Keyset::new(default())).ok_or_else(|| {
            ApiException::internal(
                "a list with cursors is ordered by columns of its own model only",
            )
        })
    }

    /// `None` for the model's own order.
    fn terms_of_order(&self) -> Option<Vec<Term<F::Model>>> {
        if self.ordering.is_empty() {
            return F::default_order();
        }
        let terms = self.ordering.iter();
        Some(
            terms
                .filter_map(|(name, descending)| F::order_by(name, *descending))
                .collect(),
        )
    }
}

/// The terms of a search, all of which must match.
///
/// Space and commas separate terms, quotes hold a phrase together. As in DRF a term may be empty (`""`): it matches
/// every text.
///
/// # Errors
/// `null_characters_not_allowed` for a text with a NUL, which Postgres cannot compare with.
pub fn search_terms(text: &str) -> Result<Vec<String>, ErrorDetail> {
    if text.contains('\0') {
        return Err(ErrorDetail::new(
            "A null character is not allowed.",
            "null_characters_not_allowed",
        ));
    }
    let mut terms = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let (bit, after) = rest.split_at(bit_length(rest));
        let bit = bit.trim_matches(',');
        match unquote(bit) {
            Some(phrase) => terms.push(phrase),
            None => terms.extend(
                bit.split(',')
                    .filter(|term| !term.is_empty())
                    .map(|term| trim(term).to_owned()),
            ),
        }
        rest = after.trim_start_matches(is_space);
    }
    Ok(terms)
}

/// The length of the first bit of a text that starts with no space.
///
/// A bit with phrases ends behind the last one that is closed, and what clings to it; another ends at a space.
fn bit_length(text: &str) -> usize {
    let plain = |from: usize| {
        let rest = &text[from..];
        from + rest
            .find(|c| is_space(c) || is_quote(c))
            .unwrap_or(rest.len())
    };
    let mut end = plain(0);
    let mut has_phrase = false;
    while let Some(length) = phrase_length(&text[end..]) {
        end = plain(end + length);
        has_phrase = true;
    }
    if has_phrase {
        end
    } else {
        text.find(is_space).unwrap_or(text.len())
    }
}

/// The length of the phrase that the text starts with, quotes included, if it is one and is closed.
fn phrase_length(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    let (_, quote) = characters.next().filter(|(_, c)| is_quote(*c))?;
    while let Some((index, c)) = characters.next() {
        if c == quote {
            return Some(index + 1);
        }
        if c == '\\' {
            // The `.` of Django's expression stands for anything but the end of a line.
            characters.next().filter(|(_, escaped)| *escaped != '\n')?;
        }
    }
    None
}

/// The inside of a bit that starts and ends with the same quote; a lone quote is an empty phrase.
fn unquote(bit: &str) -> Option<String> {
    let quote = bit
        .chars()
        .next()
        .filter(|c| is_quote(*c) && bit.ends_with(*c))?;
    let phrase = bit.get(1..bit.len() - 1).unwrap_or_default();
    Some(
        phrase
            .replace(&format!("\\{quote}"), quote.encode_utf8(&mut [0; 4]))
            .replace(r"\\", r"\"),
    )
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'')
}

/// The names to order by, each with whether it is descending.
///
/// Nothing is checked: a name that nobody may order by, such as the `-price` of `--price`, is the caller's to drop.
pub fn ordering_terms(text: &str) -> Vec<(&str, bool)> {
    let term = |term| match trim(term).strip_prefix('-') {
        Some(name) => (name, true),
        None => (trim(term), false),
    };
    text.split(',').map(term).collect()
}
