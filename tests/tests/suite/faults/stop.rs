//! A process that is told to stop finishes what it was asked.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use futures_util::future::join_all;
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::GatewayProcess;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::provider::Provider;
use super::{count, setup};

/// Clients that ask all the time; every other one makes a new connection for each request.
const CLIENTS: usize = 32;

/// What a client saw.
#[derive(Default)]
struct Seen {
    /// Runs that were answered in full.
    runs: Vec<String>,
    /// When the request was sent that got no answer.
    unanswered: Option<Instant>,
}

/// Sends one request and reads its answer.
async fn exchange(stream: &mut TcpStream, request: &[u8]) -> io::Result<(Instant, Option<String>)> {
    stream.write_all(request).await?;
    let sent = Instant::now();
    Ok((sent, answer(stream).await.ok()))
}

/// Reads a success to its end; returns the run.
async fn answer(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("HTTP/1.1 200 "), "{text}");
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        let length = length.and_then(|text| text.parse::<usize>().ok());
        if body.len() == length.expect("answers say how long they are") {
            let body: Value = body.parse().expect("JSON");
            let run = body["meta"]["executionId"].as_str();
            return Ok(run.expect("the run").to_owned());
        }
    }
}

async fn client(address: &str, token: &str, number: usize) -> Seen {
    let body = json!({ "input": { "name": format!("client-{number}") } }).to_string();
    let request = format!(
        "POST /v1/actions/local.things.create HTTP/1.1\r\nhost: gateway\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut seen = Seen::default();
    let mut kept = None;
    // When it can't be reached or written to any more, nothing is owed.
    loop {
        let mut stream = match kept.take() {
            Some(stream) => stream,
            None => match TcpStream::connect(address).await {
                Ok(stream) => stream,
                Err(_) => return seen,
            },
        };
        match exchange(&mut stream, request.as_bytes()).await {
            Err(_) => return seen,
            Ok((_, Some(run))) => seen.runs.push(run),
            Ok((sent, None)) => {
                seen.unanswered = Some(sent);
                return seen;
            }
        }
        if number.is_multiple_of(2) {
            kept = Some(stream);
        }
    }
}

/// Returns the runs of the log.
async fn logged(gateway: &GatewayProcess) -> BTreeSet<String> {
    let mut runs = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/runs?limit=200&action=local.things.create{cursor}");
        let page = gateway.admin(Method::GET, &path, None).await;
        let page = page.expect("an answer").ok();
        let items = page["items"].as_array().expect("a list");
        runs.extend(
            items
                .iter()
                .map(|run| run["id"].as_str().expect("an id").to_owned()),
        );
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return runs,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_loses_no_answer_and_no_record() {
    let provider = Provider::start(Duration::from_millis(30)).await;
    let setup = setup();
    let mut gateway = setup.start().await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let mut answered = BTreeSet::new();
    let mut late = 0;
    let stops = count("FAULTS_STOPS", 3);
    for round in 0..stops {
        let address = gateway.url().trim_start_matches("http://").to_owned();
        let clients = join_all((0..CLIENTS).map(|number| client(&address, &token, number)));
        let stop = async {
            sleep(Duration::from_millis(400 + (round as u64 * 37) % 200)).await;
            let told = Instant::now();
            gateway.terminate();
            told
        };
        let (seen, told) = tokio::join!(clients, stop);
        assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
        assert!(
            told.elapsed() < Duration::from_secs(30),
            "{:?}",
            told.elapsed()
        );
        for seen in seen {
            assert!(!seen.runs.is_empty());
            answered.extend(seen.runs);
            // Sent after the end began, on a connection that was closed at that moment.
            if let Some(sent) = seen.unanswered {
                assert!(
                    sent > told,
                    "sent {:?} before the stop, and lost",
                    told - sent
                );
                late += 1;
            }
        }
        gateway = setup.start().await;
    }
    let logged = logged(&gateway).await;
    assert_eq!(
        logged, answered,
        "the run log has what was answered, and nothing else"
    );
    println!(
        "{stops} stops: {} calls were answered and logged; {late} came after the stop",
        answered.len()
    );
}
