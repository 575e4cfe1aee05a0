//! A task of a team, over several providers: an issue becomes a message, a page and a task elsewhere.
//!
//! The gateway is a process of its own, and each provider a server that answers as its cassette says. The
//! task is done by the published npm client, by MCP's own client and by the command line:
//! `team_task/task.mjs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use plugwright_sdk::testing::{block_on, call_of};
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{Cassette, ConnectorDefinition, Value, json};
use plugwright_tests::gateway::{self, Setup};
use plugwright_tests::{Likeness, Loopback, npm, replaying};
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
    ("task", &plugwright_todoist::CONNECTOR, "tasks.create.json"),
];

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
        let answers = replaying(
            BTreeMap::from([(file.to_owned(), cassette)]),
            Likeness::Path,
        );
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
    let file = folder.path().join("gateway.toml");
    fs::write(&file, configuration).expect("a configuration file");
    let setup = Setup::new(fixture::TEAM)
        .argument("--config")
        .argument(file)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0");
    let gateway = runtime.block_on(setup.start());
    let token = runtime.block_on(async {
        for (_, connector, _) in CALLS {
            let connection = json!({
                "connector": connector.name(),
                "credential": { "token": secret(connector) },
                "test": false,
            });
            let made = gateway.admin(Method::POST, "/connections", Some(connection));
            made.await.expect("an answer").ok();
        }
        gateway.token("the team", json!({})).await.1
    });

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
            let url = format!("http://{}/-/play/{file}", server.address());
            let playing = async { gateway::client().get(url).send().await };
            runtime.block_on(playing).expect("an answer");
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
        received.retain(|request| !request.target.starts_with("/-/"));
        assert_eq!(received.len(), WAYS.len(), "{what}");
        for request in received {
            let authorization = request.header("authorization").unwrap_or_default();
            assert!(
                authorization.contains(&secret(connector)),
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
        assert!(!log.contains(&secret(connector)), "{log}");
    }
}

fn secret(connector: &ConnectorDefinition) -> String {
    format!("secret-of-{}", connector.name())
}
