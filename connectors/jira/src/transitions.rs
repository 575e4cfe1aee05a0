//! From one status of an issue to another.

use plugwright_sdk::pagination::{Pagination, Whole};
use plugwright_sdk::{ActionContext, ActionError, Page, Result, action, json, params, path};

use crate::document::from_markdown;
use crate::model::{IssueKey, Transition};

/// Lists the transitions that an issue can take now, each to another status.
///
/// Returns id and name of each, the status that it leads to, and whether Jira asks for fields then.
#[action("issues.list_transitions", read, scopes = ["read:jira-work"])]
pub async fn list(cx: &ActionContext, issue: IssueKey) -> Result<Page<Transition>> {
    cx.get(path!("/rest/api/3/issue/{issue}/transitions"))
        .page(Whole.items("/transitions"))
        .await
}

/// Moves an issue to another status, by a transition that it can take now.
///
/// The transition is named by its id, its name or the status that it leads to. A resolution or a
/// comment can be given where the transition asks for it. Returns nothing.
#[action(
    "issues.transition",
    write,
    title = "Move an issue to another status",
    scopes = ["write:jira-work"]
)]
pub async fn apply(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id or name of the transition, or name of the status.
    #[param(length(1..), example = "Done")]
    transition: String,
    /// Name of the resolution.
    #[param(example = "Fixed")]
    resolution: Option<String>,
    /// Text of a comment, in Markdown.
    comment: Option<String>,
) -> Result<()> {
    let is_id = transition.bytes().all(|byte| byte.is_ascii_digit());
    let id = if is_id {
        transition
    } else {
        find(&list(cx, issue.clone()).await?.items, &transition)?
    };
    let fields = resolution.map(|name| json!({ "resolution": { "name": name } }));
    let update =
        comment.map(|text| json!({ "comment": [{ "add": { "body": from_markdown(&text) } }] }));
    cx.post(path!("/rest/api/3/issue/{issue}/transitions"))
        .fields(params![transition = json!({ "id": id }), fields, update])
        .fetch()
        .await
}

/// Finds the one transition of this name, or the one to this status.
fn find(transitions: &[Transition], wanted: &str) -> Result<String> {
    let is_wanted = |name: &str| name.trim().eq_ignore_ascii_case(wanted.trim());
    let by_name = transitions.iter().filter(|one| is_wanted(&one.name));
    let to_status = transitions
        .iter()
        .filter(|one| one.to_status.as_deref().is_some_and(is_wanted));
    let named: Vec<_> = by_name.collect();
    let found = if named.is_empty() {
        to_status.collect()
    } else {
        named
    };
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        _ => {
            let known = transitions.iter().map(|one| {
                let status = one.to_status.as_deref().unwrap_or("another status");
                format!("`{}` ({} to {status})", one.id, one.name)
            });
            let known: Vec<_> = known.collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            let problem = if found.is_empty() {
                "is not"
            } else {
                "is more than"
            };
            Err(ActionError::invalid_param(
                "transition",
                format!("{problem} one that the issue can take now; there is {known}"),
            ))
        }
    }
}
