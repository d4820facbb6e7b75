//! The body of a request: text, and files that are included in it.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::template::{Scope, Template};

/// A piece of a body.
#[derive(Debug, PartialEq)]
pub(crate) enum BodyPart {
    Text(Template),
    Bytes(Vec<u8>),
}

impl BodyPart {
    pub(super) fn template(&self) -> Option<&Template> {
        match self {
            Self::Text(template) => Some(template),
            Self::Bytes(_) => None,
        }
    }

    pub(super) fn render(&self, scope: &Scope<'_>, body: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Text(template) => body.extend(template.render(scope)?.bytes()),
            Self::Bytes(bytes) => body.extend(bytes),
        }
        Ok(())
    }
}

/// Reads the lines below the headers; blank ones at the end do not count.
///
/// # Errors
/// If a file cannot be read, or something in `{{…}}` is unknown.
pub(super) fn parse(lines: &[&str], content_type: &str, case_file: &Path) -> Result<Vec<BodyPart>> {
    let is_filled = |line: &&str| !line.trim().is_empty();
    let length = lines.iter().rposition(is_filled).map_or(0, |last| last + 1);
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    let line_break = if content_type.starts_with("multipart/") {
        "\r\n"
    } else {
        "\n"
    };
    let mut parts = Vec::new();
    let mut text = String::new();
    for (index, line) in lines[..length].iter().enumerate() {
        if index > 0 && !(is_form && line.starts_with('&')) {
            text.push_str(line_break);
        }
        if let Some(included) = include(line, case_file) {
            parts.push(BodyPart::Text(Template::parse(&text)?));
            parts.push(included?);
            text.clear();
        } else {
            text.push_str(line);
        }
    }
    parts.push(BodyPart::Text(Template::parse(&text)?));
    parts.retain(|part| *part != BodyPart::Text(Template::default()));
    Ok(parts)
}

/// `< ./file` or `<@ ./file`.
fn include(line: &str, case_file: &Path) -> Option<Result<BodyPart>> {
    let as_text = line.strip_prefix("<@ ");
    let name = as_text.or_else(|| line.strip_prefix("< "))?.trim();
    let path = case_file.with_file_name("").join(name);
    let read = || -> Result<BodyPart> {
        let bytes = fs::read(&path).with_context(|| format!("{}", path.display()))?;
        if as_text.is_none() {
            return Ok(BodyPart::Bytes(bytes));
        }
        let text = String::from_utf8(bytes).context("only text can hold variables")?;
        Ok(BodyPart::Text(Template::parse(&text)?))
    };
    Some(read())
}
