//! The program against small servers.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod program;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tables;
