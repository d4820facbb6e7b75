//! A fair queue in front of what is scarce, and the threads that work it off: first come, first served, and none without
//! end. Where there is always a job, no thread sleeps between two of them, and none has to be woken.
//!
//! Work that takes long and needs no database, such as hashing a password, is offloaded: the handler that asks for it is
//! given up, its transaction rolled back and its connection returned. Once the work is done, the handler starts again and
//! finds the result. What was asked of policies is not asked again.

use std::{
    any::Any,
    cell::RefCell,
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    exceptions::{ApiException, Cause, Result},
    request::Request,
};

/// How many may wait for one turn before the next is refused.
const WAITING_PER_TURN: usize = 64;
/// How long one may wait.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Clones are one queue; its threads end with the last of them.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Open>);

/// Closes the queue when dropped.
struct Open(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    turns: usize,
    /// What is waited for, as logs say it.
    scarce: &'static str,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// The threads that were started, when they were first needed.
    threads: usize,
    /// Those of them that have no job.
    idle: usize,
    is_closed: bool,
}

struct Job {
    work: Box<dyn FnOnce() + Send>,
    turn: Arc<Turn>,
}

impl Job {
    /// Does the work, unless nobody waits for it any more.
    fn run(self) {
        if self.turn.take() {
            // The hook has told of a panic; who waits finds that nothing will come.
            let _ = catch_unwind(AssertUnwindSafe(self.work));
        }
    }
}

/// Taken once: by the thread that begins the work, or by who no longer waits for it.
#[derive(Default)]
struct Turn(AtomicBool);

impl Turn {
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }

    fn is_taken(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Gives up the turn when dropped, as the future of a client that went away is.
struct Waiting(Arc<Turn>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.take();
    }
}

impl Queue {
    /// As many turns at once as there is of what is `scarce`.
    pub(crate) fn new(turns: usize, scarce: &'static str) -> Self {
        Self(Arc::new(Open(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            turns,
            scarce,
        }))))
    }

    /// Does the work on a thread of its own, when it is its turn. What has begun is brought to its end, whoever waits.
    ///
    /// # Errors
    /// 503 if too many wait, or after too long; 500 if it panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (sender, mut receiver) = oneshot::channel();
        let waiting = Waiting(Arc::default());
        let job = Job {
            work: Box::new(move || drop(sender.send(work()))),
            turn: Arc::clone(&waiting.0),
        };
        let shared = &self.0.0;
        let done = match shared.push(job)? {
            Start::AtOnce => receiver.await,
            Start::Later => match tokio::time::timeout(TIMEOUT, &mut receiver).await {
                Ok(done) => done,
                Err(_) if waiting.0.take() => {
                    return Err(shared.unavailable("a request waited too long for"));
                }
                Err(_) => receiver.await,
            },
        };
        done.map_err(|_| ApiException::internal("the handler panicked"))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_all();
    }
}

enum Start {
    AtOnce,
    Later,
}

impl Shared {
    fn push(self: &Arc<Self>, job: Job) -> Result<Start> {
        let mut state = self.lock();
        if state.idle <= state.jobs.len() && state.threads < self.turns {
            self.start_thread(&mut state)
                .map_err(|error| self.unavailable(&format!("{error}: no thread for")))?;
        }
        let start = match state.idle > state.jobs.len() {
            true => Start::AtOnce,
            false => Start::Later,
        };
        let places = state.idle + self.turns * WAITING_PER_TURN;
        if state.jobs.len() >= places {
            state.jobs.retain(|job| !job.turn.is_taken());
        }
        if state.jobs.len() >= places {
            return Err(self.unavailable("too many requests wait for"));
        }
        state.jobs.push_back(job);
        drop(state);
        if matches!(start, Start::AtOnce) {
            self.changed.notify_one();
        }
        Ok(start)
    }

    fn start_thread(self: &Arc<Self>, state: &mut State) -> io::Result<()> {
        let shared = Arc::clone(self);
        let name = format!("worker-{}", state.threads);
        thread::Builder::new()
            .name(name)
            .spawn(move || shared.work())?;
        state.threads += 1;
        state.idle += 1;
        Ok(())
    }

    /// The life of a thread, which is idle at first.
    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                state.idle -= 1;
                drop(state);
                job.run();
                state = self.lock();
                state.idle += 1;
            } else if state.is_closed {
                return;
            } else {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unavailable(&self, what: &str) -> ApiException {
        ApiException::unavailable(format!("{what} {}", self.scarce))
    }
}

/// What came of offloaded work.
pub(crate) type Outcome = Box<dyn Any + Send>;
pub(crate) type Work = Box<dyn FnOnce() -> Outcome + Send>;

/// What a request has asked for, by the names that it gave, and what came of it.
#[derive(Default)]
pub(crate) struct Offloaded {
    waiting: RefCell<Option<(String, Work)>>,
    done: Vec<(String, Outcome)>,
}

impl Offloaded {
    /// The work that the handler was given up for.
    pub(crate) fn take(&self) -> Option<(String, Work)> {
        self.waiting.take()
    }

    /// Notes what came of it.
    pub(crate) fn put(&mut self, name: String, outcome: Outcome) {
        self.done.push((name, outcome));
    }
}

impl Request {
    /// The result of `work`, which runs while the request holds no connection.
    ///
    /// The handler runs again from its start, so nothing outside of the database may have been done before. `name` says
    /// which work it is, with all that it depends on.
    ///
    /// # Errors
    /// The first time, to be passed on as it is.
    pub fn offload<T: Any + Clone + Send>(
        &self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let mut done = self.offloaded.done.iter();
        let known = done.find(|(known, _)| known == name);
        if let Some(value) = known.and_then(|(_, value)| value.downcast_ref::<T>()) {
            return Ok(value.clone());
        }
        let work: Work = Box::new(|| Box::new(work()));
        self.offloaded
            .waiting
            .replace(Some((name.to_owned(), work)));
        Err(ApiException {
            cause: Some(Cause::Offloaded),
            ..ApiException::internal("work was left to run without a connection")
        })
    }
}

/// Whether a handler was given up until its work is done.
pub(crate) fn is_offloaded(exception: &ApiException) -> bool {
    matches!(exception.cause, Some(Cause::Offloaded))
}
