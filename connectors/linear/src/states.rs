//! States that issues go through.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Result, action, json};

use crate::model::{PerPage, State, StateKind, TeamId};

const LIST: Operation = Operation::new(
    "query States($filter: WorkflowStateFilter, $first: Int!, $after: String) {
        workflowStates(filter: $filter, first: $first, after: $after) {
            nodes { id name type description color position team { id key } }
            pageInfo { hasNextPage endCursor }
        }
    }",
);

/// Lists the states that the issues of a team go through, such as Todo, In Progress and Done.
///
/// Returns id, name, type and place of each; `issues.update` takes the id.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only states of this team.
    team: Option<TeamId>,
    /// Only states of this type.
    #[param(rename = "type")]
    kind: Option<StateKind>,
    /// States per page.
    per_page: PerPage,
) -> Result<Page<State>> {
    let mut filter = json!({});
    if let Some(team) = team {
        filter["team"] = team.filter();
    }
    if let Some(kind) = kind {
        filter["type"] = json!({ "eq": kind.name() });
    }
    cx.graphql(LIST)
        .variable("filter", filter)
        .variable("first", per_page)
        .page(Connection::at("/workflowStates"))
        .await
}
