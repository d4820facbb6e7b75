//! `parity/oracle/probe/uniqueness.py`.

use restwell::prelude::*;

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
}
