//! Fields of issues.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::Field;

/// Lists the fields that issues of the site can have, those that the site added among them.
///
/// Returns id, name and type of each, and its names in JQL, to find what `customfield_10001` is.
#[action(
    read,
    scopes = ["read:jira-work"],
    get = "/rest/api/3/field",
    page = Whole
)]
pub async fn list(cx: &ActionContext) -> Result<Page<Field>>;
