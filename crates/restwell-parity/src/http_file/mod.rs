//! Case files: `.http`, as editors' HTTP clients read it; `docs/parity.md` describes all of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    client::Request,
    compare::Unordered,
    template::{Reference, Scope, Template},
};

mod block;
mod body;

use block::Block;
use body::BodyPart;

/// A case file, read.
#[derive(Debug)]
pub(crate) struct HttpFile {
    pub(crate) path: PathBuf,
    pub(crate) variables: BTreeMap<String, Template>,
    pub(crate) cases: Vec<Case>,
}

/// One request of a file, with what its comments say about it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Case {
    pub(crate) title: String,
    /// Of the request line.
    pub(crate) line: usize,
    pub(crate) name: Option<String>,
    pub(crate) clauses: Vec<String>,
    pub(crate) unordered: Unordered,
    pub(crate) deviation: Option<Deviation>,
    method: String,
    url: Template,
    headers: Vec<(String, Template)>,
    body: Vec<BodyPart>,
}

/// A difference that is meant, and what the right side answers instead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deviation {
    pub(crate) why: String,
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl HttpFile {
    /// # Errors
    /// Names the file and line of what cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
        Self::parse(path, &text)
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self> {
        let lines: Vec<_> = text.lines().collect();
        let mut file = Self {
            path: path.to_owned(),
            variables: BTreeMap::new(),
            cases: Vec::new(),
        };
        let mut start = 0;
        while start < lines.len() {
            let body = &lines[start + usize::from(lines[start].starts_with("###"))..];
            let length = body.iter().position(|line| line.starts_with("###"));
            let end = length.map_or(lines.len(), |length| lines.len() - body.len() + length);
            let mut block = Block::new(path, &lines[start..end], start + 1);
            let case = block.parse(&mut file.variables);
            file.cases.extend(block.at_line(case)?);
            start = end;
        }
        file.check_references()?;
        Ok(file)
    }

    fn check_references(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for case in &self.cases {
            let place = || format!("{}:{}", self.path.display(), case.line);
            for template in case.templates() {
                self.check_template(template, &names, 0)
                    .with_context(place)?;
            }
            if let Some(name) = &case.name
                && !names.insert(name.as_str())
            {
                return Err(anyhow::anyhow!("a request named `{name}` stands above"))
                    .with_context(place);
            }
        }
        Ok(())
    }

    fn check_template(
        &self,
        template: &Template,
        names: &BTreeSet<&str>,
        depth: usize,
    ) -> Result<()> {
        if depth > self.variables.len() {
            bail!("variables refer to each other in a circle");
        }
        for reference in template.references() {
            match reference {
                Reference::Request(name) if names.contains(name) => {}
                Reference::Request(name) => bail!("no request above is named `{name}`"),
                Reference::Variable(name) => {
                    let variable = self.variables.get(name);
                    let variable = variable.with_context(|| format!("`@{name} = …` is missing"))?;
                    self.check_template(variable, names, depth + 1)?;
                }
            }
        }
        Ok(())
    }
}

impl Case {
    /// The content type as the file says it, or an empty text.
    fn content_type(&self) -> String {
        let is_content_type =
            |(name, _): &&(String, Template)| name.eq_ignore_ascii_case("content-type");
        let header = self.headers.iter().find(is_content_type);
        header.map_or_else(String::new, |(_, value)| {
            value.leading_text().to_ascii_lowercase()
        })
    }

    fn templates(&self) -> impl Iterator<Item = &Template> {
        let headers = self.headers.iter().map(|(_, value)| value);
        let parts = self.body.iter().filter_map(BodyPart::template);
        [&self.url].into_iter().chain(headers).chain(parts)
    }

    /// The request for one side.
    ///
    /// # Errors
    /// If a capture is missing, or the URL is that of another server.
    pub(crate) fn request(&self, scope: &Scope<'_>) -> Result<Request> {
        let url = self.url.render(scope)?;
        let target = url.strip_prefix(scope.origin).unwrap_or(&url);
        if !target.starts_with('/') {
            bail!("the URL `{url}` begins neither with `{{{{host}}}}/` nor with `/`");
        }
        let mut request = Request {
            method: self.method.clone(),
            target: encode_target(target),
            ..Request::default()
        };
        for (name, value) in &self.headers {
            request.headers.push((name.clone(), value.render(scope)?));
        }
        for part in &self.body {
            part.render(scope, &mut request.body)?;
        }
        Ok(request)
    }
}

/// Encodes what cannot stand in a request line, and leaves `%` alone.
fn encode_target(target: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const REFUSED: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(target, REFUSED).to_string()
}

#[cfg(test)]
mod tests;
