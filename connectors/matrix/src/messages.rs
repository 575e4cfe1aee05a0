//! Messages in rooms and their threads.

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{
    ActionContext, FileInput, Lost, Outcome, Page, Result, Value, action, json, params, path,
};

use crate::event::{MESSAGES, content};
use crate::files;
use crate::lost::{find_sent, transaction};
use crate::model::{Done, EventId, Limit, Message, RoomId, SentEvent, StoredFile};

/// Lists go on where the last page ended.
fn pages(next: &'static str) -> impl Pagination {
    CursorField::new("from", next).items("/chunk")
}

fn read(events: Page<Value>) -> Page<Message> {
    events.map(|event| Message::read(&event))
}

/// Lists the messages of a room, newest first.
///
/// Those of encrypted rooms can't be read. Returns text, author, time and thread of each message, page by page.
#[action(read)]
pub async fn list(cx: &ActionContext, room_id: RoomId, limit: Limit) -> Result<Page<Message>> {
    let events = cx
        .get(path!("/client/v3/rooms/{room_id}/messages"))
        .query_params(params![dir = "b", limit, filter = MESSAGES])
        .page(pages("/end"))
        .await?;
    Ok(read(events))
}

/// Lists the messages of a thread, newest first, without the one that it began with.
///
/// Returns text, author and time of each message, page by page.
#[action(read, title = "List messages of a thread")]
pub async fn list_thread(
    cx: &ActionContext,
    room_id: RoomId,
    /// Id of the message that the thread began with.
    thread_id: EventId,
    limit: Limit,
) -> Result<Page<Message>> {
    let events = cx
        .get(path!(
            "/client/v1/rooms/{room_id}/relations/{thread_id}/m.thread/m.room.message"
        ))
        .query("limit", limit)
        .page(pages("/next_batch"))
        .await?;
    Ok(read(events))
}

/// Gets one message of a room by its id.
///
/// Returns its text as it is now, author, time, thread, and the message that it replies to.
#[action(read)]
pub async fn get(cx: &ActionContext, room_id: RoomId, event_id: EventId) -> Result<Message> {
    let event: Value = cx
        .get(path!("/client/v3/rooms/{room_id}/event/{event_id}"))
        .fetch()
        .await?;
    Ok(Message::read(&event))
}

/// Searches the messages of the account's rooms for words, newest first.
///
/// Encrypted rooms are left out. Returns text, room, author and time of each message, page by page.
#[action(read)]
pub async fn search(
    cx: &ActionContext,
    /// Words that a message must have.
    #[param(length(1..), example = "lamp")]
    query: String,
    /// Only messages of this room.
    room_id: Option<RoomId>,
    limit: Limit,
) -> Result<Page<Message>> {
    let rooms = room_id.map(|RoomId(id)| [id]);
    let mut filter = json!({ "limit": limit.0 });
    if let Some(rooms) = rooms {
        filter["rooms"] = json!(rooms);
    }
    let found: Page<Value> = cx
        .post("/client/v3/search")
        .json(&json!({ "search_categories": { "room_events": {
            "search_term": query,
            "keys": ["content.body"],
            "order_by": "recent",
            "filter": filter,
        } } }))
        .page(
            CursorField::new("next_batch", "/search_categories/room_events/next_batch")
                .items("/search_categories/room_events/results"),
        )
        .await?;
    Ok(found.map(|found| Message::read(&found["result"])))
}

/// Sends a text to a room, or to a thread in it.
///
/// In encrypted rooms it is not encrypted. Returns the id of the message.
#[action(write, reconcile(key = find_message(room_id)))]
pub async fn send(
    cx: &ActionContext,
    room_id: RoomId,
    /// The text, as programs show it that know no formats.
    #[param(length(1..=60_000), example = "The lamp is on")]
    text: String,
    /// The text as HTML.
    #[param(length(..=60_000), example = "The <b>lamp</b> is on")]
    html: Option<String>,
    /// Whether it is a notice of a program, to which other programs do not react.
    #[param(default = false)]
    notice: bool,
    /// Id of the message that its thread began with, or is to begin with.
    thread_id: Option<EventId>,
) -> Result<SentEvent> {
    let kind = if notice { "m.notice" } else { "m.text" };
    let mut message = content(&text, html.as_deref(), kind);
    if let Some(EventId(thread)) = thread_id {
        message["m.relates_to"] = json!({ "rel_type": "m.thread", "event_id": thread });
    }
    put(cx, room_id, "message", message).await
}

/// Sends a file to a room.
///
/// In encrypted rooms it is not encrypted. Returns the id of the message.
#[action(write, title = "Send a file to a room", reconcile(key = find_file(room_id)))]
pub async fn send_file(
    cx: &ActionContext,
    room_id: RoomId,
    /// The file.
    file: FileInput,
    /// Its name.
    #[param(length(1..=255), example = "lamp.png")]
    file_name: String,
    /// Its media type, if the file does not tell it.
    #[param(example = "image/png")]
    media_type: Option<String>,
) -> Result<SentEvent> {
    let name = Some(file_name.clone());
    let storing = files::storing(cx, &file, name, media_type.as_deref());
    let stored: StoredFile = storing.unseen().fetch().await?;
    let mut message = content(&file_name, None, "m.file");
    message["url"] = stored.url.into();
    if let Some(media_type) = media_type {
        message["info"] = json!({ "mimetype": media_type });
    }
    put(cx, room_id, "file", message).await
}

/// Replies to a message with a text.
///
/// The reply is in the thread of the message, if that is in one. Returns the id of the reply.
#[action(write, reconcile(key = find_reply(room_id)))]
pub async fn reply(
    cx: &ActionContext,
    room_id: RoomId,
    event_id: EventId,
    /// The text.
    #[param(length(1..=60_000))]
    text: String,
    /// The text as HTML.
    #[param(length(..=60_000))]
    html: Option<String>,
) -> Result<SentEvent> {
    let original = get(cx, room_id.clone(), event_id.clone()).await?;
    let mut message = content(&text, html.as_deref(), "m.text");
    let mut relation = json!({ "m.in_reply_to": { "event_id": event_id.0 } });
    if let Some(thread) = original.thread_id {
        relation["rel_type"] = "m.thread".into();
        relation["event_id"] = thread.into();
    }
    message["m.relates_to"] = relation;
    message["m.mentions"] = json!({ "user_ids": [original.sender] });
    put(cx, room_id, "reply", message).await
}

/// Replaces the text of a message that the account sent.
///
/// Programs show that it was changed. Returns the id of the change; the message keeps its own.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    room_id: RoomId,
    event_id: EventId,
    /// New text.
    #[param(length(1..=30_000))]
    text: String,
    /// New text as HTML.
    #[param(length(..=30_000))]
    html: Option<String>,
) -> Result<SentEvent> {
    let new = content(&text, html.as_deref(), "m.text");
    let mut message = content(&format!("* {text}"), None, "m.text");
    message["m.new_content"] = new;
    message["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": event_id.0 });
    put(cx, room_id, "update", message).await
}

/// Deletes what a message or reaction says; that it was there stays visible.
///
/// It can't be undone. For those of others the account needs the power to do so. Returns the id of the deletion.
#[action(destructive, idempotent)]
pub async fn delete(
    cx: &ActionContext,
    room_id: RoomId,
    event_id: EventId,
    /// Why, as others in the room see it.
    reason: Option<String>,
) -> Result<SentEvent> {
    let id = transaction(cx, "deletion");
    cx.put(path!("/client/v3/rooms/{room_id}/redact/{event_id}/{id}"))
        .field("reason", reason)
        .fetch()
        .await
}

/// Marks a message and all before it as read by the account.
///
/// Others in the room see it. Returns nothing.
#[action(write, idempotent, title = "Mark messages as read")]
pub async fn mark_read(cx: &ActionContext, room_id: RoomId, event_id: EventId) -> Result<Done> {
    cx.post(path!(
        "/client/v3/rooms/{room_id}/receipt/m.read/{event_id}"
    ))
    .json(&json!({}))
    .fetch()
    .await
}

async fn put(cx: &ActionContext, room_id: RoomId, what: &str, content: Value) -> Result<SentEvent> {
    let id = transaction(cx, what);
    cx.put(path!("/client/v3/rooms/{room_id}/send/m.room.message/{id}"))
        .json(&content)
        .fetch()
        .await
}

async fn find_message(
    cx: &ActionContext,
    lost: &Lost,
    room_id: RoomId,
) -> Result<Outcome<SentEvent>> {
    find_sent(cx, lost, room_id, "message").await
}

async fn find_file(cx: &ActionContext, lost: &Lost, room_id: RoomId) -> Result<Outcome<SentEvent>> {
    find_sent(cx, lost, room_id, "file").await
}

async fn find_reply(
    cx: &ActionContext,
    lost: &Lost,
    room_id: RoomId,
) -> Result<Outcome<SentEvent>> {
    find_sent(cx, lost, room_id, "reply").await
}
