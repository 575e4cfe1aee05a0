//! Events.

use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Created, Event, Limit, items};

/// Lists what happened in the account in the last 30 days, the newest first.
///
/// All events, or those of some types or of some time. Returns type, time and the object of each event,
/// page by page.
#[action(
    read,
    scopes = ["read_only"],
    get = "/events",
    page = items(),
    at_most_one(r#type, types)
)]
pub async fn list(
    cx: &ActionContext,
    /// Only events of this type; `*` stands for a part of it.
    #[param(example = "payment_intent.*")]
    r#type: Option<String>,
    /// Only events of one of these types, up to 20.
    #[param(length(1..=20))]
    types: Option<Vec<String>>,
    /// Only events of this time.
    created: Option<Created>,
    /// Whether all webhooks got them (true), or some did not (false).
    delivery_success: Option<bool>,
    /// Events per page.
    limit: Option<Limit>,
) -> Result<Page<Event>>;

/// Gets one event of the last 30 days by its id.
///
/// Returns its type, its time, the object as it was after the event, what changed, and the request that
/// caused it.
#[action(read, scopes = ["read_only"], get = "/events/{event}")]
pub async fn get(
    cx: &ActionContext,
    /// Id of the event.
    event: String,
) -> Result<Event>;
