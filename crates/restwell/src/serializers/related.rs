//! What rows need besides themselves to be shown, fetched for a whole page at once.

use std::fmt::Display;

use diesel::QueryResult;
use serde::ser::{Serialize, Serializer};

use super::{ModelSerializer, Representation};
use crate::{
    db::Conn,
    models::{Model, Single, ToOne},
    relations::SlugBy,
    request::Request,
};

/// What a row that was written needs besides itself; the row is not read again (contract §2.6).
///
/// # Errors
/// The database's.
pub fn related_to<S: ModelSerializer>(row: &S::Model, conn: &mut Conn) -> QueryResult<S::Related> {
    if !S::RELATED {
        return S::prefetch(std::slice::from_ref(row), conn);
    }
    let query = S::Model::filter_key(S::Model::query(), row.key());
    let (_, related) = S::retrieve(query, conn)?.ok_or(diesel::NotFound)?;
    Ok(related)
}

/// The nested objects of a relation to one row, for all rows of a page, ordered by what links them to those.
pub struct Nested<S: ModelSerializer> {
    rows: Vec<S::Model>,
    related: S::Related,
}

impl<S: ModelSerializer> Nested<S> {
    /// Fetches them, each once.
    ///
    /// # Errors
    /// The database's.
    pub fn prefetch<R>(relation: R, rows: &[R::Source], conn: &mut Conn) -> QueryResult<Self>
    where
        R: Single<Target = S::Model>,
    {
        let links = sorted(rows.iter().filter_map(|row| relation.link(row)).collect());
        let rows = match links.is_empty() {
            true => Vec::new(),
            false => relation.load(links, conn)?,
        };
        Self::new(relation, rows, conn)
    }

    /// Takes rows that came with a join, any of them more than once.
    ///
    /// # Errors
    /// The database's, when the rows have relations of their own.
    pub fn new<R>(relation: R, mut rows: Vec<S::Model>, conn: &mut Conn) -> QueryResult<Self>
    where
        R: Single<Target = S::Model>,
    {
        rows.sort_unstable_by_key(|row| relation.linked(row));
        rows.dedup_by(|left, right| relation.linked(left) == relation.linked(right));
        let related = S::prefetch(&rows, conn)?;
        Ok(Self { rows, related })
    }

    /// The nested object of one row; `None` shows as null.
    pub fn get<'a, R>(
        &'a self,
        relation: R,
        row: &R::Source,
        request: &'a Request,
    ) -> Option<Representation<'a, S>>
    where
        R: Single<Target = S::Model>,
    {
        let link = Some(relation.link(row)?);
        let found = self
            .rows
            .binary_search_by(|row| relation.linked(row).cmp(&link));
        let index = found.ok()?;
        Some(Representation {
            row: &self.rows[index],
            related: &self.related,
            request,
        })
    }
}

/// The nested objects of a relation to many rows, for all rows of a page.
pub struct NestedLists<K, S: ModelSerializer> {
    owners: Vec<K>,
    rows: Vec<S::Model>,
    related: S::Related,
}

impl<K: Ord, S: ModelSerializer> NestedLists<K, S> {
    /// Takes rows, each with the key of the row that it is nested in, in the order in which they are shown.
    ///
    /// # Errors
    /// The database's, when the rows have relations of their own.
    pub fn new(mut pairs: Vec<(K, S::Model)>, conn: &mut Conn) -> QueryResult<Self> {
        pairs.sort_by(|left, right| left.0.cmp(&right.0));
        let (owners, rows): (Vec<K>, Vec<S::Model>) = pairs.into_iter().unzip();
        let related = S::prefetch(&rows, conn)?;
        Ok(Self {
            owners,
            rows,
            related,
        })
    }

    /// The nested objects of one row.
    pub fn all<'a>(
        &'a self,
        key: &K,
        request: &'a Request,
    ) -> impl Iterator<Item = Representation<'a, S>> + Clone + use<'a, K, S> {
        let start = self.owners.partition_point(|owner| owner < key);
        let length = self.owners[start..].partition_point(|owner| owner == key);
        self.rows[start..start + length]
            .iter()
            .map(move |row| Representation {
                row,
                related: &self.related,
                request,
            })
    }
}

/// Values that belong to rows of a page, by the row's key: related keys, slugs, computed values.
pub struct ByKey<K, V>(Vec<(K, V)>);

impl<K: Ord, V> ByKey<K, V> {
    /// Values in any order of keys; several values of one key keep their order.
    pub fn new(mut pairs: Vec<(K, V)>) -> Self {
        pairs.sort_by(|left, right| left.0.cmp(&right.0));
        Self(pairs)
    }

    /// All values of one key.
    pub fn all<'a>(&'a self, key: &K) -> impl Iterator<Item = &'a V> + Clone + use<'a, K, V> {
        let start = self.0.partition_point(|pair| pair.0 < *key);
        let end = start + self.0[start..].partition_point(|pair| pair.0 == *key);
        self.0[start..end].iter().map(|pair| &pair.1)
    }

    /// Every value.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|pair| &mut pair.1)
    }

    /// The only value of one key.
    pub fn one(&self, key: &K) -> Option<&V> {
        self.0
            .binary_search_by(|pair| pair.0.cmp(key))
            .ok()
            .map(|index| &self.0[index].1)
    }
}

/// The slugs of the rows that a to-one relation leads to, by their keys.
///
/// # Errors
/// The database's.
pub fn prefetch_slugs<S, R>(
    relation: R,
    rows: &[R::Source],
    conn: &mut Conn,
) -> QueryResult<ByKey<<S::Target as Model>::Key, S::Value>>
where
    S: SlugBy,
    R: ToOne<Target = S::Target>,
{
    let keys = keys_of(relation, rows);
    if keys.is_empty() {
        return Ok(ByKey(Vec::new()));
    }
    let slugs = S::load(S::Target::filter_keys(S::Target::query(), keys), conn)?;
    Ok(ByKey::new(
        slugs.into_iter().map(|(slug, key)| (key, slug)).collect(),
    ))
}

/// What the rows that a to-one relation leads to say of themselves, by their keys.
///
/// # Errors
/// The database's.
pub fn prefetch_texts<R>(
    relation: R,
    rows: &[R::Source],
    conn: &mut Conn,
) -> QueryResult<ByKey<<R::Target as Model>::Key, String>>
where
    R: ToOne<Target: Display>,
{
    let keys = keys_of(relation, rows);
    if keys.is_empty() {
        return Ok(ByKey(Vec::new()));
    }
    let rows = R::Target::load(R::Target::filter_keys(R::Target::query(), keys), conn)?;
    Ok(as_texts(rows.into_iter().map(|row| (row.key(), row))))
}

/// What rows say of themselves, each by a key.
pub fn as_texts<K: Ord, M: Display>(rows: impl IntoIterator<Item = (K, M)>) -> ByKey<K, String> {
    let texts = rows.into_iter().map(|(key, row)| (key, row.to_string()));
    ByKey::new(texts.collect())
}

/// The lookup values of the rows that a to-one relation leads to, by their keys.
///
/// # Errors
/// The database's.
pub fn prefetch_lookups<R: ToOne>(
    relation: R,
    rows: &[R::Source],
    conn: &mut Conn,
) -> QueryResult<ByKey<<R::Target as Model>::Key, String>> {
    lookups::<R::Target>(keys_of(relation, rows), conn).map(ByKey::new)
}

/// The lookup values of related rows, by the keys of the rows that they are related to.
///
/// # Errors
/// The database's.
pub fn with_lookups<M: Model, K: Ord>(
    pairs: Vec<(K, M::Key)>,
    conn: &mut Conn,
) -> QueryResult<ByKey<K, String>> {
    let known = ByKey::new(lookups::<M>(
        pairs.iter().map(|(_, key)| key.clone()).collect(),
        conn,
    )?);
    let named = pairs
        .into_iter()
        .filter_map(|(owner, key)| Some((owner, known.one(&key)?.clone())));
    Ok(ByKey::new(named.collect()))
}

/// A row that URLs name by its key needs no statement.
fn lookups<M: Model>(keys: Vec<M::Key>, conn: &mut Conn) -> QueryResult<Vec<(M::Key, String)>> {
    if M::LOOKUP_FIELD == "pk" || keys.is_empty() {
        return Ok(keys
            .into_iter()
            .map(|key| (key.clone(), key.to_string()))
            .collect());
    }
    let rows = M::load(M::filter_keys(M::query(), keys), conn)?;
    Ok(rows.iter().map(|row| (row.key(), row.lookup())).collect())
}

fn keys_of<R: ToOne>(relation: R, rows: &[R::Source]) -> Vec<<R::Target as Model>::Key> {
    sorted(rows.iter().filter_map(|row| relation.key(row)).collect())
}

fn sorted<K: Ord>(mut keys: Vec<K>) -> Vec<K> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A list of links or texts, ready to be rendered.
pub struct Sequence<I>(pub I);

impl<I: Iterator<Item = T> + Clone, T: Serialize> Serialize for Sequence<I> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self.0.clone())
    }
}
