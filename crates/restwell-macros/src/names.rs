//! Names that the derives make up, and the help for names that are misspelt.

use quote::format_ident;
use syn::{Ident, ext::IdentExt};

/// `author_detail` → `AuthorDetail`.
pub(crate) fn camel_case(name: &str) -> String {
    name.split('_')
        .filter_map(|word| {
            let mut characters = word.chars();
            characters
                .next()
                .map(|first| first.to_uppercase().chain(characters).collect::<String>())
        })
        .collect()
}

/// `ContentType` → `content type`.
pub(crate) fn in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
    }
    words
}

/// `BookSerializer` → `BookData`.
pub(crate) fn data(serializer: &Ident) -> Ident {
    let name = serializer.to_string();
    format_ident!(
        "{}Data",
        name.strip_suffix("Serializer").unwrap_or(&name),
        span = serializer.span()
    )
}

/// A column's name as the parameter of a trait (FNV-1a).
pub(crate) fn hash(column: &Ident) -> u64 {
    let name = column.unraw().to_string();
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What an unknown option should have been.
pub(crate) fn unknown(kind: &str, name: &str, known: &[&str]) -> String {
    let closest = known
        .iter()
        .map(|known| (distance(name, known), *known))
        .min();
    match closest {
        Some((distance, known)) if distance <= 2 + known.len() / 3 => {
            format!("unknown {kind} `{name}`; did you mean `{known}`?")
        }
        _ => format!("unknown {kind} `{name}`; known are: {}", known.join(", ")),
    }
}

/// Edits that turn one word into the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[right.len()]
}
