//! What is sent once however often it is sent: events with an id of the transaction.

use plugwright_sdk::{ActionContext, Lost, Outcome, Result, Value, path};
use uuid::Uuid;

use crate::model::{RoomId, SentEvent};

/// The id of what a call sends. Servers do what has the same id once.
pub(crate) fn transaction(cx: &ActionContext, what: &str) -> String {
    id(cx.idempotency_key(), what)
}

fn id(key: &str, what: &str) -> String {
    let call = Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes());
    format!("{}-{what}", call.simple())
}

/// Finds what a lost call sent among the newest events of the room, which have the transaction's id for the
/// device that sent it.
pub(crate) async fn find_sent(
    cx: &ActionContext,
    lost: &Lost,
    room_id: RoomId,
    what: &str,
) -> Result<Outcome<SentEvent>> {
    let id = id(lost.key(), what);
    let answer: Value = cx
        .get(path!("/client/v3/rooms/{room_id}/messages"))
        .query("dir", "b")
        .query("limit", 100_u8)
        .fetch()
        .await?;
    let events = || answer["chunk"].as_array().into_iter().flatten();
    let mine = |event: &&Value| event["unsigned"]["transaction_id"] == id.as_str();
    if let Some(event_id) = events()
        .find(mine)
        .and_then(|event| event["event_id"].as_str())
    {
        let event_id = event_id.to_owned();
        return Ok(Outcome::Done(SentEvent { event_id }));
    }
    let oldest = events()
        .last()
        .and_then(|event| event["origin_server_ts"].as_u64());
    let reaches_back = oldest.is_none_or(|time| time / 1000 < lost.since_unix());
    Ok(if reaches_back || answer["end"].is_null() {
        Outcome::NotDone
    } else {
        Outcome::unknown("more has been sent to the room since then than one page holds")
    })
}
