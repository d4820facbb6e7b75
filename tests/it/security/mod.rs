//! What must not work, tried on the whole service. Sessions that somebody has planted and redirects are tried in the
//! framework's own tests.

mod forgery;
mod input;
mod leaks;
mod logs;
mod sign_in;

use crate::harness::Library;

/// The lists, and what they can be filtered by.
pub(super) const LISTS: [List; 8] = [
    List {
        path: "/api/authors/",
        filters: &[
            "name",
            "name__icontains",
            "name__istartswith",
            "born_on",
            "born_on__gte",
            "born_on__year",
            "born_on__isnull",
        ],
        searched: true,
    },
    List {
        path: "/api/subjects/",
        filters: &[],
        searched: true,
    },
    List {
        path: "/api/books/",
        filters: &[
            "author",
            "author__in",
            "author__name__icontains",
            "subjects",
            "language",
            "language__in",
            "isbn",
            "published_on",
            "published_on__lte",
            "published_on__year",
            "price",
            "price__gte",
            "pages__lte",
            "pages__isnull",
            "is_reference",
            "available",
        ],
        searched: true,
    },
    List {
        path: "/api/branches/",
        filters: &[],
        searched: false,
    },
    List {
        path: "/api/copies/",
        filters: &["book", "branch", "condition", "condition__in", "status"],
        searched: false,
    },
    List {
        path: "/api/loans/",
        filters: &["copy", "borrower", "open", "overdue"],
        searched: false,
    },
    List {
        path: "/api/reviews/",
        filters: &["book", "stars", "stars__gte", "reviewer"],
        searched: false,
    },
    List {
        path: "/api/users/",
        filters: &[],
        searched: false,
    },
];

/// A list of the API.
pub(super) struct List {
    pub(super) path: &'static str,
    pub(super) filters: &'static [&'static str],
    /// Whether `?search=` means something.
    pub(super) searched: bool,
}

/// How many rows each table of the stock has.
pub(super) fn rows(library: &Library) -> Vec<i64> {
    let tables = [
        "catalog_author",
        "catalog_subject",
        "catalog_book",
        "catalog_book_subjects",
        "holdings_branch",
        "holdings_copy",
        "circulation_loan",
        "reviews_review",
        "auth_user",
        "authtoken_token",
    ];
    tables.map(|table| library.count(table)).to_vec()
}
