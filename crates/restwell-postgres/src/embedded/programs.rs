//! Finds the programs of a Postgres server, and a user that may run them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{EmbeddedError, at};

const PROGRAMS: [&str; 3] = ["initdb", "postgres", "pg_ctl"];
/// Where packages put the programs when they are not in `PATH`: folder, prefix of the versioned folder, rest.
const INSTALLED: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
];

/// A number that `id` prints, so that no code here asks the C library.
pub(super) fn id(arguments: &[&str]) -> Result<u32, EmbeddedError> {
    let output = Command::new("id")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .map_err(at(Path::new("id")))?;
    let number = String::from_utf8_lossy(&output.stdout);
    number.trim().parse().map_err(|_| EmbeddedError::Program {
        name: "id",
        output: format!("{arguments:?}: no such user"),
    })
}

/// Whom root lends the server to: the packages' own user, or the one that owns nothing.
pub(super) fn server_user() -> Result<(u32, u32), EmbeddedError> {
    let name = if id(&["-u", "postgres"]).is_ok() {
        "postgres"
    } else {
        "nobody"
    };
    Ok((id(&["-u", name])?, id(&["-g", name])?))
}

/// The folder of the programs: the first in `PATH`, else the newest installed; of the given major version if there is one.
pub(super) fn find_programs(version: Option<&str>) -> Result<PathBuf, EmbeddedError> {
    let mut folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    for (parent, prefix, rest) in INSTALLED {
        let mut found = Vec::new();
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if let Some(number) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.strip_prefix(prefix))
            {
                found.push((
                    number.trim_start_matches('@').parse().unwrap_or(0.0_f32),
                    entry.path().join(rest),
                ));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        folders.extend(found.into_iter().map(|(_, folder)| folder));
    }
    let has_programs = |folder: &PathBuf| {
        folder.is_absolute() && PROGRAMS.iter().all(|name| folder.join(name).is_file())
    };
    let is_wanted = |folder: &PathBuf| {
        version.is_none_or(|version| major_version(folder).as_deref() == Some(version))
    };
    let found = folders.into_iter().filter(has_programs).find(is_wanted);
    found.ok_or_else(|| EmbeddedError::NotInstalled(version.map(str::to_owned)))
}

/// `postgres --version` prints `postgres (PostgreSQL) 17.2`, and more after it on some systems.
fn major_version(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_whitespace().nth(2)?;
    Some(number.chars().take_while(char::is_ascii_digit).collect())
}
