//! Types of the Todoist API, and what its errors mean.

use std::collections::BTreeMap;
use std::time;

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{
    Account, ActionError, ErrorCode, Hint, Param, UpstreamResponse, Value, model,
};

/// Id of the task.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
pub struct TaskId(pub String);

/// Id of the project.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
pub struct ProjectId(pub String);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=200), provider_default = 50)]
pub struct Limit(pub u32);

/// A task.
#[model]
pub struct Task {
    /// Id.
    pub id: String,
    /// What is to be done, in Markdown.
    pub content: String,
    /// More about it, in Markdown.
    #[serde(default)]
    pub description: String,
    /// Id of its project.
    pub project_id: String,
    /// Id of its section.
    pub section_id: Option<String>,
    /// Id of the task that it is a part of.
    pub parent_id: Option<String>,
    /// Names of its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// From 1, normal, to 4, urgent; apps show 4 as "p1".
    pub priority: u8,
    /// When it is due.
    pub due: Option<Due>,
    /// The day by which it must be done.
    pub deadline: Option<Deadline>,
    /// How long it takes.
    pub duration: Option<Duration>,
    /// Whether it is completed.
    #[serde(default)]
    pub checked: bool,
    /// Place among the tasks of the same project, section or parent.
    pub child_order: i64,
    /// Id of the account that owns it.
    pub user_id: String,
    /// Id of the person who added it.
    pub added_by_uid: Option<String>,
    /// Id of the person who assigned it.
    pub assigned_by_uid: Option<String>,
    /// Id of the person to whom it is assigned.
    pub responsible_uid: Option<String>,
    /// When it was added (RFC 3339).
    pub added_at: Option<String>,
    /// When it last changed (RFC 3339).
    pub updated_at: Option<String>,
    /// When it was completed (RFC 3339).
    pub completed_at: Option<String>,
}

/// When a task is due.
#[model]
pub struct Due {
    /// Day, or moment with or without a time zone.
    pub date: String,
    /// The words that it was made from, such as `every friday`.
    pub string: String,
    /// Language of these words.
    pub lang: Option<String>,
    /// Time zone, for due times that are fixed to one.
    pub timezone: Option<String>,
    /// Whether it comes again after it was done.
    pub is_recurring: bool,
}

/// The day by which a task must be done.
#[model]
pub struct Deadline {
    /// Day.
    pub date: String,
    /// Language that it was written in.
    pub lang: Option<String>,
}

/// How long a task takes.
#[model]
pub struct Duration {
    /// Number of units.
    pub amount: f64,
    /// `minute` or `day`.
    pub unit: String,
}

/// A project, personal or of a workspace.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are Todoist's, and any of them can go with any other"
)]
#[model]
pub struct Project {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is about, in Markdown.
    #[serde(default)]
    pub description: String,
    /// Name of its colour.
    pub color: String,
    /// Id of the project around it; personal projects alone have one.
    pub parent_id: Option<String>,
    /// Place among the projects of the same parent.
    pub child_order: i64,
    /// How apps show it: `list`, `board`, `calendar` or `table`.
    pub view_style: String,
    /// Whether it is among the favourites.
    #[serde(default)]
    pub is_favorite: bool,
    /// Whether it is archived.
    #[serde(default)]
    pub is_archived: bool,
    /// Whether other people take part.
    #[serde(default)]
    pub is_shared: bool,
    /// Whether its tasks can be assigned to people.
    #[serde(default)]
    pub can_assign_tasks: bool,
    /// Whether it is the inbox, which takes tasks without a project.
    #[serde(default)]
    pub inbox_project: bool,
    /// Id of its workspace; without one, it is a personal project.
    pub workspace_id: Option<String>,
    /// Id of its folder in the workspace.
    pub folder_id: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
    /// When it last changed (RFC 3339).
    pub updated_at: Option<String>,
}

/// A section of a project.
#[model]
pub struct Section {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is about, in Markdown.
    pub description: Option<String>,
    /// Id of its project.
    pub project_id: String,
    /// Place in the project.
    pub section_order: i64,
    /// Whether it is archived.
    #[serde(default)]
    pub is_archived: bool,
    /// When it was made (RFC 3339).
    pub added_at: Option<String>,
    /// When it last changed (RFC 3339).
    pub updated_at: Option<String>,
    /// When it was archived (RFC 3339).
    pub archived_at: Option<String>,
}

/// A personal label.
#[model]
pub struct Label {
    /// Id.
    pub id: String,
    /// Name, by which tasks refer to it.
    pub name: String,
    /// Name of its colour.
    pub color: String,
    /// Place in the list of labels.
    pub order: Option<i64>,
    /// Whether it is among the favourites.
    #[serde(default)]
    pub is_favorite: bool,
}

/// A comment on a task or a project.
#[model]
pub struct Comment {
    /// Id.
    pub id: String,
    /// Text, in Markdown.
    pub content: String,
    /// Id of the task that it is on.
    #[serde(rename(deserialize = "item_id"))]
    pub task_id: Option<String>,
    /// Id of the project that it is on.
    pub project_id: Option<String>,
    /// Id of the author.
    pub posted_uid: String,
    /// When it was posted (RFC 3339).
    pub posted_at: String,
    /// The file with it.
    pub file_attachment: Option<Attachment>,
    /// Ids of the people who were told of it.
    pub uids_to_notify: Option<Vec<String>>,
    /// Ids of the people behind each reaction, by emoji.
    pub reactions: Option<BTreeMap<String, Vec<String>>>,
}

/// A file with a comment.
#[model]
pub struct Attachment {
    /// What it is: `file`, `image`, `audio`, `website` and the like.
    pub resource_type: String,
    /// Name of the file.
    pub file_name: Option<String>,
    /// Size in bytes.
    pub file_size: Option<i64>,
    /// Media type.
    pub file_type: Option<String>,
    /// Where the file is.
    pub file_url: Option<String>,
    /// `pending` or `completed`.
    pub upload_state: Option<String>,
    /// Where a web page is.
    pub url: Option<String>,
    /// Title of a web page.
    pub title: Option<String>,
}

/// Names of the colours that projects and labels can have.
pub const COLORS: &[&str] = &[
    "berry_red",
    "red",
    "orange",
    "yellow",
    "olive_green",
    "lime_green",
    "green",
    "mint_green",
    "teal",
    "sky_blue",
    "light_blue",
    "blue",
    "grape",
    "violet",
    "lavender",
    "magenta",
    "salmon",
    "charcoal",
    "grey",
    "taupe",
];

/// How apps show a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ViewStyle {
    /// One task below the other.
    List,
    /// A column for each section.
    Board,
    /// By day.
    Calendar,
    /// A row for each task.
    Table,
}

/// Unit of a task's duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum DurationUnit {
    /// Minutes.
    Minute,
    /// Days.
    Day,
}

/// All lists come as `results` with a `next_cursor`, which is null at the end.
pub(crate) fn results() -> impl Pagination {
    CursorField::new("cursor", "/next_cursor").items("/results")
}

pub(crate) fn account(user: &Value) -> Option<Account> {
    Some(Account {
        id: user.get("id")?.as_str()?.to_owned(),
        label: user.get("email")?.as_str()?.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
///
/// Bodies have `error`, `error_code`, `error_tag`, `http_code` and `error_extra`, which may name
/// the `argument` at fault, what was `expected`, and when to try again.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json().unwrap_or_default();
    let tag = body
        .get("error_tag")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let error = match response.status {
        403 if tag == "AUTH_INSUFFICIENT_TOKEN_SCOPE" => ActionError::new(
            ErrorCode::Forbidden,
            "the credential lacks the scope for this action",
        ),
        // Some endpoints answer 403 where others answer 401.
        403 if tag.starts_with("AUTH_") => {
            ActionError::new(ErrorCode::AuthInvalid, "Todoist refused the credential")
        }
        // Another token of the account would hit the same limit.
        403 if tag.contains("LIMIT") || tag == "PREMIUM_ONLY" => ActionError::new(
            ErrorCode::Forbidden,
            "the account or its plan allows no more of this",
        )
        .with_hint(Hint::Abort),
        _ => response.status_error()?,
    };
    // Refused tokens come with a time as well, after which they are refused again.
    let error = match response.retry_after().or_else(|| retry_after(&body)) {
        Some(wait) if error.hint() == Hint::Retry => error.with_retry_after(wait),
        _ => error,
    };
    Some(match detail(response, &body) {
        Some(detail) => error.with_detail(detail),
        None => error,
    })
}

fn retry_after(body: &Value) -> Option<time::Duration> {
    let seconds = body.pointer("/error_extra/retry_after")?.as_u64()?;
    Some(time::Duration::from_secs(seconds))
}

/// Todoist's message, the argument that it is about, what it should be, and the error's tag.
fn detail(response: &UpstreamResponse, body: &Value) -> Option<String> {
    let extra = |name: &str| body.get("error_extra")?.get(name)?.as_str();
    let argument = extra("argument").map(|name| format!("`{name}`"));
    let wanted = ["expected", "explanation"].into_iter().filter_map(extra);
    let said: Vec<_> = [response.error_text()?]
        .into_iter()
        .chain(argument)
        .chain(wanted.map(str::to_owned))
        .collect();
    let said = said.join(": ");
    Some(match body.get("error_tag").and_then(Value::as_str) {
        Some(tag) => format!("{said} ({tag})"),
        None => said,
    })
}
