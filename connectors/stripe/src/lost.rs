//! Writes whose answer was lost: Stripe keeps the key of a write with the event that it caused.

use plugwright_sdk::http::Path;
use plugwright_sdk::serde::de::DeserializeOwned;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, Value, json};

use crate::model::{Event, Limit, items};

/// How many pages of events are looked through.
const MOST_PAGES: usize = 10;

/// Finds an event of a type that a write caused; `payment_intent.*` stands for several types.
pub(crate) async fn event(cx: &ActionContext, lost: &Lost, kind: &str) -> Result<Outcome<Event>> {
    let events: Page<Event> = cx
        .get("/events")
        .query("type", kind)
        .query("created", json!({ "gte": lost.since_unix() }))
        .query("limit", Limit(100))
        .pages(items(), MOST_PAGES)
        .await?;
    let goes_on = events.cursor.is_some();
    let has_key = |event: &Event| {
        let request = event.request.as_ref();
        request.and_then(|request| request.idempotency_key.as_deref()) == Some(lost.key())
    };
    Ok(match events.items.into_iter().find(has_key) {
        Some(event) => Outcome::Done(event),
        None if goes_on => Outcome::unknown("there are too many events to look through"),
        None => Outcome::NotDone,
    })
}

/// Finds what a write made, by the event that it caused.
pub(crate) async fn made<T: DeserializeOwned + 'static>(
    cx: &ActionContext,
    lost: &Lost,
    kind: &str,
    path: impl Fn(&str) -> Path,
) -> Result<Outcome<T>> {
    Ok(match event(cx, lost, kind).await? {
        Outcome::Done(event) => match event.data.object.get("id").and_then(Value::as_str) {
            // An event has the form of the account's own version of the API.
            Some(id) => Outcome::Done(cx.get(path(id)).fetch().await?),
            None => Outcome::unknown("the event of the write names no object"),
        },
        Outcome::NotDone => Outcome::NotDone,
        Outcome::Unknown(reason) => Outcome::Unknown(reason),
    })
}
