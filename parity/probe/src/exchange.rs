//! `parity/oracle/probe/exchange.py`.

use restwell::prelude::*;

pub(crate) fn urls(urls: Urls) -> Urls {
    urls
}
