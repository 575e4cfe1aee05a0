//! Organizations.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::Organization;

/// Gets one organization by its login.
///
/// Returns name, description, website and counts of repositories and followers; members and owners
/// of the organization see more of it than others.
#[action(read, title = "Get an organization", scopes = ["read:org"], get = "/orgs/{org}")]
pub async fn get(
    cx: &ActionContext,
    /// Login of the organization.
    #[param(example = "octo-org")]
    org: String,
) -> Result<Organization>;
