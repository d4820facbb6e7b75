//! `parity/oracle/probe/failures.py`.

use restwell::prelude::*;

pub(crate) fn urls(urls: Urls) -> Urls {
    urls
}
