//! Clients that are slow on purpose.

use std::time::Duration;

use futures_util::future::join_all;
use plugwright_sdk::json;
use plugwright_tests::gateway::{GatewayProcess, Reply};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::provider::Provider;
use super::{count, setup};

/// How a client is slow.
#[derive(Clone, Copy, Debug)]
enum Slow {
    Silent,
    /// Begins as HTTP/2 does, and goes no further.
    Undecided,
    /// Sends the head byte by byte.
    Head,
    /// Stops within the body.
    Body,
}

const WAYS: [Slow; 4] = [Slow::Silent, Slow::Undecided, Slow::Head, Slow::Body];
/// Twice the limit of three seconds, as the version of HTTP is waited for and then the head, and some leisure.
const MOST: Duration = Duration::from_secs(20);

/// Is slow until it is let go; tells after how long.
async fn be_slow(mut stream: TcpStream, token: &str, way: Slow) -> Duration {
    let began = Instant::now();
    let (mut from, mut to) = stream.split();
    let send = async {
        let head = format!(
            "POST /v1/actions/local.things.create HTTP/1.1\r\nhost: gateway\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: 1000\r\n\r\n"
        );
        let (at_once, slowly) = match way {
            Slow::Silent => (String::new(), String::new()),
            Slow::Undecided => ("PRI * HTTP".to_owned(), String::new()),
            Slow::Head => (String::new(), head),
            Slow::Body => (format!("{head}{{\"input\":"), String::new()),
        };
        let mut going = to.write_all(at_once.as_bytes()).await;
        for byte in slowly.bytes() {
            if going.is_err() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
            going = to.write_all(&[byte]).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = send => {}
        // Reset or ended, with or without an answer: it is let go.
        _ = from.read_to_end(&mut answer) => {}
    }
    began.elapsed()
}

async fn quick(gateway: &GatewayProcess, token: &str) -> (Duration, Reply) {
    let began = Instant::now();
    let reply = gateway
        .call(token, "local.things.create", &json!({ "name": "x" }))
        .await;
    (began.elapsed(), reply.expect("an answer"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_let_go_and_hold_nobody_up() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).expect("the limit of open files is raised");
    let clients = count("FAULTS_CLIENTS", 1_000);
    let most = limit.maximum.unwrap_or(u64::MAX);
    assert!(
        most > clients as u64 + 200,
        "{clients} clients need more than {most} open files"
    );

    let provider = Provider::start(Duration::ZERO).await;
    let setup = setup()
        .env("PLUGWRIGHT_LIMITS_HEADER_TIMEOUT", "3s")
        .env("PLUGWRIGHT_LIMITS_BODY_TIMEOUT", "3s");
    let gateway = setup.start().await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let address = gateway.url().trim_start_matches("http://").to_owned();

    let mut slow = Vec::new();
    for number in 0..clients {
        let way = WAYS[number % WAYS.len()];
        // One after the other: of a crowd, the kernel keeps some waiting before the gateway's door.
        let stream = TcpStream::connect(&address).await.expect("a connection");
        let of_client = token.clone();
        slow.push(tokio::spawn(async move {
            let slow = be_slow(stream, &of_client, way);
            (way, timeout(MOST, slow).await.unwrap_or(MOST))
        }));
        if number.is_multiple_of(50) {
            // An answer shows that those before it were let in.
            quick(&gateway, &token).await.1.ok();
        }
    }
    let mut latencies = Vec::new();
    let mut most = 0;
    while !slow.iter().all(tokio::task::JoinHandle::is_finished) {
        let (latency, reply) = quick(&gateway, &token).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        latencies.push(latency);
        most = most.max(gateway.memory());
        sleep(Duration::from_millis(10)).await;
    }
    let mut longest = Duration::ZERO;
    for ended in join_all(slow).await {
        let (way, after) = ended.expect("no client panicked");
        assert!(after < MOST, "a client is not let go: {way:?}");
        longest = longest.max(after);
    }
    assert!(most < 256 << 20, "{most} bytes");
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() - 1) * share / 100];
    println!(
        "{clients} slow clients: {} calls beside them, median {:?}, 99 of 100 within {:?}, all \
         within {:?}; the last was let go after {longest:?}; at most {} MiB",
        latencies.len(),
        at(50),
        at(99),
        at(100),
        most >> 20
    );
}
