//! `parity/oracle/probe/echo.py`.

use restwell::prelude::*;

pub(crate) fn urls(urls: Urls) -> Urls {
    urls
}
