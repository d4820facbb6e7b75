//! What `OPTIONS` answers: what a view is, reads and writes (contract §15).

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::{
    exceptions::Result,
    fields::{Bound, Choices, FieldOptions},
    request::Request,
    response::Response,
    routers::Route,
    serializers::FieldInfo,
    views::renderers_of,
};

/// The answer to `OPTIONS`.
pub(crate) fn options(request: &Request, route: &Route) -> Result<Response> {
    let mut body = Map::new();
    body.insert("name".to_owned(), view_name(route).into());
    body.insert("description".to_owned(), route.view.description().into());
    let renderers = renderers_of(request).iter();
    let renders: Vec<_> = renderers.map(|renderer| renderer.media_type()).collect();
    body.insert("renders".to_owned(), renders.into());
    body.insert("parses".to_owned(), json!(["application/json"]));
    let verb = if route.detail {
        Method::PUT
    } else {
        Method::POST
    };
    if route
        .actions
        .iter()
        .any(|(method, action)| *method == verb && action.is_standard())
    {
        let fields = route.view.fields().iter();
        let fields: Map<_, _> = fields
            .map(|field| (field.name.to_owned(), field_info(field)))
            .collect();
        body.insert("actions".to_owned(), json!({ verb.as_str(): fields }));
    }
    Response::ok(request, &Value::Object(body))
}

/// DRF's view name: the class without its suffix, in words, and what the route shows.
pub(crate) fn view_name(route: &Route) -> String {
    let extra = route
        .actions
        .iter()
        .map(|(_, action)| action)
        .find(|action| !action.is_standard());
    if let Some(action) = extra {
        return capitalised(action.name);
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
    let label = if field.name == "id" {
        "ID".to_owned()
    } else {
        capitalised(field.name)
    };
    let mut info = Map::new();
    info.insert("type".to_owned(), field.kind.name.into());
    info.insert("required".to_owned(), field.required.into());
    info.insert("read_only".to_owned(), field.read_only.into());
    info.insert("label".to_owned(), label.into());
    limits(&field.options, &mut info);
    if let Some(choices) = choices(&field.options.choices).filter(|_| !field.read_only) {
        info.insert("choices".to_owned(), choices);
    }
    Value::Object(info)
}

fn limits(options: &FieldOptions, info: &mut Map<String, Value>) {
    let limits = [
        ("min_length", options.min_length.map(Value::from)),
        ("max_length", options.max_length.map(Value::from)),
        ("min_value", options.min_value.map(bound)),
        ("max_value", options.max_value.map(bound)),
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

fn choices(choices: &Choices) -> Option<Value> {
    let shown = |value: Value, name: &str| json!({ "value": value, "display_name": name });
    match choices {
        Choices::None => None,
        Choices::Text(choices) => Some(
            choices
                .iter()
                .map(|(value, name)| shown((*value).into(), name))
                .collect(),
        ),
        Choices::Integer(choices) => Some(
            choices
                .iter()
                .map(|(value, name)| shown((*value).into(), name))
                .collect(),
        ),
    }
}

fn capitalised(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
