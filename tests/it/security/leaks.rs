//! What clients may not see is not told by order, filters or search either.

use crate::harness::Library;

use super::LISTS;

/// Paths to secrets, and to columns that nobody has declared.
const HIDDEN: [&str; 14] = [
    "password",
    "user__password",
    "borrower__password",
    "loans__borrower__password",
    "copies__loans__borrower__password",
    "reviews__reviewer__password",
    "author__books__copies__loans__borrower__username",
    "auth_token__key",
    "is_superuser",
    "email",
    "last_login",
    "id",
    "author_id",
    "?",
];

/// What a stranger would look for.
const SECRETS: [&str; 5] = [
    "pbkdf2",
    "s7DKRB33/OhrJDhrHaTxWPYGnpKmFEdSBzFAPFuQtwE",
    "3fffffffffffffffffffffffffffffffffffffff",
    "reader1@example.org",
    "reader1",
];

#[test]
fn an_order_that_is_not_declared_is_none() {
    let library = Library::stocked();
    library.sql("insert into holdings_branch (name, slug, email, opens_at, closes_at) values ('A', 'z', 'z@example.org', '09:00', '18:00')");
    for list in &LISTS {
        let plain = library.client.get(list.path);
        for name in HIDDEN {
            for sign in ["", "-"] {
                let path = format!("{}?ordering={sign}{name}", list.path);
                let ordered = library.client.get(&path);
                assert_eq!(
                    (ordered.status, &ordered.body),
                    (plain.status, &plain.body),
                    "{path}"
                );
                assert_eq!(ordered.statements, plain.statements);
            }
        }
    }
}

#[test]
fn a_filter_that_is_not_declared_is_none() {
    let library = Library::stocked();
    let lookups = [
        "",
        "__startswith",
        "__contains",
        "__gt",
        "__isnull",
        "__regex",
        "__in",
    ];
    for list in &LISTS {
        let plain = library.client.get(list.path);
        for name in HIDDEN {
            for lookup in lookups {
                let path = format!("{}?{name}{lookup}=p", list.path);
                let filtered = library.client.get(&path);
                assert_eq!(
                    (filtered.status, &filtered.body),
                    (plain.status, &plain.body),
                    "{path}"
                );
            }
        }
    }
}

#[test]
fn nothing_that_is_not_declared_is_searched() {
    let library = Library::stocked();
    for list in &LISTS {
        let plain = library.client.get(list.path);
        for secret in SECRETS {
            let more = "search_fields=password&search_fields=copies__loans__borrower__username";
            let path = format!("{}?search={secret}&{more}", list.path);
            let found = library.client.get(&path);
            assert_eq!(found.status, 200, "{path}: {}", found.body);
            match list.searched {
                true => assert!(!found.body.contains(r#"{"id":"#), "{path}: {}", found.body),
                false => assert_eq!(found.body, plain.body, "{path}"),
            }
        }
    }
}

#[test]
fn secrets_are_in_no_answer() {
    let library = Library::stocked();
    let objects = [
        "authors/1",
        "loans/1",
        "books/1",
        "copies/1",
        "users/3",
        "users/me",
    ]
    .map(|object| format!("/api/{object}/"));
    let lists = LISTS.iter().map(|list| list.path.to_owned());
    for path in lists.chain(objects) {
        let answer = library.client.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        for secret in ["pbkdf2", "password", "s7DKRB33", "ffffffff", "is_superuser"] {
            assert!(!answer.body.contains(secret), "{path}: {}", answer.body);
        }
        // Who wrote a review is meant to be seen.
        if path != "/api/reviews/" {
            let seen_by_all = library.anonymous().get(&path).body;
            assert!(!seen_by_all.contains("reader1"), "{seen_by_all}");
        }
    }
    let sent = r#"{"password": "correct horse", "email": "none"}"#;
    let refused = library.client.patch("/api/users/3/", sent);
    assert!(!refused.body.contains("correct horse"), "{}", refused.body);
}

#[test]
fn the_loans_of_others_might_as_well_not_exist() {
    let library = Library::stocked();
    let reader = library.client_of("reader2");
    let own = reader.get("/api/loans/");
    assert_eq!(own.json()["results"].as_array().unwrap().len(), 1);
    for (theirs, nobodys) in [
        ("/api/loans/1/", "/api/loans/999/"),
        ("/api/loans/?copy=1", "/api/loans/?copy=3"),
    ] {
        let [theirs, nobodys] = [theirs, nobodys].map(|path| reader.get(path));
        assert_eq!((theirs.status, theirs.body), (nobodys.status, nobodys.body));
    }
    for action in ["renew", "return"] {
        let [theirs, nobodys] =
            [1, 999].map(|loan| reader.post(&format!("/api/loans/{loan}/{action}/"), "{}"));
        assert_eq!(theirs.status, 404);
        assert_eq!(theirs.body, nobodys.body);
    }
    for filter in [
        "borrower=3",
        "borrower=999",
        "borrower=x",
        "borrower__username=reader1",
    ] {
        let filtered = reader.get(&format!("/api/loans/?{filter}"));
        assert_eq!((filtered.status, &filtered.body), (own.status, &own.body));
    }
}

#[test]
fn who_may_not_see_users_does_not_learn_which_there_are() {
    let library = Library::new();
    for client in [library.anonymous(), library.client_of("reader1")] {
        let known = client.get("/api/users/1/");
        let unknown = client.get("/api/users/999/");
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
        let sent = |name: &str| format!(r#"{{"username": "{name}", "password": "correct horse"}}"#);
        let taken = client.post("/api/users/", &sent("admin"));
        let free = client.post("/api/users/", &sent("nobody"));
        assert_eq!((taken.status, &taken.body), (free.status, &free.body));
        let taken = client.patch("/api/users/1/", &sent("admin"));
        let free = client.patch("/api/users/999/", &sent("admin"));
        assert_eq!((taken.status, &taken.body), (free.status, &free.body));
    }
}
