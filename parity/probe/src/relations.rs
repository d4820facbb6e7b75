//! `parity/oracle/probe/relations.py`.

use restwell::prelude::*;

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
}
