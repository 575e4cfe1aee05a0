//! What providers really send is read; what callers send is taken by the letter.

use plugwright_sdk::{Value, json};
use plugwright_tests::raw::exchange;

use super::world::{World, answer, json_answer, setup};

const JSON: &str = "200 OK\r\ncontent-type: application/json";

/// Calls an action of a provider with one answer.
async fn told(action: &str, reply: Vec<u8>) -> plugwright_tests::gateway::Reply {
    let world = World::with(setup(), move |_| reply.clone()).await;
    world.call(action, json!({})).await
}

#[tokio::test]
async fn json_is_read_as_it_really_comes() {
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let cases: Vec<(&str, String, Vec<u8>, u64, &str)> = vec![
        (
            "a byte order mark",
            JSON.to_owned(),
            b"\xef\xbb\xbf{\"count\":7,\"name\":\"x\"}".to_vec(),
            7,
            "x",
        ),
        (
            "1.0",
            JSON.to_owned(),
            br#"{"count":7.0,"name":"x"}"#.to_vec(),
            7,
            "x",
        ),
        (
            "1e3",
            JSON.to_owned(),
            br#"{"count":1e3,"name":"x"}"#.to_vec(),
            1000,
            "x",
        ),
        (
            "Latin-1",
            format!("{JSON}; charset=iso-8859-1"),
            b"{\"count\":7,\"name\":\"caf\xe9\"}".to_vec(),
            7,
            "caf\u{e9}",
        ),
        (
            "a quoted charset",
            format!("{JSON};charset=\"ISO-8859-1\""),
            b"{\"count\":7,\"name\":\"caf\xe9\"}".to_vec(),
            7,
            "caf\u{e9}",
        ),
        (
            "UTF-16",
            format!("{JSON}; charset=utf-16le"),
            utf16(r#"{"count":7,"name":"é"}"#),
            7,
            "\u{e9}",
        ),
        (
            "a lone surrogate",
            JSON.to_owned(),
            br#"{"count":7,"name":"a\ud800b"}"#.to_vec(),
            7,
            "a\u{fffd}b",
        ),
        (
            "a lone low surrogate",
            JSON.to_owned(),
            br#"{"count":7,"name":"\udc00"}"#.to_vec(),
            7,
            "\u{fffd}",
        ),
        (
            "a pair",
            JSON.to_owned(),
            br#"{"count":7,"name":"\ud83d\ude00"}"#.to_vec(),
            7,
            "\u{1f600}",
        ),
        (
            "an unknown charset",
            format!("{JSON}; charset=x-nobody"),
            br#"{"count":7,"name":"x"}"#.to_vec(),
            7,
            "x",
        ),
    ];
    for (what, head, body, count, name) in cases {
        let reply = told("odd.amounts.get", answer(&head, &body)).await;
        assert_eq!(reply.status, 200, "{what}: {reply:?}");
        assert_eq!(
            reply.body["data"],
            json!({ "count": count, "name": name }),
            "{what}"
        );
        let reply = told("odd.anything.get", answer(&head, &body)).await;
        assert_eq!(reply.body["data"]["name"], name, "{what}: {reply:?}");
    }
    for body in [
        r#"{"count":7.5}"#,
        r#"{"count":-1}"#,
        r#"{"count":"7"}"#,
        "{\"count\":7",
    ] {
        let reply = told("odd.amounts.get", json_answer(body)).await;
        assert_eq!(reply.status, 502, "{body}: {reply:?}");
    }
}

/// Calls the first page and the second; returns the path that the second came from.
async fn followed(link: &[u8]) -> Option<String> {
    let link = link.to_vec();
    let world = World::with(setup(), move |request| {
        let host = request.headers.iter().find(|(name, _)| name == "host");
        let host = host.map_or("", |(_, value)| value.as_str());
        let text = String::from_utf8_lossy(&link).contains("HOST");
        let mut head =
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n".to_vec();
        if request.target == "/pages" {
            if text {
                let link = String::from_utf8_lossy(&link).replace("HOST", host);
                head.extend_from_slice(link.as_bytes());
            } else {
                head.extend_from_slice(&link);
            }
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n[1]");
        head
    })
    .await;
    let first = world.call("odd.pages.list", json!({})).await.ok();
    let cursor = first["meta"]["cursor"].as_str()?.to_owned();
    let body = json!({ "input": {}, "options": { "cursor": cursor } });
    world.call_with("odd.pages.list", body).await.ok();
    let received = world.provider.received();
    Some(received.last().expect("a request").target.clone())
}

#[tokio::test]
async fn links_are_read_by_their_standard() {
    let next = Some("/pages?page=2".to_owned());
    let cases: [(&str, &[u8]); 13] = [
        ("as usual", b"link: </pages?page=2>; rel=\"next\""),
        ("a byte that is no ASCII", b"link: </pages?page=2>; rel=\"next\"; title=\"caf\xe9\""),
        ("a byte before", b"link: </pages?page=9>; rel=\"prev\"; title=\"\xc3\xa9\", </pages?page=2>; rel=\"next\""),
        ("a comma in quotes", b"link: </pages?page=9>; title=\"a, <b>; rel=next\"; rel=\"prev\", </pages?page=2>; rel=next"),
        ("a semicolon in quotes", b"link: </pages?page=2>; title=\"a; rel=prev\"; rel=\"next\""),
        ("an escaped quote", b"link: </pages?page=2>; title=\"a \\\", \\\"b\"; rel=next"),
        ("two relations", b"link: </pages?page=2>; rel=\"last next\""),
        ("capitals", b"Link: </pages?page=2>; REL=NEXT"),
        ("no space", b"link: </pages?page=2>;rel=next"),
        ("a relation twice", b"link: </pages?page=2>; rel=next; rel=prev"),
        ("two headers", b"link: </pages?page=9>; rel=prev\r\nlink: </pages?page=2>; rel=next"),
        ("a whole address", b"link: <http://HOST/pages?page=2>; rel=next"),
        ("the other scheme", b"link: <https://HOST/pages?page=2>; rel=next"),
    ];
    for (what, link) in cases {
        assert_eq!(followed(link).await, next, "{what}");
    }
    for (what, link) in [
        (
            "an anchor elsewhere",
            &b"link: </pages?page=2>; rel=next; anchor=\"/others\""[..],
        ),
        (
            "another relation",
            b"link: </pages?page=2>; rel=\"nextish\"",
        ),
        ("a title", b"link: </pages?page=2>; title=\"rel=next\""),
    ] {
        assert_eq!(followed(link).await, None, "{what}");
    }
}

#[tokio::test]
async fn names_of_files_are_read_by_their_standard() {
    let cases: [(&str, &[u8], &str); 10] = [
        ("a token", b"attachment; filename=report.pdf", "report.pdf"),
        (
            "quotes",
            b"attachment; filename=\"a report.pdf\"",
            "a report.pdf",
        ),
        (
            "a semicolon",
            b"attachment; filename=\"a;b.pdf\"; size=3",
            "a;b.pdf",
        ),
        (
            "an escape",
            b"attachment; filename=\"a \\\"b\\\".pdf\"",
            "a \"b\".pdf",
        ),
        (
            "an extended name",
            b"attachment; filename*=UTF-8''na%C3%AFve.pdf",
            "na\u{ef}ve.pdf",
        ),
        (
            "both",
            b"attachment; filename=\"naive.pdf\"; filename*=UTF-8'en'na%C3%AFve.pdf",
            "na\u{ef}ve.pdf",
        ),
        (
            "an extended name in Latin-1",
            b"attachment; filename*=ISO-8859-1''na%EFve.pdf",
            "na\u{ef}ve.pdf",
        ),
        (
            "raw UTF-8",
            b"attachment; filename=\"na\xc3\xafve.pdf\"",
            "na\u{ef}ve.pdf",
        ),
        (
            "raw Latin-1",
            b"attachment; filename=\"na\xefve.pdf\"",
            "na\u{ef}ve.pdf",
        ),
        ("capitals", b"ATTACHMENT; FileName=\"A.pdf\"", "A.pdf"),
    ];
    for (what, disposition, name) in cases {
        let head = [
            b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 3\r\ncontent-disposition: ",
            disposition,
            b"\r\n\r\npdf",
        ];
        let reply = told("odd.files.get", head.concat()).await;
        assert_eq!(reply.body["data"]["name"], name, "{what}: {reply:?}");
    }
    for disposition in [
        "attachment; filename=\"../../etc/passwd\"",
        "attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd",
    ] {
        let head =
            format!("200 OK\r\ncontent-type: text/plain\r\ncontent-disposition: {disposition}");
        let reply = told("odd.files.get", answer(&head, b"x")).await;
        let name = reply.body["data"]["name"].as_str().unwrap_or_default();
        assert!(!name.contains('/') && !name.contains(".."), "{name}");
    }
}

async fn run(world: &World, input: &Value) -> Value {
    let arguments = json!({ "action": "odd.shapes.check", "input": input });
    let call = world.tool("run_action", &arguments.to_string());
    let reply = exchange(world.address(), &call).await.expect("an answer");
    reply.text().parse::<Value>().expect("JSON")["result"].clone()
}

#[tokio::test]
async fn texts_of_agents_are_read_where_one_reading_is_left() {
    let world = World::new().await;
    let input = json!({ "count": "5", "open": "true", "tags": "[\"a\",\"b\"]", "title": "5" });
    let result = run(&world, &input).await;
    assert_ne!(result["isError"], true, "{result}");
    let data = result["structuredContent"].to_string();
    let expected = json!({ "count": 5, "open": true, "tags": ["a", "b"], "title": "5" });
    assert!(data.contains(&expected.to_string()), "{data}");
    let said = result["_meta"].to_string();
    for name in ["count", "open", "tags"] {
        assert!(said.contains(name), "{said}");
    }
    assert!(!said.contains("title"), "{said}");
    // Nothing was read, nothing is said.
    let plain = run(&world, &json!({ "count": 5 })).await;
    assert!(!plain["_meta"].to_string().contains("count"), "{plain}");
    for input in [
        json!({ "count": "five" }),
        json!({ "count": "5.5" }),
        json!({ "count": "" }),
        json!({ "open": "yes" }),
        json!({ "tags": "[1" }),
        json!({ "count": "-1" }),
    ] {
        let refused = run(&world, &input).await;
        assert_eq!(refused["isError"], true, "{input}: {refused}");
    }
    // By the letter elsewhere.
    for input in [
        json!({ "count": "5" }),
        json!({ "open": "true" }),
        json!({ "tags": "[]" }),
    ] {
        let reply = world.call("odd.shapes.check", input.clone()).await;
        assert_eq!(reply.status, 400, "{input}: {reply:?}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_input_alone() {
    let world = World::with(setup(), |request| {
        let link = if request.target.contains("page=2") {
            ""
        } else {
            "\r\nlink: </pages?page=2>; rel=next"
        };
        answer(&format!("{JSON}{link}"), b"[1]")
    })
    .await;
    let action = "odd.pages.list";
    let page = async |input: Value, cursor: &str| {
        let body = json!({ "input": input, "options": { "cursor": cursor } });
        world.call_with(action, body).await
    };
    let first = world.call(action, json!({ "color": "red" })).await.ok();
    let cursor = first["meta"]["cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let before = world.provider.received().len();
    for input in [
        json!({ "color": "blue" }),
        json!({}),
        json!({ "color": "Red" }),
    ] {
        let refused = page(input.clone(), &cursor).await;
        assert_eq!(refused.status, 400, "{input}: {refused:?}");
        assert!(refused.body.to_string().contains("cursor"), "{refused:?}");
    }
    for wrong in ["x", "1.AAAA", "", &cursor[1..], &format!("{cursor}A")] {
        let refused = page(json!({ "color": "red" }), wrong).await;
        assert_eq!(refused.status, 400, "{wrong}: {refused:?}");
    }
    assert_eq!(world.provider.received().len(), before);
    page(json!({ "color": "red" }), &cursor).await.ok();
}

#[tokio::test]
async fn the_sentence_of_an_error_becomes_its_detail() {
    let cases = [
        ("application/json", r#"{"message":"the shelf is full"}"#),
        ("application/json", r#"{"error":"the shelf is full"}"#),
        (
            "application/json",
            r#"{"error":{"message":"the shelf is full"}}"#,
        ),
        (
            "application/json",
            r#"{"error":"invalid_grant","error_description":"the shelf is full"}"#,
        ),
        (
            "application/json",
            r#"{"errors":[{"message":"the shelf is full"}]}"#,
        ),
        ("application/json", r#"{"errors":["the shelf is full"]}"#),
        (
            "application/json",
            r#"{"errors":{"shelf":["the shelf is full"]}}"#,
        ),
        (
            "application/json",
            r#"{"errors":{"shelf":"the shelf is full"}}"#,
        ),
        ("application/json", r#"{"detail":"the shelf is full"}"#),
        (
            "application/json",
            r#"{"fault":{"faultstring":"the shelf is full"}}"#,
        ),
        (
            "application/json",
            r#"{"error_message":"the shelf is full"}"#,
        ),
        (
            "application/json",
            "\u{feff}{\"message\":\"the shelf is full\"}",
        ),
        (
            "application/problem+json",
            r#"{"type":"about:blank","title":"Full","status":422,"detail":"the shelf is full"}"#,
        ),
        (
            "application/problem+json",
            r#"{"title":"the shelf is full"}"#,
        ),
        ("text/plain", "the shelf is full"),
        (
            "text/html",
            "<html><head><title>the shelf is full</title></head><body><p>x</p></body></html>",
        ),
        (
            "text/html; charset=utf-8",
            "<!doctype html><TITLE>the shelf\n is full</TITLE>",
        ),
    ];
    for (kind, body) in cases {
        let head = format!("422 Unprocessable Content\r\ncontent-type: {kind}");
        let reply = told("odd.anything.get", answer(&head, body.as_bytes())).await;
        assert!((400..500).contains(&reply.status), "{body}: {reply:?}");
        let said = reply.body.to_string();
        assert!(said.contains("the shelf is full"), "{body}: {said}");
        // The sentence and not the whole.
        assert!(
            !said.contains("about:blank") && !said.contains("faultstring") && !said.contains("<p>"),
            "{body}: {said}"
        );
    }
}

#[tokio::test]
async fn endless_sentences_of_errors_are_cut() {
    for body in [
        json!({ "message": "x".repeat(1_000_000) }).to_string(),
        json!({ "errors": vec!["the shelf is full"; 50_000] }).to_string(),
        format!("<title>{}", "<".repeat(1_000_000)),
    ] {
        let head = "422 Unprocessable Content\r\ncontent-type: application/json";
        let reply = told("odd.anything.get", answer(head, body.as_bytes())).await;
        let length = reply.body.to_string().len();
        assert!(length < 16 << 10, "{length}");
        assert!((400..500).contains(&reply.status), "{}", reply.status);
    }
}
