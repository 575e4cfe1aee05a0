//! A task of a team, over several providers: an issue becomes a message, a page and an event elsewhere.
//!
//! The gateway is a process of its own, and each provider a server that answers as its cassette says. The
//! calendar's account is connected by OAuth 2, at a certified authorization server. The task is done by the
//! published npm client, by MCP's own client and by the command line: `team_task/task.mjs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use plugwright_sdk::testing::{block_on, call_of};
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{Cassette, ConnectorDefinition, Value, json};
use plugwright_tests::gateway::{self, GatewayProcess, Setup, send, with_json};
use plugwright_tests::{Likeness, Loopback, Person, npm, replaying};
use plugwright_tests_oauth::{Answer, AuthorizationServer, Client, Settings};
use reqwest::Method;
use url::{Position, Url, form_urlencoded};

use crate::fixture;

/// The calls of the task, in order: the name of each in what the task prints, the connector, and the
/// cassette that the provider answers from.
const CALLS: [(&str, &ConnectorDefinition, &str); 4] = [
    ("issue", &plugwright_github::CONNECTOR, "issues.get.json"),
    (
        "message",
        &plugwright_slack::CONNECTOR,
        "messages.send.json",
    ),
    ("page", &plugwright_notion::CONNECTOR, "pages.create.json"),
    (
        "event",
        &plugwright_google_calendar::CONNECTOR,
        "events.create.json",
    ),
];

/// The connector whose account a person connects; the operator knows the tokens of the others.
const CALENDAR: &ConnectorDefinition = &plugwright_google_calendar::CONNECTOR;

/// Whose account it is.
const PERSON: &str = "ada@example.com";

const WAYS: [&str; 3] = ["client", "mcp", "command-line"];

fn cassette(connector: &ConnectorDefinition, name: &str) -> Cassette {
    let mut files = connector.cassettes().iter();
    let (_, text) = files.find(|(file, _)| *file == name).expect("a cassette");
    Cassette::parse(name, text).expect("a cassette")
}

/// What the connector makes of the cassette without any gateway.
fn expected(connector: &'static ConnectorDefinition, cassette: &Cassette) -> Value {
    let replay = std::sync::Arc::new(Replay::new([cassette]));
    let mut pages = block_on(call_of(connector, cassette, replay)).expect("a success");
    pages.remove(0).data.into_value()
}

#[expect(clippy::too_many_lines, reason = "one task, step by step")]
#[test]
fn an_issue_becomes_what_a_team_makes_of_it_by_every_client() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let mut configuration = String::new();
    let mut providers = Vec::new();
    let mut outcomes = serde_json::Map::new();
    for (what, connector, file) in CALLS {
        let cassette = cassette(connector, file);
        outcomes.insert(what.to_owned(), expected(connector, &cassette));
        let mut cassettes = BTreeMap::from([(file.to_owned(), cassette)]);
        if connector.name() == CALENDAR.name() {
            cassettes.insert(PERSON.to_owned(), account());
        }
        let answers = replaying(cassettes, Likeness::Path);
        let server = runtime.block_on(Loopback::start(answers)).expect("a port");
        let path = Url::parse(connector.base_url()).expect("a URL");
        let path = path[Position::BeforePath..].trim_end_matches('/');
        let (name, address) = (connector.name(), server.address());
        writeln!(
            configuration,
            "[connectors.{name}]\nbase_url = \"http://{address}{path}\""
        )
        .expect("a text");
        providers.push(server);
    }
    let authorization = runtime.block_on(authorization_server());
    let calendar = CALENDAR.name();
    writeln!(
        configuration,
        "[connectors.{calendar}.oauth]\nclient_id = \"plugwright\"\nauthorization_url = \"{}\"\n\
         token_url = \"{}\"",
        authorization.authorization_endpoint(),
        authorization.token_endpoint(),
    )
    .expect("a text");
    let file = folder.path().join("gateway.toml");
    fs::write(&file, configuration).expect("a configuration file");
    let setup = Setup::new(fixture::TEAM)
        .argument("--config")
        .argument(file)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .env(
            "PLUGWRIGHT_CONNECTORS_GOOGLE_CALENDAR_OAUTH_CLIENT_SECRET",
            CLIENT_SECRET,
        );
    let gateway = runtime.block_on(setup.start());
    let token = runtime.block_on(async {
        let by_token = CALLS
            .iter()
            .filter(|(_, connector, _)| connector.name() != calendar);
        for (_, connector, _) in by_token {
            let connection = json!({
                "connector": connector.name(),
                "credential": { "token": secret(connector) },
                "test": false,
            });
            let made = gateway.admin(Method::POST, "/connections", Some(connection));
            made.await.expect("an answer").ok();
        }
        let token = gateway
            .token("the team", json!({ "connect": [calendar] }))
            .await
            .1;
        play(&providers[CALLS.len() - 1], PERSON).await;
        connect(&gateway, &token, &authorization).await;
        token
    });
    let issued = runtime.block_on(authorization.issued());
    let is_secret = |connector: &ConnectorDefinition, text: &str| {
        if connector.name() == calendar {
            issued.iter().any(|token| text.contains(token))
        } else {
            text.contains(&secret(connector))
        }
    };

    let input = &cassette(CALLS[0].1, CALLS[0].2).call.input;
    let (variable, value) = fixture::TEAM.variable();
    let context = json!({
        "url": gateway.url(),
        "token": token,
        "binary": fixture::TEAM.binary(),
        "environment": { variable: value, "PLUGWRIGHT_CONFIG_DIR": folder.path() },
        "issue": input,
    });
    let package = npm::install("team_task", env!("CARGO_TARGET_TMPDIR"));
    let file = folder.path().join("context.json");
    fs::write(&file, context.to_string()).expect("a file");
    for way in WAYS {
        for ((_, _, file), server) in CALLS.iter().zip(&providers) {
            runtime.block_on(play(server, file));
        }
        let mut node = Command::new("node");
        node.arg("task.mjs").args([way.as_ref(), file.as_os_str()]);
        // A proxy of the machine has no business with loopback.
        node.env("NO_PROXY", "127.0.0.1").current_dir(&package);
        let printed: Value = npm::run(&mut node).parse().expect("JSON");
        assert_eq!(printed, Value::Object(outcomes.clone()), "{way}");
    }
    for ((what, connector, _), server) in CALLS.iter().zip(&providers) {
        let mut received = server.received();
        // Whose account it is was asked when it was connected.
        received.retain(|request| {
            !request.target.starts_with("/-/") && !request.target.ends_with("/calendarList/primary")
        });
        assert_eq!(received.len(), WAYS.len(), "{what}");
        for request in received {
            let authorization = request.header("authorization").unwrap_or_default();
            assert!(
                is_secret(connector, authorization),
                "{what}: {authorization}"
            );
            // What is written elsewhere tells of the issue.
            let title = outcomes["issue"]["title"].as_str().expect("a title");
            let body = String::from_utf8_lossy(&request.body);
            let mut fields = form_urlencoded::parse(&request.body);
            let tells = body.contains(title) || fields.any(|(_, field)| field.contains(title));
            assert!(*what == "issue" || tells, "{what}: {body}");
        }
    }
    let log = gateway.log();
    for (_, connector, _) in CALLS {
        assert!(!is_secret(connector, &log), "{log}");
    }
}

const CLIENT_SECRET: &str = "secret-of-the-client";

async fn authorization_server() -> AuthorizationServer {
    let client = Client {
        authentication: "client_secret_post",
        ..Client::new(
            "plugwright",
            CLIENT_SECRET,
            "/api/v1/connections/oauth/callback",
        )
    };
    let scopes: Vec<_> = CALENDAR.scopes().map(|scope| scope.name).collect();
    AuthorizationServer::start(&Settings::new(vec![client]).scopes(&scopes)).await
}

/// Lets a provider answer from one of its cassettes.
async fn play(provider: &Loopback, cassette: &str) {
    let url = format!("http://{}/-/play/{cassette}", provider.address());
    let answer = gateway::client().get(url).send().await;
    assert!(answer.expect("an answer").status().is_success());
}

/// Connects the person's calendar, as a browser does.
async fn connect(gateway: &GatewayProcess, token: &str, authorization: &AuthorizationServer) {
    let path = format!("/v1/connections/{}/connect", CALENDAR.name());
    let request = gateway.request(Method::POST, &path, token);
    let begun = send(with_json(request, &json!({}))).await;
    let begun = begun.expect("an answer").ok()["data"].take();
    let person = Person::new();
    let page = begun["authorizationUrl"].as_str().expect("a page");
    let authorize = person.continues(page).await;
    let back = authorization
        .authorize(&authorize, PERSON, Answer::Allow)
        .await;
    let (status, last) = person.get(back.as_str()).await;
    assert!(status.is_success(), "{status}: {last}");
}

/// What the calendar says of whose it is.
fn account() -> Cassette {
    let identity = CALENDAR.identity().expect("a connector with an identity");
    let url = format!("{}{}", CALENDAR.base_url(), identity.path);
    let body = json!({ "id": PERSON, "primary": true });
    let cassette = json!({
        "action": "",
        "provenance": { "kind": "constructed", "source": "the documentation" },
        "call": {},
        "exchanges": [{
            "request": { "method": "GET", "url": url },
            "response": { "status": 200, "body": { "json": body } },
        }],
    });
    serde_json::from_value(cassette).expect("a cassette")
}

fn secret(connector: &ConnectorDefinition) -> String {
    format!("secret-of-{}", connector.name())
}
