//! `parity/oracle/probe/columns.py`.

use restwell::prelude::*;

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
}
