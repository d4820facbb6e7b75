//! How far a run is: a bar on a terminal, else a line every few seconds; always on standard error.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(5);

pub(crate) struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
    last_line: Cell<Instant>,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        let is_terminal = io::stderr().is_terminal();
        let bar = ProgressBar::new(total.try_into().unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg} {eta}") {
            bar.set_style(style);
        }
        Self {
            bar,
            is_terminal,
            last_line: Cell::new(Instant::now()),
        }
    }

    pub(crate) fn advance(&self, differences: usize) {
        self.bar.inc(1);
        let message = match differences {
            0 => "same".to_owned(),
            count => format!("{count} differ"),
        };
        if self.is_terminal {
            self.bar.set_message(message);
        } else if self.last_line.get().elapsed() >= LINE_EVERY {
            self.last_line.set(Instant::now());
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
            // A closed standard error is no reason to stop a run.
            let _ = writeln!(io::stderr(), "{done}/{total}: {message}");
        }
    }

    /// Prints to standard output without tearing the bar.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        self.bar.suspend(|| writeln!(io::stdout(), "{text}"))
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
