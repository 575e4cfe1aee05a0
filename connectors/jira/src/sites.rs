//! The sites that a token is for.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::Site;

/// Lists the sites that an OAuth token is for, with their cloud ids.
///
/// The `base_url` of a connection with such a token is `https://api.atlassian.com/ex/jira/` and the
/// cloud id. Returns id, name, address and scopes of each site; API tokens have no such list.
#[action(read)]
pub async fn list(cx: &ActionContext) -> Result<Page<Site>> {
    cx.get("/oauth/token/accessible-resources")
        .host("atlassian")
        .page(Whole)
        .await
}
