//! What all processes on one database remember together.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use diesel::{
    QueryResult, RunQueryDsl,
    data_types::PgInterval,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_query,
    sql_types::{BigInt, Bool, Bytea, Integer, Interval},
};

use super::{Key, Rate, ThrottleStore, Usage};
use crate::{db::Conn, exceptions::Result};

/// After so many requests a process removes the rows that say nothing any more.
const SWEEP_INTERVAL: u32 = 1024;

/// Rows in use are left to the next time.
const SWEEP: &str = "DELETE FROM restwell_throttle WHERE key IN (
    SELECT key FROM restwell_throttle WHERE expires_at <= clock_timestamp() FOR UPDATE SKIP LOCKED
)";

/// Remembers requests in the table `restwell_throttle` of the service's database, whose clock is the only one: a limit
/// holds for all replicas together. A migration makes the table, see the guide `docs/throttling.md`.
#[derive(Debug, Default)]
pub struct PostgresStore {
    counted: AtomicU32,
}

impl PostgresStore {
    /// What the removal of others' rows meets is no reason to refuse a request.
    fn sweep(&self, conn: &mut Conn) {
        let counted = self.counted.fetch_add(1, Ordering::Relaxed);
        if counted % SWEEP_INTERVAL == SWEEP_INTERVAL - 1
            && let Err(error) = sql_query(SWEEP).execute(conn)
        {
            log::warn!("old rows of restwell_throttle could not be removed: {error}");
        }
    }
}

impl ThrottleStore for PostgresStore {
    fn count(&self, key: &Key, rate: Rate, conn: &mut Conn) -> Result<Usage> {
        self.sweep(conn);
        let count = Count {
            key: *key,
            requests: rate.requests.into(),
            period: PgInterval::from_microseconds(micros(rate.period)),
        };
        let (is_allowed, requests, renews_in): (bool, i32, i64) = count.get_result(conn)?;
        Ok(Usage {
            is_allowed,
            requests: requests.unsigned_abs(),
            renews_in: Duration::from_micros(renews_in.unsigned_abs()),
        })
    }
}

fn micros(period: Duration) -> i64 {
    i64::try_from(period.as_micros()).unwrap_or(i64::MAX)
}

/// One statement, so that two requests cannot both take the last place: the second waits for the row that the first has
/// locked, and only then reads it, and the clock.
#[derive(QueryId)]
struct Count {
    key: Key,
    requests: i64,
    period: PgInterval,
}

impl Query for Count {
    type SqlType = (Bool, Integer, BigInt);
}

impl RunQueryDsl<Conn> for Count {}

impl QueryFragment<Pg> for Count {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("WITH asked (key, requests, period) AS (VALUES (");
        pass.push_bind_param::<Bytea, [u8]>(&self.key.0)?;
        pass.push_sql(", ");
        pass.push_bind_param::<BigInt, _>(&self.requests)?;
        pass.push_sql(", ");
        pass.push_bind_param::<Interval, _>(&self.period)?;
        pass.push_sql(
            ")) INSERT INTO restwell_throttle AS throttle (key, hits, is_allowed, checked_at, expires_at)
            SELECT key, CASE WHEN requests > 0 THEN ARRAY[now] ELSE '{}' END, requests > 0, now, now + period
            FROM asked, clock_timestamp() AS now
            ON CONFLICT (key) DO UPDATE SET (hits, is_allowed, checked_at, expires_at) = (
                SELECT CASE WHEN cardinality(recent) < requests THEN recent || now ELSE recent END,
                    cardinality(recent) < requests, now, now + period
                FROM asked, clock_timestamp() AS now, LATERAL (
                    SELECT coalesce(array_agg(hit ORDER BY hit), '{}') AS recent
                    FROM unnest(throttle.hits) AS hit WHERE hit > now - period
                ) AS kept
            )
            RETURNING is_allowed, cardinality(hits), (1000000 * extract(
                epoch FROM coalesce(hits[1] - checked_at, '0') + expires_at - checked_at
            ))::bigint",
        );
        Ok(())
    }
}
