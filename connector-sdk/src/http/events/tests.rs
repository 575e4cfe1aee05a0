use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::testing::{Canned, block_on};
use crate::transport::{Response, TransportError};
use crate::{ActionContext, ActionError, ConnectorDefinition, ErrorCode, actions};

fn event(name: &str, data: &str) -> ServerEvent {
    ServerEvent {
        event: name.to_owned(),
        data: data.to_owned(),
    }
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<ServerEvent> {
    let mut reader = EventReader::default();
    let mut events: Vec<_> = pieces
        .into_iter()
        .flat_map(|piece| reader.read(piece))
        .collect();
    events.extend(reader.end());
    events
}

#[test]
fn fields_lines_and_comments_are_read_as_the_standard_says() {
    for (text, events) in [
        ("data: a\n\n", vec![event("", "a")]),
        ("data:a\r\ndata: b\r\n\r\n", vec![event("", "a\nb")]),
        (
            "event: x\rdata: {}\r\rdata: 2\r\r",
            vec![event("x", "{}"), event("", "2")],
        ),
        (": note\nid: 7\nretry: 9\ndata: a\n\n", vec![event("", "a")]),
        ("event: x\n\ndata: a\n\n", vec![event("", "a")]),
        (
            "data\n\ndata:  a: b\n\n",
            vec![event("", ""), event("", " a: b")],
        ),
        ("\u{feff}data: a\n\n", vec![event("", "a")]),
        ("data: a\n", vec![event("", "a")]),
        ("data: a", vec![event("", "a")]),
        ("unknown\n\n", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(read([text.as_bytes()]), events, "{text:?}");
    }
    assert_eq!(read([&b"data: \xff\n\n"[..]]), [event("", "\u{fffd}")]);
}

proptest! {
    #[test]
    fn law_events_do_not_depend_on_the_pieces(
        lines in prop::collection::vec("(data|event|id|)(:| |: |)[a-c:é ]{0,3}(\n|\r|\r\n){1,3}", 0..12),
        cuts in prop::collection::vec(0usize..200, 0..8),
    ) {
        let text = lines.concat();
        let bytes = text.as_bytes();
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(read(pieces), read([bytes]));
    }

    #[test]
    fn law_what_is_written_is_read(
        events in prop::collection::vec(("[a-z]{0,4}", prop::collection::vec("[^\r\n]{0,6}", 1..4)), 0..6),
        end in "\n|\r|\r\n",
    ) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (name, lines) in &events {
            let _ = write!(text, "event: {name}{end}");
            for line in lines {
                let _ = write!(text, "data: {line}{end}");
            }
            text.push_str(&end);
            expected.push(event(name, &lines.join("\n")));
        }
        prop_assert_eq!(read([text.as_bytes()]), expected);
    }
}

static WRITER: ConnectorDefinition = ConnectorDefinition::new("writer", "Writer", "1.0.0")
    .base_url("https://api.example.com")
    .actions(actions![]);

type Pieces = Vec<Result<&'static str, &'static str>>;

/// What a stream of these pieces comes to: the joined data until `end`.
fn outcome(status: u16, kind: &'static str, pieces: Pieces) -> Result<String, ActionError> {
    let transport = Canned::new(move |request| {
        assert_eq!(request.headers["accept"], "text/event-stream");
        let pieces = pieces.clone().into_iter().map(|piece| match piece {
            Ok(text) => Ok(Bytes::from_static(text.as_bytes())),
            Err(reason) => Err(TransportError::Interrupted(reason.into())),
        });
        Ok(Response {
            status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, kind.parse().unwrap())]),
            body: futures_util::stream::iter(pieces.collect::<Vec<_>>()).boxed(),
        })
    });
    let cx = ActionContext::builder(&WRITER, Arc::new(transport))
        .response_cap(64)
        .build();
    let mut text = String::new();
    block_on(cx.post("/texts").stream(|event| {
        if event.data == "end" {
            return Ok(Some(std::mem::take(&mut text)));
        }
        text.push_str(event.json::<Value>()?["t"].as_str().unwrap_or_default());
        Ok(None)
    }))
}

const KIND: &str = "Text/Event-Stream; charset=utf-8";

#[test]
fn a_stream_comes_to_one_result() {
    let pieces = vec![
        Ok("data: {\"t\":\"a"),
        Ok("b\"}\n\nda"),
        Ok("ta: {\"t\":\"c\"}\n\ndata: end"),
    ];
    assert_eq!(outcome(200, KIND, pieces).unwrap(), "abc");
    // What comes after the result is not waited for.
    let pieces = vec![Ok("data: end\n\n"), Err("reset by peer")];
    assert_eq!(outcome(200, KIND, pieces).unwrap(), "");
}

#[test]
fn a_stream_that_fails_says_how() {
    let first = "data: {\"t\":\"a\"}\n\n";
    for (status, kind, pieces, code, ambiguous) in [
        (200, KIND, vec![Ok(first)], ErrorCode::UpstreamInvalid, true),
        (200, KIND, vec![], ErrorCode::UpstreamInvalid, true),
        (
            200,
            KIND,
            vec![Ok(first), Err("reset by peer")],
            ErrorCode::UpstreamError,
            true,
        ),
        (
            200,
            KIND,
            vec![Ok("data: {\n\n")],
            ErrorCode::UpstreamInvalid,
            true,
        ),
        (
            200,
            KIND,
            vec![Ok("data: <p>\n\n")],
            ErrorCode::UpstreamInvalid,
            false,
        ),
        (
            200,
            KIND,
            vec![Ok(first); 5],
            ErrorCode::ResponseTooLarge,
            true,
        ),
        (
            200,
            "application/json",
            vec![Ok("{}")],
            ErrorCode::UpstreamInvalid,
            false,
        ),
        (
            429,
            "application/json",
            vec![Ok("{}")],
            ErrorCode::RateLimited,
            false,
        ),
        (401, KIND, vec![Ok(first)], ErrorCode::AuthInvalid, false),
    ] {
        let error = outcome(status, kind, pieces.clone()).unwrap_err();
        let found = (error.code(), error.is_ambiguous());
        assert_eq!(
            found,
            (code, ambiguous),
            "{status} {kind} {pieces:?}: {error}"
        );
    }
}

#[test]
fn a_stream_that_stalls_ends_at_the_deadline() {
    let transport = Canned::new(|_| {
        Ok(Response {
            status: 200,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, KIND.parse().unwrap())]),
            body: futures_util::stream::once(async { Ok(Bytes::from_static(b"data: 1\n\n")) })
                .chain(futures_util::stream::pending())
                .boxed(),
        })
    });
    let error = block_on(async {
        let cx = ActionContext::builder(&WRITER, Arc::new(transport))
            .deadline(Instant::now() + Duration::from_secs(5))
            .build();
        cx.get("/texts")
            .stream(|_| Ok(None::<()>))
            .await
            .unwrap_err()
    });
    assert_eq!(error.code(), ErrorCode::UpstreamTimeout);
    assert_eq!(json!(error.code()), "UPSTREAM_TIMEOUT");
}
