//! Colours.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::Colors;

/// Gets the colours that calendars and events can have, by the ids that other actions take.
///
/// Returns the colours of text and background of each id, for calendars and for events.
#[action(
    read,
    title = "Get the colours",
    scopes = ["https://www.googleapis.com/auth/calendar.readonly"],
    get = "/colors"
)]
pub async fn get(cx: &ActionContext) -> Result<Colors>;
