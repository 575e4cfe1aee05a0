//! What GitHub really answered, through the short form.

use std::fs;

use plugwright_sdk::host::{ActionDefinition, Effect};
use plugwright_sdk::{Action as _, Cassette, Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, client, send, with_json};
use plugwright_tests::{Likeness, Loopback, outcome_of_github, recorded_of_github, replaying};
use reqwest::Method;
use url::form_urlencoded::Serializer;

use crate::fixture;

fn definition(cassette: &Cassette) -> &'static ActionDefinition {
    let mut actions = plugwright_github::CONNECTOR.actions().iter();
    let found = actions.find(|action| action.name() == cassette.action);
    found.expect("an action")
}

/// Writes an input in texts alone, as who has nothing else does.
fn texts(cassette: &Cassette) -> Vec<(&str, String)> {
    let members = cassette.call.input.iter();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    members
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect()
}

/// A gateway whose GitHub answers as it did.
struct Played {
    gateway: GatewayProcess,
    provider: String,
    key: String,
}

impl Played {
    async fn play(&self, name: &str) {
        let url = format!("{}/-/play/{name}", self.provider);
        send(client().get(url)).await.unwrap().ok();
    }

    async fn left(&self) -> Value {
        let url = format!("{}/-/left", self.provider);
        send(client().get(url)).await.unwrap().ok()
    }

    async fn called(&self, method: Method, cassette: &Cassette, cursor: Option<&str>) -> Reply {
        let mut query = Serializer::new(String::new());
        let mut body = None;
        if method == Method::GET {
            query.extend_pairs(texts(cassette));
        } else {
            let members = texts(cassette).into_iter();
            body = Some(Value::Object(
                members
                    .map(|(name, text)| (name.to_owned(), text.into()))
                    .collect(),
            ));
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let url = format!(
            "{}/v1/github/{}?{}",
            self.gateway.url(),
            cassette.action,
            query.finish()
        );
        let mut request = client().request(method, url);
        if let Some(body) = body {
            request = with_json(request, &body);
        }
        send(request.header("X-Feelr-Key", &self.key))
            .await
            .expect("an answer")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_answers_come_back_whether_parameters_are_in_a_query_or_a_body() {
    let cassettes = recorded_of_github();
    let upstream = Loopback::start(replaying(cassettes.clone(), Likeness::Whole))
        .await
        .unwrap();
    let provider = format!("http://{}", upstream.address());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let settings = format!("[connectors.github]\nbase_url = \"{provider}\"\n");
    fs::write(&file, settings).unwrap();
    let gateway = Setup::new(fixture::GITHUB)
        .argument("--config")
        .argument(file)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .start()
        .await;
    let connection = json!({
        "connector": "github",
        "credential": { "token": "secret-of-github" },
        "test": false,
    });
    let made = gateway.admin(Method::POST, "/connections", Some(connection));
    made.await.unwrap().ok();
    let key = gateway.token("full", json!({})).await.1;
    let played = Played {
        gateway,
        provider,
        key,
    };
    let (mut compared, mut totals) = (0, 0);
    for (name, cassette) in &cassettes {
        let expected = outcome_of_github(cassette).await.ok();
        let mut methods = vec![Method::POST];
        if definition(cassette).effect() == Effect::Read {
            methods.push(Method::GET);
        }
        for method in methods {
            played.play(name).await;
            let reply = played.called(method.clone(), cassette, None).await;
            let Some(expected) = &expected else {
                let code = cassette.expect.error.expect("an error").as_str();
                assert_eq!(reply.body["error"]["code"], code, "{name}: {reply:?}");
                continue;
            };
            let mut body = reply.ok();
            assert_eq!(body["data"], json!(expected.data), "{name}");
            let total = expected.meta.total_count.map(Value::from);
            assert_eq!(body["meta"].get("total_count"), total.as_ref(), "{name}");
            totals += usize::from(total.is_some());
            compared += 1;
            while cassette.call.all_pages
                && let Some(cursor) = body["meta"]["cursor"].as_str()
            {
                body = played
                    .called(method.clone(), cassette, Some(cursor))
                    .await
                    .ok();
            }
            let left = json!({ "left": 0, "strange": [] });
            assert_eq!(played.left().await, left, "{name}");
        }
    }
    assert!(compared >= 70 && totals > 0, "{compared} {totals}");
}
