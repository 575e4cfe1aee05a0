//! Finding emails again whose answer was lost.

use plugwright_sdk::{ActionContext, Lost, Outcome, Result, path};

use crate::model::Message;

/// The header by which an email is known to be of a call. Gmail replaces the `Message-ID` of an email
/// that is sent over the API, and keeps headers that it does not know.
pub(crate) const CALL_HEADER: &str = "X-Plugwright-Call";

/// How many of the newest emails are looked at.
pub(crate) const MOST_EMAILS: u32 = 50;

/// Finds the email of a call among things that have one, newest first.
pub(crate) async fn find_by_call<T>(
    cx: &ActionContext,
    lost: &Lost,
    newest: Vec<T>,
    email_id: impl Fn(&T) -> Option<&str>,
) -> Result<Outcome<T>> {
    let call = plugwright_google::call_id(lost.key());
    let is_all = newest.len() < MOST_EMAILS as usize;
    for candidate in newest {
        let Some(id) = email_id(&candidate) else {
            continue;
        };
        let message: Message = cx
            .get(path!("/messages/{id}"))
            .query("format", "metadata")
            .query("metadataHeaders", CALL_HEADER)
            .fetch()
            .await?;
        if message.header(CALL_HEADER) == Some(call.as_str()) {
            return Ok(Outcome::Done(candidate));
        }
        // Those that follow are older.
        let received_at = message.received_at();
        if received_at.is_some_and(|time| !lost.covers(&time)) {
            return Ok(Outcome::NotDone);
        }
    }
    Ok(if is_all {
        Outcome::NotDone
    } else {
        Outcome::unknown("there are too many newer emails")
    })
}
