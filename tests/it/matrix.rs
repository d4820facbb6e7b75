//! Who may do what: every route, every verb, every role, compared with the table in `matrix.txt`.
//!
//! A verb that changes something is sent an empty object, the pages of forms are sent an empty form: whoever may use it
//! gets 400 where a field is required. The object is in each case one that `reader1`, the owner, has borrowed or written.

use actix_web::http::Method;
use lending_library::urls::urls;
use restwell::test::{ApiClient, TestRequest};

use crate::harness::{CSRF, Library};

const TABLE: &str = include_str!("matrix.txt");

/// The columns of the table, each with the user of that role.
const ROLES: [(&str, Option<&str>); 8] = [
    ("anonymous", None),
    ("reader", Some("reader2")),
    ("owner", Some("reader1")),
    ("librarian", Some("librarian")),
    ("staff", Some("staff")),
    ("superuser", Some("admin")),
    ("inactive", Some("inactive")),
    ("bad token", None),
];

/// The object that the routes of a viewset are tried with.
fn lookup(basename: &str) -> &'static str {
    match basename {
        "subject" => "fiction",
        "branch" => "main",
        "user" => "3",
        _ => "1",
    }
}

/// Every verb with its path, those that delete last.
pub(crate) fn endpoints() -> Vec<(Method, String)> {
    let urls = urls();
    let mut endpoints = Vec::new();
    for route in urls.routes() {
        let basename = route.name.split('-').next().unwrap_or_default();
        let lookup = route.detail.then(|| lookup(basename));
        let path = urls.reverse(&route.name, lookup, None);
        let path = path.unwrap_or_else(|| panic!("`{}` has no path", route.name));
        let methods = route.allowed_methods().into_iter();
        let methods = methods.filter(|method| *method != Method::HEAD);
        endpoints.extend(methods.map(|method| (method, path.clone())));
    }
    endpoints.sort_by_key(|(method, _)| *method == Method::DELETE);
    endpoints
}

fn client(library: &Library, role: &str, user: Option<&str>) -> ApiClient {
    match (role, user) {
        (_, Some(user)) => library.client_of(user),
        ("bad token", _) => {
            let token = format!("Token {}", "0".repeat(40));
            library.anonymous().with_header("authorization", &token)
        }
        _ => library.anonymous(),
    }
}

/// The statuses of one role, in the order of [`endpoints`], on a library of its own.
fn statuses(role: &str, user: Option<&str>) -> Vec<u16> {
    let library = Library::stocked();
    let client = client(&library, role, user);
    let status = |(method, path): (Method, String)| {
        let request = TestRequest::new(method.clone(), &path);
        let request = match method {
            Method::GET | Method::OPTIONS | Method::DELETE => request,
            _ if path.starts_with("/api/auth/") => request
                .header("cookie", &format!("csrftoken={CSRF}"))
                .form(&[("csrfmiddlewaretoken", CSRF)]),
            _ => request.json("{}"),
        };
        client.send(request).status.as_u16()
    };
    endpoints().into_iter().map(status).collect()
}

#[test]
fn everybody_may_do_what_the_table_says_and_no_more() {
    let columns = ROLES.map(|(role, user)| statuses(role, user));
    let head = ROLES.map(|(role, _)| format!("{role:>9}")).join(" ");
    let mut lines = vec![format!("{:30} {:7} {head}", "", "")];
    for (row, (method, path)) in endpoints().into_iter().enumerate() {
        let cells = columns
            .each_ref()
            .map(|column| format!("{:>9}", column[row]));
        let method = method.as_str();
        lines.push(format!("{path:30} {method:7} {}", cells.join(" ")));
    }
    lines[1..].sort();
    let actual = lines.join("\n") + "\n";
    assert!(
        actual == TABLE,
        "matrix.txt says otherwise; what happens is:\n{actual}"
    );
}
