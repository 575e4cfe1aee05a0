//! Merging a pull request once its requirements are met, which only GitHub's GraphQL API can do.

use plugwright_sdk::graphql::Operation;
use plugwright_sdk::{ActionContext, Result, action, model};

use crate::model::{AutoMerge, Repo, Sha};
use crate::pulls::MergeMethod;

const FIND_ID: Operation = Operation::new(
    "query PullRequestId($owner: String!, $name: String!, $number: Int!) {
        repository(owner: $owner, name: $name) { pullRequest(number: $number) { id } }
    }",
);

const ENABLE: Operation = Operation::new(
    "mutation EnableAutoMerge(
        $id: ID!, $method: PullRequestMergeMethod!, $headline: String, $body: String, $sha: GitObjectID
    ) {
        enablePullRequestAutoMerge(input: {
            pullRequestId: $id, mergeMethod: $method, commitHeadline: $headline, commitBody: $body,
            expectedHeadOid: $sha
        }) {
            pullRequest {
                number
                autoMergeRequest { mergeMethod enabledAt enabledBy { login } }
            }
        }
    }",
);

#[model]
struct Node {
    id: String,
}

/// Merges a pull request by itself as soon as its reviews and checks allow it.
///
/// The repository must allow auto-merge, and something must still be missing: a pull request that can
/// be merged now is refused. Returns the merge method, and since when and by whom it is enabled.
#[action("pulls.enable_auto_merge", write, title = "Enable auto-merge of a pull request", scopes = ["repo"])]
pub async fn enable(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Number of the pull request in the repository.
    #[param(range(1..))]
    pull_number: u32,
    /// How its commits reach the base branch; the repository must allow it.
    #[param(default = MergeMethod::Merge)]
    merge_method: MergeMethod,
    /// Title of the commit, in place of GitHub's.
    commit_title: Option<String>,
    /// Text of the commit, below the title.
    commit_message: Option<String>,
    /// Commit that must be the newest of its branch.
    sha: Option<Sha>,
) -> Result<AutoMerge> {
    let pull: Node = cx
        .graphql(FIND_ID)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .variable("number", pull_number)
        .at("/repository/pullRequest")
        .fetch()
        .await?;
    cx.graphql(ENABLE)
        .variable("id", pull.id)
        .enum_variable("method", merge_method)
        .variable("headline", commit_title)
        .variable("body", commit_message)
        .variable("sha", sha)
        .at("/enablePullRequestAutoMerge/pullRequest")
        .fetch()
        .await
}
