//! A provider that counts what it was asked to write.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{post, put};
use plugwright_sdk::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// The provider; it ends with the test.
pub(crate) struct Provider {
    pub(crate) url: String,
    counts: Counts,
}

type Counts = Arc<Mutex<Written>>;

#[derive(Default)]
struct Written {
    /// Things that were created, by name: the provider does not look at keys.
    created: BTreeMap<String, u32>,
    /// Things that were put, by key, with the answer to each.
    put: BTreeMap<String, String>,
    /// How often a thing was put, by id.
    effects: BTreeMap<String, u32>,
    serial: u32,
}

impl Written {
    fn next(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }
}

fn lock(counts: &Counts) -> MutexGuard<'_, Written> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider {
    /// Starts a provider that takes `pause` for each answer, and much longer for things whose name
    /// begins with `slow`.
    pub(crate) async fn start(pause: Duration) -> Self {
        let counts = Counts::default();
        let router = Router::new()
            .route("/things", post(create))
            .route("/things/{id}", put(replace))
            .with_state((Arc::clone(&counts), pause));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, counts }
    }

    /// Returns how often a thing of this name was created.
    pub(crate) fn created(&self, name: &str) -> u32 {
        lock(&self.counts).created.get(name).copied().unwrap_or(0)
    }

    /// Returns how often a thing was put, repeated keys left out.
    pub(crate) fn effects(&self, id: &str) -> u32 {
        lock(&self.counts).effects.get(id).copied().unwrap_or(0)
    }
}

fn name(body: &str) -> String {
    let body: Value = body.parse().expect("the gateway sends JSON");
    body["name"].as_str().expect("a name").to_owned()
}

async fn rest(name: &str, pause: Duration) {
    sleep(if name.starts_with("slow") {
        Duration::from_secs(20)
    } else {
        pause
    })
    .await;
}

async fn create(State((counts, pause)): State<(Counts, Duration)>, body: String) -> String {
    let name = name(&body);
    let serial = {
        let mut written = lock(&counts);
        *written.created.entry(name.clone()).or_default() += 1;
        written.next()
    };
    rest(&name, pause).await;
    json!({ "name": name, "serial": serial }).to_string()
}

async fn replace(
    State((counts, pause)): State<(Counts, Duration)>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> String {
    let key = headers["idempotency-key"].to_str().expect("a text");
    let answer = {
        let mut written = lock(&counts);
        if let Some(earlier) = written.put.get(key) {
            return earlier.clone();
        }
        *written.effects.entry(id.clone()).or_default() += 1;
        let answer = json!({ "id": id, "serial": written.next() }).to_string();
        written.put.insert(key.to_owned(), answer.clone());
        answer
    };
    rest(&name(&body), pause).await;
    answer
}
