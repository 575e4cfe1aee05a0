//! Members of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, path};

use crate::model::{LONGEST_PAGE, Member, PerPage, ProjectRef};

/// Lists the members of a project, with those of the groups around it.
///
/// Returns username, name, state and level of access of each: 10 guest, 20 reporter, 30 developer,
/// 40 maintainer, 50 owner.
#[action(
    read,
    title = "List the members of a project",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/members/all",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only members whose name, username or mail address begins like this.
    query: Option<String>,
    /// Members per page.
    per_page: Option<PerPage>,
) -> Result<Page<Member>>;

/// Adds an account to a project as a member, with a level of access.
///
/// Fails if the account is a member already, also by a group. Returns the new member.
#[action(
    write,
    title = "Add a member to a project",
    scopes = ["api"],
    reconcile(natural = find_added(project, user_id, access_level)),
    post = "/projects/{project}/members",
    json
)]
pub async fn add(
    cx: &ActionContext,
    project: ProjectRef,
    /// Id of the account, from `users.list`.
    user_id: u64,
    /// 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner.
    #[param(range(5..=50), example = 30)]
    access_level: u32,
    /// Last day of the membership.
    #[param(format = "date")]
    expires_at: Option<String>,
) -> Result<Member>;

async fn find_added(
    cx: &ActionContext,
    _lost: &Lost,
    project: ProjectRef,
    user_id: u64,
    access_level: u32,
) -> Result<Outcome<Member>> {
    let members: Page<Member> = cx
        .get(path!("/projects/{project}/members/all"))
        .query("per_page", LONGEST_PAGE)
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(members, |member| {
        member.id == user_id && member.access_level == access_level
    }))
}
