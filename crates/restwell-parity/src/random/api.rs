//! What an API says of itself: its root, the `OPTIONS` of each resource, and the rows of its lists (contract §1.7, §15).

use std::{collections::BTreeMap, net::IpAddr};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    body::Encoding,
    grammar::{Grammar, ResourceGrammar},
    kind::{Kind, Place},
    value::{Row, to_text},
};
use crate::{client::Answer, origin::PLACEHOLDER};

const MAX_PAGES: usize = 10;

/// The fields by which rows are addressed if neither a `url` nor the grammar says.
const LOOKUPS: [&str; 4] = ["id", "pk", "uuid", "slug"];

/// A resource of the API's root.
pub(super) struct Resource {
    pub(super) name: String,
    /// The path of its list.
    pub(super) path: String,
    pub(super) lookup: Option<String>,
    /// What `POST` takes, if that is allowed.
    pub(super) create: Option<Vec<Field>>,
    /// What `PUT` and `PATCH` take, if that is allowed.
    pub(super) update: Option<Vec<Field>>,
    pub(super) encodings: Vec<Encoding>,
    pub(super) grammar: ResourceGrammar,
}

/// A field as `OPTIONS` describes it.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    pub(super) is_read_only: bool,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) min_value: Option<i64>,
    pub(super) max_value: Option<i64>,
}

impl Field {
    /// A field of which only the grammar knows.
    pub(super) fn required(name: String, kind: Kind) -> Self {
        Self {
            name,
            kind,
            is_required: true,
            is_read_only: false,
            min_length: None,
            max_length: None,
            min_value: None,
            max_value: None,
        }
    }
}

/// How the API is asked: method and target in, an answer without the server's own URL out.
pub(super) type Ask<'a> = dyn FnMut(&str, &str) -> Result<Answer> + 'a;

/// The rows of each resource.
pub(super) type Rows = BTreeMap<String, Vec<Row>>;

/// Reads the whole API, beginning at its root.
///
/// # Errors
/// If the root is not a JSON object of URLs, or a resource cannot be read.
pub(super) fn explore(
    root: &str,
    grammar: &Grammar,
    ask: &mut Ask<'_>,
) -> Result<(Vec<Resource>, Rows)> {
    let links = ask_json(ask, "GET", root)?;
    let links = links
        .as_object()
        .context("the API's root is no object of URLs")?;
    let unknown = grammar
        .resources
        .keys()
        .find(|name| !links.contains_key(*name));
    if let Some(name) = unknown {
        bail!("the grammar describes `{name}`, which is not in the API's root");
    }
    let mut rows = Rows::new();
    let mut paths = Vec::new();
    for (name, link) in links {
        let grammar = grammar.resources.get(name).cloned().unwrap_or_default();
        let link = link
            .as_str()
            .context("the API's root is no object of URLs")?;
        let path = link.strip_prefix(PLACEHOLDER).unwrap_or(link).to_owned();
        if !grammar.skip {
            let mut found = read_rows(&path, ask)?;
            found.retain(|row| !grammar.spares(row));
            rows.insert(name.clone(), found);
            paths.push((name.clone(), path, grammar));
        }
    }
    let mut resources = Vec::new();
    for (name, path, grammar) in paths {
        resources.push(read_resource(name, path, grammar, &rows, ask)?);
    }
    Ok((resources, rows))
}

fn ask_json(ask: &mut Ask<'_>, method: &str, target: &str) -> Result<Value> {
    let answer = ask(method, target)?;
    if answer.status != 200 {
        bail!(
            "{method} {target} answers {}, so the API cannot be explored",
            answer.status
        );
    }
    answer
        .json()
        .with_context(|| format!("{method} {target} does not answer JSON"))
}

/// The rows of the first pages.
fn read_rows(path: &str, ask: &mut Ask<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut target = Some(path.to_owned());
    for _ in 0..MAX_PAGES {
        let Some(current) = target.take() else {
            break;
        };
        let page = ask_json(ask, "GET", &current)?;
        let items = page.get("results").unwrap_or(&page).as_array();
        let items = items.into_iter().flatten().filter_map(Value::as_object);
        rows.extend(items.cloned());
        let next = page.get("next").and_then(Value::as_str);
        target = next.map(|next| next.replace(PLACEHOLDER, ""));
    }
    Ok(rows)
}

fn read_resource(
    name: String,
    path: String,
    grammar: ResourceGrammar,
    rows: &Rows,
    ask: &mut Ask<'_>,
) -> Result<Resource> {
    let options = ask_json(ask, "OPTIONS", &path)?;
    let parses = options["parses"].as_array().into_iter().flatten();
    let encodings = parses.filter_map(|media| Encoding::of_media_type(media.as_str()?));
    let first = rows.get(&name).and_then(|rows| rows.first());
    let is_in_row = |field: &&str| first.is_some_and(|row| row.contains_key(*field));
    let guessed = LOOKUPS.into_iter().find(is_in_row).map(str::to_owned);
    let mut resource = Resource {
        lookup: grammar.lookup.clone().or(guessed),
        create: read_fields(&options["actions"]["POST"], &name, &grammar, rows),
        update: None,
        encodings: encodings.collect(),
        name,
        path,
        grammar,
    };
    if let Some(detail) = first.and_then(|row| resource.path_of(row)) {
        let options = ask_json(ask, "OPTIONS", &detail)?;
        let fields = &options["actions"]["PUT"];
        resource.update = read_fields(fields, &resource.name, &resource.grammar, rows);
    }
    Ok(resource)
}

impl Resource {
    /// The path of a row: its `url`, or the list's path with its key.
    pub(super) fn path_of(&self, row: &Row) -> Option<String> {
        let url = row.get("url").and_then(Value::as_str);
        if self.grammar.lookup.is_none()
            && let Some(path) = url.and_then(|url| url.strip_prefix(PLACEHOLDER))
        {
            return Some(path.to_owned());
        }
        Some(self.path_of_key(&self.key_of(row)?))
    }

    pub(super) fn path_of_key(&self, key: &str) -> String {
        match self.path.strip_suffix('/') {
            Some(path) => format!("{path}/{key}/"),
            None => format!("{}/{key}", self.path),
        }
    }

    pub(super) fn key_of(&self, row: &Row) -> Option<String> {
        row.get(self.lookup.as_deref()?).map(to_text)
    }
}

fn read_fields(
    description: &Value,
    resource: &str,
    grammar: &ResourceGrammar,
    rows: &Rows,
) -> Option<Vec<Field>> {
    let described = description.as_object()?.iter();
    let fields = described.map(|(name, info)| {
        let place = Place {
            resource: resource.to_owned(),
            field: name.clone(),
        };
        let hint = grammar.fields.get(name).cloned();
        Field {
            name: name.clone(),
            kind: hint.unwrap_or_else(|| kind_of(info, &place, rows)),
            is_required: info["required"] == true,
            is_read_only: info["read_only"] == true,
            min_length: length(&info["min_length"]),
            max_length: length(&info["max_length"]),
            min_value: bound(&info["min_value"]),
            max_value: bound(&info["max_value"]),
        }
    });
    Some(fields.collect())
}

fn length(value: &Value) -> Option<usize> {
    value.as_u64()?.try_into().ok()
}

/// A whole number that is no further out than the bound.
fn bound(value: &Value) -> Option<i64> {
    let text = to_text(value);
    text.split('.').next()?.parse().ok()
}

fn kind_of(info: &Value, place: &Place, rows: &Rows) -> Kind {
    let list = |item: Kind, max: usize| Kind::List {
        item: Box::new(item),
        max,
    };
    let child = || kind_of(&info["child"], place, &Rows::new());
    let (min, max) = bounds(info, 1000);
    match info["type"].as_str().unwrap_or_default() {
        "boolean" => Kind::Bool,
        "integer" => Kind::Int { min, max },
        "float" => Kind::Float {
            min: min as f64,
            max: max as f64,
        },
        "decimal" => decimal_kind(info),
        "email" => Kind::Email,
        "url" => Kind::Url,
        "slug" => Kind::Slug,
        "date" => Kind::ANY_DATE,
        "datetime" => Kind::DateTime,
        "time" => Kind::Time,
        "duration" => Kind::Duration,
        "choice" => Kind::Choice(choices(info)),
        "multiple choice" => list(Kind::Choice(choices(info)), 3),
        "file upload" => Kind::File,
        "image upload" => Kind::Image,
        "list" => list(child(), length(&info["max_length"]).unwrap_or(4).min(4)),
        "nested object" => Kind::Object(children(info, place)),
        "field" if info.get("child").is_some() => list(child(), 3),
        "field" => learnt_kind(place, rows),
        _ => text_kind(info, place, rows),
    }
}

fn bounds(info: &Value, span: i64) -> (i64, i64) {
    let min = bound(&info["min_value"]);
    let max = bound(&info["max_value"]);
    let least = min.unwrap_or_else(|| max.map_or(0, |max| max.min(0)));
    let greatest = max.unwrap_or(i64::MAX).min(least.saturating_add(span));
    (least, greatest.max(least))
}

fn decimal_kind(info: &Value) -> Kind {
    let digits = info["max_digits"].as_u64().unwrap_or(8);
    let places = info["decimal_places"].as_u64().unwrap_or(2).min(18);
    let whole = digits.saturating_sub(places).min(4);
    let (min, max) = bounds(info, 10_i64.pow(whole.try_into().unwrap_or(4)) - 1);
    Kind::Decimal {
        min,
        max,
        places: places.try_into().unwrap_or(2),
    }
}

fn choices(info: &Value) -> Vec<Value> {
    let choices = info["choices"].as_array().into_iter().flatten();
    choices.map(|choice| choice["value"].clone()).collect()
}

fn children(info: &Value, place: &Place) -> Vec<(String, Kind)> {
    let child = |info: &Value| kind_of(info, place, &Rows::new());
    match info["children"].as_object() {
        Some(children) => {
            let written = children
                .iter()
                .filter(|(_, info)| info["read_only"] != true);
            written
                .map(|(name, info)| (name.clone(), child(info)))
                .collect()
        }
        None => vec![
            ("a".to_owned(), child(&info["child"])),
            ("b".to_owned(), child(&info["child"])),
        ],
    }
}

/// `OPTIONS` calls relations and JSON `field`: their values are learnt from rows, or from a resource of that name.
fn learnt_kind(place: &Place, rows: &Rows) -> Kind {
    let is_known = |value: &&Value| !value.is_null() && **value != Value::Array(Vec::new());
    match values_at(place, rows).find(is_known) {
        Some(Value::Array(items)) if items.iter().any(Value::is_object) => return Kind::Json,
        Some(Value::Object(_)) => return Kind::Json,
        Some(Value::Array(_)) => {
            return Kind::List {
                item: Box::new(Kind::Key(place.clone())),
                max: 3,
            };
        }
        Some(_) => return Kind::Key(place.clone()),
        None => {}
    }
    let named_so = |resource: &&String| {
        let field = &place.field;
        *resource == field || **resource == format!("{field}s")
    };
    let Some(resource) = rows.keys().find(named_so) else {
        return Kind::Json;
    };
    let first = rows[resource].first();
    let is_in_row = |field: &&str| first.is_some_and(|row| row.contains_key(*field));
    let field = LOOKUPS.into_iter().find(is_in_row).unwrap_or("id");
    Kind::Key(Place {
        resource: resource.clone(),
        field: field.to_owned(),
    })
}

/// `OPTIONS` calls UUIDs and IP addresses `string`: rows tell them apart.
fn text_kind(info: &Value, place: &Place, rows: &Rows) -> Kind {
    let sample = values_at(place, rows)
        .find_map(Value::as_str)
        .unwrap_or_default();
    if uuid::Uuid::try_parse(sample).is_ok() {
        return Kind::Uuid;
    }
    if sample.parse::<IpAddr>().is_ok() {
        return Kind::Ip;
    }
    let max = length(&info["max_length"]).unwrap_or(40).clamp(1, 40);
    Kind::Text {
        min: length(&info["min_length"]).unwrap_or(1),
        max: max.max(length(&info["min_length"]).unwrap_or(1)),
    }
}

fn values_at<'a>(place: &'a Place, rows: &'a Rows) -> impl Iterator<Item = &'a Value> {
    let rows = rows.get(&place.resource).into_iter().flatten();
    rows.filter_map(|row| row.get(&place.field))
}
