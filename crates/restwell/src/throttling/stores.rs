//! Who remembers requests: one process by itself, or all processes on one database together.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
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

/// Keys beyond this number push others out, as in Django's cache in memory.
const MAX_KEYS: usize = 100_000;
/// How often keys that nothing is known of any more are removed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// Remembers requests in this process: for one process, and for tests.
pub struct MemoryStore {
    timer: Box<dyn Fn() -> Duration + Send + Sync>,
    histories: Mutex<Histories>,
}

#[derive(Default)]
struct Histories {
    by_key: HashMap<Key, History>,
    swept_at: Duration,
}

#[derive(Default)]
struct History {
    /// The oldest first.
    hits: VecDeque<Duration>,
    expires_at: Duration,
}

impl Default for MemoryStore {
    /// With the clock of this machine, which never goes back.
    fn default() -> Self {
        let start = Instant::now();
        Self::with_timer(move || start.elapsed())
    }
}

impl MemoryStore {
    /// With a clock of its own: the time since any moment.
    pub fn with_timer(timer: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self {
            timer: Box::new(timer),
            histories: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Histories> {
        let histories = self.histories.lock();
        histories.unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.lock().by_key.len();
        f.debug_struct("MemoryStore").field("keys", &keys).finish()
    }
}

impl ThrottleStore for MemoryStore {
    fn count(&self, key: &Key, rate: Rate, _conn: &mut Conn) -> Result<Usage> {
        let mut histories = self.lock();
        let now = (self.timer)();
        histories.sweep(now);
        let history = histories.by_key.entry(*key).or_default();
        Ok(history.count(rate, now))
    }
}

impl Histories {
    fn sweep(&mut self, now: Duration) {
        let is_full = self.by_key.len() >= MAX_KEYS;
        if !is_full && now < self.swept_at + SWEEP_INTERVAL {
            return;
        }
        self.swept_at = now;
        self.by_key.retain(|_, history| history.expires_at > now);
        if self.by_key.len() >= MAX_KEYS {
            let mut index = 0;
            self.by_key.retain(|_, _| {
                index += 1;
                index % 3 != 0
            });
        }
    }
}

impl History {
    fn count(&mut self, Rate { requests, period }: Rate, now: Duration) -> Usage {
        while self.hits.front().is_some_and(|hit| *hit + period <= now) {
            self.hits.pop_front();
        }
        let is_allowed = self.hits.len() < requests as usize;
        if is_allowed {
            self.hits.push_back(now);
        }
        self.expires_at = now + period;
        let oldest = self.hits.front();
        Usage {
            is_allowed,
            requests: u32::try_from(self.hits.len()).unwrap_or(u32::MAX),
            renews_in: oldest.map_or(period, |hit| *hit + period - now),
        }
    }
}

/// After so many requests a process removes the rows that say nothing any more.
const SWEEP_EVERY: u32 = 1024;

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
        if counted % SWEEP_EVERY == SWEEP_EVERY - 1
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
