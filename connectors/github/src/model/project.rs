//! Projects.

use plugwright_sdk::model;

use super::graphql::{RepositoryName, total_count};

/// A project of a person or an organization.
#[model]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct Project {
    /// Id over all of GitHub.
    pub id: String,
    /// Number at its owner.
    pub number: u64,
    /// Title.
    pub title: String,
    /// What it is about.
    pub short_description: Option<String>,
    /// Whether everybody can see it.
    pub public: bool,
    /// Whether it is closed.
    pub closed: bool,
    /// Its page.
    pub url: String,
    /// Number of its items.
    #[serde(rename(deserialize = "items"), deserialize_with = "total_count")]
    pub item_count: u64,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

/// An issue, a pull request or a draft in a project.
#[model]
#[serde(from = "Answer")]
pub struct ProjectItem {
    /// Id of the item.
    pub id: String,
    /// `ISSUE`, `PULL_REQUEST`, `DRAFT_ISSUE`, or `REDACTED` for what the account can't see.
    pub kind: String,
    /// Title.
    pub title: Option<String>,
    /// Repository, as `owner/name`; drafts have none.
    pub repository: Option<String>,
    /// Number in the repository; drafts have none.
    pub number: Option<u64>,
    /// `OPEN`, `CLOSED` or `MERGED`; drafts have none.
    pub state: Option<String>,
    /// Value of the project's field `Status`.
    pub status: Option<String>,
    /// Its page; drafts have none.
    pub url: Option<String>,
    /// Whether it is archived.
    pub is_archived: bool,
    /// When it was added (RFC 3339).
    pub created_at: String,
    /// When it last changed in the project (RFC 3339).
    pub updated_at: String,
}

/// An item as GitHub writes it.
#[model]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: String,
    r#type: String,
    is_archived: bool,
    created_at: String,
    updated_at: String,
    status: Option<Status>,
    content: Option<Content>,
}

/// A field of another type than one choice has no name.
#[model]
struct Status {
    name: Option<String>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct Content {
    number: Option<u64>,
    title: Option<String>,
    url: Option<String>,
    issue_state: Option<String>,
    pull_state: Option<String>,
    repository: Option<RepositoryName>,
}

impl From<Answer> for ProjectItem {
    fn from(answer: Answer) -> Self {
        let content = answer.content.unwrap_or(Content {
            number: None,
            title: None,
            url: None,
            issue_state: None,
            pull_state: None,
            repository: None,
        });
        Self {
            id: answer.id,
            kind: answer.r#type,
            title: content.title,
            repository: content.repository.map(|name| name.name_with_owner),
            number: content.number,
            state: content.issue_state.or(content.pull_state),
            status: answer.status.and_then(|status| status.name),
            url: content.url,
            is_archived: answer.is_archived,
            created_at: answer.created_at,
            updated_at: answer.updated_at,
        }
    }
}
