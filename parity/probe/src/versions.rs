//! `parity/oracle/probe/versions.py`.

use restwell::prelude::*;

pub(crate) fn urls(urls: Urls) -> Urls {
    urls
}
