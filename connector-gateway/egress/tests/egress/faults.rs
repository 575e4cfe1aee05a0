//! What servers do wrong, and what calls say about it.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use plugwright_egress::Egress;
use plugwright_sdk::{ActionError, ErrorCode, UpstreamResponse};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::server::{Server, request, tls};
use super::{call, context, settings, to_loopback};

const SOON: Duration = Duration::from_millis(500);
const LATER: Duration = Duration::from_secs(20);

struct Ended {
    result: Result<UpstreamResponse, ActionError>,
    sent: bool,
    attempts: u32,
    received: u64,
}

impl Ended {
    fn code(&self) -> ErrorCode {
        self.result.as_ref().unwrap_err().code()
    }
}

/// Makes a write that may be sent once only.
async fn write(egress: &Egress, url: &str, within: Duration) -> Ended {
    let transport = egress.for_call(call(false, within));
    let cx = context(&transport, url, within);
    let result = cx.post("/x").body("text/plain", "hello").send().await;
    Ended {
        result,
        sent: transport.usage().sent,
        attempts: transport.usage().attempts,
        received: transport.usage().bytes_received,
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_left_at_the_deadline() {
    let server = Server::new(|mut stream| async move {
        request(&mut stream).await;
        sleep(LATER).await;
    })
    .await;
    let began = Instant::now();
    let ended = write(&to_loopback(), &server.url(), SOON).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamTimeout);
    assert!(ended.sent && ended.result.unwrap_err().is_ambiguous());
    assert!(began.elapsed() < SOON * 4, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_trickles_is_left_at_the_deadline() {
    let server = Server::new(|mut stream| async move {
        request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        let mut going = stream.write_all(head).await;
        while going.is_ok() {
            sleep(Duration::from_millis(50)).await;
            going = stream.write_all(b"x").await;
        }
    })
    .await;
    let began = Instant::now();
    let ended = write(&to_loopback(), &server.url(), SOON).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamTimeout);
    assert!(ended.sent && ended.received > 0);
    assert!(began.elapsed() < SOON * 4, "{:?}", began.elapsed());
}

#[tokio::test]
async fn broken_answers_to_a_write_leave_it_in_doubt() {
    for (what, answer) in [
        ("reset at once", &b""[..]),
        ("end in the head", b"HTTP/1.1 200 OK\r\nconte"),
        (
            "end in the body",
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":",
        ),
        (
            "end in a chunk",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc",
        ),
        ("garbage", b"\x00\xff\x16 220 smtp ready\r\n\r\n"),
        ("no status", b"HTTP/1.1 abc OK\r\n\r\n"),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        ),
    ] {
        let server = Server::sending(answer).await;
        let ended = write(&to_loopback(), &server.url(), LATER).await;
        let code = match what {
            "garbage" | "no status" | "two lengths" => ErrorCode::UpstreamInvalid,
            _ => ErrorCode::UpstreamError,
        };
        assert_eq!(ended.code(), code, "{what}");
        assert!(ended.sent, "{what}");
        assert!(ended.result.unwrap_err().is_ambiguous(), "{what}");
        assert_eq!((ended.attempts, server.connections()), (1, 1), "{what}");
    }
}

#[tokio::test]
async fn heads_are_read_that_are_written_in_ways_they_should_not_be() {
    for (what, headers) in [
        ("folded", "x-long: a\r\n  b\r\n"),
        ("a blank before the colon", "x-odd : a\r\n"),
        ("no name", ": a\r\n"),
        ("a name that is none", "x(odd): a\r\n"),
        ("no colon", "odd\r\n"),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: 5\r\n\r\nhello");
        let server = Server::sending(answer).await;
        let ended = write(&to_loopback(), &server.url(), LATER).await;
        assert_eq!(ended.result.unwrap().body, "hello", "{what}");
    }
}

#[tokio::test]
async fn the_status_of_an_error_counts_whatever_its_body_is() {
    let server = |head: &str, body: &str| Server::sending(format!("HTTP/1.1 {head}\r\n\r\n{body}"));
    for (head, code) in [
        ("401 x\r\ncontent-length: 100", ErrorCode::AuthInvalid),
        (
            "401 x\r\ncontent-length: 3\r\ncontent-encoding: br",
            ErrorCode::AuthInvalid,
        ),
        ("404 x\r\ncontent-length: 2000000", ErrorCode::NotFound),
        (
            "429 x\r\nretry-after: 700\r\ncontent-length: 3\r\ncontent-encoding: gzip",
            ErrorCode::RateLimited,
        ),
    ] {
        let server = server(head, "odd").await;
        let error = write(&to_loopback(), &server.url(), LATER).await;
        let error = error.result.unwrap_err();
        assert_eq!(error.code(), code, "{head}");
        let wait = error.retry_after().map(|wait| wait.as_secs());
        assert_eq!(wait, (code == ErrorCode::RateLimited).then_some(700));
    }
}

#[tokio::test]
async fn a_reset_before_the_request_is_read_leaves_a_write_in_doubt() {
    let server = Server::new(|stream| async move {
        stream.set_zero_linger().unwrap();
    })
    .await;
    let ended = write(&to_loopback(), &server.url(), LATER).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamError);
    assert!(ended.sent);
}

#[tokio::test]
async fn where_no_connection_is_made_nothing_was_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let ended = write(&to_loopback(), &url, LATER).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamUnreachable);
    assert!(!ended.sent && !ended.result.unwrap_err().is_ambiguous());
    assert_eq!(ended.attempts, 3);
}

#[tokio::test]
async fn an_answer_beyond_the_cap_is_cut_while_it_comes() {
    const ALL: usize = 100 << 20;
    const PIECE: usize = 16 << 10;
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let server = Server::new(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            request(&mut stream).await;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {ALL}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            for _ in 0..ALL / PIECE {
                if stream.write_all(&[b'x'; PIECE]).await.is_err() {
                    return;
                }
                count.fetch_add(PIECE, Ordering::SeqCst);
            }
        }
    })
    .await;
    let ended = write(&to_loopback(), &server.url(), LATER).await;
    assert_eq!(ended.code(), ErrorCode::ResponseTooLarge);
    assert!(ended.sent);
    // The cap is 1 MiB; the rest is what one piece and the buffers of the sockets hold.
    assert!(ended.received < 2 << 20, "{} bytes", ended.received);
    let written = written.load(Ordering::SeqCst);
    assert!(written < 32 << 20, "the server wrote {written} bytes");
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn compressed_answers_are_read_and_broken_ones_named() {
    let good = Server::sending(gzipped(&gzip(b"hello"))).await;
    let ended = write(&to_loopback(), &good.url(), LATER).await;
    assert_eq!(&ended.result.unwrap().body[..], b"hello");

    let mut broken = gzip(&b"hello".repeat(1000));
    broken[12] ^= 0xff;
    for body in [&b"this is no gzip at all"[..], &broken] {
        let bad = Server::sending(gzipped(body)).await;
        let ended = write(&to_loopback(), &bad.url(), LATER).await;
        assert_eq!(
            ended.code(),
            ErrorCode::UpstreamInvalid,
            "{:?}",
            ended.result
        );
        assert!(ended.sent);
        let error = ended.result.unwrap_err();
        assert!(error.is_ambiguous());
        assert!(error.message().contains("decoded"), "{error}");
    }
}

#[tokio::test]
async fn a_small_answer_that_grows_beyond_the_cap_is_cut() {
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let server = Server::sending(gzipped(&bomb)).await;
    let ended = write(&to_loopback(), &server.url(), LATER).await;
    assert_eq!(ended.code(), ErrorCode::ResponseTooLarge);
    assert!(ended.received < 2 << 20, "{} bytes", ended.received);
}

#[tokio::test]
async fn an_answer_in_crumbs_is_given_up() {
    let crumbs = "1\r\nx\r\n".repeat(20_000);
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let server = Server::sending(format!("{head}{crumbs}0\r\n\r\n")).await;
    let ended = write(&to_loopback(), &server.url(), LATER).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamInvalid);
    assert!(ended.received < 20_000, "{} bytes", ended.received);
}

#[tokio::test]
async fn a_server_that_never_comes_to_its_answer_is_left() {
    let early = |count| "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(count);
    let end = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    let few = Server::sending(early(100) + end).await;
    let ended = write(&to_loopback(), &few.url(), LATER).await;
    assert_eq!(&ended.result.unwrap().body[..], b"hello");

    let server = Server::new(move |mut stream| async move {
        request(&mut stream).await;
        while stream.write_all(early(1000).as_bytes()).await.is_ok() {}
    })
    .await;
    let began = Instant::now();
    let ended = write(&to_loopback(), &server.url(), LATER).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamError);
    assert!(ended.sent && ended.result.unwrap_err().is_ambiguous());
    assert!(began.elapsed() < LATER / 4, "{:?}", began.elapsed());
}

/// A server with a certificate of its own making, and that certificate.
async fn tls_server() -> (Server, Vec<u8>) {
    let (acceptor, certificate) = tls(&[]);
    let server = Server::new(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                request(&mut stream).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                stream.write_all(answer).await.unwrap();
            }
        }
    })
    .await;
    (server, certificate)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_nothing() {
    let (server, pem) = tls_server().await;
    let url = format!("https://{}", server.address);
    let ended = write(&to_loopback(), &url, LATER).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamUnreachable);
    assert!(!ended.sent);

    let mut trusting = settings(&["127.0.0.1"]);
    trusting.extra_root_certificates = vec![pem];
    let ended = write(&Egress::new(trusting).unwrap(), &url, LATER).await;
    assert_eq!(ended.result.unwrap().status, 200);
    assert!(ended.sent);
}

#[tokio::test]
async fn plain_text_where_tls_is_due_gets_nothing() {
    let server = Server::new(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        sleep(LATER).await;
    })
    .await;
    let url = format!("https://{}", server.address);
    let ended = write(&to_loopback(), &url, LATER).await;
    assert_eq!(ended.code(), ErrorCode::UpstreamUnreachable);
    assert!(!ended.sent);
}

#[tokio::test]
async fn what_is_no_certificate_cannot_be_trusted() {
    for pem in [
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ] {
        let mut settings = settings(&[]);
        settings.extra_root_certificates = vec![pem.as_bytes().to_vec()];
        let error = Egress::new(settings).err().map(|error| error.to_string());
        assert!(error.is_some(), "{pem}");
    }
}
