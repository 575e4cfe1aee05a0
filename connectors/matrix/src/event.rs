//! Events of rooms, as messages and reactions.

use plugwright_sdk::{Value, json};

use crate::model::{Member, Message, Reaction};

/// The filter for messages alone, in lists of events.
pub(crate) const MESSAGES: &str = r#"{"types":["m.room.message"]}"#;

fn text(event: &Value, pointer: &str) -> Option<String> {
    event.pointer(pointer)?.as_str().map(str::to_owned)
}

impl Message {
    /// Reads an event of the type `m.room.message`.
    pub(crate) fn read(event: &Value) -> Self {
        let relation = |member: &str| text(event, &format!("/content/m.relates_to/{member}"));
        let edit = event.pointer("/unsigned/m.relations/m.replace/content/m.new_content");
        let content = edit.unwrap_or(&event["content"]);
        let is_thread = relation("rel_type").is_some_and(|kind| kind == "m.thread");
        Self {
            event_id: text(event, "/event_id").unwrap_or_default(),
            room_id: text(event, "/room_id"),
            sender: text(event, "/sender").unwrap_or_default(),
            sent_at: event["origin_server_ts"].as_u64().unwrap_or_default(),
            kind: text(content, "/msgtype"),
            text: text(content, "/body"),
            html: text(content, "/formatted_body"),
            file_url: text(content, "/url").or_else(|| text(content, "/file/url")),
            reply_to: relation("m.in_reply_to/event_id"),
            thread_id: relation("event_id").filter(|_| is_thread),
            is_edited: edit.is_some(),
            is_deleted: event.pointer("/unsigned/redacted_because").is_some(),
        }
    }
}

impl Reaction {
    /// Reads an event of the type `m.reaction`; one that was removed has no key any more.
    pub(crate) fn read(event: &Value) -> Option<Self> {
        Some(Self {
            event_id: text(event, "/event_id")?,
            sender: text(event, "/sender")?,
            key: text(event, "/content/m.relates_to/key")?,
        })
    }
}

impl Member {
    /// Reads an event of the type `m.room.member`.
    pub(crate) fn read(event: &Value) -> Self {
        Self {
            user_id: text(event, "/state_key").unwrap_or_default(),
            name: text(event, "/content/displayname"),
            membership: text(event, "/content/membership").unwrap_or_default(),
            reason: text(event, "/content/reason"),
        }
    }
}

/// Writes the content of a text message.
pub(crate) fn content(text: &str, html: Option<&str>, kind: &str) -> Value {
    let mut content = json!({ "msgtype": kind, "body": text });
    if let Some(html) = html {
        content["format"] = "org.matrix.custom.html".into();
        content["formatted_body"] = html.into();
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_message_has_its_new_text() {
        let message = Message::read(&json!({
            "event_id": "$a",
            "sender": "@ada:example.org",
            "origin_server_ts": 1_795_978_727_954_u64,
            "content": { "msgtype": "m.text", "body": "old", "m.relates_to": {
                "rel_type": "m.thread", "event_id": "$b", "m.in_reply_to": { "event_id": "$c" },
            } },
            "unsigned": { "m.relations": { "m.replace": { "content": {
                "body": "* new", "m.new_content": { "msgtype": "m.text", "body": "new" },
            } } } },
        }));
        assert_eq!(
            (message.text.as_deref(), message.is_edited),
            (Some("new"), true)
        );
        let (thread, reply) = (message.thread_id.as_deref(), message.reply_to.as_deref());
        assert_eq!((thread, reply), (Some("$b"), Some("$c")));
    }

    #[test]
    fn a_reply_outside_of_threads_is_in_none() {
        let message = Message::read(&json!({
            "event_id": "$a",
            "content": { "m.relates_to": { "m.in_reply_to": { "event_id": "$c" } } },
            "unsigned": { "redacted_because": {} },
        }));
        assert_eq!((message.thread_id, message.is_deleted), (None, true));
    }
}
