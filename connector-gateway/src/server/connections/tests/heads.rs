//! Heads that are too large, over both versions of HTTP.

use super::*;

/// Limits of small heads.
fn small_heads() -> Limits {
    Limits {
        headers: 20,
        header_size: 16 << 10,
        ..limits()
    }
}

/// Asserts that a body is an error of the gateway about the size of a head.
fn assert_refusal_of_a_head(body: &str) {
    let body: serde_json::Value = serde_json::from_str(body).expect(body);
    assert_eq!(body["error"]["code"], "VALIDATION_ERROR", "{body}");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("20 header fields and 16384 bytes"),
        "{body}"
    );
}

#[tokio::test]
async fn heads_beyond_the_limits_are_refused() {
    let field = |length: usize| format!("a: {}\r\n", "b".repeat(length));
    for (what, extra) in [
        ("many fields", "a: b\r\n".repeat(30) + "\r\n"),
        (
            "more fields than hyper has room for",
            "a: b\r\n".repeat(130) + "\r\n",
        ),
        ("a large head", field(20 << 10) + "\r\n"),
        ("a large name", "a".repeat(70 << 10) + ": b\r\n\r\n"),
        ("a large head without an end", field(100 << 10)),
        ("a head of megabytes", field(3 << 20)),
    ] {
        let bench = serving(small_heads()).await;
        let head = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{extra}");
        let (mut from, mut to) = bench.connect().await.into_split();
        let sent = tokio::spawn(async move {
            // The refusal may come, and the connection end, before all is sent.
            let _ = to.write_all(head.as_bytes()).await;
            to
        });
        let mut said = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(4), from.read_to_end(&mut said)).await;
        assert!(read.is_ok(), "{what}: the connection was kept");
        drop(sent);
        let said = String::from_utf8(said).unwrap();
        let (head, body) = said.split_once("\r\n\r\n").expect(what);
        assert!(head.starts_with("HTTP/1.1 431"), "{what}: {head}");
        assert!(
            head.contains("content-type: application/json"),
            "{what}: {head}"
        );
        let length = format!("content-length: {}", body.len());
        assert!(head.contains(&length), "{what}: {head}");
        assert_refusal_of_a_head(body);
        assert!(bench.hits(Limit::Headers).await, "{what}");
        assert!(bench.is_served().await, "{what}");
        bench.stop().await;
    }
}

#[tokio::test]
async fn requests_without_one_host_or_with_unknown_codings_are_refused() {
    let bench = serving(small_heads()).await;
    for (fields, status) in [
        ("", "400"),
        ("host: a\r\nhost: a\r\n", "400"),
        ("host: a@b\r\n", "400"),
        ("host: a\r\ntransfer-encoding: gzip, chunked\r\n", "501"),
    ] {
        let head = format!("GET /healthz HTTP/1.1\r\n{fields}\r\n");
        let mut stream = bench.sends(head.as_bytes()).await;
        answer_with(&mut stream, &format!("HTTP/1.1 {status}")).await;
    }
    assert!(bench.is_served().await);
    bench.stop().await;
}

/// Makes the frames of a request over HTTP/2 with one field of this length.
fn large_request(stream: u32, length: usize) -> Vec<u8> {
    let mut block = [FIELDS, b"\0\x01a\x7f"].concat();
    // An integer of RFC 7541, section 5.1, with a prefix of seven bits.
    let mut rest = length - 127;
    while rest >= 128 {
        block.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    block.push(u8::try_from(rest).unwrap());
    block.resize(block.len() + length, b'b');
    let mut frames = Vec::new();
    let parts = block.chunks(16 << 10);
    let last = parts.len() - 1;
    for (number, part) in parts.enumerate() {
        let (kind, start) = if number == 0 { (1, 1) } else { (9, 0) };
        let end = if number == last { 4 } else { 0 };
        frames.extend(frame(kind, start | end, stream, part));
    }
    frames
}

#[tokio::test]
async fn heads_beyond_the_limits_are_refused_over_http2() {
    let bench = serving(small_heads()).await;
    let mut stream = bench
        .sends(&[HELLO, &large_request(1, 20 << 10)].concat())
        .await;
    let said = answer_with(&mut stream, "}}").await;
    let (start, _) = said.split_once("{\"error").expect("a body");
    assert_refusal_of_a_head(said[start.len()..].trim_end_matches(|it| it != '}'));
    assert!(bench.hits(Limit::Headers).await);
    // hyper itself answers one that is much larger, without a body.
    stream.write_all(&large_request(3, 40 << 10)).await.unwrap();
    let refused = answer(&mut stream).await;
    assert!((1..200).contains(&refused.len()), "{refused:?}");
    // The connection goes on: the next request comes as far as its host.
    stream.write_all(&frame(1, 5, 5, FIELDS)).await.unwrap();
    answer_with(&mut stream, "requests for the host `a`").await;
    drop(stream);
    assert!(bench.is_served().await);
    bench.stop().await;
}
