//! A Postgres for one run of a script: started in a new folder, named on standard output, stopped when standard input ends.

use std::{
    env,
    error::Error,
    io::{self, Read, Write},
    path::Path,
};

use restwell_postgres::embedded::Embedded;

const NAME: &str = "library";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os()
        .nth(1)
        .ok_or("usage: scratch-database FOLDER")?;
    let embedded = Embedded::start(Path::new(&folder))?;
    embedded.ensure_database(NAME)?;
    writeln!(io::stdout(), "{}", embedded.url(NAME))?;
    io::stdin().read_to_end(&mut Vec::new())?;
    embedded.stop()?;
    Ok(())
}
