//! Issues.

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Patch, Result, Value, action, json, params, path,
};

use crate::document::from_markdown;
use crate::model::{Change, CreatedIssue, FIELDS, Issue, IssueKey, MaxResults, ProjectKey, values};

/// Id of the account, from `users.search`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=128), example = "5b10a2844c20165700ede21g")]
pub struct AccountId(pub String);

/// The fields to read, with further ones.
fn with_fields(further: &[&str], custom: Option<Vec<String>>) -> String {
    let further = further.iter().map(|name| (*name).to_owned());
    let all = further.chain(custom.into_iter().flatten());
    all.fold(FIELDS.to_owned(), |fields, name| fields + "," + &name)
}

/// Lists come with a token for the next page, and without a total.
fn search_pages() -> impl Pagination {
    CursorField::new("nextPageToken", "/nextPageToken").items("/issues")
}

/// Finds issues by a query in JQL, page by page.
///
/// The query must be bounded, as by a project or a time, such as `project = ED AND status != Done
/// ORDER BY updated DESC`. Returns key, title, text, status, type, people, labels and times of each.
/// What was just written may be missing for some seconds.
#[action(read, title = "Search issues", scopes = ["read:jira-work"])]
pub async fn search(
    cx: &ActionContext,
    /// Query in JQL.
    #[param(length(1..), example = "assignee = currentUser() AND resolution IS EMPTY")]
    jql: String,
    /// Ids of custom fields to return too, from `fields.list`.
    custom_fields: Option<Vec<String>>,
    /// Issues per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Issue>> {
    cx.get("/rest/api/3/search/jql")
        .query_params(params![jql, fields = with_fields(&[], custom_fields)])
        .query("maxResults", max_results)
        .page(search_pages())
        .await
}

/// Gets one issue by its key, with its attachments and links.
///
/// Returns title, text as Markdown, status, type, priority, people, labels, versions, times,
/// attachments and links to other issues.
#[action(read, scopes = ["read:jira-work"])]
pub async fn get(
    cx: &ActionContext,
    issue: IssueKey,
    /// Ids of custom fields to return too, from `fields.list`.
    custom_fields: Option<Vec<String>>,
) -> Result<Issue> {
    let fields = with_fields(&["attachment", "issuelinks"], custom_fields);
    cx.get(path!("/rest/api/3/issue/{issue}"))
        .query("fields", fields)
        .fetch()
        .await
}

/// A reference by key, or by id if it has digits alone.
fn reference(text: &str) -> Value {
    let is_id = text.bytes().all(|byte| byte.is_ascii_digit());
    json!({ (if is_id { "id" } else { "key" }): text })
}

fn named(names: Vec<String>) -> Value {
    names
        .into_iter()
        .map(|name| json!({ "name": name }))
        .collect()
}

/// Sets a field if there is a value for it.
fn set(fields: &mut JsonObject, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value);
    }
}

/// Creates an issue in a project, with a text in Markdown.
///
/// Which fields a project wants depends on its configuration; further ones go into `fields`, by their
/// ids. Returns the id and key of the new issue.
#[action(
    write,
    scopes = ["write:jira-work"],
    reconcile(natural = find_created(project, summary))
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectKey,
    /// Name of its type, such as `Task`, from `issue_types.list`.
    #[param(length(1..), example = "Task")]
    issue_type: String,
    /// Title.
    #[param(length(1..=255))]
    summary: String,
    /// Text, in Markdown; `[@name](accountid:ID)` mentions somebody.
    description: Option<String>,
    /// Key of the issue that it is a part of, such as an epic.
    parent: Option<IssueKey>,
    /// Id of the account that it is assigned to, from `users.search_assignable`.
    assignee_id: Option<AccountId>,
    /// Name of its priority.
    #[param(example = "High")]
    priority: Option<String>,
    /// Its labels, each without blanks.
    labels: Option<Vec<String>>,
    /// Names of its components.
    components: Option<Vec<String>>,
    /// Names of the versions that it is fixed in.
    fix_versions: Option<Vec<String>>,
    /// Day on which it is due.
    #[param(format = "date")]
    due_date: Option<String>,
    /// Further fields by id, with values as Jira takes them.
    fields: Option<JsonObject>,
) -> Result<CreatedIssue> {
    let mut all = JsonObject::new();
    set(&mut all, "project", Some(reference(&project.0)));
    set(&mut all, "issuetype", Some(json!({ "name": issue_type })));
    set(&mut all, "summary", Some(summary.into()));
    let description = description.map(|text| from_markdown(&text));
    set(&mut all, "description", description);
    set(
        &mut all,
        "parent",
        parent.map(|parent| reference(&parent.0)),
    );
    let assignee = assignee_id.map(|id| json!({ "accountId": id.0 }));
    set(&mut all, "assignee", assignee);
    set(
        &mut all,
        "priority",
        priority.map(|name| json!({ "name": name })),
    );
    set(&mut all, "labels", labels.map(Into::into));
    set(&mut all, "components", components.map(named));
    set(&mut all, "fixVersions", fix_versions.map(named));
    set(&mut all, "duedate", due_date.map(Into::into));
    all.extend(fields.unwrap_or_default());
    cx.post("/rest/api/3/issue")
        .field("fields", all)
        .fetch()
        .await
}

/// Searches show new issues late, so one that is not found may be there.
async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectKey,
    summary: String,
) -> Result<Outcome<CreatedIssue>> {
    let project = project.0;
    let jql = format!("project = \"{project}\" AND reporter = currentUser() AND created >= -2h");
    let issues: Page<Issue> = cx
        .get("/rest/api/3/search/jql")
        .query_params(params![
            jql,
            fields = FIELDS,
            "maxResults" = MaxResults(100)
        ])
        .pages(search_pages(), Lost::MOST_PAGES)
        .await?;
    let found = Outcome::in_list(issues, |issue| {
        issue.summary.as_deref() == Some(summary.trim())
            && lost.covers_optional(issue.created.as_deref())
    });
    Ok(match found {
        Outcome::Done(issue) => Outcome::Done(CreatedIssue {
            id: issue.id,
            key: issue.key,
            url: None,
        }),
        Outcome::NotDone => Outcome::unknown("Jira may not show the issue yet"),
        Outcome::Unknown(reason) => Outcome::Unknown(reason),
    })
}

/// Changes an issue: title, text, priority, labels, versions, due date or other fields.
///
/// What is not given stays as it is; `null` clears text, parent and due date. `issues.transition`
/// changes the status, `issues.assign` the assignee. Returns nothing.
#[action(
    write,
    idempotent,
    scopes = ["write:jira-work"],
    at_most_one(labels, add_labels),
    at_most_one(labels, remove_labels)
)]
pub async fn update(
    cx: &ActionContext,
    issue: IssueKey,
    /// New title.
    #[param(length(1..=255))]
    summary: Option<String>,
    /// New text, in Markdown; `null` removes it.
    description: Patch<String>,
    /// Name of its new type.
    issue_type: Option<String>,
    /// Key of the issue that it is a part of; `null` takes it out.
    parent: Patch<IssueKey>,
    /// Name of its new priority.
    priority: Option<String>,
    /// Labels that replace those it has.
    labels: Option<Vec<String>>,
    /// Labels to add to those it has.
    add_labels: Option<Vec<String>>,
    /// Labels to take off.
    remove_labels: Option<Vec<String>>,
    /// Names of components that replace those it has.
    components: Option<Vec<String>>,
    /// Names of versions that replace those it is fixed in.
    fix_versions: Option<Vec<String>>,
    /// Day on which it is due; `null` takes it away.
    #[param(format = "date")]
    due_date: Patch<String>,
    /// Further fields by id, with values as Jira takes them.
    fields: Option<JsonObject>,
    /// Whether watchers are told by mail.
    #[param(provider_default = true)]
    notify_users: Option<bool>,
) -> Result<()> {
    fn cleared<T>(patch: Patch<T>, value: impl FnOnce(T) -> Value) -> Option<Value> {
        match patch {
            Patch::Keep => None,
            Patch::Clear => Some(Value::Null),
            Patch::Set(new) => Some(value(new)),
        }
    }
    let mut all = JsonObject::new();
    set(&mut all, "summary", summary.map(Into::into));
    let description = cleared(description, |text| from_markdown(&text));
    set(&mut all, "description", description);
    set(
        &mut all,
        "issuetype",
        issue_type.map(|name| json!({ "name": name })),
    );
    set(
        &mut all,
        "parent",
        cleared(parent, |parent| reference(&parent.0)),
    );
    set(
        &mut all,
        "priority",
        priority.map(|name| json!({ "name": name })),
    );
    set(&mut all, "labels", labels.map(Into::into));
    set(&mut all, "components", components.map(named));
    set(&mut all, "fixVersions", fix_versions.map(named));
    set(&mut all, "duedate", cleared(due_date, Into::into));
    all.extend(fields.unwrap_or_default());
    let added = add_labels
        .into_iter()
        .flatten()
        .map(|label| json!({ "add": label }));
    let removed = remove_labels.into_iter().flatten();
    let removed = removed.map(|label| json!({ "remove": label }));
    let operations: Vec<_> = added.chain(removed).collect();
    let changed = (!operations.is_empty()).then(|| json!({ "labels": operations }));
    cx.put(path!("/rest/api/3/issue/{issue}"))
        .query("notifyUsers", notify_users)
        .field("fields", (!all.is_empty()).then_some(all))
        .field("update", changed)
        .fetch()
        .await
}

/// Assigns an issue to an account, or to nobody.
///
/// The account must be allowed to have issues of the project. Returns nothing; assigning it again
/// changes nothing.
#[action(
    write,
    idempotent,
    title = "Assign an issue",
    scopes = ["write:jira-work"]
)]
pub async fn assign(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the account, from `users.search_assignable`; without it, nobody.
    account_id: Option<AccountId>,
) -> Result<()> {
    let account = account_id.map_or(Value::Null, |id| id.0.into());
    cx.put(path!("/rest/api/3/issue/{issue}/assignee"))
        .json(&json!({ "accountId": account }))
        .fetch()
        .await
}

/// Deletes an issue, with its comments, worklogs and attachments.
///
/// It can't be undone. Parts of the issue go with it if `delete_subtasks` is set; without it, an
/// issue that has some stays and the call fails. Returns nothing.
#[action(destructive, scopes = ["write:jira-work"])]
pub async fn delete(
    cx: &ActionContext,
    issue: IssueKey,
    /// Whether its parts go with it.
    #[param(provider_default = false)]
    delete_subtasks: Option<bool>,
) -> Result<()> {
    cx.delete(path!("/rest/api/3/issue/{issue}"))
        .query("deleteSubtasks", delete_subtasks)
        .fetch()
        .await
}

/// Lists what was changed of an issue, the oldest change first.
///
/// Returns who changed it, when, and for each field what it was and what it is.
#[action(read, title = "List changes of an issue", scopes = ["read:jira-work"])]
pub async fn list_changes(
    cx: &ActionContext,
    issue: IssueKey,
    /// Changes per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Change>> {
    cx.get(path!("/rest/api/3/issue/{issue}/changelog"))
        .query("maxResults", max_results)
        .page(values())
        .await
}
