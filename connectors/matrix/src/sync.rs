//! The rooms of the account, in one request.

use plugwright_sdk::{ActionContext, Result, Value, json};

use crate::model::{Invite, Room};

/// Asks for the state of the account's rooms, or of one of them, without messages.
pub(crate) async fn state(cx: &ActionContext, room: Option<&str>) -> Result<Value> {
    let nothing = json!({ "not_types": ["*"] });
    // Servers give the same answer to the same question for minutes, so each call asks another one.
    let call = format!("@{}:call.invalid", cx.run_id());
    let mut filter = json!({
        "presence": nothing,
        "account_data": nothing,
        "room": {
            "timeline": { "not_types": ["*"], "not_senders": [call], "limit": 1 },
            "account_data": nothing,
            "ephemeral": nothing,
            "state": {
                "lazy_load_members": true,
                "types": [
                    "m.room.create", "m.room.name", "m.room.topic", "m.room.canonical_alias",
                    "m.room.join_rules", "m.room.encryption",
                ],
            },
        },
    });
    if let Some(room) = room {
        filter["room"]["rooms"] = json!([room]);
    }
    cx.get("/client/v3/sync")
        .query("filter", filter.to_string())
        .query("timeout", 0_u8)
        .fetch()
        .await
}

/// Reads the rooms that the account has joined.
pub(crate) fn rooms(answer: &Value) -> Vec<Room> {
    let joined = answer.pointer("/rooms/join").and_then(Value::as_object);
    let rooms = joined.into_iter().flatten().map(|(room_id, room)| {
        let event = |kind: &str| event(&room["state"], kind);
        let text = |kind, member: &str| own(event(kind)?, member);
        let count = |pointer| room.pointer(pointer).and_then(Value::as_u64);
        Room {
            room_id: room_id.clone(),
            name: text("m.room.name", "name"),
            topic: text("m.room.topic", "topic"),
            alias: text("m.room.canonical_alias", "alias"),
            join_rule: text("m.room.join_rules", "join_rule"),
            is_encrypted: event("m.room.encryption").is_some(),
            members: count("/summary/m.joined_member_count"),
            invited: count("/summary/m.invited_member_count"),
            unread: count("/unread_notifications/notification_count"),
            created_at: event("m.room.create").and_then(|it| it["origin_server_ts"].as_u64()),
        }
    });
    rooms.collect()
}

/// Reads the rooms that the account is invited to.
pub(crate) fn invites(answer: &Value) -> Vec<Invite> {
    let rooms = answer.pointer("/rooms/invite").and_then(Value::as_object);
    let invites = rooms.into_iter().flatten().map(|(room_id, room)| {
        let state = &room["invite_state"];
        let events = state["events"].as_array().into_iter().flatten();
        let mut invitations = events.filter(|event| event["content"]["membership"] == "invite");
        Invite {
            room_id: room_id.clone(),
            name: event(state, "m.room.name").and_then(|it| own(it, "name")),
            invited_by: invitations
                .next()
                .and_then(|it| it["sender"].as_str())
                .map(str::to_owned),
        }
    });
    invites.collect()
}

fn event<'a>(state: &'a Value, kind: &str) -> Option<&'a Value> {
    let mut events = state["events"].as_array()?.iter();
    events.find(|event| event["type"] == kind)
}

fn own(event: &Value, member: &str) -> Option<String> {
    let value = event["content"][member].as_str();
    value.filter(|text| !text.is_empty()).map(str::to_owned)
}
