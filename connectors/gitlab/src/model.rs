//! Types of the GitLab API, and what its errors mean.

mod ci;
mod comment;
mod commit;
mod file;
mod issue;
mod merge_request;
mod person;
mod planning;
mod project;
mod release;

use plugwright_sdk::{Account, ActionError, ErrorCode, Hint, Param, UpstreamResponse, Value};

pub use ci::{Job, JobLog, Pipeline, Status};
pub use comment::{Comment, CommitComment};
pub use commit::{Branch, Commit, CommitStats, Diff, Tag};
pub use file::{ChangedFile, CodeHit, Entry, File};
pub use issue::Issue;
pub use merge_request::MergeRequest;
pub use person::{Member, User};
pub use planning::{Label, Milestone};
pub use project::Project;
pub use release::{Release, ReleaseLink};

/// Project: its id, or its path such as `group/name`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^([0-9]+|[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+)$",
    example = "gitlab-org/gitlab"
)]
pub struct ProjectRef(pub String);

/// Group: its id, or its path such as `group/subgroup`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$",
    example = "gitlab-org"
)]
pub struct GroupRef(pub String);

/// Number of the issue in its project, its `iid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..))]
pub struct IssueIid(pub u64);

/// Number of the merge request in its project, its `iid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..))]
pub struct MergeRequestIid(pub u64);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), provider_default = 20)]
pub struct PerPage(pub u32);

/// Direction of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Sort {
    /// Smallest or oldest first.
    Asc,
    /// Largest or newest first.
    Desc,
}

/// The longest page, for looking through lists.
pub(crate) const LONGEST_PAGE: PerPage = PerPage(100);

/// Names as one text, as GitLab takes several labels.
pub(crate) fn joined(names: Option<Vec<String>>) -> Option<String> {
    names.map(|names| names.join(","))
}

pub(crate) fn account(user: &Value) -> Option<Account> {
    Some(Account {
        id: user.get("id")?.to_string(),
        label: user.get("username")?.as_str()?.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
///
/// A body has a `message`, which is a text, a list of texts or texts by field, or an `error` with an
/// `error_description`.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json().unwrap_or_default();
    let detail = detail(&body);
    let says = |words: &str| detail.as_deref().is_some_and(|text| text.contains(words));
    let error = match response.status {
        403 if body.get("error").and_then(Value::as_str) == Some("insufficient_scope") => {
            ActionError::new(
                ErrorCode::Forbidden,
                "the credential lacks the scope for this action",
            )
        }
        400 if says("already exists") || says("already been taken") => {
            ActionError::new(ErrorCode::Conflict, "GitLab has another thing of this name")
        }
        // A merge request with conflicts, a closed one, a draft.
        405 | 406 => ActionError::new(ErrorCode::Conflict, "its present state does not allow this")
            .with_hint(Hint::Abort),
        _ => response.status_error()?,
    };
    Some(match detail {
        Some(detail) => error.with_detail(detail),
        None => error,
    })
}

/// GitLab's message: texts by field as `name: has already been taken`.
fn detail(body: &Value) -> Option<String> {
    fn texts(value: &Value, field: &str, found: &mut Vec<String>) {
        match value {
            Value::String(text) if field.is_empty() || field == "base" => found.push(text.clone()),
            Value::String(text) => found.push(format!("{field}: {text}")),
            Value::Array(items) => items.iter().for_each(|item| texts(item, field, found)),
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| texts(value, name, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let said = ["message", "error_description", "error"];
    let said = said.into_iter().find_map(|member| body.get(member))?;
    texts(said, "", &mut found);
    (!found.is_empty()).then(|| found.join("; "))
}
