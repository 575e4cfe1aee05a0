//! Types of the Gmail API.

mod email;
mod history;
mod message;
mod settings;

use plugwright_sdk::pagination::{CursorField, Pagination, Within};
use plugwright_sdk::{Account, Param, Value, model};

pub(crate) use email::Html;
pub use email::{Attachment, Email, EmailSummary, Thread};
pub use history::{HistoryRecord, HistoryType, LabelChange};
pub(crate) use message::{DraftMessage, Headers, Message, RawMessage, ThreadMessages, base64url};
pub(crate) use settings::milliseconds;
pub use settings::{Filter, FilterAction, FilterCriteria, SendAs, SizeComparison, Vacation};

/// Id of the email.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "18c2f4a9b3d5e6f7")]
pub struct EmailId(pub String);

/// Id of the thread.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "18c2f4a9b3d5e6f7")]
pub struct ThreadId(pub String);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=500), provider_default = 100)]
pub struct Size(pub u32);

/// An email by its ids.
#[model]
pub struct EmailRef {
    /// Id.
    pub id: String,
    /// Id of the thread that it is in.
    #[serde(rename(deserialize = "threadId"))]
    pub thread_id: Option<String>,
    /// Ids of its labels, where Gmail says them.
    #[serde(rename(deserialize = "labelIds"))]
    pub label_ids: Option<Vec<String>>,
}

/// A draft by its id and that of its email.
#[model]
pub struct DraftRef {
    /// Id of the draft, which stays the same while its email changes.
    pub id: String,
    /// The email that it is now.
    pub message: Option<EmailRef>,
}

/// A draft with its email.
#[model]
pub struct Draft {
    /// Id of the draft.
    pub id: String,
    /// The email as it is now.
    pub email: Email,
}

/// A thread by its id.
#[model]
pub struct ThreadRef {
    /// Id.
    pub id: String,
    /// Start of its newest email's text.
    pub snippet: Option<String>,
    /// Id of the last change of it.
    #[serde(rename(deserialize = "historyId"))]
    pub history_id: Option<String>,
}

/// A label.
#[model]
pub struct Label {
    /// Id, by which emails name it.
    pub id: String,
    /// Name; a slash puts it below another label.
    pub name: String,
    /// `system` for Gmail's own labels, `user` for others.
    pub r#type: Option<String>,
    /// Whether lists of emails show it: `show` or `hide`.
    #[serde(rename(deserialize = "messageListVisibility"))]
    pub message_list_visibility: Option<String>,
    /// Whether the list of labels shows it: `labelShow`, `labelShowIfUnread` or `labelHide`.
    #[serde(rename(deserialize = "labelListVisibility"))]
    pub label_list_visibility: Option<String>,
    /// Number of emails that have it.
    #[serde(rename(deserialize = "messagesTotal"))]
    pub messages_total: Option<u64>,
    /// Number of these that are unread.
    #[serde(rename(deserialize = "messagesUnread"))]
    pub messages_unread: Option<u64>,
    /// Number of threads that have it.
    #[serde(rename(deserialize = "threadsTotal"))]
    pub threads_total: Option<u64>,
    /// Number of these that are unread.
    #[serde(rename(deserialize = "threadsUnread"))]
    pub threads_unread: Option<u64>,
    /// Its colours.
    pub color: Option<LabelColor>,
}

/// Colours of a label.
#[model]
pub struct LabelColor {
    /// Colour of the text, such as `#000000`.
    #[serde(rename(deserialize = "textColor"))]
    pub text: Option<String>,
    /// Colour behind it, such as `#ffffff`.
    #[serde(rename(deserialize = "backgroundColor"))]
    pub background: Option<String>,
}

/// Whether the list of labels shows a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum LabelListVisibility {
    /// Always.
    LabelShow,
    /// While emails with it are unread.
    LabelShowIfUnread,
    /// Never.
    LabelHide,
}

/// Whether lists of emails show a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MessageListVisibility {
    /// They do.
    Show,
    /// They don't.
    Hide,
}

/// The account's mailbox.
#[model]
pub struct Profile {
    /// Address of the account.
    #[serde(rename(deserialize = "emailAddress"))]
    pub email: String,
    /// Number of emails.
    #[serde(rename(deserialize = "messagesTotal"))]
    pub messages_total: Option<u64>,
    /// Number of threads.
    #[serde(rename(deserialize = "threadsTotal"))]
    pub threads_total: Option<u64>,
    /// Id of the last change, from which `history.list` can start.
    #[serde(rename(deserialize = "historyId"))]
    pub history_id: Option<String>,
}

/// Lists come as a member with a `nextPageToken`; one that is empty is left out.
pub(crate) fn pages(items: &'static str) -> impl Pagination {
    list(CursorField::new("pageToken", "/nextPageToken"), items)
}

/// A list without pages.
pub(crate) fn list<P: Pagination>(pagination: P, items: &'static str) -> Within<P> {
    pagination.items(items).omitted_if_empty()
}

pub(crate) fn account(profile: &Value) -> Option<Account> {
    let email = profile.get("emailAddress")?.as_str()?;
    Some(Account {
        id: email.to_owned(),
        label: email.to_owned(),
    })
}
