//! Drafts.

use plugwright_sdk::{
    ActionContext, ErrorCode, Lost, Outcome, Page, Param, Result, action, json, params, path,
};

use crate::compose::{Composition, Mailbox, Subject};
use crate::lost::{MOST_EMAILS, find_by_call};
use crate::mime::Outgoing;
use crate::model::{Draft, DraftMessage, DraftRef, Email, EmailId, EmailRef, Html, Size, pages};
use crate::reply::Original;

/// Id of the draft.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "r-5498372910462837451")]
pub struct DraftId(pub String);

/// Lists the drafts of the account, newest first.
///
/// A query in Gmail's search language narrows them down. Returns the id of each draft and of the email
/// that it is now; `drafts.get` shows what it says.
#[action(
    read,
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.compose"
    )
)]
pub async fn list(
    cx: &ActionContext,
    /// Query in Gmail's search language.
    #[param(length(1..), example = "subject:offer")]
    query: Option<String>,
    /// Drafts per page.
    limit: Option<Size>,
) -> Result<Page<DraftRef>> {
    cx.get("/drafts")
        .query_params(params![q = query, maxResults = limit])
        .page(pages("/drafts"))
        .await
}

/// Gets one draft by its id, with the text of its email.
///
/// Returns the id of the draft, and subject, recipients, text and attachments of the email.
#[action(
    read,
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.compose"
    )
)]
pub async fn get(cx: &ActionContext, draft_id: DraftId) -> Result<Draft> {
    let draft: DraftMessage = cx
        .get(path!("/drafts/{id}", id = draft_id.0))
        .query("format", "full")
        .fetch()
        .await?;
    Ok(Draft {
        id: draft.id,
        email: Email::new(draft.message, Html::LeftOut),
    })
}

/// Writes a draft, which people see in Gmail and can change and send.
///
/// As a reply, it is in the thread of the email, with its subject and author unless others are given.
/// Returns the ids of the draft and of the email that it is now.
#[action(
    write,
    scopes = ["https://www.googleapis.com/auth/gmail.compose"],
    reconcile(key = find_created())
)]
pub async fn create(
    cx: &ActionContext,
    /// Whom it is to.
    to: Option<Vec<Mailbox>>,
    subject: Option<Subject>,
    /// Id of the email that it replies to; reading that needs `gmail.readonly`.
    reply_to_email_id: Option<EmailId>,
    #[param(flatten)] composition: Composition,
) -> Result<DraftRef> {
    let email = written(cx, to, subject, reply_to_email_id, &composition).await?;
    let request = cx.post("/drafts");
    email
        .send(request, |message| json!({ "message": message }))
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<DraftRef>> {
    let newest: Page<DraftRef> = cx
        .get("/drafts")
        .query("maxResults", Size(MOST_EMAILS))
        .pages(pages("/drafts"), 1)
        .await?;
    find_by_call(cx, lost, newest.items, |draft| {
        draft.message.as_ref().map(|email| email.id.as_str())
    })
    .await
}

/// Replaces what a draft says, all of it.
///
/// What is not given is not kept: take it from `drafts.get`. The draft keeps its id, and its email gets
/// a new one. Returns both.
#[action(write, idempotent, scopes = ["https://www.googleapis.com/auth/gmail.compose"])]
pub async fn update(
    cx: &ActionContext,
    draft_id: DraftId,
    /// Whom it is to.
    to: Option<Vec<Mailbox>>,
    subject: Option<Subject>,
    /// Id of the email that it replies to; reading that needs `gmail.readonly`.
    reply_to_email_id: Option<EmailId>,
    #[param(flatten)] composition: Composition,
) -> Result<DraftRef> {
    let email = written(cx, to, subject, reply_to_email_id, &composition).await?;
    let request = cx.put(path!("/drafts/{id}", id = draft_id.0));
    email
        .send(request, |message| json!({ "message": message }))
        .await
}

async fn written(
    cx: &ActionContext,
    to: Option<Vec<Mailbox>>,
    subject: Option<Subject>,
    reply_to_email_id: Option<EmailId>,
    composition: &Composition,
) -> Result<Outgoing> {
    let Some(email_id) = reply_to_email_id else {
        let to = to.unwrap_or_default();
        return Outgoing::new(cx, &to, subject.as_ref(), composition, None).await;
    };
    let original = Original::fetch(cx, &email_id).await?;
    let to = to.unwrap_or_else(|| original.recipients());
    let subject = subject.unwrap_or_else(|| original.subject());
    Outgoing::new(cx, &to, Some(&subject), composition, Some(&original)).await
}

/// Sends a draft to the recipients that it names.
///
/// The draft is gone then, and its email has another id. Returns the ids of the email and its thread.
#[action(
    write,
    scopes = ["https://www.googleapis.com/auth/gmail.compose"],
    reconcile(natural = find_sent(draft_id))
)]
pub async fn send(cx: &ActionContext, draft_id: DraftId) -> Result<EmailRef> {
    cx.post("/drafts/send").field("id", draft_id).fetch().await
}

async fn find_sent(cx: &ActionContext, _: &Lost, draft_id: DraftId) -> Result<Outcome<EmailRef>> {
    match minimal(cx, &draft_id).await {
        Ok(_) => Ok(Outcome::NotDone),
        Err(error) if error.code() == ErrorCode::NotFound => {
            Ok(Outcome::unknown("the draft is gone: sent or deleted"))
        }
        Err(error) => Err(error),
    }
}

async fn minimal(cx: &ActionContext, draft_id: &DraftId) -> Result<DraftRef> {
    cx.get(path!("/drafts/{id}", id = draft_id.0))
        .query("format", "minimal")
        .fetch()
        .await
}

/// Deletes a draft permanently, without the trash.
///
/// It can't be undone. Emails that were sent stay. Returns nothing.
#[action(
    destructive,
    scopes = ["https://www.googleapis.com/auth/gmail.compose"],
    reconcile(natural = find_deleted(draft_id)),
    delete = "/drafts/{draft_id}"
)]
pub async fn delete(cx: &ActionContext, draft_id: DraftId) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _: &Lost, draft_id: DraftId) -> Result<Outcome<()>> {
    Outcome::of_deleted(minimal(cx, &draft_id).await)
}
