//! The automatic reply while the account's owner is away.

use plugwright_sdk::{ActionContext, ActionError, Result, action, params};

use crate::model::{Vacation, milliseconds};

/// Gets the automatic reply to emails that come while the account's owner is away.
///
/// Returns whether it is on, its subject and text, who gets it, and from when to when.
#[action(
    read,
    title = "Get the vacation reply",
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.settings.basic"
    ),
    get = "/settings/vacation"
)]
pub async fn get(cx: &ActionContext) -> Result<Vacation>;

/// Sets the automatic reply to emails that come while the account's owner is away, or switches it off.
///
/// It replaces all that was set before. Without a start it begins at once, and without an end it stays
/// on. Returns what is set now.
#[action(
    write,
    idempotent,
    title = "Set the vacation reply",
    scopes = ["https://www.googleapis.com/auth/gmail.settings.basic"]
)]
pub async fn update(
    cx: &ActionContext,
    /// Whether it is on; that takes a subject or a text.
    enabled: bool,
    /// Subject of the reply.
    #[param(example = "Back on Monday")]
    subject: Option<String>,
    /// Text of the reply.
    text: Option<String>,
    /// The reply as HTML, which is sent in place of the text.
    html: Option<String>,
    /// Whether only contacts of the account get it.
    #[param(provider_default = false)]
    contacts_only: Option<bool>,
    /// Whether only people of the account's organization get it.
    #[param(provider_default = false)]
    domain_only: Option<bool>,
    /// When it starts.
    #[param(format = "date-time")]
    starts_at: Option<String>,
    /// When it ends.
    #[param(format = "date-time")]
    ends_at: Option<String>,
) -> Result<Vacation> {
    let starts_at = time("starts_at", starts_at)?;
    let ends_at = time("ends_at", ends_at)?;
    cx.put("/settings/vacation")
        .fields(params![
            enableAutoReply = enabled,
            responseSubject = subject,
            responseBodyPlainText = text,
            responseBodyHtml = html,
            restrictToContacts = contacts_only,
            restrictToDomain = domain_only,
            startTime = starts_at,
            endTime = ends_at
        ])
        .fetch()
        .await
}

fn time(name: &str, time: Option<String>) -> Result<Option<String>> {
    let Some(time) = time else {
        return Ok(None);
    };
    match milliseconds(&time) {
        Some(milliseconds) => Ok(Some(milliseconds)),
        None => Err(ActionError::invalid_param(
            name,
            "is a time that Gmail can't take",
        )),
    }
}
