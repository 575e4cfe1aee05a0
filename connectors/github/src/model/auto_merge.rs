//! Auto-merge of pull requests.

use plugwright_sdk::model;

use super::login;

/// The auto-merge of a pull request.
#[model]
#[serde(from = "Answer")]
pub struct AutoMerge {
    /// Number of the pull request in the repository.
    pub pull_number: u64,
    /// `MERGE`, `SQUASH` or `REBASE`; absent if it was merged at once.
    pub merge_method: Option<String>,
    /// Login of who enabled it.
    pub enabled_by_login: Option<String>,
    /// Since when it is enabled (RFC 3339).
    pub enabled_at: Option<String>,
}

/// A pull request as GitHub writes it.
#[model]
#[serde(rename_all = "camelCase")]
struct Answer {
    number: u64,
    auto_merge_request: Option<Request>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct Request {
    merge_method: String,
    enabled_at: Option<String>,
    #[serde(default, deserialize_with = "login")]
    enabled_by: Option<String>,
}

impl From<Answer> for AutoMerge {
    fn from(answer: Answer) -> Self {
        let (method, at, by) = match answer.auto_merge_request {
            Some(request) => (
                Some(request.merge_method),
                request.enabled_at,
                request.enabled_by,
            ),
            None => (None, None, None),
        };
        Self {
            pull_number: answer.number,
            merge_method: method,
            enabled_by_login: by,
            enabled_at: at,
        }
    }
}
