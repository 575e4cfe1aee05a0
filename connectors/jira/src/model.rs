//! Types of the Jira API, and what its errors mean.

mod activity;
mod attachment;
mod board;
mod issue;
mod link;
mod person;
mod project;

use plugwright_sdk::pagination::{Offset, Pagination};
use plugwright_sdk::{Account, ActionError, ErrorCode, Param, Params, UpstreamResponse, Value};

pub use activity::{Change, ChangedField, Comment, Transition, Worklog};
pub use attachment::Attachment;
pub(crate) use attachment::text;
pub use board::{Board, Site, Sprint};
pub(crate) use issue::FIELDS;
pub use issue::{CreatedIssue, Issue};
pub use link::{IssueLink, LinkType, WebLink};
pub use person::{User, Watchers};
pub use project::{Component, Field, Filter, IssueType, IssueTypeStatuses, Project, Version};

/// Key of the issue, such as `ED-1`, or its id.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^([A-Za-z][A-Za-z0-9_]*-)?[0-9]+$", example = "ED-1")]
pub struct IssueKey(pub String);

/// Key of the project, such as `ED`, or its id.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^([A-Za-z][A-Za-z0-9_]*|[0-9]+)$", example = "ED")]
pub struct ProjectKey(pub String);

/// Items per page; Jira may give fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), provider_default = 50)]
pub struct MaxResults(pub u32);

/// Who sees a comment or a worklog.
#[derive(Clone, Debug, Params)]
pub struct Visibility {
    /// Whether `value` is a role in the project or a group.
    pub r#type: VisibilityKind,
    /// Name of the role or group.
    #[param(length(1..), example = "Administrators")]
    pub value: String,
}

/// What people have in common who see something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum VisibilityKind {
    /// A role in the project.
    Role,
    /// A group.
    Group,
}

/// Lists inside of an object that says how many items there are over all pages.
pub(crate) fn counted(items: &'static str) -> impl Pagination {
    Offset::new("startAt", 1).total_at("/total").items(items)
}

/// Lists of `values` that say which page is the last.
pub(crate) fn values() -> impl Pagination {
    let pages = Offset::new("startAt", 1).last_at("/isLast");
    pages.total_at("/total").items("/values")
}

pub(crate) fn account(user: &Value) -> Option<Account> {
    let label = user.get("emailAddress").or_else(|| user.get("displayName"));
    Some(Account {
        id: user.get("accountId")?.as_str()?.to_owned(),
        label: label?.as_str()?.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let text = response.error_text();
    let says = |words: &str| text.as_deref().is_some_and(|text| text.contains(words));
    let denied = response.header("x-seraph-loginreason");
    let error = match response.status {
        // Another token of the account may have the scope.
        401 if says("scope does not match") => ActionError::new(
            ErrorCode::Forbidden,
            "the credential lacks the scope for this action",
        ),
        // After several wrong passwords Jira wants to see a person.
        403 if denied.is_some_and(|reason| reason.contains("AUTHENTICATION_DENIED")) => {
            ActionError::new(
                ErrorCode::AuthInvalid,
                "Jira wants the account to log in with a browser first",
            )
        }
        413 => ActionError::new(
            ErrorCode::ValidationError,
            "the file is larger than the site allows",
        ),
        _ => return None,
    };
    Some(match text {
        Some(text) => error.with_detail(text),
        None => error,
    })
}
