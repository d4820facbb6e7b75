//! What can be known to be wrong before the first request: Django's system checks.
//!
//! The notations of fields are judged when a viewset is registered. What only the database knows is asked of it once,
//! at start and in a test: [`check_columns`].

use std::fmt::Write;

use chrono::{NaiveTime, Utc};
use diesel::{
    QueryResult, RunQueryDsl, sql_query,
    sql_types::{Array, Text},
};

use crate::{
    db::Conn,
    models::Model,
    routers::Urls,
    serializers::{FieldInfo, ModelSerializer},
    viewsets::ViewSet,
};

/// What an insert sets.
#[derive(Clone, Copy, Debug)]
pub struct Inserts {
    /// The table.
    pub table: &'static str,
    /// Its columns that may be set.
    pub columns: &'static [&'static str],
}

impl Inserts {
    /// What this serializer inserts.
    pub const fn of<S: ModelSerializer>() -> Self {
        Self {
            table: S::Model::TABLE_NAME,
            columns: S::COLUMNS,
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Needed {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

/// The columns that no `create` of these routes could leave out and none sets, as sentences: every `POST` would be 500.
///
/// They are not null, and the database gives them no value. A viewset whose own `perform_create` or `create` sets
/// them is not judged. One statement.
///
/// # Errors
/// The database's.
pub fn check_columns(urls: &Urls, conn: &mut Conn) -> QueryResult<Vec<String>> {
    let views = urls.routes().iter().map(|route| &route.view);
    let mut inserts: Vec<_> = views
        .filter_map(|view| Some((view.name(), view.inserts()?)))
        .collect();
    inserts.dedup_by_key(|(view, _)| *view);
    let tables: Vec<_> = inserts.iter().map(|(_, inserts)| inserts.table).collect();
    let needed: Vec<Needed> = sql_query(
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = ANY (current_schemas(false)) AND table_name = ANY ($1) AND is_nullable = 'NO' \
         AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER' \
         ORDER BY table_name, ordinal_position",
    )
    .bind::<Array<Text>, _>(tables)
    .load(conn)?;
    let is_unset = |inserts: &Inserts, needed: &&Needed| {
        needed.table_name == inserts.table
            && !inserts.columns.contains(&needed.column_name.as_str())
    };
    let unset = inserts.iter().flat_map(|(view, inserts)| {
        let needed = needed.iter().filter(|needed| is_unset(inserts, needed));
        needed.map(move |Needed { table_name, column_name }| {
            format!(
                "`{view}` cannot create: `{table_name}.{column_name}` is NOT NULL and has no default, and no field \
                 sets it; add a field, `#[field(hidden = …)]`, a default, or a `perform_create` that sets it"
            )
        })
    });
    Ok(unset.collect())
}

/// Called for every viewset that is registered.
///
/// # Panics
/// If a field has a notation or an expression that is none.
pub(crate) fn check_fields(view: &dyn ViewSet) {
    for field in view.actions().iter().flat_map(|action| action.fields) {
        check_field(view.name(), field);
    }
}

fn check_field(view: &str, field: &FieldInfo) {
    let mut level = Some((&field.kind, &field.options));
    while let Some((kind, options)) = level {
        if let Some(is_found) = options.regex {
            // The expression is compiled by its first use.
            is_found("");
        }
        if let Some(format) = options
            .format
            .filter(|format| !is_notation(kind.name, format))
        {
            panic!(
                "`{}` of `{view}` cannot be shown as `{format}`: that is no notation of a {}",
                field.name, kind.name
            );
        }
        level = kind.child.zip(options.child);
    }
    for child in field.children.unwrap_or_default() {
        check_field(view, child);
    }
}

fn is_notation(kind: &str, format: &str) -> bool {
    let mut text = String::new();
    match kind {
        "date" => write!(text, "{}", Utc::now().date_naive().format(format)).is_ok(),
        "time" => write!(text, "{}", NaiveTime::MIN.format(format)).is_ok(),
        "datetime" => write!(text, "{}", Utc::now().format(format)).is_ok(),
        "duration" => matches!(format, "django" | "iso-8601"),
        "string" => matches!(format, "hex_verbose" | "hex" | "int" | "urn"),
        _ => true,
    }
}
