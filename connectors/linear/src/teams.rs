//! Teams.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::fragments::team;
use crate::model::{PerPage, Team, TeamId};

const LIST: Operation = Operation::new(concat!(
    "query Teams($first: Int!, $after: String) {
        teams(first: $first, after: $after) {
            nodes { ...TeamFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    team!()
));

const GET: Operation = Operation::new(concat!(
    "query Team($id: String!) { team(id: $id) { ...TeamFields } }
    ",
    team!()
));

/// Lists the teams that the account can see.
///
/// Returns id, key, name, time zone and number of issues of each, page by page.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    /// Teams per page.
    per_page: PerPage,
) -> Result<Page<Team>> {
    cx.graphql(LIST)
        .variable("first", per_page)
        .page(Connection::at("/teams"))
        .await
}

/// Gets one team by its key or id.
///
/// Returns name, description, time zone and number of issues, the state of new issues, and the cycle that
/// runs now.
#[action(read, scopes = ["read"])]
pub async fn get(cx: &ActionContext, team: TeamId) -> Result<Team> {
    cx.graphql(GET)
        .variable("id", team)
        .at("/team")
        .fetch()
        .await
}
