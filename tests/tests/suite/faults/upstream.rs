//! Providers that misbehave: each call ends as the outcome table says, and the process serves on.

use std::time::Duration;

use futures_util::future::join_all;
use plugwright_gateway::{Case, Surface, answer};
use plugwright_sdk::{ErrorCode, Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, send, with_json};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::provider::Provider;
use super::setup;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Hangs,
    Resets,
    Trickles,
    SendsHundredMegabytes,
    SpeaksNoTls,
    SendsBadGzip,
}

use Fault::{Hangs, Resets, SendsBadGzip, SendsHundredMegabytes, SpeaksNoTls, Trickles};

impl Fault {
    /// The error, and what it means for a write.
    fn expected(self) -> (ErrorCode, Case) {
        match self {
            Hangs | Trickles => (ErrorCode::UpstreamTimeout, Case::DoubtfulWrite),
            Resets => (ErrorCode::UpstreamError, Case::DoubtfulWrite),
            SendsHundredMegabytes => (ErrorCode::ResponseTooLarge, Case::DoubtfulWrite),
            // No request was sent.
            SpeaksNoTls => (ErrorCode::UpstreamUnreachable, Case::FailedWrite),
            SendsBadGzip => (ErrorCode::UpstreamInvalid, Case::DoubtfulWrite),
        }
    }

    async fn serve(self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await?;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        match self {
            Hangs => sleep(Duration::from_mins(1)).await,
            Resets => stream.set_zero_linger()?,
            Trickles => {
                let head = format!("{head}content-length: 1000\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                loop {
                    stream.write_all(b" ").await?;
                    sleep(Duration::from_millis(50)).await;
                }
            }
            SendsHundredMegabytes => {
                let head = format!("{head}content-length: {}\r\n\r\n", 100 << 20);
                stream.write_all(head.as_bytes()).await?;
                for _ in 0..100 {
                    stream.write_all(&vec![b' '; 1 << 20]).await?;
                }
            }
            SpeaksNoTls => stream.write_all(b"HTTP/1.1 400 No TLS\r\n\r\n").await?,
            SendsBadGzip => {
                let head = format!("{head}content-encoding: gzip\r\ncontent-length: 22\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(b"this is no gzip at all").await?;
            }
        }
        Ok(())
    }

    /// Starts a provider with this fault; returns its base URL.
    async fn start(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The gateway hangs up on purpose.
                tokio::spawn(async move { drop(self.serve(stream).await) });
            }
        });
        match self {
            SpeaksNoTls => format!("https://{address}"),
            _ => format!("http://{address}"),
        }
    }
}

async fn call(
    gateway: &GatewayProcess,
    token: &str,
    to: &str,
    action: &str,
    input: Value,
) -> Reply {
    let body = json!({ "input": input, "connectionName": to });
    let path = format!("/v1/actions/{action}");
    let request = with_json(gateway.request(Method::POST, &path, token), &body);
    send(request).await.expect("the gateway answers")
}

async fn breaks(gateway: &GatewayProcess, token: &str, fault: Fault) {
    let name = format!("{fault:?}");
    gateway.connect(&name, &fault.start().await).await;
    let (code, case) = fault.expected();
    let id = json!({ "id": "1" });
    let read = call(gateway, token, &name, "local.things.get", id).await;
    let expected = answer(code, Case::Repeatable, Surface::Action);
    assert_eq!(
        (read.status, read.code()),
        (expected.status, Some(expected.code)),
        "{read:?}"
    );

    let thing = json!({ "name": "ball" });
    let write = call(gateway, token, &name, "local.things.create", thing).await;
    let expected = answer(code, case, Surface::Action);
    assert_eq!(
        (write.status, write.code()),
        (expected.status, Some(expected.code)),
        "{write:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_providers_get_the_answers_of_the_table_and_nothing_grows() {
    let good = Provider::start(Duration::ZERO).await;
    let setup = setup().env("PLUGWRIGHT_LIMITS_CALL_TIMEOUT", "1s");
    let gateway = setup.start().await;
    gateway.connect("good", &good.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let before = gateway.memory();
    let faults = [
        Hangs,
        Resets,
        Trickles,
        SendsHundredMegabytes,
        SpeaksNoTls,
        SendsBadGzip,
    ];
    join_all(faults.map(|fault| breaks(&gateway, &token, fault))).await;

    // Four answers of 100 MB at once: of each, no more than the cap of 16 MiB is held.
    let name = format!("{SendsHundredMegabytes:?}");
    let large = (0..4).map(|_| {
        let id = json!({ "id": "1" });
        call(&gateway, &token, &name, "local.things.get", id)
    });
    for reply in join_all(large).await {
        // A debug build may not read as much within the second that it has.
        assert!([413, 504].contains(&reply.status), "{reply:?}");
    }
    let most = gateway.most_memory();
    assert!(most < 256 << 20, "{most} bytes, {before} before");
    let thing = json!({ "name": "ball" });
    call(&gateway, &token, "good", "local.things.create", thing)
        .await
        .ok();
    assert_eq!(good.created("ball"), 1);
    println!(
        "memory: {} MiB before, {} MiB at most",
        before >> 20,
        most >> 20
    );
}
