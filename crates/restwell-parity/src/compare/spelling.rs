//! How JSON is written: the spaces between tokens and the escapes in texts (contract §4.8, §4.10).

use std::collections::BTreeSet;

use super::Difference;

/// The difference between two texts of the same JSON value, if one is indented or escaped in another way.
pub(super) fn difference(left: &[u8], right: &[u8]) -> Option<Difference> {
    let (left, right) = (spellings(left), spellings(right));
    let shown = |these: &BTreeSet<String>, others: &BTreeSet<String>| {
        let own: Vec<_> = these.difference(others).take(5).collect();
        format!("{own:?}")
    };
    let (own_left, own_right) = (shown(&left, &right), shown(&right, &left));
    (left != right).then(|| Difference::new("spaces and escapes of the JSON", own_left, own_right))
}

/// Every run of spaces outside texts and every escape inside.
fn spellings(json: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(json);
    let mut found = BTreeSet::new();
    let mut spaces = String::new();
    let mut is_inside = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if is_inside && letter == '\\' {
            found.insert(escape(&mut letters));
        } else if !is_inside && letter.is_ascii_whitespace() {
            spaces.push(letter);
            continue;
        }
        is_inside ^= letter == '"';
        if !spaces.is_empty() {
            found.insert(std::mem::take(&mut spaces));
        }
    }
    found
}

fn escape(letters: &mut std::str::Chars<'_>) -> String {
    let kind = letters.next();
    let digits = if kind == Some('u') { 4 } else { 0 };
    let rest = letters.by_ref().take(digits);
    ['\\'].into_iter().chain(kind).chain(rest).collect()
}
