//! Which renderer answers: DRF's rules, which know no q-values (contract §4.2 to §4.8).

use std::borrow::Cow;

use crate::{
    exceptions::{ApiException, Result},
    fields::parse_int,
    parsers::{MediaType, media_type},
    renderers::Renderer,
};

const MAX_ACCEPT_LENGTH: usize = 8192;
const MAX_ACCEPT_TOKENS: usize = 64;
const MAX_TOKEN_LENGTH: usize = 256;

/// The form that an answer will have.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    /// The renderer.
    pub renderer: &'static dyn Renderer,
    /// Spaces for each level, 1 to 8, if the client wants the answer for people to read.
    pub indent: Option<usize>,
}

impl Accepted {
    /// This renderer, whatever the client wants.
    pub fn of(renderer: &'static dyn Renderer) -> Self {
        Self {
            renderer,
            indent: None,
        }
    }
}

/// The renderer that the `Accept` header and the format of a request (the suffix or `?format=`) agree on.
///
/// The most specific media type wins, and between equal ones the first renderer.
///
/// # Errors
/// 404 `not_found` for an unknown format, 406 `not_acceptable` if no renderer has a media type that is accepted.
pub fn negotiate(
    renderers: &[&'static dyn Renderer],
    accept: Option<&[u8]>,
    format: Option<&str>,
) -> Result<Accepted> {
    let format = format.filter(|format| !format.is_empty());
    let is_asked_for =
        |renderer: &&&dyn Renderer| format.is_none_or(|format| renderer.format() == format);
    let renderers: Vec<_> = renderers.iter().filter(is_asked_for).copied().collect();
    if renderers.is_empty() {
        return Err(ApiException::not_found());
    }
    let tokens = accept_texts(accept.unwrap_or(b"*/*"));
    let accepted: Vec<_> = tokens
        .iter()
        .filter_map(|token| media_type(token))
        .collect();
    for specificity in (0..=3).rev() {
        for renderer in &renderers {
            if let Some(media) = accepted_as(&accepted, *renderer, specificity) {
                return Ok(Accepted {
                    renderer: *renderer,
                    indent: indent_of(media),
                });
            }
        }
    }
    Err(ApiException::not_acceptable())
}

/// A parameter of the media type that a renderer was accepted by.
pub(crate) fn accepted_param(accept: &[u8], renderer: &dyn Renderer, name: &str) -> Option<String> {
    let tokens = accept_texts(accept);
    let accepted: Vec<_> = tokens
        .iter()
        .filter_map(|token| media_type(token))
        .collect();
    let mut found = (0..=3)
        .rev()
        .filter_map(|specificity| accepted_as(&accepted, renderer, specificity));
    found.next()?.param(name).map(str::to_owned)
}

/// The first media type that includes what a renderer writes, and is as specific as that.
fn accepted_as<'a, 'b>(
    accepted: &'b [MediaType<'a>],
    renderer: &dyn Renderer,
    specificity: u8,
) -> Option<&'b MediaType<'a>> {
    accepted
        .iter()
        .find(|media| specificity_of(media) == specificity && media.includes(renderer.media_type()))
}

fn accept_texts(header: &[u8]) -> Vec<Cow<'_, str>> {
    accept_tokens(header).map(String::from_utf8_lossy).collect()
}

/// The media types of a header; one that is too long is cut behind a comma, so that no type is cut in two.
fn accept_tokens(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let header = match header.get(..MAX_ACCEPT_LENGTH) {
        Some(start) if header.len() > MAX_ACCEPT_LENGTH => {
            let end = start.iter().rposition(|byte| *byte == b',').unwrap_or(0);
            &start[..end]
        }
        _ => header,
    };
    let tokens = header.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    tokens
        .filter(|token| (1..=MAX_TOKEN_LENGTH).contains(&token.len()))
        .take(MAX_ACCEPT_TOKENS)
}

fn specificity_of(media: &MediaType<'_>) -> u8 {
    if media.kind == "*" {
        0
    } else if media.subtype == "*" {
        1
    } else if media
        .params
        .iter()
        .all(|(name, _)| name.eq_ignore_ascii_case("q"))
    {
        2
    } else {
        3
    }
}

fn indent_of(media: &MediaType<'_>) -> Option<usize> {
    let width = parse_int(media.param("indent")?)?.clamp(0, 8);
    usize::try_from(width).ok().filter(|width| *width > 0)
}
