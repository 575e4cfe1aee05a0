//! Time that was worked on issues.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params, path};

use crate::document::from_markdown;
use crate::model::{IssueKey, MaxResults, Worklog, counted};

/// Lists the worklogs of an issue: who worked on it, when and for how long.
///
/// Returns author, beginning, duration and comment of each, page by page.
#[action(read, title = "List worklogs of an issue", scopes = ["read:jira-work"])]
pub async fn list(
    cx: &ActionContext,
    issue: IssueKey,
    /// Worklogs per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Worklog>> {
    cx.get(path!("/rest/api/3/issue/{issue}/worklog"))
        .query("maxResults", max_results)
        .page(counted("/worklogs"))
        .await
}

/// Adds a worklog to an issue: time that the account worked on it.
///
/// The remaining estimate of the issue is reduced. Returns the new worklog with its id.
#[action(
    write,
    title = "Log work on an issue",
    scopes = ["write:jira-work"],
    reconcile(natural = find_created(issue, time_spent_seconds))
)]
pub async fn create(
    cx: &ActionContext,
    issue: IssueKey,
    /// How long it took, in seconds; Jira counts whole minutes.
    #[param(range(60..), example = 12000)]
    time_spent_seconds: u32,
    /// When the work began; without it, now.
    #[param(format = "date-time")]
    started: Option<String>,
    /// What was done, in Markdown.
    comment: Option<String>,
) -> Result<Worklog> {
    let comment = comment.map(|text| from_markdown(&text));
    let started = started.map(|time| jira_time(&time));
    cx.post(path!("/rest/api/3/issue/{issue}/worklog"))
        .fields(params![
            "timeSpentSeconds" = time_spent_seconds,
            started,
            comment
        ])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    issue: IssueKey,
    time_spent_seconds: u32,
) -> Result<Outcome<Worklog>> {
    let worklogs: Page<Worklog> = cx
        .get(path!("/rest/api/3/issue/{issue}/worklog"))
        .query("maxResults", MaxResults(100))
        .pages(counted("/worklogs"), Lost::MOST_PAGES)
        .await?;
    // Jira may round a time to minutes.
    let minutes = u64::from(time_spent_seconds) / 60;
    Ok(Outcome::in_list(worklogs, |worklog| {
        worklog
            .time_spent_seconds
            .is_some_and(|seconds| seconds / 60 == minutes)
            && lost.covers_optional(worklog.created.as_deref())
    }))
}

/// Changes a worklog of an issue: its beginning, duration or comment.
///
/// What is not given stays as it is. Returns the changed worklog.
#[action(
    write,
    idempotent,
    title = "Update a worklog of an issue",
    scopes = ["write:jira-work"]
)]
pub async fn update(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the worklog.
    worklog_id: String,
    /// How long it took, in seconds; Jira counts whole minutes.
    #[param(range(60..))]
    time_spent_seconds: Option<u32>,
    /// When the work began.
    #[param(format = "date-time")]
    started: Option<String>,
    /// What was done, in Markdown.
    comment: Option<String>,
) -> Result<Worklog> {
    let comment = comment.map(|text| from_markdown(&text));
    let started = started.map(|time| jira_time(&time));
    cx.put(path!("/rest/api/3/issue/{issue}/worklog/{worklog_id}"))
        .fields(params![
            "timeSpentSeconds" = time_spent_seconds,
            started,
            comment
        ])
        .fetch()
        .await
}

/// Deletes a worklog of an issue; the remaining estimate grows by its time.
///
/// It can't be undone. Returns nothing; fails if there is no such worklog.
#[action(
    destructive,
    title = "Delete a worklog of an issue",
    scopes = ["write:jira-work"],
    delete = "/rest/api/3/issue/{issue}/worklog/{worklog_id}"
)]
pub async fn delete(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the worklog.
    worklog_id: String,
) -> Result<()>;

/// Writes a time of RFC 3339 as Jira takes it: with milliseconds, and an offset without a colon.
fn jira_time(time: &str) -> String {
    let (seconds, rest) = time.split_at_checked(19).unwrap_or((time, "Z"));
    let fraction_end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (fraction, offset) = rest.split_at(fraction_end);
    let digits = fraction
        .trim_start_matches('.')
        .chars()
        .chain("000".chars());
    let milliseconds: String = digits.take(3).collect();
    let offset = match offset {
        "" | "Z" | "z" => "+0000".to_owned(),
        offset => offset.replace(':', ""),
    };
    let seconds = seconds.to_ascii_uppercase().replace(' ', "T");
    format!("{seconds}.{milliseconds}{offset}")
}
