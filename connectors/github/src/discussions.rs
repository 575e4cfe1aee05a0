//! Discussions of a repository, which only GitHub's GraphQL API has.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action};

use crate::model::{Discussion, DiscussionComment, Nodes, OwnComment, Repo};

/// State of a discussion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum DiscussionState {
    /// Still open.
    Open,
    /// Closed.
    Closed,
}

/// Order of lists of discussions, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum DiscussionSort {
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

const LIST: Operation = Operation::new(
    "query Discussions(
        $owner: String!, $name: String!, $states: [DiscussionState!], $answered: Boolean,
        $sort: DiscussionOrderField!, $first: Int!, $after: String
    ) {
        repository(owner: $owner, name: $name) {
            discussions(
                states: $states, answered: $answered, orderBy: { field: $sort, direction: DESC },
                first: $first, after: $after
            ) {
                totalCount
                nodes {
                    id number title url closed isAnswered upvoteCount createdAt updatedAt
                    author { login }
                    category { name }
                    comments { totalCount }
                }
                pageInfo { hasNextPage endCursor }
            }
        }
    }",
);

const GET: Operation = Operation::new(
    "query Discussion($owner: String!, $name: String!, $number: Int!) {
        repository(owner: $owner, name: $name) {
            discussion(number: $number) {
                id number title body url closed isAnswered upvoteCount createdAt updatedAt
                author { login }
                category { name }
                comments { totalCount }
            }
        }
    }",
);

const LIST_COMMENTS: Operation = Operation::new(
    "query DiscussionComments(
        $owner: String!, $name: String!, $number: Int!, $first: Int!, $after: String
    ) {
        repository(owner: $owner, name: $name) {
            discussion(number: $number) {
                comments(first: $first, after: $after) {
                    totalCount
                    nodes {
                        id body url isAnswer upvoteCount createdAt updatedAt
                        author { login }
                        replies { totalCount }
                    }
                    pageInfo { hasNextPage endCursor }
                }
            }
        }
    }",
);

const CREATE_COMMENT: Operation = Operation::new(
    "mutation AddDiscussionComment($discussionId: ID!, $body: String!, $replyToId: ID) {
        addDiscussionComment(
            input: { discussionId: $discussionId, body: $body, replyToId: $replyToId }
        ) {
            comment {
                id body url isAnswer upvoteCount createdAt updatedAt
                author { login }
                replies { totalCount }
            }
        }
    }",
);

const FIND_COMMENT: Operation = Operation::new(
    "query FindDiscussionComment($discussionId: ID!) {
        node(id: $discussionId) {
            ... on Discussion {
                comments(last: 100) {
                    nodes {
                        id body url isAnswer upvoteCount createdAt updatedAt
                        viewerDidAuthor
                        author { login }
                        replies { totalCount }
                    }
                }
            }
        }
    }",
);

const FIND_REPLY: Operation = Operation::new(
    "query FindDiscussionReply($replyToId: ID!) {
        node(id: $replyToId) {
            ... on DiscussionComment {
                comments: replies(last: 100) {
                    nodes {
                        id body url isAnswer upvoteCount createdAt updatedAt
                        viewerDidAuthor
                        author { login }
                        replies { totalCount }
                    }
                }
            }
        }
    }",
);

/// Lists the discussions of a repository, newest first.
///
/// Filters by state and by whether an answer was chosen. Returns number, title, category, author,
/// counts and times of each; `discussions.get` has the text.
#[action("discussions.list", read, scopes = ["repo"])]
pub async fn list(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Only discussions in this state.
    state: Option<DiscussionState>,
    /// Only discussions with an answer, or only those without.
    answered: Option<bool>,
    /// Order of the list.
    #[param(default = DiscussionSort::UpdatedAt)]
    sort: DiscussionSort,
    /// Discussions per page.
    #[param(default = 30, range(1..=100))]
    per_page: u32,
) -> Result<Page<Discussion>> {
    cx.graphql(LIST)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .enum_variable("states", state.map(|state| vec![state]))
        .variable("answered", answered)
        .enum_variable("sort", sort)
        .variable("first", per_page)
        .page(Connection::at("/repository/discussions"))
        .await
}

/// Gets one discussion of a repository by its number.
///
/// Returns title, text, category, author, counts and times, whether it is closed and answered, and the
/// id that commenting takes.
#[action("discussions.get", read, title = "Get a discussion", scopes = ["repo"])]
pub async fn get(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Number of the discussion in the repository.
    #[param(range(1..))]
    discussion_number: u32,
) -> Result<Discussion> {
    cx.graphql(GET)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .variable("number", discussion_number)
        .at("/repository/discussion")
        .fetch()
        .await
}

/// Lists the comments on a discussion, oldest first, without the replies to them.
///
/// Returns text, author, votes and times of each, the number of its replies, and whether it was chosen
/// as the answer.
#[action("discussions.list_comments", read, title = "List comments on a discussion", scopes = ["repo"])]
pub async fn list_comments(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Number of the discussion in the repository.
    #[param(range(1..))]
    discussion_number: u32,
    /// Comments per page.
    #[param(default = 30, range(1..=100))]
    per_page: u32,
) -> Result<Page<DiscussionComment>> {
    cx.graphql(LIST_COMMENTS)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .variable("number", discussion_number)
        .variable("first", per_page)
        .page(Connection::at("/repository/discussion/comments"))
        .await
}

/// Comments on a discussion, or replies to a comment on it.
///
/// Takes the ids that `discussions.get` and `discussions.list_comments` give. Returns the new comment
/// with its id.
#[action("discussions.create_comment", write, title = "Comment on a discussion", scopes = ["repo"], reconcile(natural = find_comment(discussion_id, body, reply_to_id)))]
pub async fn create_comment(
    cx: &ActionContext,
    /// Id of the discussion.
    #[param(length(1..), example = "D_kwDOAHNrn84AVQqH")]
    discussion_id: String,
    /// Text of the comment, in Markdown.
    #[param(length(1..=65_536))]
    body: String,
    /// Id of the comment that this replies to.
    reply_to_id: Option<String>,
) -> Result<DiscussionComment> {
    cx.graphql(CREATE_COMMENT)
        .variable("discussionId", discussion_id)
        .variable("body", body)
        .variable("replyToId", reply_to_id)
        .at("/addDiscussionComment/comment")
        .fetch()
        .await
}

/// Looks among the newest comments of the discussion, or replies to the comment.
async fn find_comment(
    cx: &ActionContext,
    lost: &Lost,
    discussion_id: String,
    body: String,
    reply_to_id: Option<String>,
) -> Result<Outcome<DiscussionComment>> {
    let request = match reply_to_id {
        Some(id) => cx.graphql(FIND_REPLY).variable("replyToId", id),
        None => cx
            .graphql(FIND_COMMENT)
            .variable("discussionId", discussion_id),
    };
    let found: Nodes<OwnComment> = request.at("/node/comments").fetch().await?;
    let newest: Vec<_> = found.present().collect();
    let reaches_back = newest.len() < 100
        || newest
            .first()
            .is_some_and(|oldest| !lost.covers(&oldest.comment.created_at));
    let outcome = Outcome::in_list(Page::new(newest), |found| {
        found.viewer_did_author
            && Lost::same_text(Some(&found.comment.body), Some(&body))
            && lost.covers(&found.comment.created_at)
    });
    match outcome {
        Outcome::NotDone if !reaches_back => {
            Ok(Outcome::unknown("there are too many newer comments"))
        }
        outcome => outcome.try_map(|found| Ok(found.comment)),
    }
}
