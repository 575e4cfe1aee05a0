//! Projects, which only GitHub's GraphQL API has.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Result, action, model};

use crate::model::{Project, ProjectItem, Repo};

const GET: Operation = Operation::new(
    "query Project($owner: String!, $number: Int!) {
        repositoryOwner(login: $owner) {
            ... on ProjectV2Owner {
                projectV2(number: $number) {
                    id number title shortDescription public closed url createdAt updatedAt
                    items { totalCount }
                }
            }
        }
    }",
);

const LIST_ITEMS: Operation = Operation::new(
    r#"query ProjectItems($owner: String!, $number: Int!, $first: Int!, $after: String) {
        repositoryOwner(login: $owner) {
            ... on ProjectV2Owner {
                projectV2(number: $number) {
                    items(first: $first, after: $after) {
                        totalCount
                        nodes {
                            id type isArchived createdAt updatedAt
                            status: fieldValueByName(name: "Status") {
                                ... on ProjectV2ItemFieldSingleSelectValue { name }
                            }
                            content {
                                ... on DraftIssue { title }
                                ... on Issue {
                                    number title url issueState: state
                                    repository { nameWithOwner }
                                }
                                ... on PullRequest {
                                    number title url pullState: state
                                    repository { nameWithOwner }
                                }
                            }
                        }
                        pageInfo { hasNextPage endCursor }
                    }
                }
            }
        }
    }"#,
);

const FIND_IDS: Operation = Operation::new(
    "query ProjectAndContent(
        $projectOwner: String!, $projectNumber: Int!, $owner: String!, $name: String!, $number: Int!
    ) {
        repositoryOwner(login: $projectOwner) {
            ... on ProjectV2Owner { projectV2(number: $projectNumber) { id } }
        }
        repository(owner: $owner, name: $name) {
            issueOrPullRequest(number: $number) {
                ... on Issue { id }
                ... on PullRequest { id }
            }
        }
    }",
);

const ADD_ITEM: Operation = Operation::new(
    r#"mutation AddProjectItem($projectId: ID!, $contentId: ID!) {
        addProjectV2ItemById(input: { projectId: $projectId, contentId: $contentId }) {
            item {
                id type isArchived createdAt updatedAt
                status: fieldValueByName(name: "Status") {
                    ... on ProjectV2ItemFieldSingleSelectValue { name }
                }
                content {
                    ... on DraftIssue { title }
                    ... on Issue {
                        number title url issueState: state
                        repository { nameWithOwner }
                    }
                    ... on PullRequest {
                        number title url pullState: state
                        repository { nameWithOwner }
                    }
                }
            }
        }
    }"#,
);

/// What both parts of an item are known by.
#[model]
#[serde(rename_all = "camelCase")]
struct Ids {
    repository_owner: Owner,
    repository: Content,
}

#[model]
struct Owner {
    #[serde(rename = "projectV2")]
    project: Node,
}

#[model]
struct Content {
    #[serde(rename = "issueOrPullRequest")]
    node: Node,
}

#[model]
struct Node {
    id: String,
}

/// Gets a project of a person or an organization by its number.
///
/// Returns title, description, visibility, times and the number of its items. Projects replaced the
/// classic ones, whose cards `project_cards.list` lists.
#[action("projects.get", read, title = "Get a project", scopes = ["read:project"])]
pub async fn get(
    cx: &ActionContext,
    /// Login of the person or organization that has it.
    #[param(length(1..=100), example = "octo-org")]
    owner: String,
    /// Number of the project, as in its URL.
    #[param(range(1..))]
    project_number: u32,
) -> Result<Project> {
    cx.graphql(GET)
        .variable("owner", owner)
        .variable("number", project_number)
        .at("/repositoryOwner/projectV2")
        .fetch()
        .await
}

/// Lists the items of a project: issues, pull requests and drafts, in the order of the project.
///
/// Returns kind, title, number, repository, state and the field `Status` of each. Of an item that the
/// account can't see only kind and id are there.
#[action("projects.list_items", read, title = "List items of a project", scopes = ["read:project"])]
pub async fn list_items(
    cx: &ActionContext,
    /// Login of the person or organization that has the project.
    #[param(length(1..=100), example = "octo-org")]
    owner: String,
    /// Number of the project, as in its URL.
    #[param(range(1..))]
    project_number: u32,
    /// Items per page.
    #[param(default = 30, range(1..=100))]
    per_page: u32,
) -> Result<Page<ProjectItem>> {
    cx.graphql(LIST_ITEMS)
        .variable("owner", owner)
        .variable("number", project_number)
        .variable("first", per_page)
        .page(Connection::at("/repositoryOwner/projectV2/items"))
        .await
}

/// Adds an issue or a pull request to a project.
///
/// Adding what is in the project already changes nothing. Returns the item of the project.
#[action("projects.add_item", write, idempotent, title = "Add an item to a project", scopes = ["project", "repo"])]
pub async fn add_item(
    cx: &ActionContext,
    /// Login of the person or organization that has the project.
    #[param(length(1..=100), example = "octo-org")]
    owner: String,
    /// Number of the project, as in its URL.
    #[param(range(1..))]
    project_number: u32,
    /// Repository of the issue or pull request, as `owner/name`.
    repo: Repo,
    /// Number of the issue or pull request in the repository.
    #[param(range(1..))]
    number: u32,
) -> Result<ProjectItem> {
    let ids: Ids = cx
        .graphql(FIND_IDS)
        .variable("projectOwner", owner)
        .variable("projectNumber", project_number)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .variable("number", number)
        .fetch()
        .await?;
    cx.graphql(ADD_ITEM)
        .variable("projectId", ids.repository_owner.project.id)
        .variable("contentId", ids.repository.node.id)
        .at("/addProjectV2ItemById/item")
        .fetch()
        .await
}
