//! What the Rust client costs, against the same request by the HTTP client that it is made of.
//!
//! A server in a process of its own answers each call with one document, so what is compared is the
//! work of the client. Both read the output into the same type, and take turns on one thread.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use plugwright_client::Connector;
use plugwright_sdk::transport::Live;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::gateway::Process;
use crate::on_one_core;
use crate::report::{Flags, Limits, scratch};

const IN_FLIGHT: usize = 32;
const ACTION: &str = "bench.items.list";
const KEY: &str = "pw_0123456789abcdefghijklmnopqrstuvwxyz";
const IDEMPOTENCY_KEY: &str = "6f0c0f7e-6f5b-4f0e-9d5d-0a4c8c1b7f10";
/// Share of the bare client's throughput that ours must reach.
const LEAST: f64 = 0.95;

/// What is called, as its callers know it.
#[derive(Deserialize)]
struct Items {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what is measured is that they are read")]
struct Item {
    id: String,
    title: String,
    state: String,
    rank: u32,
}

#[derive(Deserialize)]
struct Envelope {
    data: Items,
    meta: Meta,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    execution_id: String,
}

#[derive(Clone)]
enum Caller {
    Bare {
        client: reqwest::Client,
        url: String,
    },
    Ours(Connector),
}

impl Caller {
    /// Makes one call; returns how many items came.
    async fn call(&self, input: &Value) -> Result<usize> {
        let (items, run) = match self {
            Self::Bare { client, url } => {
                let response = client
                    .post(url)
                    .timeout(Duration::from_secs(30))
                    .bearer_auth(KEY)
                    .header(ACCEPT, "application/json")
                    .header(CONTENT_TYPE, "application/json")
                    .header("idempotency-key", IDEMPOTENCY_KEY)
                    .body(serde_json::to_vec(&json!({ "input": input }))?)
                    .send()
                    .await?;
                ensure!(response.status() == 200, "status {}", response.status());
                let envelope: Envelope = serde_json::from_slice(&response.bytes().await?)?;
                (envelope.data, Some(envelope.meta.execution_id))
            }
            Self::Ours(client) => {
                let result = client.execute_raw::<Items>(ACTION, input).await?;
                (result.data, result.execution_id)
            }
        };
        ensure!(run.is_some(), "the run is missing");
        Ok(items.items.len())
    }

    /// Calls for a while; returns calls per second.
    async fn rate(&self, time: Duration) -> Result<f64> {
        let start = Instant::now();
        let mut running = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let caller = self.clone();
            running.spawn(async move {
                let input = json!({ "project": "plugwright", "state": "open", "limit": 10 });
                let mut calls = 0_u32;
                while start.elapsed() < time {
                    ensure!(caller.call(&input).await? == 10, "items are missing");
                    calls += 1;
                }
                Ok(calls)
            });
        }
        let mut calls = 0;
        while let Some(made) = running.join_next().await {
            calls += made??;
        }
        Ok(f64::from(calls) / start.elapsed().as_secs_f64())
    }
}

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let (rounds, time) = if flags.quick {
        (3, Duration::from_millis(500))
    } else {
        (9, Duration::from_secs(2))
    };
    let folder = scratch()?;
    let file = folder.path().join("answer.json");
    let items: Value = serde_json::from_str(include_str!("gateway/items.json"))?;
    let answer = json!({
        "success": true, "message": "OK", "data": items,
        "meta": { "executionId": IDEMPOTENCY_KEY, "actionId": ACTION },
    });
    std::fs::write(&file, answer.to_string())?;
    let path = file.to_str().context("the folder's name is no text")?;
    let server = Process::own(&["static", path], &folder.path().join("server.log"))?;
    let client = || anyhow::Ok(Live::client_builder()?.no_proxy().build()?);
    let base_url = format!("{}/v1", server.origin());
    let bare = Caller::Bare {
        client: client()?,
        url: format!("{base_url}/actions/{ACTION}"),
    };
    let ours = Connector::builder()
        .api_key(KEY)
        .base_url(base_url)
        .http_client(client()?);
    let ours = Caller::Ours(ours.build()?);
    let runtime = on_one_core()?;
    runtime.block_on(async {
        for caller in [&bare, &ours] {
            caller.rate(time / 4).await?;
        }
        let mut before = bare.rate(time).await?;
        let (mut rates, mut ratios) = ([before, 0.0], Vec::with_capacity(rounds));
        for _ in 0..rounds {
            let rate = ours.rate(time).await?;
            let after = bare.rate(time).await?;
            ratios.push(2.0 * rate / (before + after));
            rates = [after, rate];
            before = after;
        }
        ratios.sort_by(f64::total_cmp);
        report(flags, rates, &ratios)
    })
}

fn report(flags: &Flags, [bare, ours]: [f64; 2], ratios: &[f64]) -> Result<()> {
    let (Some(least), Some(most)) = (ratios.first(), ratios.last()) else {
        anyhow::bail!("nothing was measured");
    };
    let ratio = ratios[ratios.len() / 2];
    let mut limits = Limits::default();
    limits.push(
        format!("throughput of the Rust client against reqwest, {IN_FLIGHT} calls in flight"),
        format!("at least {LEAST:.2}"),
        format!("{ratio:.3} ({least:.3} to {most:.3})"),
        ratio >= LEAST,
    );
    let text = format!(
        "\n| Client, {IN_FLIGHT} calls in flight | calls per second, last round |\n| --- | ---: |\n\
         | reqwest | {bare:.0} |\n| `plugwright-client` | {ours:.0} |\n\n{limits}\n"
    );
    flags.finish("client", &text, limits)
}
