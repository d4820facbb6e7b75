use std::io::Write;

use super::*;
use crate::client::Answer;

fn parse(text: &str) -> Result<HttpFile> {
    HttpFile::parse(Path::new("dir/x.http"), text)
}

/// The requests of a file, rendered; every named one is answered by the same JSON.
fn requests(text: &str) -> Result<Vec<Request>> {
    let file = parse(text)?;
    let answer = Answer {
        status: 201,
        body: br#"{"id": 7}"#.to_vec(),
        ..Answer::default()
    };
    let names = file.cases.iter().filter_map(|case| case.name.clone());
    let answers = names.map(|name| (name, answer.clone())).collect();
    let scope = Scope {
        origin: "http://left",
        variables: &file.variables,
        answers: &answers,
    };
    file.cases.iter().map(|case| case.request(&scope)).collect()
}

fn shown(request: &Request) -> String {
    let headers = request.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    let Request { method, target, .. } = request;
    format!("{method} {target} [{}] {body:?}", headers.join("; "))
}

#[test]
fn requests_are_read() {
    for (text, expected) in [
        ("GET {{host}}/a/", &[r#"GET /a/ [] """#][..]),
        ("{{host}}/a/\n", &[r#"GET /a/ [] """#]),
        ("/a/ HTTP/1.1", &[r#"GET /a/ [] """#]),
        (
            "@host = http://x\n@b = {{host}}/b\nFOO {{b}}/",
            &[r#"FOO /b/ [] """#],
        ),
        (
            "GET /a/ HTTP/1.1\n  ?x=1\n  &y=a b\nAccept:\n",
            &[r#"GET /a/?x=1&y=a%20b [Accept=] """#],
        ),
        ("GET /%00%zz\"é#x", &[r#"GET /%00%zz%22%C3%A9%23x [] """#]),
        (
            "GET /a/\nA: 1\n# note\n// note\nA: 2",
            &[r#"GET /a/ [A=1; A=2] """#],
        ),
        (
            "POST /a/\n\n# body\n\n{}\n\n\n",
            &[r##"POST /a/ [] "# body\n\n{}""##],
        ),
        (
            "GET /a/\n###\nGET /b/\n### c\nGET /c/",
            &[r#"GET /a/ [] """#, r#"GET /b/ [] """#, r#"GET /c/ [] """#],
        ),
        (
            "# @name made\nPOST /a/\n\n###\nGET /a/{{made.response.body.$.id}}/",
            &[r#"POST /a/ [] """#, r#"GET /a/7/ [] """#],
        ),
        (
            "POST /a/\nContent-Type: application/x-www-form-urlencoded\n\na=1\n&b=2\n",
            &[r#"POST /a/ [Content-Type=application/x-www-form-urlencoded] "a=1&b=2""#],
        ),
        (
            "POST /a/\ncontent-type: multipart/form-data; boundary=B\n\n--B\n\nx\n--B--\n",
            &[r#"POST /a/ [content-type=multipart/form-data; boundary=B] "--B\r\n\r\nx\r\n--B--""#],
        ),
        ("###\n# nothing but comments\n###\n\n", &[]),
    ] {
        let found: Vec<_> = requests(text).unwrap().iter().map(shown).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn comments_direct() {
    let file = parse(
        "### Title \n// @name one\n# clause: 5.10 6.1\n# clause: 7\n# unordered: Allow $.tags\n\
         # deviation: theirs is 500\n# right: 400 {\"a\": 1}\nGET /a/\n###\n# unordered\nGET /b/\n",
    );
    let cases = file.unwrap().cases;
    assert_eq!((cases[0].title.as_str(), cases[0].line), ("Title", 8));
    assert_eq!(cases[0].name.as_deref(), Some("one"));
    assert_eq!(cases[0].clauses, ["5.10", "6.1", "7"]);
    let mut unordered = Unordered::default();
    unordered.add(["Allow", "$.tags"].into_iter()).unwrap();
    assert_eq!(cases[0].unordered, unordered);
    let deviation = Deviation {
        why: "theirs is 500".to_owned(),
        status: 400,
        body: Some(serde_json::json!({"a": 1})),
    };
    assert_eq!(cases[0].deviation, Some(deviation));
    assert_eq!(cases[1].title, "GET /b/");
    assert_eq!(cases[1].unordered, Unordered::everything());
}

#[test]
fn files_are_included() {
    let directory = std::env::temp_dir().join(format!("parity-http-{}", fastrand::u64(..)));
    fs::create_dir(&directory).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let mut file = fs::File::create(directory.join(name)).unwrap();
        file.write_all(bytes).unwrap();
    };
    write("bytes", b"\xff{{x}}\n");
    write("text", b"{{x}}\n");
    write(
        "a.http",
        b"@x = 1\n###\nPOST /\n\n< ./bytes\n###\nPOST /\n\n<@ ./text\n###\nPOST /\n\
          Content-Type: multipart/form-data\n\n--B\n\n< ./bytes\n--B--",
    );
    let file = HttpFile::read(&directory.join("a.http")).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    let scope = Scope {
        origin: "http://left",
        variables: &file.variables,
        answers: &BTreeMap::new(),
    };
    let bodies = file
        .cases
        .iter()
        .map(|case| case.request(&scope).unwrap().body);
    let expected: [&[u8]; 3] = [b"\xff{{x}}\n", b"1\n", b"--B\r\n\r\n\xff{{x}}\n\r\n--B--"];
    assert_eq!(bodies.collect::<Vec<_>>(), expected);
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, expected) in [
        (
            "###\n\nGET example.org\n",
            "x.http:3: the URL `example.org`",
        ),
        ("GET", "x.http:1: `GET` is neither"),
        ("GET /\nAccept", "x.http:2: `Accept` is no header"),
        ("GET /\nA: {{x", "x.http:2: `{{` without `}}`"),
        ("GET /{{x}}", "x.http:1: `@x = …` is missing"),
        (
            "@x = {{y}}\n@y = {{x}}\nGET /{{x}}",
            "x.http:3: variables refer to each other",
        ),
        ("@x = 1\n@x = 2", "x.http:2: `@x` stands twice"),
        ("@x 1", "x.http:1: `@x 1` is not"),
        (
            "GET /{{later.response.body.id}}\n###\n# @name later\nGET /",
            "x.http:1: no request above",
        ),
        (
            "# @name a\nGET /\n###\n# @name a\nGET /",
            "x.http:5: a request named `a`",
        ),
        ("# @name\nGET /", "x.http:1: `` is no name"),
        (
            "# deviation: why\nGET /",
            "`# deviation:` needs `# right: STATUS`",
        ),
        ("# right: 400\nGET /", "`# right:` needs `# deviation: why`"),
        (
            "# right: bad\nGET /",
            "x.http:1: `bad` begins with no status",
        ),
        (
            "# right: 400 {\nGET /",
            "x.http:1: behind the status stands no JSON",
        ),
        ("# unordered: $[\nGET /", "x.http:1: `$[` is no JSON path"),
        ("POST /\n\n< ./missing", "missing: No such file"),
    ] {
        let error = format!("{:#}", parse(text).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_request_to_another_server_is_refused() {
    let error = requests("GET http://example.org/").unwrap_err().to_string();
    assert!(
        error.contains("`http://example.org/` begins neither"),
        "{error}"
    );
}
