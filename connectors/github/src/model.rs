//! Types of the GitHub API, and what its errors mean.

mod auto_merge;
mod collaborator;
mod content;
mod discussion;
mod git_ref;
mod graphql;
mod organization;
mod pinned_issue;
mod project;
mod project_card;
mod protection;
mod pull;
mod release;
mod review_thread;
mod search_hits;
mod status;

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plugwright_sdk::serde::{Deserialize, Deserializer};
use plugwright_sdk::{
    Account, ActionError, ErrorCode, Hint, Param, UpstreamResponse, Value, model,
};

pub use auto_merge::AutoMerge;
pub use collaborator::{AddedCollaborator, Collaborator, Invitation, Permissions};
pub(crate) use content::Commit;
pub use content::{CommittedFile, Entry, File};
pub(crate) use discussion::OwnComment;
pub use discussion::{Discussion, DiscussionComment};
pub use git_ref::GitRef;
pub(crate) use graphql::Nodes;
pub use organization::Organization;
pub use pinned_issue::PinnedIssue;
pub use project::{Project, ProjectItem};
pub use project_card::ProjectCard;
pub use protection::{Actors, Protection, RequiredCheck, RequiredReviews, RequiredStatusChecks};
pub use pull::{Merge, Pull};
pub use release::{Release, ReleaseAsset};
pub use review_thread::{ReviewComment, ReviewThread};
pub use search_hits::{Hit, Hits, SearchHits};
pub use status::{CombinedStatus, Status};

/// Repository as `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(text, pattern = "^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
pub struct Repo {
    /// Account that owns it.
    pub owner: String,
    /// Name without the owner.
    pub name: String,
}

impl FromStr for Repo {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (owner, name) = text.split_once('/').ok_or("must be `owner/name`")?;
        Ok(Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Number of the issue in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..))]
pub struct IssueNumber(pub u32);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), provider_default = 30)]
pub struct PerPage(pub u32);

/// A hash of Git, in full.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9a-f]{40}([0-9a-f]{24})?$")]
pub struct Sha(pub String);

/// State of an issue, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum IssueState {
    /// Still open.
    Open,
    /// Closed.
    Closed,
    /// Either.
    All,
}

/// Direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Order {
    /// Smallest or oldest first.
    Asc,
    /// Largest or newest first.
    Desc,
}

/// An issue.
#[model]
pub struct Issue {
    /// Id over all of GitHub.
    pub id: u64,
    /// Number in the repository.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// Why it is in this state: `completed`, `not_planned`, `duplicate` or `reopened`.
    pub state_reason: Option<String>,
    /// Title.
    pub title: String,
    /// Text, in Markdown.
    pub body: Option<String>,
    /// Login of the author; absent for deleted accounts.
    #[serde(rename(deserialize = "user"), default, deserialize_with = "login")]
    pub user_login: Option<String>,
    /// Login of the first assignee.
    #[serde(rename(deserialize = "assignee"), default, deserialize_with = "login")]
    pub assignee_login: Option<String>,
    /// Names of its labels.
    #[serde(default, deserialize_with = "label_names")]
    pub labels: Vec<String>,
    /// Number of comments.
    #[serde(default)]
    pub comments: u64,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When it was closed (RFC 3339).
    pub closed_at: Option<String>,
    /// Whether it is actually a pull request.
    #[serde(
        rename(deserialize = "pull_request"),
        default,
        deserialize_with = "is_given"
    )]
    pub is_pull_request: bool,
}

/// A label of a repository.
#[model]
pub struct Label {
    /// Id over all of GitHub.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Colour, six hexadecimal digits.
    pub color: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether GitHub made it with the repository.
    #[serde(default)]
    pub default: bool,
}

/// A repository.
#[model]
pub struct Repository {
    /// Id over all of GitHub.
    pub id: u64,
    /// Name without the owner.
    pub name: String,
    /// Name with the owner, `owner/name`.
    pub full_name: String,
    /// Whether only members see it.
    pub private: bool,
    /// What it is about.
    pub description: Option<String>,
    /// Language of most of its code.
    pub language: Option<String>,
    /// Branch that work starts from.
    pub default_branch: String,
    /// Number of stars.
    pub stargazers_count: u64,
    /// Number of forks.
    pub forks_count: u64,
    /// Number of open issues and pull requests.
    pub open_issues_count: u64,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

#[model]
struct User {
    login: String,
}

fn login<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<User>::deserialize(deserializer)?.map(|user| user.login))
}

/// Labels come as objects, and in old answers as plain names.
#[model]
#[serde(untagged)]
enum LabelName {
    Object { name: Option<String> },
    Text(String),
}

fn label_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let labels = Vec::<LabelName>::deserialize(deserializer)?;
    Ok(labels
        .into_iter()
        .filter_map(|label| match label {
            LabelName::Object { name } => name,
            LabelName::Text(name) => Some(name),
        })
        .collect())
}

fn is_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(!Value::deserialize(deserializer)?.is_null())
}

pub(crate) fn account(user: &Value) -> Option<Account> {
    Some(Account {
        id: user.get("id")?.to_string(),
        label: user.get("login")?.as_str()?.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    match response.status {
        403 | 429 if is_rate_limit(response) => {
            let mut error =
                ActionError::new(ErrorCode::RateLimited, "GitHub limits the rate of calls");
            if let Some(wait) = response.retry_after().or_else(|| until_reset(response)) {
                error = error.with_retry_after(wait);
            }
            Some(with_message(error, response))
        }
        // A credential that lacks a permission: another one may have it.
        403 => Some(with_message(
            ActionError::new(ErrorCode::Forbidden, "the credential may not do this"),
            response,
        )),
        422 => Some(with_message(
            ActionError::new(
                ErrorCode::ValidationError,
                "GitHub refused the request as not valid",
            )
            .with_hint(Hint::Abort),
            response,
        )),
        _ => None,
    }
}

/// The primary limit shows in a header, the secondary one in the text alone.
fn is_rate_limit(response: &UpstreamResponse) -> bool {
    response.status == 429
        || response.header("x-ratelimit-remaining") == Some("0")
        || response
            .error_text()
            .is_some_and(|text| text.to_ascii_lowercase().contains("rate limit"))
}

fn until_reset(response: &UpstreamResponse) -> Option<Duration> {
    let reset = Duration::from_secs(response.header("x-ratelimit-reset")?.parse().ok()?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(reset.saturating_sub(now))
}

/// Adds GitHub's message, and for each fault the field and what is wrong with it.
fn with_message(error: ActionError, response: &UpstreamResponse) -> ActionError {
    let body = response.json().unwrap_or_default();
    let faults = body
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|fault| match fault {
            Value::String(text) => text.clone(),
            fault => ["resource", "field", "code", "message"]
                .iter()
                .filter_map(|member| fault.get(member)?.as_str())
                .collect::<Vec<_>>()
                .join(" "),
        });
    let faults: Vec<_> = faults.collect();
    match (response.error_text(), faults.is_empty()) {
        (Some(text), true) => error.with_detail(text),
        (Some(text), false) => error.with_detail(format!("{text}: {}", faults.join("; "))),
        (None, _) => error,
    }
}
