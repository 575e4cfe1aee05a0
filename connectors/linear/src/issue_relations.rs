//! Relations of issues to each other.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params};

use crate::fragments::issue_relation;
use crate::key;
use crate::model::{Id, IssueId, IssueRelation, PerPage, RelationKind, Success};

const LIST: Operation = Operation::new(concat!(
    "query Relations($id: String!, $first: Int!, $after: String) {
        issue(id: $id) {
            relations(first: $first, after: $after) {
                nodes { ...RelationFields }
                pageInfo { hasNextPage endCursor }
            }
        }
    }
    ",
    issue_relation!()
));

const LIST_INVERSE: Operation = Operation::new(concat!(
    "query InverseRelations($id: String!, $first: Int!, $after: String) {
        issue(id: $id) {
            relations: inverseRelations(first: $first, after: $after) {
                nodes { ...RelationFields }
                pageInfo { hasNextPage endCursor }
            }
        }
    }
    ",
    issue_relation!()
));

const GET: Operation = Operation::new(concat!(
    "query Relation($id: String!) { issueRelation(id: $id) { ...RelationFields } }
    ",
    issue_relation!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateRelation($input: IssueRelationCreateInput!) {
        issueRelationCreate(input: $input) { issueRelation { ...RelationFields } }
    }
    ",
    issue_relation!()
));

const DELETE: Operation = Operation::new(
    "mutation DeleteRelation($id: String!) { issueRelationDelete(id: $id) { success } }",
);

/// Lists the relations of an issue to others: those that it blocks, duplicates or is related to.
///
/// With `inverse`, it lists the relations of others to it, such as what blocks it. Returns type, identifiers
/// and titles of each.
#[action(read, title = "List relations of an issue", scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    issue_id: IssueId,
    /// Whether relations of other issues to this one are listed.
    #[param(default = false)]
    inverse: bool,
    /// Relations per page.
    per_page: PerPage,
) -> Result<Page<IssueRelation>> {
    cx.graphql(if inverse { LIST_INVERSE } else { LIST })
        .variable("id", issue_id)
        .variable("first", per_page)
        .page(Connection::at("/issue/relations"))
        .await
}

/// Relates an issue to another.
///
/// Says that it blocks or duplicates the other, or has to do with it. Returns the relation with its id.
#[action(write, title = "Relate issues", scopes = ["write"], reconcile(key = find_created()))]
pub async fn create(
    cx: &ActionContext,
    /// Id or identifier of the issue that blocks, duplicates or is related.
    issue_id: IssueId,
    /// Id or identifier of the other issue.
    related_issue_id: IssueId,
    /// How they are related.
    kind: RelationKind,
) -> Result<IssueRelation> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![
                id = key::id(cx),
                issueId = issue_id,
                relatedIssueId = related_issue_id,
                r#type = kind
            ],
        )
        .at("/issueRelationCreate/issueRelation")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<IssueRelation>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/issueRelation")
            .fetch()
            .await,
    )
}

/// Removes a relation of two issues.
///
/// `issue_relations.list` gives the id. Both issues stay as they are. Returns nothing.
#[action(destructive, idempotent, title = "Remove a relation of issues", scopes = ["write"])]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the relation.
    relation_id: Id,
) -> Result<()> {
    let request = cx
        .graphql(DELETE)
        .variable("id", relation_id)
        .at("/issueRelationDelete");
    request.fetch::<Success>().await?.check()
}
