//! The README keeps its promises: its commands are answered as it says, and its resource works.

use actix_web::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};
use lending_library::seed;
use restwell::{
    db::Db,
    exceptions::ErrorFormat,
    prelude::*,
    server::App,
    settings::Settings,
    test::{ApiClient, TestRequest},
};

use crate::harness::{Library, password};

#[expect(unreachable_pub, reason = "it is as public as in a service")]
mod events;

const README: &str = include_str!("../../../README.md");

/// The tables that the resource needs: diesel joins those of one crate only.
mod schema {
    diesel::table! {
        events_event (id) {
            id -> Int8,
            title -> Varchar,
            branch_id -> Int8,
            starts_at -> Timestamptz,
            seats -> Int4,
        }
    }

    diesel::table! {
        holdings_branch (id) {
            id -> Int8,
            name -> Varchar,
            slug -> Varchar,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(events_event, holdings_branch);
}

/// The service's own, as far as the resource needs it.
mod holdings {
    pub(super) mod models {
        use diesel::prelude::*;
        use restwell::prelude::*;

        use super::super::schema::holdings_branch;

        #[derive(Queryable, Selectable, Identifiable, Model)]
        #[diesel(table_name = holdings_branch)]
        #[model(slug = slug, lookup = slug, ordering(name))]
        pub struct Branch {
            pub id: i64,
            pub name: String,
            pub slug: String,
        }
    }
}

#[test]
fn the_quick_start_is_answered_as_it_says() {
    let library = Library::with(|settings| settings.error_format = ErrorFormat::Message);
    let client = library.anonymous();
    seed::fill(&mut library.database.connect(), &password()).unwrap();
    let commands = commands();
    assert!(
        commands.len() > 5,
        "the README has only {} commands",
        commands.len()
    );
    for (command, expected) in commands {
        assert_eq!(
            without_times(&curl(&client, &command)),
            without_times(&expected),
            "{command}"
        );
    }
}

#[test]
fn the_resource_of_the_readme_is_the_one_that_is_tested() {
    assert!(
        README.contains(&format!("```rust\n{}```", include_str!("events.rs"))),
        "the Rust code differs"
    );
    assert!(
        README.contains(&format!("```sql\n{}```", include_str!("events.sql"))),
        "the SQL differs"
    );
}

#[test]
fn the_resource_of_the_readme_works() {
    let library = Library::stocked();
    library.sql(include_str!("events.sql"));
    let urls = Urls::new().include(
        "/api/",
        DefaultRouter::new().register("events", events::EventViewSet),
    );
    let client = ApiClient::new(App::new(
        urls,
        Settings::default(),
        Db::new(&library.database.url(), 2),
    ));

    let sent = r#"{"title": "Poems aloud", "branch": "main", "starts_at": "2027-03-01T18:00:00Z"}"#;
    let event = r#"{"id":1,"title":"Poems aloud","branch":"main","starts_at":"2027-03-01T18:00:00Z","seats":20}"#;
    client.post("/api/events/", sent).assert(201, event);
    client.post("/api/events/", r#"{"title": "POEMS", "branch": "moon", "seats": 0}"#).assert(
        400,
        r#"{"title":["Do not shout."],"branch":["“moon” does not exist."],"starts_at":["This is required."],"seats":["This must be at least 1."]}"#,
    );
    let page = format!(r#"{{"count":1,"next":null,"previous":null,"results":[{event}]}}"#);
    let list = client.get("/api/events/?search=poems&starts_at__year=2027&ordering=-title");
    list.assert(200, &page);
    assert_eq!(list.statements, 2);
    client.get("/api/events/?branch=main").assert(200, &page);
    client.post("/api/events/", sent).assert(
        400,
        r#"{"non_field_errors":["branch, starts_at must be unique together."]}"#,
    );
}

#[test]
fn every_setting_of_the_example_is_in_the_readme() {
    let (service, _compose) = include_str!("../../../.env.example")
        .split_once("--- Compose only ---")
        .unwrap();
    let names = service
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('='))
        .map(|(name, _)| name);
    let names: Vec<_> = names
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}

/// The curl commands of the section "Quick start", each with what stands below it.
fn commands() -> Vec<(String, String)> {
    let (_, section) = README.split_once("\n## Quick start\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section
        .split("```console\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let commands = blocks
        .flat_map(|block| block.split("$ ").skip(1))
        .map(|command| command.replace("\\\n", ""));
    let split = |command: String| {
        command
            .split_once('\n')
            .map(|(line, output)| (line.to_owned(), output.to_owned()))
    };
    commands
        .filter_map(split)
        .filter(|(command, _)| command.starts_with("curl "))
        .collect()
}

/// What `curl` would print, as far as the README uses it.
fn curl(client: &ApiClient, command: &str) -> String {
    let (mut method, mut body, mut format, mut path) = (None, None, String::new(), String::new());
    let mut authorization = None;
    let mut words = words(command).into_iter().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap();
        match word.as_str() {
            "-s" => {}
            "-u" => authorization = Some(format!("Basic {}", BASE64_STANDARD.encode(value()))),
            "-X" => method = Some(value()),
            "-H" => assert_eq!(value(), "Content-Type: application/json"),
            "-d" => body = Some(value()),
            "-w" => format = value().replace("\\n", "\n"),
            url => url
                .strip_prefix("http://localhost:8000")
                .unwrap()
                .clone_into(&mut path),
        }
    }
    let method = method.unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
    let request = TestRequest::new(Method::from_bytes(method.as_bytes()).unwrap(), &path)
        .header("host", "localhost:8000");
    let request = body
        .into_iter()
        .fold(request, |request, body| request.json(&body));
    let request = authorization
        .into_iter()
        .fold(request, |request, credentials| {
            request.header("authorization", &credentials)
        });
    let response = client.send(request);
    response.body + &format.replace("%{http_code}", response.status.as_str())
}

/// A shell's words; only single quotes hold space.
fn words(command: &str) -> Vec<String> {
    let quoted = command.split('\'').enumerate();
    quoted
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// Moments differ from run to run, and a line's end is the terminal's business.
fn without_times(text: &str) -> String {
    let is_moment =
        |part: &&str| part.len() >= 20 && part.as_bytes()[10] == b'T' && part.ends_with('Z');
    let parts = text
        .trim_end()
        .split('"')
        .map(|part| if is_moment(&part) { "TIME" } else { part });
    parts.collect::<Vec<_>>().join("\"")
}
