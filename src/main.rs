//! The binary `library`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lending_library::cli::main()
}
