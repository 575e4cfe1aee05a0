//! Links from issues to web pages.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Result, action, json, model, params, path,
};

use crate::model::{IssueKey, WebLink, text};

/// Lists the links from an issue to web pages, such as pull requests and documents.
///
/// Returns address, title and what the page is to the issue of each.
#[action(
    read,
    title = "List web links of an issue",
    scopes = ["read:jira-work"],
    get = "/rest/api/3/issue/{issue}/remotelink",
    page = Whole
)]
pub async fn list(cx: &ActionContext, issue: IssueKey) -> Result<Page<WebLink>>;

/// A link that was made.
#[model]
pub struct CreatedWebLink {
    /// Id.
    #[serde(deserialize_with = "text")]
    pub id: String,
}

/// Links an issue to a web page, such as a pull request or a document.
///
/// A link to the same address takes the place of the one before, so that none is there twice.
/// Returns the id of the link.
#[action(
    write,
    title = "Link an issue to a web page",
    scopes = ["write:jira-work"],
    reconcile(natural = find_created(issue, url))
)]
pub async fn create(
    cx: &ActionContext,
    issue: IssueKey,
    /// Address of the page.
    #[param(format = "uri", length(..=255))]
    url: String,
    /// What is shown for it.
    #[param(length(1..=255))]
    title: String,
    /// What it is about.
    summary: Option<String>,
    /// What the page is to the issue.
    #[param(example = "is fixed by")]
    relationship: Option<String>,
) -> Result<CreatedWebLink> {
    let mut object = json!({ "url": url, "title": title });
    if let Some(summary) = summary {
        object["summary"] = summary.into();
    }
    cx.post(path!("/rest/api/3/issue/{issue}/remotelink"))
        .fields(params!["globalId" = url, relationship, object])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    issue: IssueKey,
    url: String,
) -> Result<Outcome<CreatedWebLink>> {
    let links = list(cx, issue).await?;
    let found = Outcome::in_list(links, |link| link.url.as_deref() == Some(&url));
    found.try_map(|link| Ok(CreatedWebLink { id: link.id }))
}
