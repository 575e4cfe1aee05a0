//! Cycles of teams.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Param, Result, action, json};

use crate::fragments::cycle;
use crate::model::{Cycle, Id, PerPage, TeamId};

const LIST: Operation = Operation::new(concat!(
    "query Cycles($filter: CycleFilter, $first: Int!, $after: String) {
        cycles(filter: $filter, first: $first, after: $after) {
            nodes { ...CycleFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    cycle!()
));

const GET: Operation = Operation::new(concat!(
    "query Cycle($id: String!) { cycle(id: $id) { ...CycleFields } }
    ",
    cycle!()
));

/// When a cycle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum When {
    /// Now.
    Active,
    /// The one after that.
    Next,
    /// The one before that.
    Previous,
    /// Any that is over.
    Past,
    /// Any to come.
    Future,
}

impl When {
    fn condition(self) -> &'static str {
        match self {
            Self::Active => "isActive",
            Self::Next => "isNext",
            Self::Previous => "isPrevious",
            Self::Past => "isPast",
            Self::Future => "isFuture",
        }
    }
}

/// Lists the cycles of a team, all of them or the one that runs now.
///
/// Returns number, name, times and progress of each, page by page; `issues.list` has the issues of one.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    team: TeamId,
    /// Only cycles that are then.
    when: Option<When>,
    /// Cycles per page.
    per_page: PerPage,
) -> Result<Page<Cycle>> {
    let mut filter = json!({ "team": team.filter() });
    if let Some(when) = when {
        filter[when.condition()] = json!({ "eq": true });
    }
    cx.graphql(LIST)
        .variable("filter", filter)
        .variable("first", per_page)
        .page(Connection::at("/cycles"))
        .await
}

/// Gets one cycle of a team by its id.
///
/// Returns number, name, description, times and progress, and whether it runs now.
#[action(read, scopes = ["read"])]
pub async fn get(
    cx: &ActionContext,
    /// Id of the cycle.
    cycle_id: Id,
) -> Result<Cycle> {
    cx.graphql(GET)
        .variable("id", cycle_id)
        .at("/cycle")
        .fetch()
        .await
}
