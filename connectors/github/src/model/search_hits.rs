//! Results of a search of everything.

use plugwright_sdk::model;

use super::graphql::{Nodes, RepositoryName};

/// What a search found, by kind.
#[model]
pub struct SearchHits {
    /// Repositories.
    pub repositories: Hits,
    /// Issues and pull requests.
    pub issues: Hits,
    /// Discussions.
    pub discussions: Hits,
    /// People and organizations.
    pub accounts: Hits,
}

/// Results of one kind.
#[model]
#[serde(from = "Answer")]
pub struct Hits {
    /// Number of all matches.
    pub count: u64,
    /// The best matches.
    pub items: Vec<Hit>,
}

/// One result.
#[model]
pub struct Hit {
    /// `Repository`, `Issue`, `PullRequest`, `Discussion`, `User` or `Organization`.
    pub kind: String,
    /// Title, or the name of a repository or an account.
    pub title: String,
    /// Its page.
    pub url: String,
    /// Repository that it is in, as `owner/name`.
    pub repository: Option<String>,
    /// Number in the repository.
    pub number: Option<u64>,
    /// `OPEN`, `CLOSED` or `MERGED`.
    pub state: Option<String>,
}

/// Results as GitHub writes them.
#[model]
struct Answer {
    count: u64,
    #[serde(flatten)]
    list: Nodes<Node>,
}

/// A result of any kind; one of another kind has no URL.
#[model]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(rename = "__typename")]
    kind: String,
    title: Option<String>,
    login: Option<String>,
    name_with_owner: Option<String>,
    url: Option<String>,
    number: Option<u64>,
    issue_state: Option<String>,
    pull_state: Option<String>,
    repository: Option<RepositoryName>,
}

impl From<Answer> for Hits {
    fn from(answer: Answer) -> Self {
        let hit = |node: Node| {
            Some(Hit {
                kind: node.kind,
                title: node.title.or(node.login).or(node.name_with_owner)?,
                url: node.url?,
                repository: node.repository.map(|name| name.name_with_owner),
                number: node.number,
                state: node.issue_state.or(node.pull_state),
            })
        };
        Self {
            count: answer.count,
            items: answer.list.present().filter_map(hit).collect(),
        }
    }
}
