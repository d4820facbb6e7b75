//! `parity/oracle/probe/pages.py`.

use restwell::prelude::*;

pub(crate) fn urls(urls: Urls) -> Urls {
    urls
}
