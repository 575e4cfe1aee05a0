//! The Rust client beside the npm client: both make the same calls of the same gateway, and what went
//! over the wire and what came back is compared.
//!
//! The rows are those of `docs/src/npm-client.md`, whose expressions are what is run. A test that is run
//! with `UPDATE_ROWS=1` writes them there.

mod beyond;
mod defaults;
mod node;
mod own;
mod project;
mod recorder;
mod row;
mod seen;

use std::fs;

use plugwright_client::{Connector, ProjectConnector};
use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::{GatewayProcess, Setup};

use crate::project_client::furnish::Place;
use crate::{fixture, oomol_client};
use node::Node;
use project::Given;
use recorder::Recorder;
use row::Row;
use seen::{Seen, shown};

const CHAPTER: &str = include_str!("../../../docs/src/npm-client.md");
const CHAPTER_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/npm-client.md");

/// Two clients of one gateway, each of which is written down.
struct Stage {
    recorder: Recorder,
    node: Node,
    /// Users of the npm client and of ours.
    users: [&'static str; 2],
}

impl Stage {
    async fn new(gateway: &str, token: &str, given: Value) -> Self {
        let recorder = Recorder::start(gateway).await;
        let context = json!({ "url": recorder.url(), "token": token, "given": given });
        Self {
            node: Node::start(&context).await,
            recorder,
            users: ["user-of-npm", "user-of-rust"],
        }
    }

    fn base_url(&self) -> String {
        format!("{}/v1", self.recorder.url())
    }

    /// Makes the calls of a row; returns what is wrong with them.
    async fn compare<C, G>(&mut self, row: &Row<C, G>, client: C, given: G) -> Result<(), String> {
        self.recorder.take();
        self.recorder.answer(&row.replies);
        let told = self.node.run(row.npm).await;
        let npm = Seen::of(self.recorder.take(), told, self.users[0]);
        self.recorder.answer(&row.replies);
        let ours = match (row.call)(client, given).await {
            Ok(data) => json!({ "data": data }),
            Err(error) => json!({ "error": shown(&error) }),
        };
        let rust = Seen::of(self.recorder.take(), ours, self.users[1]);
        self.recorder.answer(&[]);
        let keyed = rust
            .requests
            .iter()
            .filter(|request| request.takes_key())
            .count();
        if npm.keys != (0, 0) || rust.keys.0 > keyed || rust.keys.1 > 1 {
            return Err(format!("keys: {:?} and {:?}", npm.keys, rust.keys));
        }
        match &row.difference {
            Some(difference) => {
                let check = difference.check;
                let checked = std::panic::AssertUnwindSafe(|| check(&npm, &rust));
                std::panic::catch_unwind(checked)
                    .map_err(|_| format!("npm: {npm:#?}\nrust: {rust:#?}"))
            }
            None if (&npm.requests, &npm.outcome) == (&rust.requests, &rust.outcome) => Ok(()),
            None => Err(format!("npm: {npm:#?}\nrust: {rust:#?}")),
        }
    }
}

/// The sections of the table with the lines of their rows.
fn sections() -> Vec<(&'static str, Vec<String>)> {
    fn lines<C, G>(rows: &[Row<C, G>]) -> Vec<String> {
        rows.iter().map(Row::line).collect()
    }
    vec![
        ("Methods for own connections", lines(&own::methods())),
        ("Methods for end users", lines(&project::methods())),
        ("Options for own connections", lines(&own::options())),
        ("Options for end users", lines(&project::options())),
        ("Retries", lines(&own::retries())),
        ("Errors for own connections", lines(&own::errors())),
        ("Errors for end users", lines(&project::errors())),
        ("Bodies", lines(&own::bodies())),
    ]
}

#[test]
fn the_chapter_has_the_rows_that_are_run() {
    let (begin, end) = ("<!-- rows:begin -->\n", "<!-- rows:end -->");
    let (before, rest) = CHAPTER.split_once(begin).expect("a mark");
    let (written, after) = rest.split_once(end).expect("a mark");
    let mut text = String::new();
    for (title, lines) in sections() {
        text.extend([
            "\n### ",
            title,
            "\n\n| npm | Rust | Difference |\n| --- | --- | --- |\n",
        ]);
        text.extend(lines);
    }
    text.push('\n');
    if std::env::var_os("UPDATE_ROWS").is_some() {
        fs::write(CHAPTER_FILE, format!("{before}{begin}{text}{end}{after}")).expect("the chapter");
        return;
    }
    assert!(
        written == text,
        "the rows differ; write them with UPDATE_ROWS=1:\n{text}"
    );
}

/// Starts a gateway whose connector `local` leads to the provider of the npm client's own tests.
async fn gateway_of_own() -> (GatewayProcess, Loopback, Value) {
    let upstream = Loopback::start(oomol_client::upstream())
        .await
        .expect("a port");
    let gateway = Setup::new(fixture::LOCAL)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .env("PLUGWRIGHT_LIMITS_CALL_TIMEOUT", "3s")
        .start()
        .await;
    let provider = format!("http://{}", upstream.address());
    let tokens = oomol_client::furnish(&gateway, &provider).await;
    (gateway, upstream, tokens)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_clients_do_the_same_with_own_connections() {
    let (gateway, _upstream, tokens) = gateway_of_own().await;
    let token = tokens["full"].as_str().expect("a text");
    let mut stage = Stage::new(gateway.url(), token, json!({})).await;
    let builder = Connector::builder()
        .api_key(token)
        .base_url(stage.base_url());
    let mut faults = Vec::new();
    for rows in [
        own::methods(),
        own::options(),
        own::retries(),
        own::errors(),
        own::bodies(),
    ] {
        for row in rows {
            let client = builder.clone().build().expect("a client");
            if let Err(fault) = stage.compare(&row, client, builder.clone()).await {
                faults.push(format!("{}\n{fault}", row.npm));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_clients_do_the_same_for_end_users() {
    let place = Place::new().await;
    let gateway = place.setup().start().await;
    let key = place.acme["key"].as_str().expect("a text");
    let crm = place.acme["configs"]["crm"].as_str().expect("a text");
    let given = |user: &str| Given {
        user: user.to_owned(),
        mail: place.mail_url(),
        crm: crm.to_owned(),
    };
    let context = json!({ "user": "user-of-npm", "mail": place.mail_url(), "crm": crm });
    let mut stage = Stage::new(gateway.url(), key, context).await;
    let builder = ProjectConnector::builder()
        .api_key(key)
        .base_url(stage.base_url());
    let mut faults = Vec::new();
    for rows in [project::methods(), project::options(), project::errors()] {
        for row in rows {
            let client = builder.clone().build().expect("a client");
            let ours = given(stage.users[1]);
            if let Err(fault) = stage.compare(&row, client, ours).await {
                faults.push(format!("{}\n{fault}", row.npm));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
