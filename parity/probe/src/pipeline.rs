//! `parity/oracle/probe/pipeline.py`.

use restwell::prelude::*;

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
}
