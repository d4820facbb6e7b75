//! The texts of `?search=` and `?ordering=`, taken apart (contract §10.8, §10.11). [`crate::filters`] applies them.

use crate::{
    exceptions::ErrorDetail,
    fields::{is_space, trim},
};

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

/// A text as it stands in a `LIKE` pattern, where it matches only itself.
pub fn like_escape(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
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
