//! What Django writes after each migration: a content type for every model, and its four permissions.

use diesel::{
    QueryResult, RunQueryDsl, sql_query,
    sql_types::{Array, Text},
};
use restwell::{db::Conn, models::Meta};

/// Writes the content types and permissions of these models that are not there yet; the number of new permissions.
/// Those of other models are left alone, so that Django and this service can share a database. Two statements.
///
/// # Errors
/// The database's.
pub fn create_permissions(models: &[Meta], conn: &mut Conn) -> QueryResult<usize> {
    let models: Vec<_> = models
        .iter()
        .filter(|model| !model.app_label.is_empty())
        .collect();
    let texts = |text: fn(&Meta) -> &'static str| -> Vec<&'static str> {
        models.iter().map(|model| text(model)).collect()
    };
    let labels = texts(|model| model.app_label);
    let names = texts(|model| model.model_name);
    sql_query(
        "INSERT INTO django_content_type (app_label, model) SELECT * FROM unnest($1, $2) \
         ON CONFLICT (app_label, model) DO NOTHING",
    )
    .bind::<Array<Text>, _>(&labels)
    .bind::<Array<Text>, _>(&names)
    .execute(conn)?;
    sql_query(
        "INSERT INTO auth_permission (name, content_type_id, codename) \
         SELECT format('Can %s %s', permitted.action, asked.verbose_name), django_content_type.id, \
                format('%s_%s', permitted.action, asked.model) \
         FROM unnest($1, $2, $3) WITH ORDINALITY AS asked (app_label, model, verbose_name, position) \
         JOIN django_content_type USING (app_label, model) \
         CROSS JOIN (VALUES (1, 'add'), (2, 'change'), (3, 'delete'), (4, 'view')) AS permitted (position, action) \
         ORDER BY asked.position, permitted.position \
         ON CONFLICT (content_type_id, codename) DO NOTHING",
    )
    .bind::<Array<Text>, _>(&labels)
    .bind::<Array<Text>, _>(&names)
    .bind::<Array<Text>, _>(texts(|model| model.verbose_name))
    .execute(conn)
}
