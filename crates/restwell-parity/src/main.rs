//! Sends the same requests to two servers and tells where their answers differ.

use std::{
    ffi::OsStr,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use openssl_sys as _;
use pq_sys as _;

mod clauses;
mod client;
mod compare;
#[cfg(test)]
mod guide;
mod http_file;
mod json_path;
mod origin;
mod outcome;
mod random;
mod report;
mod rules;
mod run;
mod tables;
mod template;

use clauses::Clauses;
use http_file::HttpFile;
use random::{Credential, Grammar, Plan};
use report::{Progress, Report};
use rules::Rules;
use run::Run;
use tables::Databases;

/// Sends the same requests to two servers and tells where their answers differ.
///
/// Exit code 0: no difference but those that are documented. 1: differences, or clauses without a case.
/// 2: a mistake in the arguments or files, or a server that cannot be reached.
#[derive(Parser)]
#[command(name = "parity", version)]
struct Arguments {
    /// The server that is right by definition: scheme, host and port
    #[arg(long, value_name = "URL")]
    left: String,
    /// The server that is compared with it
    #[arg(long, value_name = "URL")]
    right: String,
    /// What may differ, as TOML
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Whether texts in answers of 400 and above are compared
    #[arg(long, value_enum, default_value = "compare")]
    error_texts: ErrorTexts,
    /// Send that many generated requests after the cases
    #[arg(long, value_name = "N", default_value_t = 0)]
    random: usize,
    /// What is generated; one seed makes the same requests as long as the left side answers the same
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The path of the API's root, for generated requests
    #[arg(long, value_name = "PATH", default_value = "/api/")]
    root: String,
    /// What OPTIONS does not say about parameters and fields, as TOML, for generated requests
    #[arg(long, value_name = "FILE")]
    grammar: Option<PathBuf>,
    /// A value of Authorization for generated requests instead of the grammar's; the first one explores the API, and some
    /// requests go without
    #[arg(long = "authorization", value_name = "VALUE")]
    authorizations: Vec<String>,
    /// Compare the tables of both Postgres databases at the end
    #[arg(long, num_args = 2, value_names = ["LEFT_DB", "RIGHT_DB"])]
    tables: Option<Vec<String>>,
    /// A list of clauses of which each must have a case
    #[arg(long, value_name = "FILE")]
    clauses: Option<PathBuf>,
    /// Write what was found as JSON
    #[arg(long, value_name = "FILE")]
    report_json: Option<PathBuf>,
    /// Write what was found as XML that CI systems read
    #[arg(long, value_name = "FILE")]
    report_junit: Option<PathBuf>,
    /// How many differences are printed
    #[arg(long, value_name = "N", default_value_t = 20)]
    max_shown: usize,
    /// Seconds that an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Case files, and directories of them
    #[arg(value_name = "CASES")]
    cases: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum ErrorTexts {
    Compare,
    Ignore,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nothing is left to do if standard error is closed.
            let _ = writeln!(io::stderr(), "parity: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    if arguments.cases.is_empty() && arguments.random == 0 {
        bail!("there is nothing to send: name case files, or --random N");
    }
    let files = read_cases(&arguments.cases)?;
    let rules = arguments.rules.as_deref().map(Rules::read).transpose()?;
    let rules = rules.unwrap_or_default();
    let grammar = arguments
        .grammar
        .as_deref()
        .map(Grammar::read)
        .transpose()?;
    let grammar = grammar.unwrap_or_default();
    let clauses = arguments
        .clauses
        .as_deref()
        .map(Clauses::read)
        .transpose()?;
    let coverage = clauses
        .map(|clauses| clauses.coverage(&files))
        .transpose()?;
    let credentials = match arguments.authorizations.as_slice() {
        [] => grammar.credentials.clone(),
        headers => Credential::of_authorizations(headers),
    };
    let mut run = connect(arguments, &rules)?;
    let cases: usize = files.iter().map(|file| file.cases.len()).sum();
    let progress = Progress::new(cases + arguments.random);
    let origins = [run.left.origin.clone(), run.right.origin.clone()];
    let mut report = Report::new(origins, arguments.max_shown, progress);
    report.coverage = coverage;
    for file in &files {
        run.run_file(file, &mut report)?;
    }
    if arguments.random > 0 {
        let plan = Plan {
            count: arguments.random,
            seed: arguments.seed,
            root: &arguments.root,
            grammar: &grammar,
            credentials: &credentials,
        };
        random::run_random(&mut run, &plan, &mut report)?;
    }
    if let Some(databases) = &mut run.databases {
        report.tables = Some(databases.compare(&rules.tables)?);
    }
    write_reports(arguments, &report)?;
    report.finish()?;
    Ok(report.is_success())
}

fn connect<'a>(arguments: &Arguments, rules: &'a Rules) -> Result<Run<'a>> {
    let timeout = Duration::from_secs(arguments.timeout);
    let mut run = Run::new(&arguments.left, &arguments.right, timeout, rules)?;
    run.ignores_error_texts = arguments.error_texts == ErrorTexts::Ignore;
    if let Some([left, right]) = arguments.tables.as_deref() {
        run.databases = Some(Databases::connect(left, right)?);
    }
    Ok(run)
}

fn write_reports(arguments: &Arguments, report: &Report) -> Result<()> {
    if let Some(path) = &arguments.report_json {
        report::write_json(report, path).with_context(|| format!("{}", path.display()))?;
    }
    if let Some(path) = &arguments.report_junit {
        report::write_junit(report, path).with_context(|| format!("{}", path.display()))?;
    }
    Ok(())
}

fn read_cases(paths: &[PathBuf]) -> Result<Vec<HttpFile>> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        find_cases(path, &mut files)?;
        if files.len() == before {
            bail!("there is no .http file in {}", path.display());
        }
    }
    files.iter().map(|path| HttpFile::read(path)).collect()
}

fn find_cases(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("{}", path.display()))?;
    let paths: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths?;
    paths.sort();
    for path in paths {
        if path.is_dir() || path.extension() == Some(OsStr::new("http")) {
            find_cases(&path, files)?;
        }
    }
    Ok(())
}
