//! Connections over HTTP/2 that make no progress, or much work for little.

use std::time::Duration;

use plugwright_tests::raw::http2::{
    END_HEADERS, END_STREAM, PREFACE, continuation, data, headers, ping, reset, settings,
    settings_acknowledged,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::connections::{PATIENCE, Slow, hasty, lets_go};
use super::count;
use super::world::World;

fn opening(parameters: &[(u16, u32)]) -> Vec<u8> {
    [PREFACE, &settings(parameters), &settings_acknowledged()].concat()
}

fn get(path: &str) -> [(&str, &str); 4] {
    [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "127.0.0.1"),
    ]
}

fn post<'a>(authorization: &'a str, length: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/v1/actions/local.things.create"),
        (":authority", "127.0.0.1"),
        ("authorization", authorization),
        ("content-type", "application/json"),
        ("content-length", length),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_without_a_request_are_let_go() {
    let world = hasty().await;
    let limits = ["header_timeout", "idle_timeout"];
    for (what, first) in [
        ("the preface", PREFACE.to_vec()),
        ("preface and settings", opening(&[])),
        (
            "half a frame",
            [PREFACE, &settings(&[(3, 1)])[..10]].concat(),
        ),
        (
            "half the headers",
            [opening(&[]), headers(1, END_STREAM, &get("/healthz"))].concat(),
        ),
    ] {
        lets_go(&world, what, &limits, Slow::silent(first)).await;
    }
    // Alive, it says, and asks for nothing.
    let pings = Slow {
        first: opening(&[]),
        then: ping(),
        pause: Duration::from_millis(20),
    };
    lets_go(&world, "pings", &limits, pings).await;
    let more = Slow {
        first: [opening(&[]), headers(1, END_STREAM, &get("/healthz"))].concat(),
        then: continuation(1, 0, &[("x-more", "1")]),
        pause: Duration::from_millis(20),
    };
    lets_go(&world, "headers without an end", &limits, more).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_never_come_and_idle_connections_are_let_go() {
    let world = hasty().await;
    let authorization = format!("Bearer {}", world.token);
    let begun = headers(1, END_HEADERS, &post(&authorization, "1000"));
    let limits = ["body_timeout", "request_timeout"];
    let silent = Slow::silent([opening(&[]), begun.clone()].concat());
    lets_go(&world, "no body", &limits, silent).await;
    let slowly = Slow {
        first: [opening(&[]), begun].concat(),
        then: data(1, 0, b" "),
        pause: Duration::from_millis(20),
    };
    lets_go(&world, "a body byte by byte", &limits, slowly).await;
    let idle = [
        opening(&[]),
        headers(1, END_HEADERS | END_STREAM, &get("/healthz")),
    ];
    lets_go(
        &world,
        "idle",
        &["idle_timeout"],
        Slow::silent(idle.concat()),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_the_window_has_no_room_for_are_let_go() {
    let world = hasty().await;
    // SETTINGS_INITIAL_WINDOW_SIZE: not a byte of an answer.
    let mut first = opening(&[(4, 0)]);
    let authorization = format!("Bearer {}", world.token);
    let mut fields = get("/openapi.json").to_vec();
    fields.push(("authorization", &authorization));
    for stream in 0..50 {
        first.extend(headers(2 * stream + 1, END_HEADERS | END_STREAM, &fields));
    }
    lets_go(&world, "no window", &["write_timeout"], Slow::silent(first)).await;
}

/// Sends frames over one connection for as long as they are taken, and reads what comes.
async fn flood(address: &str, first: &[u8], frames: impl Fn(u32) -> Vec<u8>, most: u32) {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut from, mut to) = stream.into_split();
    let reading = tokio::spawn(async move {
        let mut piece = vec![0; 16 << 10];
        while matches!(from.read(&mut piece).await, Ok(1..)) {}
    });
    let writing = async {
        if to.write_all(first).await.is_err() {
            return;
        }
        for number in 0..most {
            if to.write_all(&frames(number)).await.is_err() {
                return;
            }
        }
    };
    // Whether it is let go or served does not matter here, as long as others are served.
    let _ = timeout(PATIENCE, writing).await;
    reading.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_frames_hold_nobody_up() {
    let world = World::new().await;
    let before = world.gateway.memory();
    let frames = u32::try_from(count("HOSTILE_FRAMES", 5_000)).expect("a count");
    let address = world.address().to_owned();
    let floods = async {
        // Streams that are taken back at once, and ping after ping.
        let resets = |number: u32| {
            let stream = 2 * number + 1;
            let begun = headers(stream, END_HEADERS | END_STREAM, &get("/openapi.json"));
            [begun, reset(stream)].concat()
        };
        let open = opening(&[]);
        flood(&address, &open, resets, frames).await;
        flood(&address, &open, |_| ping(), frames).await;
        flood(&address, &open, |_| settings(&[(3, 100)]), frames).await;
        let begun = [open.clone(), headers(1, 0, &get("/healthz"))].concat();
        let more = |_| continuation(1, 0, &[("x-more", "some more of it")]);
        flood(&address, &begun, more, frames).await;
    };
    let others = async {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) {
            world.healthy().await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::join!(floods, others);
    world.healthy().await;
    let grown = world.gateway.most_memory().saturating_sub(before);
    assert!(grown < 64 << 20, "{} MiB", grown >> 20);
}

/// GOAWAY, and ENHANCE_YOUR_CALM in it ([RFC 9113](https://www.rfc-editor.org/rfc/rfc9113), section
/// 7).
const GOAWAY: u8 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Returns the codes of the frames GOAWAY in what a server sent.
fn farewells(mut frames: &[u8]) -> Vec<u32> {
    let mut codes = Vec::new();
    while let Some((head, rest)) = frames.split_at_checked(9) {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        if let (GOAWAY, Some(code)) = (head[3], payload.get(4..8)) {
            codes.push(u32::from_be_bytes(code.try_into().expect("four bytes")));
        }
        frames = rest;
    }
    codes
}

/// Rapid reset ([CVE-2023-44487](https://www.cve.org/CVERecord?id=CVE-2023-44487)).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_are_taken_back_at_once_end_the_connection() {
    let world = World::new().await;
    let flooded = timeout(PATIENCE, async {
        let stream = TcpStream::connect(world.address())
            .await
            .expect("a connection");
        let (mut from, mut to) = stream.into_split();
        let reading = tokio::spawn(async move {
            let mut said = Vec::new();
            // It may be reset as well as closed.
            let _ = from.read_to_end(&mut said).await;
            said
        });
        let mut flood = opening(&[]);
        for number in 0..10_000 {
            let stream = 2 * number + 1;
            flood.extend(headers(
                stream,
                END_HEADERS | END_STREAM,
                &get("/openapi.json"),
            ));
            flood.extend(reset(stream));
        }
        let writing = async {
            // The other end is gone at some time.
            let _ = to.write_all(&flood).await;
        };
        let healthy = async {
            for _ in 0..20 {
                world.healthy().await;
                sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::join!(writing, healthy);
        reading.await.expect("what was said")
    });
    let said = flooded.await.expect("the connection is ended");
    assert_eq!(farewells(&said), [ENHANCE_YOUR_CALM]);
    world.healthy().await;
}
