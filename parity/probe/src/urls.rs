//! Every URL of the probe: those of the modules, in the order of `parity/oracle/probe/urls.py`.

use restwell::prelude::*;

use crate::{
    columns, credentials, echo, exchange, failures, filtering, pages, permissions, pipeline,
    relations, routing, throttles, uniqueness, versions, writes,
};

pub(crate) fn urls() -> Urls {
    let router = DefaultRouter::new();
    let router = columns::register(router);
    let router = relations::register(router);
    let router = writes::register(router);
    let router = uniqueness::register(router);
    let router = filtering::register(router);
    let router = pipeline::register(router);
    let router = permissions::register(router);
    let urls = Urls::new().include("/probe/", router);
    let urls = echo::urls(urls);
    let urls = pages::urls(urls);
    let urls = routing::urls(urls);
    let urls = versions::urls(urls);
    let urls = exchange::urls(urls);
    let urls = failures::urls(urls);
    let urls = credentials::urls(urls);
    throttles::urls(urls)
}
