//! Pinned issues.

use plugwright_sdk::model;

use super::User;

/// An issue at the top of a repository's issues.
#[model]
#[serde(from = "Answer")]
pub struct PinnedIssue {
    /// Number in the repository.
    pub number: u64,
    /// Title.
    pub title: String,
    /// `OPEN` or `CLOSED`.
    pub state: String,
    /// Its page.
    pub url: String,
    /// Login of who pinned it.
    pub pinned_by_login: String,
}

/// A pinned issue as GitHub writes it.
#[model]
#[serde(rename_all = "camelCase")]
struct Answer {
    issue: Issue,
    pinned_by: User,
}

#[model]
struct Issue {
    number: u64,
    title: String,
    state: String,
    url: String,
}

impl From<Answer> for PinnedIssue {
    fn from(answer: Answer) -> Self {
        let Answer { issue, pinned_by } = answer;
        Self {
            number: issue.number,
            title: issue.title,
            state: issue.state,
            url: issue.url,
            pinned_by_login: pinned_by.login,
        }
    }
}
