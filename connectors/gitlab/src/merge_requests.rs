//! Merge requests of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Patch, Result, action, params, path,
};

use crate::issues::{Scope, StateEvent};
use crate::model::{
    Commit, Diff, LONGEST_PAGE, MergeRequest, MergeRequestIid, PerPage, ProjectRef, Sort, joined,
};

/// State of a merge request, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MergeRequestState {
    /// Still open.
    Opened,
    /// Closed without being merged.
    Closed,
    /// Being merged.
    Locked,
    /// Merged.
    Merged,
    /// Any.
    All,
}

/// Order of lists of merge requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MergeRequestOrder {
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// Title.
    Title,
}

/// Lists the merge requests of a project, newest first.
///
/// Filters by words, state, branches, labels, author and reviewer. Returns number, title, state,
/// branches, labels, people and times of each, page by page.
#[action(read, scopes = any("api", "read_api"))]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only those with these words in title or text.
    search: Option<String>,
    /// Only those in this state.
    #[param(provider_default = MergeRequestState::All)]
    state: Option<MergeRequestState>,
    /// Only those with changes on this branch.
    source_branch: Option<String>,
    /// Only those for this branch.
    target_branch: Option<String>,
    /// Only those that have all of these labels.
    labels: Option<Vec<String>>,
    /// Only those by this username.
    author_username: Option<String>,
    /// Only those that this username is asked to review.
    reviewer_username: Option<String>,
    /// Order of the list.
    #[param(provider_default = MergeRequestOrder::CreatedAt)]
    order_by: Option<MergeRequestOrder>,
    /// Direction of the order.
    #[param(provider_default = Sort::Desc)]
    sort: Option<Sort>,
    /// Merge requests per page.
    per_page: Option<PerPage>,
) -> Result<Page<MergeRequest>> {
    cx.get(path!("/projects/{project}/merge_requests"))
        .query_params(params![search, state, source_branch, target_branch])
        .query_joined("labels", ",", labels)
        .query_params(params![
            author_username,
            reviewer_username,
            order_by,
            sort,
            per_page
        ])
        .page(LinkHeader)
        .await
}

/// Searches the merge requests of all projects that the account can see.
///
/// Without words, lists those that the account is assigned to or made. Returns number, project,
/// title, state, branches, labels, people and times of each.
#[action(
    read,
    title = "Search merge requests",
    scopes = any("api", "read_api"),
    get = "/merge_requests",
    page = LinkHeader
)]
pub async fn search(
    cx: &ActionContext,
    /// Only those with these words in title or text.
    search: Option<String>,
    /// Whose merge requests.
    #[param(default = Scope::AssignedToMe)]
    scope: Scope,
    /// Only those in this state.
    #[param(default = MergeRequestState::Opened)]
    state: MergeRequestState,
    /// Merge requests per page.
    per_page: Option<PerPage>,
) -> Result<Page<MergeRequest>>;

/// Gets one merge request of a project by its number.
///
/// Returns title, text, state, branches, labels, people, whether it can be merged, and times.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/merge_requests/{merge_request_iid}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
) -> Result<MergeRequest>;

/// Creates a merge request from one branch to another, also to another project.
///
/// Fails if there is an open one for the same branches. A title that begins with `Draft:` makes a
/// draft. Returns the new merge request with its number.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(project, source_branch, target_branch, target_project_id, title))
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Branch with the changes.
    #[param(length(1..))]
    source_branch: String,
    /// Branch that they are for.
    #[param(length(1..))]
    target_branch: String,
    /// Title of the merge request.
    #[param(length(1..=255))]
    title: String,
    /// Text of the merge request, in Markdown.
    #[param(length(..=1_048_576))]
    description: Option<String>,
    /// Id of the project that the changes are for, if it is another one.
    target_project_id: Option<u64>,
    /// Names of its labels.
    labels: Option<Vec<String>>,
    /// Ids of the people to assign, from `users.list`.
    assignee_ids: Option<Vec<u64>>,
    /// Ids of the people to ask for a review, from `users.list`.
    reviewer_ids: Option<Vec<u64>>,
    /// Whether to delete the source branch after the merge.
    remove_source_branch: Option<bool>,
    /// Whether to merge all changes as one commit.
    squash: Option<bool>,
) -> Result<MergeRequest> {
    cx.post(path!("/projects/{project}/merge_requests"))
        .fields(params![
            source_branch,
            target_branch,
            title,
            description,
            target_project_id,
            labels = joined(labels),
            assignee_ids,
            reviewer_ids,
            remove_source_branch,
            squash
        ])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    source_branch: String,
    target_branch: String,
    target_project_id: Option<u64>,
    title: String,
) -> Result<Outcome<MergeRequest>> {
    let project = target_project_id.map_or(project, |id| ProjectRef(id.to_string()));
    let found: Page<MergeRequest> = cx
        .get(path!("/projects/{project}/merge_requests"))
        .query_params(params![
            source_branch,
            target_branch,
            created_after = lost.since(),
            per_page = LONGEST_PAGE
        ])
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(found, |request| {
        request.title == title.trim() && lost.covers(&request.created_at)
    }))
}

/// Changes a merge request: title, text, target branch, labels or people, or closes or reopens it.
///
/// What is not given stays as it is; `null` takes the milestone away. Returns the changed merge
/// request.
#[action(write, idempotent, scopes = ["api"], at_most_one(labels, add_labels))]
pub async fn update(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    /// New title; `Draft:` at its beginning makes it a draft.
    #[param(length(1..=255))]
    title: Option<String>,
    /// New text, in Markdown; an empty one removes it.
    description: Option<String>,
    /// Branch that the changes are for from now on.
    target_branch: Option<String>,
    /// Whether to close or reopen it.
    state_event: Option<StateEvent>,
    /// Names of labels that replace those it has.
    labels: Option<Vec<String>>,
    /// Names of labels to add to those it has.
    add_labels: Option<Vec<String>>,
    /// Names of labels to take off.
    remove_labels: Option<Vec<String>>,
    /// Ids of people who replace those assigned; an empty list assigns it to nobody.
    assignee_ids: Option<Vec<u64>>,
    /// Ids of people who replace those asked for a review; an empty list asks nobody.
    reviewer_ids: Option<Vec<u64>>,
    /// Id of its milestone; `null` takes it away.
    milestone_id: Patch<u64>,
) -> Result<MergeRequest> {
    cx.put(path!(
        "/projects/{project}/merge_requests/{merge_request_iid}"
    ))
    .fields(params![
        title,
        description,
        target_branch,
        state_event,
        labels = joined(labels),
        add_labels = joined(add_labels),
        remove_labels = joined(remove_labels),
        assignee_ids,
        reviewer_ids,
        milestone_id
    ])
    .fetch()
    .await
}

/// Merges a merge request into its target branch, at once or when its pipeline succeeds.
///
/// Fails if it is a draft, is closed, has conflicts or lacks approvals. Returns the merge request.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_merged(project, merge_request_iid, auto_merge)),
    put = "/projects/{project}/merge_requests/{merge_request_iid}/merge",
    json(optional)
)]
pub async fn merge(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    /// Hash that the source branch must be at, so that nothing unseen is merged.
    #[param(pattern = "^[0-9a-f]{40}([0-9a-f]{24})?$")]
    sha: Option<String>,
    /// Message of the merge commit.
    merge_commit_message: Option<String>,
    /// Whether to merge all changes as one commit.
    squash: Option<bool>,
    /// Message of that one commit.
    squash_commit_message: Option<String>,
    /// Whether to delete the source branch afterwards.
    should_remove_source_branch: Option<bool>,
    /// Whether to wait until the pipeline succeeds.
    auto_merge: Option<bool>,
) -> Result<MergeRequest>;

async fn find_merged(
    cx: &ActionContext,
    _lost: &Lost,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    auto_merge: Option<bool>,
) -> Result<Outcome<MergeRequest>> {
    let found = get(cx, project, merge_request_iid).await?;
    Ok(match found.state.as_str() {
        "merged" => Outcome::Done(found),
        "opened" if auto_merge == Some(true) => {
            Outcome::unknown("it is open, and may wait for its pipeline")
        }
        "locked" => Outcome::unknown("it is being merged"),
        _ => Outcome::NotDone,
    })
}

/// Lists the commits of a merge request, newest first.
///
/// Returns hash, title, message, author and times of each, page by page.
#[action(
    read,
    title = "List the commits of a merge request",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/merge_requests/{merge_request_iid}/commits",
    page = LinkHeader
)]
pub async fn list_commits(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    /// Commits per page.
    per_page: Option<PerPage>,
) -> Result<Page<Commit>>;

/// Lists what a merge request changes, file by file.
///
/// Returns the paths and the changed lines of each file as a unified diff, for a review.
#[action(
    read,
    title = "List the changes of a merge request",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/merge_requests/{merge_request_iid}/diffs",
    page = LinkHeader
)]
pub async fn list_diffs(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    /// Files per page.
    per_page: Option<PerPage>,
) -> Result<Page<Diff>>;
