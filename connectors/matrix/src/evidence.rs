//! What a server tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value, json};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let done = inquiry.applied.last();
    match inquiry.path()[..] {
        [.., "directory", "room", _] if inquiry.action == "aliases.create" => {
            Some(match done.and_then(|write| write.json()) {
                Some(alias) => (200, json!({ "room_id": alias["room_id"], "servers": [] })),
                None => (
                    404,
                    json!({ "errcode": "M_NOT_FOUND", "error": "no such alias" }),
                ),
            })
        }
        [.., "state", "m.room.member", _] => {
            let is = match (done, inquiry.action) {
                (Some(_), _) => "leave",
                (None, "members.unban") => "ban",
                (None, _) => "join",
            };
            Some((200, json!({ "membership": is })))
        }
        [.., "messages"] => {
            let events = inquiry.applied.iter().rev();
            let events = events.filter(|write| write.answer["event_id"].is_string());
            let events = events.map(|write| {
                json!({
                    "event_id": write.answer["event_id"],
                    "unsigned": { "transaction_id": write.last_of_path() },
                })
            });
            Some((200, json!({ "chunk": events.collect::<Vec<_>>() })))
        }
        _ => None,
    }
}
