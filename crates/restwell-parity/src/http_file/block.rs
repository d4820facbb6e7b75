//! What stands between two `###`: comments and variables, the request line, headers, the body.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::{Case, Deviation, body};
use crate::{
    compare::Unordered,
    template::{Template, is_name_char},
};

/// The lines from one `###` to the next.
pub(super) struct Block<'a> {
    path: &'a Path,
    lines: &'a [&'a str],
    first_line: usize,
    /// Index of the line being read.
    position: usize,
    right: Option<(u16, Option<Value>)>,
}

impl<'a> Block<'a> {
    pub(super) fn new(path: &'a Path, lines: &'a [&'a str], first_line: usize) -> Self {
        Self {
            path,
            lines,
            first_line,
            position: 0,
            right: None,
        }
    }

    pub(super) fn at_line<T>(&self, result: Result<T>) -> Result<T> {
        let line = self.first_line + self.position;
        result.with_context(|| format!("{}:{line}", self.path.display()))
    }

    /// The line being read, without the spaces around it.
    fn line(&self) -> Option<&'a str> {
        self.lines.get(self.position).map(|line| line.trim())
    }

    /// The request of the block, or none if it holds comments and variables only.
    pub(super) fn parse(
        &mut self,
        variables: &mut BTreeMap<String, Template>,
    ) -> Result<Option<Case>> {
        let mut case = Case::default();
        let mut why = None;
        let request_line = loop {
            let Some(line) = self.line() else {
                return Ok(None);
            };
            if let Some(title) = line.strip_prefix("###") {
                title.trim().clone_into(&mut case.title);
            } else if let Some(comment) = comment(line) {
                self.directive(comment, &mut case, &mut why)?;
            } else if let Some(assignment) = line.strip_prefix('@') {
                assign(assignment, variables)?;
            } else if !line.is_empty() {
                break line;
            }
            self.position += 1;
        };
        case.line = self.first_line + self.position;
        case.deviation = deviation(why, self.right.take())?;
        self.request_line(request_line, &mut case)?;
        self.headers(&mut case)?;
        let content_type = case.content_type();
        case.body = body::parse(&self.lines[self.position..], &content_type, self.path)?;
        Ok(Some(case))
    }

    fn directive(
        &mut self,
        comment: &str,
        case: &mut Case,
        why: &mut Option<String>,
    ) -> Result<()> {
        if let Some(name) = comment.strip_prefix("@name") {
            let name = name.trim_start_matches([' ', '=']).trim();
            if name.is_empty() || !name.chars().all(is_name_char) {
                bail!("`{name}` is no name for a request");
            }
            case.name = Some(name.to_owned());
        } else if let Some(clauses) = comment.strip_prefix("clause:") {
            let clauses = clauses.split_whitespace().map(str::to_owned);
            case.clauses.extend(clauses);
        } else if comment == "unordered" {
            case.unordered = Unordered::everything();
        } else if let Some(names) = comment.strip_prefix("unordered:") {
            case.unordered.add(names.split_whitespace())?;
        } else if let Some(reason) = comment.strip_prefix("deviation:") {
            *why = Some(reason.trim().to_owned());
        } else if let Some(expected) = comment.strip_prefix("right:") {
            self.right = Some(parse_right(expected.trim())?);
        }
        Ok(())
    }

    fn request_line(&mut self, line: &str, case: &mut Case) -> Result<()> {
        let line = line.strip_suffix("HTTP/1.1").unwrap_or(line).trim_end();
        let (method, mut url) = match line.split_once(char::is_whitespace) {
            Some((method, url)) if !is_url(line) => (method, url.trim().to_owned()),
            _ if is_url(line) => ("GET", line.to_owned()),
            _ => bail!("`{line}` is neither `METHOD URL` nor a URL, `{{{{host}}}}/…` or `/…`"),
        };
        if !is_url(&url) {
            bail!("the URL `{url}` begins neither with `{{{{…}}}}` nor with `/`");
        }
        method.clone_into(&mut case.method);
        if case.title.is_empty() {
            case.title = format!("{method} {url}");
        }
        self.position += 1;
        while let Some(line) = self.line()
            && line.starts_with(['?', '&'])
        {
            url.push_str(line);
            self.position += 1;
        }
        case.url = Template::parse(&url)?;
        Ok(())
    }

    fn headers(&mut self, case: &mut Case) -> Result<()> {
        while let Some(line) = self.line() {
            if line.is_empty() {
                self.position += 1;
                break;
            }
            if comment(line).is_none() {
                let header = line.split_once(':');
                let (name, value) = header.with_context(|| format!("`{line}` is no header"))?;
                let value = Template::parse(value.trim())?;
                case.headers.push((name.trim().to_owned(), value));
            }
            self.position += 1;
        }
        Ok(())
    }
}

fn comment(line: &str) -> Option<&str> {
    let comment = line.strip_prefix('#').or_else(|| line.strip_prefix("//"))?;
    Some(comment.trim())
}

fn is_url(text: &str) -> bool {
    ["/", "{{", "http://", "https://"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// `name = value`; what a file says about `host` is for editors.
fn assign(assignment: &str, variables: &mut BTreeMap<String, Template>) -> Result<()> {
    let (name, value) = assignment
        .split_once('=')
        .with_context(|| format!("`@{assignment}` is not `@name = value`"))?;
    let name = name.trim();
    if name.is_empty() || !name.chars().all(is_name_char) {
        bail!("`{name}` is no name for a variable");
    }
    if matches!(name, "host" | "origin") {
        return Ok(());
    }
    let value = Template::parse(value.trim())?;
    if variables.insert(name.to_owned(), value).is_some() {
        bail!("`@{name}` stands twice in the file");
    }
    Ok(())
}

/// `400` or `400 {"name": ["invalid"]}`.
fn parse_right(expected: &str) -> Result<(u16, Option<Value>)> {
    let (status, body) = expected.split_once(' ').unwrap_or((expected, ""));
    let status = status
        .parse()
        .map_err(|_| anyhow!("`{expected}` begins with no status, as in `# right: 400`"))?;
    let body = body.trim();
    let body = (!body.is_empty()).then(|| serde_json::from_str(body));
    let body = body
        .transpose()
        .context("behind the status stands no JSON")?;
    Ok((status, body))
}

fn deviation(
    why: Option<String>,
    right: Option<(u16, Option<Value>)>,
) -> Result<Option<Deviation>> {
    match (why, right) {
        (Some(why), _) if why.is_empty() => bail!("`# deviation:` says no reason"),
        (Some(why), Some((status, body))) => Ok(Some(Deviation { why, status, body })),
        (Some(_), None) => {
            bail!("`# deviation:` needs `# right: STATUS`, what the right side answers")
        }
        (None, Some(_)) => bail!("`# right:` needs `# deviation: why`"),
        (None, None) => Ok(None),
    }
}
