//! Components of a project.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Component, ProjectKey};

/// Lists the components of a project: the parts of what it is about.
///
/// Returns id, name, description and lead of each; `issues.create` takes the names.
#[action(
    read,
    title = "List components of a project",
    scopes = ["read:jira-work"],
    get = "/rest/api/3/project/{project}/components",
    page = Whole
)]
pub async fn list(cx: &ActionContext, project: ProjectKey) -> Result<Page<Component>>;
