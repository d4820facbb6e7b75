//! Throttled views on both stores, each with a clock that tests set.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use diesel::connection::SimpleConnection;
use restwell::{
    api_views::ApiView,
    authentication::{AbstractUser, Authentication, Identity},
    db::Db,
    exceptions::ErrorFormat,
    permissions::{AllowAny, IsAuthenticated, Permission},
    prelude::*,
    server::App,
    settings::Settings,
    test::ApiClient,
    throttling::{
        AnonRateThrottle, LoginRateThrottle, MemoryStore, PostgresStore, ScopedRateThrottle,
        Throttle, ThrottleStore, UserRateThrottle,
    },
    viewsets::Policies,
};
use restwell_postgres::test::TestDatabase;

use crate::shop::template;

pub(crate) const CREATE_THROTTLE: &str =
    include_str!("../../../../migrations/2026-11-26-100000_create_throttle/up.sql");

/// Every connection finds this clock before the real one.
const SET_CLOCK: &str = "
    CREATE SCHEMA test;
    CREATE TABLE test.clock AS SELECT timestamptz '2026-01-01' AS now;
    CREATE FUNCTION test.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT now FROM test.clock';
    DO $$ BEGIN EXECUTE format(
        'ALTER DATABASE %I SET search_path = test, pg_catalog, public', current_database()
    ); END $$";

struct User(String);

impl AbstractUser for User {
    fn key(&self) -> String {
        self.0.clone()
    }
}

/// `X-User: 7`
struct HeaderAuthentication;

impl Authentication for HeaderAuthentication {
    fn authenticate(&self, request: &Request, _: &mut Conn) -> Result<Option<Identity>> {
        let name = request.header("x-user");
        Ok(name.map(|name| Identity::new(User(name.to_owned()))))
    }
}

/// One of the stores, with the clock that its services share.
pub(crate) enum Store {
    Memory {
        seconds: Arc<AtomicU64>,
        store: Arc<MemoryStore>,
        database: TestDatabase,
    },
    Postgres(TestDatabase),
}

impl Store {
    pub(crate) fn all() -> [Self; 2] {
        [Self::memory(), Self::postgres()]
    }

    pub(crate) fn memory() -> Self {
        let seconds = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&seconds);
        let timer = move || Duration::from_secs(clock.load(Ordering::Relaxed));
        Self::Memory {
            seconds,
            store: Arc::new(MemoryStore::with_timer(timer)),
            database: template().database(),
        }
    }

    pub(crate) fn postgres() -> Self {
        let database = template().database();
        let mut conn = database.connect();
        conn.batch_execute(CREATE_THROTTLE).unwrap();
        conn.batch_execute(SET_CLOCK).unwrap();
        Self::Postgres(database)
    }

    pub(crate) fn database(&self) -> &TestDatabase {
        match self {
            Self::Memory { database, .. } | Self::Postgres(database) => database,
        }
    }

    pub(crate) fn set_time(&self, time: u64) {
        match self {
            Self::Memory { seconds, .. } => seconds.store(time, Ordering::Relaxed),
            Self::Postgres(database) => {
                let statement = format!(
                    "UPDATE test.clock SET now = timestamptz '2026-01-01' + {time} * interval '1 s'"
                );
                database.connect().batch_execute(&statement).unwrap();
            }
        }
    }

    /// A process with the throttled views and these rates: `anon=3/min burst=1/s`.
    pub(crate) fn serve(&self, rates: &str) -> ApiClient {
        self.serve_with(rates, |_| {})
    }

    pub(crate) fn serve_with(&self, rates: &str, change: impl FnOnce(&mut Settings)) -> ApiClient {
        let rates = rates.split_whitespace().map(|rate| {
            let (scope, rate) = rate.split_once('=').unwrap();
            (&*scope.to_owned().leak(), rate.parse().unwrap())
        });
        let mut settings = Settings {
            error_format: ErrorFormat::Code,
            throttle_rates: rates.collect(),
            throttle_store: match self {
                Self::Memory { store, .. } => Arc::clone(store) as Arc<dyn ThrottleStore>,
                Self::Postgres(_) => Arc::new(PostgresStore::default()),
            },
            ..Settings::default()
        };
        change(&mut settings);
        ApiClient::new(App::new(
            urls(),
            settings,
            Db::new(&self.database().url(), 8),
        ))
    }
}

fn view(
    permissions: &'static [&'static dyn Permission],
    throttles: &'static [&'static dyn Throttle],
) -> ApiView {
    let answer = |request: &Request, _: &mut Conn| Response::ok(request, &*request.ident());
    ApiView::new("ThrottledView")
        .get(answer)
        .post(answer)
        .policies(Policies {
            authentication: Some(&[&HeaderAuthentication]),
            permissions: Some(permissions),
            throttles: Some(throttles),
            ..Policies::DEFAULT
        })
}

fn urls() -> Urls {
    let everybody: &[&dyn Permission] = &[&AllowAny];
    let bursts: &[&dyn Throttle] = &[
        &UserRateThrottle { scope: "burst" },
        &UserRateThrottle { scope: "sustained" },
    ];
    let scoped: &[&dyn Throttle] = &[&ScopedRateThrottle { scope: "uploads" }];
    let defaults: &[&dyn Throttle] = &[&AnonRateThrottle::DEFAULT, &UserRateThrottle::DEFAULT];
    Urls::new()
        .path("/free/", "free", view(everybody, &[]))
        .path(
            "/anon/",
            "anon",
            view(everybody, &[&AnonRateThrottle::DEFAULT]),
        )
        .path(
            "/user/",
            "user",
            view(everybody, &[&UserRateThrottle::DEFAULT]),
        )
        .path("/both/", "both", view(everybody, defaults))
        .path("/bursts/", "bursts", view(everybody, bursts))
        .path("/covers/", "covers", view(everybody, scoped))
        .path("/avatars/", "avatars", view(everybody, scoped))
        .path("/login/", "login", view(everybody, &[&LoginRateThrottle]))
        .path(
            "/members/",
            "members",
            view(&[&IsAuthenticated], &[&UserRateThrottle::DEFAULT]),
        )
}
