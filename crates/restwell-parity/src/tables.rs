//! The databases behind the servers: whether the same requests left the same rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use anyhow::{Context, Result, bail};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Array, BigInt, Nullable, Text},
};
use serde_json::Value;

use crate::{
    compare::{Difference, Ruling, value_differences},
    rules::TableRules,
};

const SHOWN_ROWS: usize = 10;

/// The databases of both sides.
pub(crate) struct Databases {
    left: PgConnection,
    right: PgConnection,
}

/// A table whose rows differ.
pub(crate) struct TableDifference {
    pub(crate) table: String,
    /// What differs in rows that have the same primary key.
    changed: Vec<Difference>,
    left_only: Vec<String>,
    right_only: Vec<String>,
}

/// The rows of a table, as JSON, that one side alone has.
struct OwnRows {
    table: String,
    left: Vec<String>,
    right: Vec<String>,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

#[derive(QueryableByName)]
struct Sequence {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_value: Option<i64>,
}

impl Databases {
    /// # Errors
    /// If one of them cannot be reached.
    pub(crate) fn connect(left: &str, right: &str) -> Result<Self> {
        let connect = |url: &str, side: &str| -> Result<PgConnection> {
            let context = || format!("the {side} database cannot be reached");
            let mut conn = PgConnection::establish(url).with_context(context)?;
            // `to_jsonb` writes times in the zone of the session.
            sql_query("SET TIME ZONE 'UTC'").execute(&mut conn)?;
            Ok(conn)
        };
        Ok(Self {
            left: connect(left, "left")?,
            right: connect(right, "right")?,
        })
    }

    /// Compares all tables of the schema `public`.
    ///
    /// # Errors
    /// If they cannot be read, or a rule names a table that neither side has.
    pub(crate) fn compare(&mut self, rules: &TableRules) -> Result<Vec<TableDifference>> {
        let names = table_names(&mut self.left)?;
        let right_names = table_names(&mut self.right)?;
        check_names(rules, &names, &right_names)?;
        let mut found = Vec::new();
        for table in names.into_iter().filter(|name| !rules.skip.contains(name)) {
            let columns = ColumnRules::of(rules, &table);
            if let Some(rows) = self.own_rows(table, &columns)? {
                let key = primary_key(&mut self.left, &rows.table)?;
                found.push(TableDifference::new(rows, &key));
            }
        }
        Ok(found)
    }

    fn own_rows(&mut self, table: String, columns: &ColumnRules<'_>) -> Result<Option<OwnRows>> {
        let left_rows = rows(&mut self.left, &table, columns)?;
        let right_rows = rows(&mut self.right, &table, columns)?;
        let left = without(&left_rows, &right_rows);
        let right = without(&right_rows, &left_rows);
        let is_different = !left.is_empty() || !right.is_empty();
        Ok(is_different.then_some(OwnRows { table, left, right }))
    }

    /// Gives the right side the left one's rows, if the rules say so, whatever columns are ignored.
    ///
    /// One difference would be found again by every later request otherwise.
    ///
    /// # Errors
    /// If the role may not switch off triggers, or the tables have different columns.
    pub(crate) fn align_rows(&mut self, rules: &TableRules) -> Result<()> {
        if !rules.align_rows {
            return Ok(());
        }
        let mut found = Vec::new();
        for table in table_names(&mut self.left)? {
            if !rules.skip.contains(&table) {
                found.extend(self.own_rows(table, &ColumnRules::default())?);
            }
        }
        self.right.transaction(|conn| {
            // Foreign keys hold again once all rows are there.
            sql_query("SET LOCAL session_replication_role = replica").execute(conn)?;
            found
                .iter()
                .try_for_each(|difference| copy_left(conn, difference))
        })
    }

    /// Sets sequences that differ to the higher of both values, if the rules say so.
    ///
    /// A server that lets the database refuse a row uses up a number of the sequence, and one that looks first does not.
    ///
    /// # Errors
    /// If they cannot be read or set.
    pub(crate) fn align_sequences(&mut self, rules: &TableRules) -> Result<()> {
        if !rules.align_sequences {
            return Ok(());
        }
        let left = sequences(&mut self.left)?;
        let right = sequences(&mut self.right)?;
        for (name, left_value) in &left {
            let Some(right_value) = right.get(name) else {
                continue;
            };
            if let Some(value) = left_value.max(right_value)
                && left_value != right_value
            {
                set_sequence(&mut self.left, name, *value)?;
                set_sequence(&mut self.right, name, *value)?;
            }
        }
        Ok(())
    }
}

fn table_names(conn: &mut PgConnection) -> Result<BTreeSet<String>> {
    let query = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'";
    let names: Vec<Name> = sql_query(query).load(conn)?;
    Ok(names.into_iter().map(|row| row.name).collect())
}

/// Both sides must have the same tables, and the rules must name some of them: a misspelt rule would not be noticed.
fn check_names(
    rules: &TableRules,
    left: &BTreeSet<String>,
    right: &BTreeSet<String>,
) -> Result<()> {
    let is_known = |table: &str| left.contains(table) || right.contains(table);
    if let Some(table) = rules.skip.iter().find(|table| !is_known(table)) {
        bail!("`tables.skip` names `{table}`, which neither database has");
    }
    let has_table = |column: &String| {
        let table = column.split_once('.').map(|(table, _)| table);
        table.is_some_and(is_known)
    };
    let compared = rules.compare_as.keys().map(|column| ("compare_as", column));
    let ignored = rules.ignore.iter().map(|column| ("ignore", column));
    if let Some((rule, column)) = ignored.chain(compared).find(|(_, name)| !has_table(name)) {
        bail!("`tables.{rule}` names `{column}`, which is no `table.column` of the databases");
    }
    let mut alone = left.symmetric_difference(right);
    if let Some(table) = alone.find(|table| !rules.skip.contains(table)) {
        bail!("only one database has the table `{table}`; `tables.skip` leaves it out");
    }
    Ok(())
}

/// What the rules say of one table's columns.
#[derive(Debug, Default, PartialEq)]
struct ColumnRules<'a> {
    ignored: Vec<&'a str>,
    /// Columns, and the SQL that is compared in their place.
    replaced: Vec<(&'a str, &'a str)>,
}

impl<'a> ColumnRules<'a> {
    fn of(rules: &'a TableRules, table: &str) -> Self {
        let column = |name: &'a String| {
            let (named, column) = name.split_once('.')?;
            (named == table).then_some(column)
        };
        let replaced = rules.compare_as.iter();
        Self {
            ignored: rules.ignore.iter().filter_map(column).collect(),
            replaced: replaced
                .filter_map(|(name, sql)| Some((column(name)?, sql.as_str())))
                .collect(),
        }
    }

    /// The rows of the table as JSON; `$1` are the ignored columns, `$2` the replaced ones.
    fn query(&self, table: &str) -> String {
        let from = quoted(table);
        let replaced = self.replaced.iter().enumerate();
        let replaced: String = replaced
            .map(|(index, (_, sql))| format!(" || jsonb_build_object($2[{}], ({sql}))", index + 1))
            .collect();
        format!("SELECT ((to_jsonb(t) - $1 - $2){replaced})::text AS row FROM {from} t")
    }
}

fn rows(conn: &mut PgConnection, table: &str, columns: &ColumnRules<'_>) -> Result<Vec<String>> {
    let replaced: Vec<_> = columns.replaced.iter().map(|(column, _)| column).collect();
    let rows: Vec<Row> = sql_query(columns.query(table))
        .bind::<Array<Text>, _>(&columns.ignored)
        .bind::<Array<Text>, _>(replaced)
        .load(conn)
        .with_context(|| format!("table `{table}`"))?;
    Ok(rows.into_iter().map(|row| row.row).collect())
}

/// The columns of the primary key.
fn primary_key(conn: &mut PgConnection, table: &str) -> Result<Vec<String>> {
    let query = "SELECT attname::text AS name FROM pg_index \
        JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey) \
        WHERE indrelid = $1::regclass AND indisprimary";
    let names: Vec<Name> = sql_query(query).bind::<Text, _>(quoted(table)).load(conn)?;
    Ok(names.into_iter().map(|row| row.name).collect())
}

impl TableDifference {
    fn new(own: OwnRows, key: &[String]) -> Self {
        let mut right_by_key = BTreeMap::new();
        let mut right_only = Vec::new();
        for row in own.right {
            match key_of(&row, key) {
                Some(key) => drop(right_by_key.insert(key, row)),
                None => right_only.push(row),
            }
        }
        let mut left_only = Vec::new();
        let mut changed = Vec::new();
        for row in own.left {
            match key_of(&row, key).and_then(|key| right_by_key.remove(&key)) {
                Some(right) => changed.extend(changes(&row, &right, key)),
                None => left_only.push(row),
            }
        }
        right_only.extend(right_by_key.into_values());
        Self {
            table: own.table,
            changed,
            left_only,
            right_only,
        }
    }
}

/// The values of the key; none if the table has no key, or a rule ignores it.
fn key_of(row: &str, key: &[String]) -> Option<Vec<String>> {
    let row: Value = serde_json::from_str(row).ok()?;
    let values = key.iter().map(|column| Some(row.get(column)?.to_string()));
    values
        .collect::<Option<Vec<_>>>()
        .filter(|key| !key.is_empty())
}

fn changes(left: &str, right: &str, key: &[String]) -> Vec<Difference> {
    let [left_row, right_row] =
        [left, right].map(|row| serde_json::from_str(row).unwrap_or_default());
    let row = key_of(left, key).unwrap_or_default().join(" ");
    let found = value_differences(&left_row, &right_row, &Ruling::default());
    let in_row = |difference: Difference| Difference {
        at: format!("row {row} {}", difference.at),
        ..difference
    };
    found.into_iter().map(in_row).collect()
}

fn copy_left(conn: &mut PgConnection, own: &OwnRows) -> Result<()> {
    let table = quoted(&own.table);
    let delete = format!("DELETE FROM {table} t WHERE to_jsonb(t)::text = ANY($1)");
    let insert = format!(
        "INSERT INTO {table} OVERRIDING SYSTEM VALUE \
         SELECT (jsonb_populate_record(NULL::{table}, row::jsonb)).* FROM unnest($1) AS row"
    );
    for (query, rows) in [(delete, &own.right), (insert, &own.left)] {
        sql_query(query)
            .bind::<Array<Text>, _>(rows)
            .execute(conn)
            .with_context(|| format!("table `{}`", own.table))?;
    }
    Ok(())
}

fn quoted(table: &str) -> String {
    format!("public.\"{}\"", table.replace('"', "\"\""))
}

/// The rows that are in the first list more often than in the second.
fn without(rows: &[String], others: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in others {
        *counts.entry(row).or_default() += 1;
    }
    let is_alone = |row: &&String| match counts.get_mut(row.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let mut alone: Vec<_> = rows.iter().filter(is_alone).cloned().collect();
    alone.sort_unstable();
    alone
}

fn sequences(conn: &mut PgConnection) -> Result<BTreeMap<String, Option<i64>>> {
    let query = "SELECT sequencename::text AS name, last_value FROM pg_sequences WHERE schemaname = 'public'";
    let rows: Vec<Sequence> = sql_query(query).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.name, row.last_value))
        .collect())
}

fn set_sequence(conn: &mut PgConnection, name: &str, value: i64) -> Result<()> {
    sql_query("SELECT setval(format('public.%I', $1)::regclass, $2)")
        .bind::<Text, _>(name)
        .bind::<BigInt, _>(value)
        .execute(conn)
        .with_context(|| format!("sequence `{name}`"))?;
    Ok(())
}

impl fmt::Display for TableDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "✗ table {}", self.table)?;
        for Difference { at, left, right } in self.changed.iter().take(SHOWN_ROWS) {
            write!(f, "\n  {at}: {left} | {right}")?;
        }
        if self.changed.len() > SHOWN_ROWS {
            write!(
                f,
                "\n  … and {} more values",
                self.changed.len() - SHOWN_ROWS
            )?;
        }
        for (side, rows) in [("left", &self.left_only), ("right", &self.right_only)] {
            for row in rows.iter().take(SHOWN_ROWS) {
                write!(f, "\n  only {side}: {row}")?;
            }
            if rows.len() > SHOWN_ROWS {
                write!(f, "\n  only {side}: … and {} more", rows.len() - SHOWN_ROWS)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted() {
        let rows = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(without(&rows("b a a c"), &rows("a b d")), ["a", "c"]);
        assert!(without(&rows("a b"), &rows("b a")).is_empty());
    }

    #[test]
    fn rules_of_columns_hold_in_their_table_only() {
        let rules = TableRules {
            ignore: vec!["book.updated_at".to_owned(), "copy.id".to_owned()],
            compare_as: [("copy.span".to_owned(), "span > '0'".to_owned())].into(),
            ..TableRules::default()
        };
        let columns = ["book", "copy", "loan"].map(|table| ColumnRules::of(&rules, table));
        assert_eq!(columns[0].ignored, ["updated_at"]);
        assert_eq!(columns[0].replaced, []);
        assert_eq!(columns[1].ignored, ["id"]);
        assert_eq!(columns[1].replaced, [("span", "span > '0'")]);
        assert_eq!(columns[2], ColumnRules::default());
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let both = names(&["book", "copy"]);
        assert!(check_names(&rules, &both, &both).is_ok());
        assert!(check_names(&rules, &both, &names(&["book"])).is_err());
        assert!(check_names(&rules, &names(&["book"]), &names(&["book"])).is_err());
    }
}
