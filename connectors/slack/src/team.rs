//! The workspace.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::Team;

/// Gets the workspace of the token's account.
///
/// Returns its id, its name, its domain and the enterprise that it is a part of.
#[action(read, title = "Get the workspace", scopes = ["team:read"])]
pub async fn get(cx: &ActionContext) -> Result<Team> {
    cx.get("/team.info").fetch_at("/team").await
}
