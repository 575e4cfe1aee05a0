//! Links between issues.

use plugwright_sdk::pagination::{Pagination, Whole};
use plugwright_sdk::{ActionContext, Page, Result, action, json, params};

use crate::model::{IssueKey, IssueLink, LinkType};

/// Lists the kinds of links that issues can have, such as `Blocks` or `Duplicate`.
///
/// Returns the name of each, and what it says in each direction.
#[action(
    read,
    title = "List types of issue links",
    scopes = ["read:jira-work"],
    get = "/rest/api/3/issueLinkType",
    page = Whole.items("/issueLinkTypes")
)]
pub async fn list_types(cx: &ActionContext) -> Result<Page<LinkType>>;

/// Links two issues: with type `Blocks`, the outward issue is blocked by the inward one.
///
/// Returns nothing; `issues.get` has the links of an issue with their ids.
#[action(write, scopes = ["write:jira-work"])]
pub async fn create(
    cx: &ActionContext,
    /// Name of the kind, from `issue_links.list_types`.
    #[param(length(1..), example = "Blocks")]
    link_type: String,
    /// Key of the issue that the link comes from: the one that blocks.
    inward_issue: IssueKey,
    /// Key of the issue that the link goes to: the one that is blocked.
    outward_issue: IssueKey,
) -> Result<()> {
    cx.post("/rest/api/3/issueLink")
        .fields(params![
            r#type = json!({ "name": link_type }),
            "inwardIssue" = json!({ "key": inward_issue.0 }),
            "outwardIssue" = json!({ "key": outward_issue.0 })
        ])
        .fetch()
        .await
}

/// Gets one link between two issues by its id.
///
/// Returns its kind, and the keys of both issues.
#[action(
    read,
    scopes = ["read:jira-work"],
    get = "/rest/api/3/issueLink/{link_id}"
)]
pub async fn get(
    cx: &ActionContext,
    /// Id of the link, from `issues.get`.
    link_id: String,
) -> Result<IssueLink>;

/// Deletes a link between two issues; the issues themselves stay.
///
/// Returns nothing; fails if there is no such link.
#[action(
    destructive,
    scopes = ["write:jira-work"],
    delete = "/rest/api/3/issueLink/{link_id}"
)]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the link, from `issues.get`.
    link_id: String,
) -> Result<()>;
