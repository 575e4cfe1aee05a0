//! Answers of a server: one message, or a stream of events with one each.

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _};
use http::header::CONTENT_TYPE;
use plugwright_sdk::reading::json;
use plugwright_sdk::transport::{Response, TransportError};
use serde_json::Value;
use sse_stream::{Sse, SseStream};

use crate::message::{LONGEST_MESSAGE, unreadable};

pub(super) enum Reply {
    Response(Value),
    Request { id: Value, method: String },
    Notification(String),
}

pub(super) enum Messages {
    One(Option<Response>),
    Stream(BoxStream<'static, Result<String, TransportError>>),
}

impl Messages {
    pub(super) fn of(response: Response) -> Self {
        let kind = response.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("text/event-stream") {
            return Self::One(Some(response));
        }
        let mut length = 0;
        // Bounded as a whole, so that an event is.
        let bytes = response
            .body
            .map(move |piece| -> Result<Bytes, TransportError> {
                let piece = piece?;
                length += piece.len();
                if length > LONGEST_MESSAGE {
                    return Err(TransportError::TooLarge {
                        cap: LONGEST_MESSAGE,
                    });
                }
                Ok(piece)
            });
        let events = SseStream::from_bytes_stream(bytes).filter_map(|event| async move {
            match event {
                Ok(event) if !is_message(&event) => None,
                Ok(event) => event.data.filter(|data| !data.is_empty()).map(Ok),
                Err(error) => Some(Err(lost(error))),
            }
        });
        Self::Stream(events.boxed())
    }

    pub(super) async fn next(&mut self) -> Result<Reply, TransportError> {
        match self {
            Self::One(response) => {
                let response = response.take().ok_or_else(none)?;
                let body = response.read(LONGEST_MESSAGE).await?;
                reply(&body)
            }
            Self::Stream(events) => {
                let event = events.next().await.ok_or_else(none)??;
                reply(event.as_bytes())
            }
        }
    }
}

fn is_message(event: &Sse) -> bool {
    let name = event.event.as_deref().unwrap_or_default();
    matches!(name, "" | "message")
}

fn none() -> TransportError {
    TransportError::Interrupted("the MCP server closed the stream without a response".into())
}

fn lost(error: sse_stream::Error) -> TransportError {
    match error {
        sse_stream::Error::Body(error) => match error.downcast::<TransportError>() {
            Ok(error) => *error,
            Err(error) => TransportError::Interrupted(error),
        },
        error => unreadable(format!("it is not a stream of events: {error}")),
    }
}

fn reply(message: &[u8]) -> Result<Reply, TransportError> {
    let mut message: Value = json::read(message, None).map_err(|_| unreadable("it is not JSON"))?;
    if !message.is_object() {
        return Err(unreadable("it is not a message of JSON-RPC"));
    }
    let method = message["method"].as_str().map(str::to_owned);
    let id = message.get("id").is_some_and(|id| !id.is_null());
    Ok(match (method, id) {
        (None, _) => Reply::Response(message),
        (Some(method), true) => Reply::Request {
            id: message["id"].take(),
            method,
        },
        (Some(method), false) => Reply::Notification(method),
    })
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::http::HeaderMap;
    use serde_json::json;

    use super::*;

    async fn response(kind: &'static str, body: &'static str) -> Result<Value, TransportError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        let mut messages = Messages::of(Response::new(200, headers, body));
        match messages.next().await? {
            Reply::Response(message) => Ok(message),
            Reply::Request { method, .. } | Reply::Notification(method) => panic!("{method}"),
        }
    }

    #[tokio::test]
    async fn messages_are_read_as_json_of_providers_is() {
        let bodies = [
            "\u{feff}{\"result\":{\"text\":\"a\"}}",
            r#"{"result":{"text":"a"},"odd":NaN}"#,
            r#"{"result":{"text":"a"},"odd":"\ud800"}"#,
        ];
        for body in bodies {
            let message = response("application/json", body).await.unwrap();
            assert_eq!(message["result"], json!({ "text": "a" }), "{body}");
        }
        let error = response("application/json", "<html>").await.unwrap_err();
        assert!(error.to_string().contains("it is not JSON"), "{error}");
    }

    #[tokio::test]
    async fn events_with_another_name_are_no_messages() {
        let stream = "event: ping\ndata: {}\n\nevent: message\ndata: {\"result\":1}\n\n";
        let message = response("text/event-stream", stream).await.unwrap();
        assert_eq!(message["result"], 1);
        let stream = "event: ping\ndata: {}\n\ndata: {\"result\":1}\n\n";
        let message = response("text/event-stream", stream).await.unwrap();
        assert_eq!(message["result"], 1);
    }
}
