//! Connections over HTTP/1.1 that make no progress, and more connections than there may be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use plugwright_tests::gateway::Setup;
use plugwright_tests::raw::{exchange, request};
use plugwright_tests::{Connectors, Fixture};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::count;
use super::world::{World, json_answer, setup};
use crate::fixture;

/// The timeouts of these tests, which are short.
pub(crate) const SHORT: [(&str, &str); 5] = [
    ("PLUGWRIGHT_LIMITS_HEADER_TIMEOUT", "1s"),
    ("PLUGWRIGHT_LIMITS_BODY_TIMEOUT", "1s"),
    ("PLUGWRIGHT_LIMITS_REQUEST_TIMEOUT", "3s"),
    ("PLUGWRIGHT_LIMITS_WRITE_TIMEOUT", "1s"),
    ("PLUGWRIGHT_LIMITS_IDLE_TIMEOUT", "2s"),
];
/// Time after which nothing of them may be left.
pub(crate) const PATIENCE: Duration = Duration::from_secs(9);

pub(crate) async fn hasty() -> World {
    let setup = SHORT
        .into_iter()
        .fold(setup(), |setup, (name, value)| setup.env(name, value));
    World::with(setup, |_| json_answer("{}")).await
}

/// A client that sends something at once and then something slowly, and reads nothing.
pub(crate) struct Slow {
    pub(crate) first: Vec<u8>,
    pub(crate) then: Vec<u8>,
    pub(crate) pause: Duration,
}

impl Slow {
    pub(crate) fn silent(first: impl Into<Vec<u8>>) -> Self {
        Self {
            first: first.into(),
            then: Vec::new(),
            pause: Duration::ZERO,
        }
    }

    pub(crate) fn start(&self, address: String) -> JoinHandle<()> {
        let (first, then, pause) = (self.first.clone(), self.then.clone(), self.pause);
        tokio::spawn(async move {
            let socket = TcpSocket::new_v4().expect("a socket");
            // Answers that are not read must not fit into the kernel.
            socket.set_recv_buffer_size(4096).expect("a small buffer");
            let address = address.parse().expect("an address");
            let mut stream = socket.connect(address).await.expect("a connection");
            stream.set_nodelay(true).expect("a socket");
            if stream.write_all(&first).await.is_err() {
                return;
            }
            for byte in then.iter().cycle().take_while(|_| !then.is_empty()) {
                sleep(pause).await;
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
            }
            std::future::pending::<()>().await;
        })
    }
}

/// Asserts that such clients are let go: the process has their sockets open no longer.
pub(crate) async fn lets_go(world: &World, what: &str, limits: &[&str], slow: Slow) {
    let clients = count("HOSTILE_SLOW_CLIENTS", 20);
    // What the requests before have left is gone.
    sleep(Duration::from_millis(100)).await;
    let before = world.gateway.open_sockets();
    let hits = world.gateway.limit_hits(limits).await;
    let running: Vec<_> = (0..clients)
        .map(|_| slow.start(world.address().to_owned()))
        .collect();
    let is_in = |world: &World| world.gateway.open_sockets() >= before + clients / 2;
    world.until(what, Duration::from_secs(5), is_in).await;
    world.healthy().await;
    // Two more for connections that the gateway itself has to providers or to this client.
    let is_gone = |world: &World| world.gateway.open_sockets() <= before + 2;
    world.until(what, PATIENCE, is_gone).await;
    let hits = world.gateway.limit_hits(limits).await - hits;
    assert!(
        hits + 2 >= clients as u64,
        "{what}: {hits} of {clients} are counted for {limits:?}"
    );
    for client in running {
        client.abort();
    }
}

fn head(world: &World, length: usize) -> String {
    format!(
        "POST /v1/actions/local.things.create HTTP/1.1\r\nhost: gateway\r\n\
         authorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n",
        world.token
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_stop_within_a_head_are_let_go() {
    let world = hasty().await;
    let limits = ["header_timeout", "idle_timeout"];
    for (what, first) in [
        ("nothing", ""),
        ("one letter that begins HTTP/2", "P"),
        ("half the preface of HTTP/2", "PRI * HTTP"),
        ("a method", "POST "),
        ("a line", "GET /healthz HTTP/1.1\r\n"),
        (
            "half a head",
            "GET /healthz HTTP/1.1\r\nhost: gateway\r\nx-more: ",
        ),
    ] {
        lets_go(&world, what, &limits, Slow::silent(first)).await;
    }
    let slowly = Slow {
        first: b"GET /healthz HTTP/1.1\r\nx-more: ".to_vec(),
        then: b"a".to_vec(),
        pause: Duration::from_millis(300),
    };
    lets_go(&world, "a head byte by byte", &limits, slowly).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_stop_within_a_body_are_let_go() {
    let world = hasty().await;
    let limits = ["body_timeout", "request_timeout"];
    let begun = format!("{}{{\"input\":", head(&world, 1000));
    lets_go(
        &world,
        "a body that stops",
        &limits,
        Slow::silent(begun.clone()),
    )
    .await;
    lets_go(&world, "no body", &limits, Slow::silent(head(&world, 1000))).await;
    let slowly = Slow {
        first: begun.into_bytes(),
        then: b" ".to_vec(),
        pause: Duration::from_millis(300),
    };
    lets_go(&world, "a body byte by byte", &limits, slowly).await;
    let chunked = head(&world, 1000).replace("content-length: 1000", "transfer-encoding: chunked");
    let slowly = Slow {
        first: format!("{chunked}5\r\n{{\"inp\r\n").into_bytes(),
        then: b"1\r\n \r\n".to_vec(),
        pause: Duration::from_millis(100),
    };
    lets_go(&world, "chunks byte by byte", &limits, slowly).await;
    let unknown = head(&world, 1000).replace("local.things.create", "nobody.knows");
    lets_go(
        &world,
        "a body that nobody reads",
        &limits,
        Slow::silent(unknown),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_read_no_answer_or_ask_no_more_are_let_go() {
    let world = hasty().await;
    let idle = "GET /healthz HTTP/1.1\r\nhost: gateway\r\n\r\n";
    lets_go(
        &world,
        "an idle connection",
        &["idle_timeout"],
        Slow::silent(idle),
    )
    .await;
    let asked = format!(
        "GET /openapi.json HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {}\r\n\r\n",
        world.token
    )
    .repeat(100);
    let limits = ["write_timeout"];
    lets_go(
        &world,
        "answers that nobody reads",
        &limits,
        Slow::silent(asked),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_clients_takes_no_processor_time() {
    raise_open_files();
    let world = World::new().await;
    let clients = count("HOSTILE_UNDECIDED", 300);
    let mut waiting = Vec::new();
    for number in 0..clients {
        let mut stream = TcpStream::connect(world.address())
            .await
            .expect("a connection");
        let begun: &[u8] = [&b"P"[..], b"PR", b"PRI * HTTP/2.0\r\n\r\nSM", b"G", b""][number % 5];
        stream.write_all(begun).await.expect("a connection");
        waiting.push(stream);
    }
    sleep(Duration::from_millis(500)).await;
    let (before, began) = (world.gateway.processor_time(), Instant::now());
    sleep(Duration::from_secs(2)).await;
    let worked = world.gateway.processor_time().saturating_sub(before);
    let share = worked.as_secs_f64() / began.elapsed().as_secs_f64();
    assert!(
        share < 0.05,
        "{clients} connections that wait take {share:.2} of a core"
    );
    world.healthy().await;
}

/// Lets this process have as many open files as the system lets it have.
pub(crate) fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).expect("the limit of open files is raised");
}

/// Opens idle connections and asserts that new clients are served all the same.
async fn crowd(world: &World, clients: usize, most: usize, limits: &[&str]) {
    let hits = world.gateway.limit_hits(limits).await;
    let mut idle = Vec::new();
    for number in 0..clients {
        // A crowd that is not let in waits before the door, as far as the kernel has room there.
        let stream = TcpStream::connect(world.address())
            .await
            .expect("a connection");
        idle.push(stream);
        if number.is_multiple_of(50) {
            world.healthy().await;
        }
    }
    for _ in 0..10 {
        world.healthy().await;
    }
    let open = world.gateway.open_sockets();
    assert!(
        open <= most + 20,
        "{open} open sockets for at most {most} connections"
    );
    let hits = world.gateway.limit_hits(limits).await - hits;
    assert!(hits > 0, "{limits:?} are not counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_too_many_connections_the_idle_ones_make_room() {
    raise_open_files();
    let clients = count("HOSTILE_CROWD", 400);
    let setup = setup().env("PLUGWRIGHT_LIMITS_CONNECTIONS", "100");
    let world = World::with(setup, |_| json_answer("{}")).await;
    crowd(&world, clients, 100, &["connections"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_has_so_many_connections() {
    raise_open_files();
    let clients = count("HOSTILE_CROWD", 400);
    let setup = setup().env("PLUGWRIGHT_LIMITS_CONNECTIONS_PER_PEER", "50");
    let world = World::with(setup, |_| json_answer("{}")).await;
    crowd(&world, clients, 50, &["connections_per_peer"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_with_few_open_files_still_lets_new_clients_in() {
    raise_open_files();
    // `ulimit` is a part of the shell: no program of the tests may change the limit of its children alone.
    let place = tempfile::tempdir().expect("a directory");
    let script = place.path().join("few");
    let binary = fixture::HOSTILE.binary();
    let text = format!("#!/bin/sh\nulimit -n 256\nexec '{binary}' \"$@\"\n");
    fs::write(&script, text).expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("its mode");
    let script: &'static str = script.to_str().expect("a text").to_owned().leak();
    let setup = Setup::new(Fixture::new(script, Connectors::Hostile));
    let world = World::with(setup, |_| json_answer("{}")).await;
    let mut idle = Vec::new();
    for _ in 0..600 {
        let stream = TcpStream::connect(world.address())
            .await
            .expect("a connection");
        idle.push(stream);
    }
    for _ in 0..5 {
        world.healthy().await;
    }
    // The provider, the database and the log have their files, too.
    let call = world.call(
        "local.things.create",
        plugwright_sdk::json!({ "name": "x" }),
    );
    assert_eq!(call.await.status, 200);
    drop(idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_framing_is_refused() {
    let world = World::new().await;
    for (what, text) in [
        (
            "two lengths",
            "POST /v1/actions/a.b HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        ),
        (
            "a length and chunks",
            "POST /v1/actions/a.b HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n",
        ),
        (
            "a length below zero",
            "POST /v1/actions/a.b HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        ),
        (
            "a chunk that is too long",
            "POST /v1/actions/a.b HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        ),
        ("no version", "GET /healthz\r\n\r\n"),
        ("a NUL", "GET /health\0z HTTP/1.1\r\nhost: a\r\n\r\n"),
    ] {
        // Refused, or let go without a word.
        if let Ok(reply) = exchange(world.address(), text.as_bytes()).await {
            assert!((400..500).contains(&reply.status), "{what}: {}", reply.head);
            assert!(reply.length() < 16 << 10, "{what}");
        }
        world.healthy().await;
    }
    let fine = exchange(world.address(), &request("GET", "/healthz", &[], b"")).await;
    assert_eq!(fine.expect("an answer").status, 200);
}
