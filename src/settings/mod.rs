//! The service's settings: read once from the environment and `.env`, checked as a whole, and passed on as values.
//!
//! Every problem is found before the first is told, so that one start shows all of them. An empty variable counts as not
//! set, except where empty has a meaning of its own (`THROTTLE_LOGIN`).

use std::{
    collections::{BTreeMap, HashMap},
    env, fmt, fs,
    num::NonZero,
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    thread,
};

use restwell::{
    exceptions::ErrorFormat,
    settings::{CookieSettings, Settings as ApiSettings},
    storage::FileSystemStorage,
    throttling::{PostgresStore, Rate},
};

use self::parse::{
    passwords, to_bind_addr, to_bool, to_hosts, to_is_production, to_log_filter, to_log_format,
    to_number, to_origins, to_ssl_header, url_problem,
};
use crate::accounts::policies::POLICIES;

mod parse;

/// What `docker-compose.yml` uses where nothing else is set; production refuses them.
const DEVELOPMENT_DATABASE_PASSWORD: &str = "library";
const DEVELOPMENT_SECRET_KEY: &str = "development-only-secret-key-change-me";
const DEFAULT_SEED_PASSWORD: &str = "library";

const SECRET_KEY_LENGTH: usize = 32;
/// Where the files in `MEDIA_ROOT` are found.
const MEDIA_URL: &str = "/media/";

/// Scopes, their variables, and the rates where those are not set.
const THROTTLES: [(&str, &str, &str); 3] = [
    ("anon", "THROTTLE_ANON", ""),
    ("user", "THROTTLE_USER", ""),
    ("login", "THROTTLE_LOGIN", "10/min"),
];

/// All settings, valid.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The database; `None`: an embedded one.
    pub database_url: Option<Secret>,
    /// Signs sessions and CSRF tokens; `None`: the key that is kept beside the embedded database.
    pub secret_key: Option<Secret>,
    /// Host and port to listen on.
    pub bind_addr: String,
    /// Connections to the database.
    pub database_pool_size: u32,
    /// Threads that accept requests.
    pub workers: usize,
    /// Whether `serve` applies missing migrations first.
    pub migrate_on_start: bool,
    /// Whether `serve` fills empty tables with the demo data.
    pub seed_on_start: bool,
    /// The demo users' password.
    pub seed_password: Secret,
    /// The superuser that the first start makes.
    pub superuser: Superuser,
    /// What is logged, and how.
    pub log: LogSettings,
    /// The framework's own part.
    pub api: ApiSettings,
}

/// Who may do everything; without a name, the first start makes nobody.
#[derive(Clone, Debug, Default)]
pub struct Superuser {
    /// The name to sign in with.
    pub username: Option<String>,
    /// May be empty.
    pub email: Option<String>,
    /// The password.
    pub password: Option<Secret>,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// The value of `RUST_LOG`.
    pub filter: String,
    /// The shape of a line.
    pub format: LogFormat,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object, for programs.
    Json,
}

/// A text that no `Debug` output shows.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Everything that is wrong with the settings.
#[derive(Debug)]
pub struct Problems(Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings are wrong:")?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for Problems {}

impl Settings {
    /// From the environment, and from the file `.env` in the current folder for what is not set there.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn from_env() -> Result<Self, Problems> {
        let (file, problem) = read_dotenv();
        let real = |name: &str| env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let settings = Self::from_vars(|name| real(name).or_else(|| file.get(name).cloned()));
        match (settings, problem) {
            (Ok(settings), None) => Ok(settings),
            (settings, problem) => {
                let others = settings.err().map_or_else(Vec::new, |problems| problems.0);
                Err(Problems(problem.into_iter().chain(others).collect()))
            }
        }
    }

    /// From any source of variables.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let mut vars = Vars {
            get: &get,
            problems: Vec::new(),
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let database_url = vars.secret("DATABASE_URL");
        if let Some(problem) = database_url.as_deref().and_then(url_problem) {
            vars.add("DATABASE_URL", problem);
        }
        let settings = Self {
            secret_key: vars.secret_key(database_url.is_some()),
            bind_addr: vars.parsed("BIND_ADDR", "127.0.0.1:8000", to_bind_addr),
            database_pool_size: vars
                .parsed("DATABASE_POOL_SIZE", "8", |text| to_number(text, 1..=500)),
            workers: vars.parsed("WORKERS", &cores.min(512).to_string(), |text| {
                to_number(text, 1..=512)
            }),
            migrate_on_start: vars.parsed("MIGRATE_ON_START", "true", to_bool),
            seed_on_start: vars.parsed("SEED_ON_START", "false", to_bool),
            seed_password: Secret(
                vars.text("SEED_PASSWORD")
                    .unwrap_or_else(|| DEFAULT_SEED_PASSWORD.to_owned()),
            ),
            superuser: Superuser {
                username: vars.text("SUPERUSER_USERNAME"),
                email: vars.text("SUPERUSER_EMAIL"),
                password: vars.secret("SUPERUSER_PASSWORD").map(Secret),
            },
            log: LogSettings {
                filter: vars.parsed("RUST_LOG", "info", to_log_filter),
                format: vars.parsed("LOG_FORMAT", "text", to_log_format),
            },
            api: vars.api(),
            database_url: database_url.map(Secret),
        };
        if vars.parsed("ENVIRONMENT", "development", to_is_production) {
            settings.refuse_defaults(&mut vars);
        }
        if vars.problems.is_empty() {
            Ok(settings)
        } else {
            Err(Problems(vars.problems))
        }
    }

    fn refuse_defaults(&self, vars: &mut Vars<'_>) {
        let default = "has its development default, which ENVIRONMENT=production refuses";
        if self
            .secret_key
            .as_ref()
            .is_some_and(|key| key.expose() == DEVELOPMENT_SECRET_KEY)
        {
            vars.add("SECRET_KEY", default);
        }
        let passwords = self
            .database_url
            .iter()
            .flat_map(|url| passwords(url.expose()));
        if passwords
            .into_iter()
            .any(|password| password == DEVELOPMENT_DATABASE_PASSWORD)
        {
            let problem = "its password (POSTGRES_PASSWORD of docker compose) is the development default, \
                           which ENVIRONMENT=production refuses";
            vars.add("DATABASE_URL", problem);
        }
        if self.seed_password.expose() == DEFAULT_SEED_PASSWORD {
            vars.add("SEED_PASSWORD", default);
        }
    }
}

/// The variables, and what was found to be wrong with them.
struct Vars<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl Vars<'_> {
    fn add(&mut self, name: &str, problem: impl fmt::Display) {
        self.problems.push(format!("{name}: {problem}"));
    }

    fn text(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|text| !text.trim().is_empty())
    }

    /// A wrong value is noted; the default that stands in for it is never used.
    fn parsed<T, E: fmt::Display>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> T {
        let text = self.text(name);
        parse(text.as_deref().map_or(default, str::trim)).unwrap_or_else(|problem| {
            self.add(name, problem);
            parse(default).unwrap_or_else(|problem| panic!("the default of {name}: {problem}"))
        })
    }

    /// A variable, or the contents of the file that its twin with `_FILE` names.
    fn secret(&mut self, name: &str) -> Option<String> {
        let file_name = format!("{name}_FILE");
        match (self.text(name), self.text(&file_name)) {
            (Some(_), Some(_)) => {
                self.add(&file_name, format!("{name} is set too; keep one of them"));
                None
            }
            (text, None) => text,
            (None, Some(path)) => match fs::read_to_string(&path) {
                Ok(text) if !text.trim().is_empty() => {
                    Some(text.trim_end_matches(['\r', '\n']).to_owned())
                }
                Ok(_) => {
                    self.add(&file_name, format!("{path} is empty"));
                    None
                }
                Err(error) => {
                    self.add(&file_name, format!("{path}: {error}"));
                    None
                }
            },
        }
    }

    /// The framework's part.
    fn api(&mut self) -> ApiSettings {
        let media_root = self.parsed("MEDIA_ROOT", "media", PathBuf::from_str);
        let secure_cookies = self.parsed("SECURE_COOKIES", "false", to_bool);
        ApiSettings {
            allowed_hosts: self.parsed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", to_hosts),
            error_format: self.parsed("ERROR_DETAIL", "message", ErrorFormat::from_str),
            page_size: self.parsed("PAGE_SIZE", "20", |text| to_number(text, 1..=1000)),
            storage: Arc::new(FileSystemStorage::new(media_root, MEDIA_URL)),
            policies: POLICIES,
            throttle_rates: self.throttle_rates(),
            throttle_store: Arc::new(PostgresStore::default()),
            num_proxies: Some(self.parsed("NUM_PROXIES", "0", |text| to_number(text, 0..=100))),
            session_cookie: CookieSettings {
                secure: secure_cookies,
                ..CookieSettings::session()
            },
            csrf_cookie: CookieSettings {
                secure: secure_cookies,
                ..CookieSettings::csrf()
            },
            csrf_trusted_origins: self.parsed("CSRF_TRUSTED_ORIGINS", "", to_origins),
            secure_proxy_ssl_header: self.parsed("SECURE_PROXY_SSL_HEADER", "", to_ssl_header),
            ..ApiSettings::default()
        }
    }

    fn secret_key(&mut self, is_required: bool) -> Option<Secret> {
        let known = self.problems.len();
        let key = self.secret("SECRET_KEY");
        match &key {
            Some(key) if key.chars().count() < SECRET_KEY_LENGTH => {
                let problem = format!(
                    "has fewer than {SECRET_KEY_LENGTH} characters; make one with: openssl rand -hex 32"
                );
                self.add("SECRET_KEY", problem);
            }
            None if is_required && self.problems.len() == known => {
                self.add(
                    "SECRET_KEY",
                    "is required when DATABASE_URL is set; make one with: openssl rand -hex 32",
                );
            }
            _ => {}
        }
        key.map(Secret)
    }

    /// Empty switches a throttle off; not set is the default.
    fn throttle_rates(&mut self) -> BTreeMap<&'static str, Rate> {
        let mut rates = BTreeMap::new();
        for (scope, name, default) in THROTTLES {
            let text = (self.get)(name).unwrap_or_else(|| default.to_owned());
            match text.trim() {
                "" => {}
                text => match text.parse() {
                    Ok(rate) => drop(rates.insert(scope, rate)),
                    Err(problem) => self.add(name, problem),
                },
            }
        }
        rates
    }
}

/// The variables of `.env`, none if there is no such file, and what is wrong with it.
fn read_dotenv() -> (HashMap<String, String>, Option<String>) {
    let mut vars = HashMap::new();
    let lines = match dotenvy::from_path_iter(".env") {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return (vars, None),
        Err(error) => return (vars, Some(format!(".env: {error}"))),
    };
    let mut previous = None;
    for line in lines {
        match line {
            Ok((name, value)) => {
                previous = Some(name.clone());
                vars.insert(name, value);
            }
            // The error quotes the line, which may hold a secret.
            Err(_) => {
                let place = previous.map_or_else(
                    || "the first line".to_owned(),
                    |name| format!("the line after {name}"),
                );
                let problem = format!(
                    ".env: {place} is not NAME=value; a value with spaces, # or $ stands in single quotes"
                );
                return (vars, Some(problem));
            }
        }
    }
    (vars, None)
}
