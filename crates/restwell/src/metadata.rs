//! What `OPTIONS` answers: what a view is, reads and writes (contract §15).

use std::sync::Arc;

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::{
    db::Conn,
    exceptions::Result,
    fields::{Bound, Choices, FieldKind, FieldOptions},
    permissions::check_permissions,
    request::Request,
    response::Response,
    routers::Route,
    serializers::FieldInfo,
    views::renderers_of,
    viewsets::Action,
};

/// The answer to `OPTIONS`.
pub(crate) fn options(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    let urls = Arc::clone(&request.urls);
    let route = urls.route(&request.route);
    let mut actions = Map::new();
    for (verb, action) in &route.actions {
        let has_fields = reads_a_body(verb) && !action.fields.is_empty();
        if has_fields && is_allowed(verb, route, request, conn)? {
            actions.insert(verb.as_str().to_owned(), fields_info(action.fields));
        }
    }
    let mut body = Map::new();
    body.insert("name".to_owned(), view_name(route).into());
    body.insert("description".to_owned(), view_description(route).into());
    let renderers = renderers_of(request).iter();
    let renders: Vec<_> = renderers.map(|renderer| renderer.media_type()).collect();
    body.insert("renders".to_owned(), renders.into());
    let parsers = route.view.parsers().iter();
    let parses: Vec<_> = parsers.map(|parser| parser.media_type).collect();
    body.insert("parses".to_owned(), json!(parses));
    if !actions.is_empty() {
        body.insert("actions".to_owned(), actions.into());
    }
    Response::ok(request, &Value::Object(body))
}

fn reads_a_body(verb: &Method) -> bool {
    matches!(*verb, Method::POST | Method::PUT)
}

/// Whether the client might send this verb now: the policies are asked as for the verb itself, and for the object
/// that a `PUT` would change (contract §15.2).
fn is_allowed(
    verb: &Method,
    route: &Route,
    request: &mut Request,
    conn: &mut Conn,
) -> Result<bool> {
    let method = std::mem::replace(&mut request.method, verb.clone());
    let asked = check_permissions(request, conn).and_then(|()| match *verb {
        Method::PUT => route.view.check_object(request, conn),
        _ => Ok(()),
    });
    request.method = method;
    match asked {
        Err(exception) if exception.status.is_server_error() => Err(exception),
        asked => Ok(asked.is_ok()),
    }
}

/// DRF's view name: the class without its suffix, in words, and what the route shows.
pub(crate) fn view_name(route: &Route) -> String {
    match extra_action(route) {
        Some(action) if action.view_name.is_empty() => return capitalised(action.name),
        Some(action) => return action.view_name.to_owned(),
        None => {}
    }
    let class = route.view.name();
    let class = class
        .strip_suffix("ViewSet")
        .or_else(|| class.strip_suffix("View"))
        .unwrap_or(class);
    let name = in_words(class);
    match (route.is_view, route.detail) {
        (true, _) => name,
        (_, true) => name + " Instance",
        (_, false) => name + " List",
    }
}

/// The documentation of an extra action, or else of the viewset.
fn view_description(route: &Route) -> &'static str {
    extra_action(route)
        .map(|action| action.description)
        .filter(|description| !description.is_empty())
        .unwrap_or_else(|| route.view.description())
}

fn extra_action(route: &Route) -> Option<&Action> {
    let mut actions = route.actions.iter().map(|(_, action)| action);
    actions.find(|action| !action.is_standard())
}

fn fields_info(fields: &[FieldInfo]) -> Value {
    let shown = fields.iter().filter(|field| !field.hidden);
    shown
        .map(|field| (field.name.to_owned(), field_info(field)))
        .collect::<Map<_, _>>()
        .into()
}

/// `BookTotals` and `book_totals` as `Book Totals`.
fn in_words(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut words = String::new();
    let mut starts = true;
    for (index, character) in characters.iter().enumerate() {
        let follows_small = index > 0 && characters[index - 1].is_lowercase();
        let leads_small = characters
            .get(index + 1)
            .is_some_and(|next| !next.is_uppercase());
        if character.is_uppercase()
            && (follows_small || leads_small)
            && !words.is_empty()
            && !starts
        {
            words.push(' ');
            starts = true;
        }
        match (character, starts) {
            ('_', _) => words.push(' '),
            (character, true) => words.extend(character.to_uppercase()),
            (character, false) => words.extend(character.to_lowercase()),
        }
        starts = *character == '_';
    }
    words
}

/// Contract §15.4: keys in order, absent where they say nothing.
fn field_info(field: &FieldInfo) -> Value {
    let label = match (field.label, field.name) {
        (Some(label), _) => label.to_owned(),
        (None, "id") => "ID".to_owned(),
        (None, name) => capitalised(name),
    };
    let mut info = Map::new();
    start(&field.kind, field.required, field.read_only, &mut info);
    info.insert("label".to_owned(), label.into());
    if let Some(text) = field.help_text {
        info.insert("help_text".to_owned(), text.into());
    }
    let range = field.kind.range.filter(|_| !field.read_only);
    limits(&field.kind, &field.options, range, &mut info);
    members(&field.kind, &field.options, &mut info);
    match field.children {
        // A list of objects has one for its child.
        Some(children) if field.kind.name == "field" => {
            let mut child = Map::new();
            start(
                &FieldKind::new("nested object"),
                field.required,
                field.read_only,
                &mut child,
            );
            child.insert("children".to_owned(), fields_info(children));
            info.insert("child".to_owned(), child.into());
        }
        Some(children) => {
            info.insert("children".to_owned(), fields_info(children));
        }
        None => {}
    }
    if !field.read_only {
        choices(&field.options, &mut info);
    }
    Value::Object(info)
}

/// The items of a list or dictionary: a field without a name.
fn child_info(kind: &FieldKind, options: &FieldOptions) -> Value {
    let mut info = Map::new();
    start(kind, true, false, &mut info);
    limits(kind, options, None, &mut info);
    members(kind, options, &mut info);
    choices(options, &mut info);
    Value::Object(info)
}

fn start(kind: &FieldKind, required: bool, read_only: bool, info: &mut Map<String, Value>) {
    info.insert("type".to_owned(), kind.name.into());
    info.insert("required".to_owned(), required.into());
    info.insert("read_only".to_owned(), read_only.into());
}

fn members(kind: &FieldKind, options: &FieldOptions, info: &mut Map<String, Value>) {
    if let Some(child) = kind.child {
        let options = options.child.unwrap_or(&FieldOptions::NONE);
        info.insert("child".to_owned(), child_info(child, options));
    }
}

/// What the column of a number cannot hold is a limit too, where the field has none.
fn limits(
    kind: &FieldKind,
    options: &FieldOptions,
    range: Option<(i64, i64)>,
    info: &mut Map<String, Value>,
) {
    let bound = match kind.name {
        "duration" => duration,
        _ => bound,
    };
    let (smallest, largest) = range.unzip();
    let min_value = options.min_value.or(smallest.map(Bound::Int));
    let max_value = options.max_value.or(largest.map(Bound::Int));
    let limits = [
        ("min_length", options.min_length.map(Value::from)),
        ("max_length", options.max_length.map(Value::from)),
        ("min_value", min_value.map(bound)),
        ("max_value", max_value.map(bound)),
        ("max_digits", options.max_digits.map(Value::from)),
        ("decimal_places", options.decimal_places.map(Value::from)),
    ];
    info.extend(
        limits
            .into_iter()
            .filter_map(|(name, limit)| Some((name.to_owned(), limit?))),
    );
}

fn bound(bound: Bound) -> Value {
    match bound {
        Bound::Int(value) => value.into(),
        Bound::Float(value) => value.into(),
    }
}

/// Seconds as Python writes a `timedelta`.
fn duration(limit: Bound) -> Value {
    let micros = match limit {
        Bound::Int(seconds) => i128::from(seconds) * 1_000_000,
        Bound::Float(seconds) => (seconds * 1e6).round() as i128,
    };
    let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let days = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    let fraction = match micros {
        0 => String::new(),
        _ => format!(".{micros:06}"),
    };
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!(
        "{days}{}:{:02}:{seconds:02}{fraction}",
        minutes / 60,
        minutes % 60
    )
    .into()
}

fn choices(options: &FieldOptions, info: &mut Map<String, Value>) {
    let mut shown = Vec::new();
    add_choices(&options.choices, &mut shown);
    if !shown.is_empty() {
        info.insert("choices".to_owned(), shown.into());
    }
}

fn add_choices(choices: &Choices, shown: &mut Vec<Value>) {
    let choice = |value: Value, name: &str| json!({ "value": value, "display_name": name });
    match choices {
        Choices::None => {}
        Choices::Text(choices) => {
            shown.extend(
                choices
                    .iter()
                    .map(|(value, name)| choice((*value).into(), name)),
            );
        }
        Choices::Integer(choices) => {
            shown.extend(
                choices
                    .iter()
                    .map(|(value, name)| choice((*value).into(), name)),
            );
        }
        Choices::Groups(groups) => groups.iter().for_each(|group| add_choices(group, shown)),
    }
}

fn capitalised(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
