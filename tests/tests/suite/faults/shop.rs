//! The provider `plugwright-shop`, in a process of its own.

use std::process::Stdio;
use std::time::Duration;

use plugwright_sdk::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const BINARY: &str = env!("CARGO_BIN_EXE_plugwright-shop");

const PATIENCE: Duration = Duration::from_mins(1);

/// The process; it is killed when this is dropped.
pub(crate) struct Shop {
    pub(crate) url: String,
    client: reqwest::Client,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Shop {
    pub(crate) async fn start() -> Self {
        let mut child = Command::new(BINARY)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the shop can be run");
        let output = child.stdout.take().expect("it is a pipe");
        let mut shop = Self {
            url: String::new(),
            client: plugwright_tests::gateway::client(),
            lines: BufReader::new(output).lines(),
            _child: child,
        };
        let line = shop.line().await;
        let url = line.strip_prefix("listening on ");
        url.expect("it tells where it listens")
            .clone_into(&mut shop.url);
        shop
    }

    async fn line(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.expect("the shop says something");
        line.expect("the pipe works").expect("the shop runs")
    }

    /// Waits until it has said all of these, in any order.
    pub(crate) async fn said(&mut self, mut all: Vec<String>) {
        while !all.is_empty() {
            let line = self.line().await;
            let place = all.iter().position(|wanted| *wanted == line);
            all.swap_remove(place.unwrap_or_else(|| panic!("`{line}` is not among {all:?}")));
        }
    }

    /// Returns the orders of a name.
    pub(crate) async fn orders(&self, name: &str) -> Vec<Value> {
        let request = self.client.get(format!("{}/orders?name={name}", self.url));
        let answer = request.send().await;
        let text = answer.expect("an answer").text().await.expect("a text");
        serde_json::from_str(&text).expect("a list")
    }
}
