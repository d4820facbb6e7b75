//! Parameters that name rows of another model.

use crate::{
    db::Conn,
    exceptions::{ErrorDetail, Result},
    fields::fail,
    models::{Key, Model, SlugModel},
    permissions::visible,
    relations::{PrimaryKey, Slug},
    request::Request,
};

/// A way of naming the rows of another model in a parameter.
pub trait ModelChoice {
    /// The model of the named rows.
    type Target: Model;

    /// Whether a text can name a row at all.
    fn is_name(text: &str) -> bool;

    /// The keys of the rows that these texts name, of those that the request may see.
    ///
    /// # Errors
    /// The outer one when the database fails; the inner one is `invalid_choice` if any text names no row.
    fn keys(
        texts: &[&str],
        request: &Request,
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<<Self::Target as Model>::Key>, ErrorDetail>>;
}

impl<M: Model> ModelChoice for PrimaryKey<M> {
    type Target = M;

    fn is_name(text: &str) -> bool {
        M::Key::parse(text).is_some()
    }

    fn keys(
        texts: &[&str],
        request: &Request,
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<M::Key>, ErrorDetail>> {
        let mut keys = Vec::with_capacity(texts.len());
        for text in texts {
            match M::Key::parse(text) {
                Some(key) => keys.push(key),
                None => return Ok(invalid_choice(text)),
            }
        }
        let rows = visible::<M>(request, M::query(), conn)?;
        let known = M::load_keys(M::filter_keys(rows, keys.clone()), conn)?;
        Ok(match keys.iter().find(|key| !known.contains(key)) {
            Some(unknown) => invalid_choice(&unknown.to_string()),
            None => Ok(keys),
        })
    }
}

impl<M: SlugModel> ModelChoice for Slug<M> {
    type Target = M;

    fn is_name(_: &str) -> bool {
        true
    }

    fn keys(
        texts: &[&str],
        request: &Request,
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<M::Key>, ErrorDetail>> {
        let asked = texts
            .iter()
            .filter(|text| !text.contains('\0'))
            .map(|text| (*text).to_owned())
            .collect();
        let rows = visible::<M>(request, M::query(), conn)?;
        let known = M::load_slugs(M::filter_slugs(rows, asked), conn)?;
        Ok(
            match texts
                .iter()
                .find(|text| !known.iter().any(|(slug, _)| slug == *text))
            {
                Some(unknown) => invalid_choice(unknown),
                None => Ok(known.into_iter().map(|(_, key)| key).collect()),
            },
        )
    }
}

/// A text that is none of those that are possible.
pub(crate) fn invalid_choice<T>(text: &str) -> Result<T, ErrorDetail> {
    fail(
        format!("“{text}” is not one of the choices."),
        "invalid_choice",
    )
}
