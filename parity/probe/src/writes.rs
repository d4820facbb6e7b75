//! `parity/oracle/probe/writes.py`.

use restwell::prelude::*;

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
}
