//! Types of the Notion API, and what its errors mean.

mod block;
mod comment;
mod data_source;
mod database;
mod file_upload;
mod page;
mod parent;
mod property;
mod property_values;
mod user;

use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::serde::de::DeserializeOwned;
use plugwright_sdk::{
    Account, ActionContext, ActionError, ErrorCode, Page, Param, Patch, Result, UpstreamResponse,
    Value, json, model,
};

pub use block::Block;
pub use comment::Comment;
pub(crate) use data_source::configurations;
pub use data_source::{DataSource, NewProperty, PROPERTY_TYPES, PropertyDefinition, Template};
pub use database::{DataSourceName, Database};
pub use file_upload::FileUpload;
pub use page::{PageContent, PageObject};
pub use parent::Parent;
pub use property::{PropertyItem, PropertyValue};
pub(crate) use property_values::properties;
pub use property_values::{EMPTIABLE, EmptiedType, PropertyValues};
pub use user::User;

/// How Notion writes ids, with or without hyphens.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Param)]
        #[param(
            pattern = "^[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}$",
            example = "c4d39556-6364-46a1-8a61-ebbb668f7445"
        )]
        pub struct $name(pub String);
    };
}

id!(
    /// Id of the page: the 32 hexadecimal digits at the end of its URL.
    PageId
);
id!(
    /// Id of the block, or of the page whose content it is.
    BlockId
);
id!(
    /// Id of the database: the 32 hexadecimal digits before `?v=` in its URL.
    DatabaseId
);
id!(
    /// Id of the data source, which `databases.get` and `data_sources.search` give.
    DataSourceId
);
id!(
    /// Id of the comment.
    CommentId
);
id!(
    /// Id of the person or bot.
    UserId
);
id!(
    /// Id of the uploaded file, which `files.upload` gives.
    FileUploadId
);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), provider_default = 100)]
pub struct PageSize(pub u32);

/// An emoji.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=20), example = "🚀")]
pub struct Emoji(pub String);

impl Emoji {
    pub(crate) fn icon(self) -> Value {
        json!({ "type": "emoji", "emoji": self.0 })
    }
}

/// Where a file is that Notion only links to.
pub(crate) fn external(url: String) -> Value {
    json!({ "type": "external", "external": Value::from_iter([("url", url)]) })
}

/// Text without formats, as rich text.
pub(crate) fn plain_spans(text: &str) -> Value {
    json!([{ "type": "text", "text": { "content": text } }])
}

/// Writes what an update sets, and keeps what it clears or keeps.
pub(crate) fn patched<T>(patch: Patch<T>, write: fn(T) -> Value) -> Patch<Value> {
    match patch {
        Patch::Set(value) => Patch::Set(write(value)),
        Patch::Clear => Patch::Clear,
        Patch::Keep => Patch::Keep,
    }
}

/// Lists come as `results` with a `next_cursor`, which is null at the end.
pub(crate) fn results() -> impl Pagination {
    CursorField::new("start_cursor", "/next_cursor").items("/results")
}

/// A list as an answer to a search or a query.
#[model]
struct List<T> {
    results: Vec<T>,
    next_cursor: Option<String>,
}

/// Sends a search or a query, whose cursor is in the body.
pub(crate) async fn found<T: DeserializeOwned + 'static>(
    cx: &ActionContext,
    request: RequestBuilder<'_>,
) -> Result<Page<T>> {
    let cursor = cx.cursor().map(str::to_owned);
    let list: List<T> = request.field("start_cursor", cursor).fetch().await?;
    let mut page = Page::new(list.results);
    page.cursor = list.next_cursor;
    Ok(page)
}

pub(crate) fn account(bot: &Value) -> Option<Account> {
    let workspace = bot.pointer("/bot/workspace_name").and_then(Value::as_str);
    let name = bot.get("name").and_then(Value::as_str);
    Some(Account {
        id: bot.get("id")?.as_str()?.to_owned(),
        label: workspace.or(name)?.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
///
/// Bodies have `code` and `message`.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json().unwrap_or_default();
    let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
    let error = match code {
        "object_not_found" => ActionError::new(
            ErrorCode::NotFound,
            "there is no such page, database or block, or it is not shared with the connection: add it \
             in Notion under the page's Connections",
        ),
        "restricted_resource" => ActionError::new(
            ErrorCode::Forbidden,
            "the connection lacks the capability for this: its owner can add it in Notion",
        ),
        _ => response.status_error()?,
    };
    let error = match response.retry_after() {
        Some(wait) if error.retry_after().is_none() && response.status == 529 => {
            error.with_retry_after(wait)
        }
        _ => error,
    };
    Some(match (response.error_text(), code) {
        (Some(text), "") => error.with_detail(text),
        (Some(text), code) => error.with_detail(format!("{text} ({code})")),
        (None, _) => error,
    })
}

/// Reads the text at a pointer.
pub(crate) fn text_at(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

/// Whether something is in the trash, which was called the archive.
pub(crate) fn is_trashed(value: &Value) -> bool {
    ["in_trash", "archived"]
        .iter()
        .any(|name| value.get(name) == Some(&Value::Bool(true)))
}

/// Reads what every object of the API has, its id.
pub(crate) fn id_of(value: &Value) -> Result<String, &'static str> {
    text_at(value, "/id").ok_or("an object has no id")
}
