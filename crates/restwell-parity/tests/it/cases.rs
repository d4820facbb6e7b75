//! What the program says of two servers.

use std::fs;

use crate::{
    program::{Directory, parity},
    server::Server,
};

const CASES: &str = "\
@host = http://localhost:8000

### Make a book
# @name made
# clause: 1.1
POST {{host}}/books/
Content-Type: application/json

{\"title\": \"One\"}

### Read it
# clause: 1.2
GET {{made.response.headers.Location}}
";

#[test]
fn servers_that_answer_the_same_are_the_same() {
    let directory = Directory::new("same");
    let cases = directory.write("a.http", CASES);
    let clauses = directory.write("clauses.txt", "1.1\n1.2\n1.3  excluded: no server\n");
    let (left, right) = (Server::start("1.00"), Server::start("1.00"));
    let arguments = [
        "--clauses",
        clauses.to_str().unwrap(),
        cases.to_str().unwrap(),
    ];
    let (code, output) = parity(&left, &right, &arguments);
    assert_eq!(output, "parity: 2/2 same, clauses 2/2 (1 excluded)\n");
    assert_eq!(code, Some(0));
}

#[test]
fn a_difference_is_shown_with_all_that_repeats_it() {
    let directory = Directory::new("different");
    let cases = directory.write("a.http", CASES);
    let report = directory.0.join("report.json");
    let clauses = directory.write("clauses.txt", "1.1\n1.2\n1.3\n");
    let (left, right) = (Server::start("1.00"), Server::start("1.0"));
    let arguments = [
        "--clauses",
        clauses.to_str().unwrap(),
        "--report-json",
        report.to_str().unwrap(),
        cases.to_str().unwrap(),
    ];
    let (code, output) = parity(&left, &right, &arguments);
    let expected = format!(
        "✗ Read it  {}:13  [1.2]\n  $.price: \"1.00\" | \"1.0\"\n  curl -siX 'GET' --globoff \
         --path-as-is '{}/books/7/' -H 'Accept:' -H 'User-Agent:'\n  the same to {}\n  left: 200 \
         application/json\n    {{\n      \"url\": \"{{{{host}}}}/books/7/\",\n      \"price\": \
         \"1.00\"\n    }}\n  right: 200 application/json\n    {{\n      \"url\": \
         \"{{{{host}}}}/books/7/\",\n      \"price\": \"1.0\"\n    }}\n\nclause 1.3 has no \
         case\nparity: 1/2 same, clauses 2/3 (0 excluded)\n",
        cases.display(),
        left.url(),
        right.url(),
    );
    assert_eq!(output, expected);
    assert_eq!(code, Some(1));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    assert_eq!(
        report["outcomes"][1]["detail"]["differences"][0]["at"],
        "$.price"
    );
}

#[test]
fn differences_that_are_meant_are_counted() {
    let directory = Directory::new("meant");
    let cases = directory.write(
        "a.http",
        "# deviation: another price\n# right: 200 {\"url\": \"{{host}}/books/1/\", \"price\": \"2\"}\n\
         GET /books/1/\n",
    );
    let (left, right) = (Server::start("1"), Server::start("2"));
    let (code, output) = parity(&left, &right, &[cases.to_str().unwrap()]);
    let expected = "deviation (1): another price\nparity: 0/0 same, 1 deviation as documented\n";
    assert_eq!(output, expected);
    assert_eq!(code, Some(0));
    let (code, output) = parity(&left, &left, &[cases.to_str().unwrap()]);
    assert!(output.contains("the answers are the same"), "{output}");
    assert_eq!(code, Some(1));
}

#[test]
fn generated_requests_are_the_same_for_servers_that_are() {
    let (left, right) = (Server::start("1.00"), Server::start("1.00"));
    let arguments = ["--random", "60", "--seed", "5", "--root", "/"];
    let (code, output) = parity(&left, &right, &arguments);
    assert!(output.ends_with("parity: 60/60 same\n"), "{output}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_difference_in_a_generated_request_is_made_small() {
    let (left, right) = (Server::start("1.00"), Server::start("1.0"));
    let arguments = ["--random", "60", "--root", "/", "--max-shown", "1"];
    let (code, output) = parity(&left, &right, &arguments);
    assert!(output.contains("  random #"), "{output}");
    assert!(output.contains("(--seed 1)"), "{output}");
    assert!(output.contains(".price: \"1.00\" | \"1.0\"\n"), "{output}");
    assert_eq!(code, Some(1));
}

#[test]
fn what_cannot_run_exits_with_2() {
    let directory = Directory::new("wrong");
    let cases = directory.write("a.http", "GET books/\n");
    let server = Server::start("1");
    for (arguments, expected) in [
        (&[][..], "there is nothing to send"),
        (&[cases.to_str().unwrap()], "a.http:1: the URL `books/`"),
        (&["missing.http"], "missing.http: No such file"),
        (
            &["--random", "1", "--root", "/none/"],
            "GET /none/ answers 404",
        ),
        (
            &["--tables", "postgres://localhost:1/a", "b", "--random", "1"],
            "left database",
        ),
    ] {
        let (code, output) = parity(&server, &server, arguments);
        assert!(output.contains(expected), "{output}");
        assert_eq!(code, Some(2), "{output}");
    }
}
