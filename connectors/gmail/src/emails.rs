//! Emails.

use plugwright_sdk::{
    ActionContext, ErrorCode, FileContent, FileOutput, Lost, Outcome, Page, Result, action,
    concurrently, params, path,
};

use crate::model::{
    Email, EmailId, EmailRef, EmailSummary, Html, Message, RawMessage, Size, base64url, pages,
};

/// Requests that are on their way at once; Gmail limits those of one account.
const AT_ONCE: usize = 8;

/// Lists emails, newest first: all of them, or those that match a query in Gmail's search language.
///
/// Queries are as people type them into Gmail, such as `from:ada is:unread newer_than:7d`. Returns
/// subject, sender, recipients, time, labels and the start of the text of each.
#[action(read, scopes = ["https://www.googleapis.com/auth/gmail.readonly"])]
pub async fn list(
    cx: &ActionContext,
    /// Query in Gmail's search language.
    #[param(length(1..), example = "from:ada@example.com has:attachment")]
    query: Option<String>,
    /// Only emails that have all of the labels with these ids.
    label_ids: Option<Vec<String>>,
    /// Whether emails in spam and trash are listed as well.
    #[param(provider_default = false)]
    include_spam_trash: Option<bool>,
    /// Emails per page; each takes a request.
    #[param(default = 20, range(1..=100))]
    limit: u32,
) -> Result<Page<EmailSummary>> {
    let found: Page<EmailRef> = cx
        .get("/messages")
        .query_params(params![
            q = query,
            labelIds = label_ids,
            includeSpamTrash = include_spam_trash,
            maxResults = limit
        ])
        .page(pages("/messages"))
        .await?;
    let summaries = found.items.into_iter().map(|email| summary(cx, email.id));
    let summaries = concurrently(AT_ONCE, summaries).await?;
    let mut page = Page::new(summaries.into_iter().flatten().collect());
    page.cursor = found.cursor;
    Ok(page)
}

/// Gets what a list shows of an email; nothing if it was deleted since.
async fn summary(cx: &ActionContext, id: String) -> Result<Option<EmailSummary>> {
    let message: Result<Message> = cx
        .get(path!("/messages/{id}"))
        .query("format", "metadata")
        .query(
            "metadataHeaders",
            ["From", "To", "Subject"].map(str::to_owned).to_vec(),
        )
        .fetch()
        .await;
    match message {
        Ok(message) => Ok(Some(message.into())),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Lists the ids of emails, newest first: of all, or of those that match a query.
///
/// It takes one request for up to 500 emails, so that it counts and collects more cheaply than
/// `emails.list`. Returns the ids of each email and its thread.
#[action(
    read,
    title = "List ids of emails",
    scopes = ["https://www.googleapis.com/auth/gmail.readonly"]
)]
pub async fn list_ids(
    cx: &ActionContext,
    /// Query in Gmail's search language.
    #[param(length(1..), example = "older_than:1y category:promotions")]
    query: Option<String>,
    /// Only emails that have all of the labels with these ids.
    label_ids: Option<Vec<String>>,
    /// Whether emails in spam and trash are listed as well.
    #[param(provider_default = false)]
    include_spam_trash: Option<bool>,
    /// Ids per page.
    limit: Option<Size>,
) -> Result<Page<EmailRef>> {
    cx.get("/messages")
        .query_params(params![
            q = query,
            labelIds = label_ids,
            includeSpamTrash = include_spam_trash,
            maxResults = limit
        ])
        .page(pages("/messages"))
        .await
}

/// Gets one email by its id, with its text and a list of its attachments.
///
/// Of an email that is HTML alone, the text is what the HTML says. Returns subject, people, times,
/// text, attachments, labels, and what it replies to.
#[action(read, scopes = ["https://www.googleapis.com/auth/gmail.readonly"])]
pub async fn get(
    cx: &ActionContext,
    email_id: EmailId,
    /// Whether the HTML is returned as well, if there is any.
    #[param(default = false)]
    include_html: bool,
) -> Result<Email> {
    let message: Message = cx
        .get(path!("/messages/{id}", id = email_id.0))
        .query("format", "full")
        .fetch()
        .await?;
    Ok(Email::new(message, Html::if_wanted(include_html)))
}

/// Downloads an email as a file, as mail programs save it: with all headers and attachments.
///
/// The whole email is in one answer, which may have up to 16 MiB unless the gateway allows more; an
/// email is a third longer in it.
#[action(read, title = "Download an email", scopes = ["https://www.googleapis.com/auth/gmail.readonly"])]
pub async fn download(cx: &ActionContext, email_id: EmailId) -> Result<FileOutput> {
    let message: RawMessage = cx
        .get(path!("/messages/{id}", id = email_id.0))
        .query("format", "raw")
        .fetch()
        .await?;
    cx.return_file(FileContent {
        name: Some(format!("{}.eml", message.id)),
        media_type: Some("message/rfc822".to_owned()),
        bytes: base64url(&message.raw)?.into(),
    })
    .await
}

/// Adds labels to an email and removes others from it.
///
/// Removing `UNREAD` marks it as read, removing `INBOX` archives it, and adding `STARRED` stars it.
/// Returns the ids of the labels that it has then.
#[action(
    write,
    idempotent,
    title = "Change labels of an email",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"]
)]
pub async fn modify_labels(
    cx: &ActionContext,
    email_id: EmailId,
    /// Ids of labels to add.
    #[param(length(..=100), example = vec!["STARRED".to_owned()])]
    add_label_ids: Option<Vec<String>>,
    /// Ids of labels to remove.
    #[param(length(..=100), example = vec!["UNREAD".to_owned()])]
    remove_label_ids: Option<Vec<String>>,
) -> Result<EmailRef> {
    cx.post(path!("/messages/{id}/modify", id = email_id.0))
        .fields(params![
            addLabelIds = add_label_ids,
            removeLabelIds = remove_label_ids
        ])
        .fetch()
        .await
}

/// Adds labels to up to 1000 emails and removes others from them, in one request.
///
/// Removing `UNREAD` marks them as read, and removing `INBOX` archives them. Ids of emails that don't
/// exist are passed over. Returns nothing.
#[action(
    write,
    idempotent,
    title = "Change labels of many emails",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"]
)]
pub async fn batch_modify_labels(
    cx: &ActionContext,
    /// Ids of the emails.
    #[param(length(1..=1000))]
    email_ids: Vec<String>,
    /// Ids of labels to add.
    add_label_ids: Option<Vec<String>>,
    /// Ids of labels to remove.
    remove_label_ids: Option<Vec<String>>,
) -> Result<()> {
    cx.post("/messages/batchModify")
        .fields(params![
            ids = email_ids,
            addLabelIds = add_label_ids,
            removeLabelIds = remove_label_ids
        ])
        .fetch()
        .await
}

/// Moves an email to the trash, from which Gmail deletes it after 30 days.
///
/// `emails.untrash` brings it back until then. Returns the ids of the email and its labels.
#[action(
    write,
    idempotent,
    title = "Move an email to the trash",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"],
    post = "/messages/{email_id}/trash"
)]
pub async fn trash(cx: &ActionContext, email_id: EmailId) -> Result<EmailRef>;

/// Takes an email out of the trash, to where it was before.
///
/// It has to be there still: Gmail deletes what is in the trash for 30 days. Returns the ids of the
/// email and its labels.
#[action(
    write,
    idempotent,
    title = "Take an email out of the trash",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"],
    post = "/messages/{email_id}/untrash"
)]
pub async fn untrash(cx: &ActionContext, email_id: EmailId) -> Result<EmailRef>;

/// Deletes an email permanently, without the trash.
///
/// It can't be undone, and needs access to the whole mailbox; `emails.trash` is what people mean by
/// deleting. Returns nothing.
#[action(
    destructive,
    title = "Permanently delete an email",
    scopes = ["https://mail.google.com/"],
    reconcile(natural = find_deleted(email_id)),
    delete = "/messages/{email_id}"
)]
pub async fn delete(cx: &ActionContext, email_id: EmailId) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _: &Lost, email_id: EmailId) -> Result<Outcome<()>> {
    let email = cx
        .get(path!("/messages/{id}", id = email_id.0))
        .query("format", "minimal")
        .fetch::<EmailRef>()
        .await;
    Outcome::of_deleted(email)
}

/// Deletes up to 1000 emails permanently, without the trash, in one request.
///
/// It can't be undone, and needs access to the whole mailbox. Ids of emails that don't exist are passed
/// over. Returns nothing.
#[action(
    destructive,
    idempotent,
    title = "Permanently delete many emails",
    scopes = ["https://mail.google.com/"]
)]
pub async fn batch_delete(
    cx: &ActionContext,
    /// Ids of the emails.
    #[param(length(1..=1000))]
    email_ids: Vec<String>,
) -> Result<()> {
    cx.post("/messages/batchDelete")
        .field("ids", email_ids)
        .fetch()
        .await
}
