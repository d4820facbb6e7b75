//! What one process remembers by itself.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
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
