//! Sending emails.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action};

use crate::compose::{Composition, Mailbox, Subject};
use crate::lost::{MOST_EMAILS, find_by_call};
use crate::mime::Outgoing;
use crate::model::{EmailId, EmailRef, Profile, Size, pages};
use crate::reply::Original;

/// Sends an email as the account.
///
/// Give a text, HTML or both, and files if there are any. Gmail adds the sender and the date, but no
/// signature. Returns the ids of the email and its thread.
#[action(
    "emails.send",
    write,
    scopes = ["https://www.googleapis.com/auth/gmail.send"],
    reconcile(key = find_sent())
)]
pub async fn send(
    cx: &ActionContext,
    /// Whom it is to.
    #[param(length(1..))]
    to: Vec<Mailbox>,
    subject: Subject,
    #[param(flatten)] composition: Composition,
) -> Result<EmailRef> {
    let email = Outgoing::new(cx, &to, Some(&subject), &composition, None).await?;
    email
        .send(cx.post("/messages/send"), |message| message)
        .await
}

/// Replies to an email, in its thread.
///
/// The reply goes to the author, or to all that the email went to, with the subject of the email. Its
/// text is not quoted. Returns the ids of the reply and its thread.
#[action(
    "emails.reply",
    write,
    title = "Reply to an email",
    scopes = ["https://www.googleapis.com/auth/gmail.send", "https://www.googleapis.com/auth/gmail.readonly"],
    reconcile(key = find_sent())
)]
pub async fn reply(
    cx: &ActionContext,
    email_id: EmailId,
    /// Whether all recipients of the email get a copy.
    #[param(default = false)]
    reply_all: bool,
    #[param(flatten)] composition: Composition,
) -> Result<EmailRef> {
    let original = Original::fetch(cx, &email_id).await?;
    let mut composition = composition;
    if reply_all {
        let profile: Profile = cx.get("/profile").fetch().await?;
        let mut cc = original.others(&profile.email);
        cc.extend(composition.cc.take().into_iter().flatten());
        composition.cc = Some(cc);
    }
    let to = original.recipients();
    let subject = original.subject();
    let email = Outgoing::new(cx, &to, Some(&subject), &composition, Some(&original)).await?;
    email
        .send(cx.post("/messages/send"), |message| message)
        .await
}

async fn find_sent(cx: &ActionContext, lost: &Lost) -> Result<Outcome<EmailRef>> {
    let newest: Page<EmailRef> = cx
        .get("/messages")
        .query("labelIds", "SENT")
        .query("maxResults", Size(MOST_EMAILS))
        .pages(pages("/messages"), 1)
        .await?;
    find_by_call(cx, lost, newest.items, |email| Some(&email.id)).await
}
