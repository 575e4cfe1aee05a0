//! Threads: emails that answer each other.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params, path};

use crate::model::{Size, Thread, ThreadId, ThreadMessages, ThreadRef, pages};

/// Lists threads, those with the newest email first: all of them, or those that match a query.
///
/// A thread matches if one of its emails does. Returns the id of each and the start of its newest
/// email's text.
#[action(read, scopes = ["https://www.googleapis.com/auth/gmail.readonly"])]
pub async fn list(
    cx: &ActionContext,
    /// Query in Gmail's search language.
    #[param(length(1..), example = "in:inbox is:unread")]
    query: Option<String>,
    /// Only threads that have all of the labels with these ids.
    label_ids: Option<Vec<String>>,
    /// Whether threads in spam and trash are listed as well.
    #[param(provider_default = false)]
    include_spam_trash: Option<bool>,
    /// Threads per page.
    limit: Option<Size>,
) -> Result<Page<ThreadRef>> {
    cx.get("/threads")
        .query_params(params![
            q = query,
            labelIds = label_ids,
            includeSpamTrash = include_spam_trash,
            maxResults = limit
        ])
        .page(pages("/threads"))
        .await
}

/// Gets a thread with all its emails, oldest first.
///
/// Returns subject, people, times, text, attachments and labels of each email.
#[action(read, scopes = ["https://www.googleapis.com/auth/gmail.readonly"])]
pub async fn get(cx: &ActionContext, thread_id: ThreadId) -> Result<Thread> {
    let thread: ThreadMessages = cx
        .get(path!("/threads/{id}", id = thread_id.0))
        .query("format", "full")
        .fetch()
        .await?;
    Ok(thread.into())
}

/// Adds labels to all emails of a thread and removes others from them.
///
/// Removing `UNREAD` marks the thread as read, and removing `INBOX` archives it. Emails that come later
/// don't have these labels. Returns the id of the thread.
#[action(
    write,
    idempotent,
    title = "Change labels of a thread",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"]
)]
pub async fn modify_labels(
    cx: &ActionContext,
    thread_id: ThreadId,
    /// Ids of labels to add.
    #[param(length(..=100), example = vec!["STARRED".to_owned()])]
    add_label_ids: Option<Vec<String>>,
    /// Ids of labels to remove.
    #[param(length(..=100), example = vec!["INBOX".to_owned()])]
    remove_label_ids: Option<Vec<String>>,
) -> Result<ThreadRef> {
    cx.post(path!("/threads/{id}/modify", id = thread_id.0))
        .fields(params![
            addLabelIds = add_label_ids,
            removeLabelIds = remove_label_ids
        ])
        .fetch()
        .await
}

/// Moves a thread with all its emails to the trash, from which Gmail deletes it after 30 days.
///
/// `threads.untrash` brings it back until then. Returns the id of the thread.
#[action(
    write,
    idempotent,
    title = "Move a thread to the trash",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"],
    post = "/threads/{thread_id}/trash"
)]
pub async fn trash(cx: &ActionContext, thread_id: ThreadId) -> Result<ThreadRef>;

/// Takes a thread with all its emails out of the trash.
///
/// It has to be there still: Gmail deletes what is in the trash for 30 days. Returns the id of the
/// thread.
#[action(
    write,
    idempotent,
    title = "Take a thread out of the trash",
    scopes = ["https://www.googleapis.com/auth/gmail.modify"],
    post = "/threads/{thread_id}/untrash"
)]
pub async fn untrash(cx: &ActionContext, thread_id: ThreadId) -> Result<ThreadRef>;

/// Deletes a thread with all its emails permanently, without the trash.
///
/// It can't be undone, and needs access to the whole mailbox; `threads.trash` is what people mean by
/// deleting. Returns nothing.
#[action(
    destructive,
    title = "Permanently delete a thread",
    scopes = ["https://mail.google.com/"],
    reconcile(natural = find_deleted(thread_id)),
    delete = "/threads/{thread_id}"
)]
pub async fn delete(cx: &ActionContext, thread_id: ThreadId) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _: &Lost, thread_id: ThreadId) -> Result<Outcome<()>> {
    let thread = cx
        .get(path!("/threads/{id}", id = thread_id.0))
        .query("format", "minimal")
        .fetch::<ThreadRef>()
        .await;
    Outcome::of_deleted(thread)
}
