//! The vendors' own clients send what our cassettes hold, and read every answer as the connectors do.
//!
//! Each is an npm package that `clients/<connector>/package.json` pins, and runs as it is:
//! `check.mjs` beside it says which of its methods an action is, `clients/shared.mjs` compares.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plugwright_sdk::host::Returns;
use plugwright_sdk::testing::{block_on, call_of};
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{Action as _, Cassette, ConnectorDefinition, Value, json, serde_json};
use plugwright_tests_loopback::{Likeness, Loopback, Received, replaying};
use plugwright_tests_packages::{npm, run, share};
use plugwright_tests_vendors::CONNECTORS;

/// Makes a test of each client. `whole` if it sends what the connector sends, `path` if it asks the same
/// path for the same thing in other words.
macro_rules! clients {
    ($($name:ident: $likeness:ident,)*) => {
        $(
            #[test]
            fn $name() {
                reads_as_the_connector(stringify!($name), clients!(@$likeness));
            }
        )*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
    (@whole) => { Likeness::Whole };
    (@path) => { Likeness::Path };
}

clients! {
    discord: path,
    gitlab: path,
    gmail: path,
    google_calendar: path,
    jira: path,
    notion: path,
    openai: path,
    slack: path,
    stripe: whole,
    todoist: whole,
}

/// The token that clients are to send.
const TOKEN: &str = "a-token-of-the-test";

/// The name under which the answer to a connector's question for the account is played.
const ACCOUNT: &str = "account";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

#[test]
fn every_folder_has_a_test() {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let mut folders: Vec<_> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap().replace('-', "_"))
        .collect();
    folders.sort_unstable();
    assert_eq!(
        NAMES, folders,
        "list it in `clients!`, in alphabetical order"
    );
}

fn reads_as_the_connector(name: &str, likeness: Likeness) {
    let name = name.replace('_', "-");
    let found = CONNECTORS.iter().find(|other| other.name() == name);
    let connector = *found.unwrap_or_else(|| panic!("{name} is no connector"));
    let mut cassettes = BTreeMap::new();
    let mut calls = Vec::new();
    for (file, text) in connector.cassettes() {
        let cassette = Cassette::parse(file, text).unwrap();
        let title = file.trim_end_matches(".json");
        calls.push(call(connector, title, &cassette));
        cassettes.insert(title.to_owned(), cassette);
    }
    let account = account(connector, &folder().join(&name));
    let account = account.map(|(cassette, account)| {
        cassettes.insert(ACCOUNT.to_owned(), cassette);
        account
    });

    // Node.js is waited for while the server answers.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Loopback::start(replaying(cassettes, likeness)));
    let server = server.unwrap();
    let context = json!({
        "base": format!("http://{}", server.address()),
        "token": TOKEN,
        "whole": likeness == Likeness::Whole,
        "account": account,
        "calls": calls,
    });
    println!("{}", check(&name, &context));
    for request in server.received() {
        assert!(
            carries_token(connector, &request),
            "{} {} has no credential",
            request.method,
            request.target
        );
    }
}

/// Returns a call of the connector, and what comes of it from its cassette.
fn call(connector: &'static ConnectorDefinition, title: &str, cassette: &Cassette) -> Value {
    let mut actions = connector.actions().iter();
    let action = actions.find(|action| action.name() == cassette.action);
    let action = action.unwrap_or_else(|| panic!("{} is no action", cassette.action));
    let replay = std::sync::Arc::new(Replay::new([cassette]));
    let mut call = json!({
        "cassette": title,
        "action": cassette.action,
        "title": cassette.title,
        "input": cassette.call.input,
        "cursor": cassette.call.cursor,
        "all_pages": cassette.call.all_pages,
        "settings": cassette.call.settings,
    });
    match block_on(call_of(connector, cassette, replay)) {
        Ok(pages) => {
            let mut pages = pages.into_iter().map(|page| page.data.into_value());
            call["output"] = match action.returns() {
                Returns::List => pages
                    .flat_map(|page| page.as_array().cloned().unwrap_or_default())
                    .collect(),
                Returns::Single => pages.next().unwrap(),
            };
            call["schema"] = action.output_schema();
        }
        Err(error) => {
            let answer = &cassette.exchanges.last().expect("an exchange").response;
            let bytes = answer.bytes();
            let text = || Value::from(String::from_utf8_lossy(&bytes));
            let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
            call["error"] = json!({ "code": error.code(), "status": answer.status, "body": body });
        }
    }
    call
}

/// Makes a cassette of `account.json`, the answer to the connector's question for the account, and
/// returns what the connector reads there.
fn account(connector: &ConnectorDefinition, folder: &Path) -> Option<(Cassette, Value)> {
    let text = fs::read_to_string(folder.join("account.json")).ok()?;
    let answer: Value = serde_json::from_str(&text).unwrap();
    let identity = connector.identity().expect("a connector with an identity");
    let account = identity.account(&answer).expect("an account");
    let cassette = json!({
        "action": "",
        "provenance": { "kind": "constructed", "source": "account.json" },
        "call": {},
        "exchanges": [{
            "request": {
                "method": "GET",
                "url": format!("{}{}", base_url(connector), identity.path),
            },
            "response": { "status": 200, "body": { "json": answer } },
        }],
    });
    let cassette = serde_json::from_value(cassette).unwrap();
    Some((
        cassette,
        json!({ "id": account.id, "label": account.label }),
    ))
}

/// Returns the base URL with the settings that cassettes have.
fn base_url(connector: &ConnectorDefinition) -> String {
    let cassettes = Cassette::shipped(connector.cassettes()).unwrap();
    let settings = connector.settings().into_iter();
    settings.fold(connector.base_url().to_owned(), |url, setting| {
        let mut recorded = cassettes
            .iter()
            .filter_map(|cassette| cassette.call.settings.get(setting.name));
        let value = recorded.next().map(String::as_str).or(setting.default);
        url.replace(&format!("{{{}}}", setting.name), value.unwrap_or_default())
    })
}

/// Runs the script of a client, and returns what it printed.
fn check(name: &str, context: &Value) -> String {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
    share(&folder().join("shared.mjs"), &scratch);
    let installed = npm::install(&folder().join(name), &scratch);
    let file = installed.join("context.json");
    fs::write(&file, context.to_string()).unwrap();
    // A proxy of the machine has no business with loopback.
    run(Command::new("node")
        .arg("check.mjs")
        .arg(file)
        .env("NO_PROXY", "127.0.0.1")
        .current_dir(installed))
}

/// Returns whether a request of the client has the token, if it is one to the API.
fn carries_token(connector: &ConnectorDefinition, request: &Received) -> bool {
    let host = request.target.strip_prefix("/-/").map(|rest| {
        let end = rest.find('/').unwrap_or(rest.len());
        &rest[..end]
    });
    if host.is_some_and(|host| !connector.base_url().contains(&format!("//{host}"))) {
        return true;
    }
    let basic = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| STANDARD.decode(value).ok())
        .is_some_and(|pair| String::from_utf8_lossy(&pair).contains(TOKEN));
    let mut values = request.headers.iter().map(|(_, value)| value);
    basic || request.target.contains(TOKEN) || values.any(|value| value.contains(TOKEN))
}
