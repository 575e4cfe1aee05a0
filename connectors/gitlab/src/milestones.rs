//! Milestones of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Param, Result, action};

use crate::model::{Milestone, PerPage, ProjectRef};

/// State of a milestone, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MilestoneState {
    /// Still open.
    Active,
    /// Closed.
    Closed,
}

/// Lists the milestones of a project, those of the groups around it if asked to.
///
/// Filters by state, title and words. Returns id, title, text, state and days of each.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/milestones",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only milestones in this state.
    state: Option<MilestoneState>,
    /// Only the milestone with this title.
    title: Option<String>,
    /// Only milestones with these words in title or text.
    search: Option<String>,
    /// Whether milestones of the groups around the project count.
    #[param(provider_default = false)]
    include_ancestors: Option<bool>,
    /// Milestones per page.
    per_page: Option<PerPage>,
) -> Result<Page<Milestone>>;
