//! Every URL of the service.

use restwell::prelude::*;

use crate::{
    catalog::views::{AuthorViewSet, BookViewSet, SubjectViewSet},
    holdings::views::{BranchViewSet, CopyViewSet},
};

/// The routes below `/api/`.
pub fn urls() -> Urls {
    let router = DefaultRouter::new()
        .register("authors", AuthorViewSet)
        .register("subjects", SubjectViewSet)
        .register("books", BookViewSet)
        .register("branches", BranchViewSet)
        .register("copies", CopyViewSet);
    Urls::new().include("/api/", router)
}
