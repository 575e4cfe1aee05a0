//! Jobs of pipelines.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Param, Result, action, path};

use crate::model::{Job, JobLog, PerPage, ProjectRef};
use crate::pipelines::PipelineId;

/// State of a job, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum JobScope {
    /// Made, and not started.
    Created,
    /// Waits for a runner.
    Pending,
    /// Runs.
    Running,
    /// Went well.
    Success,
    /// Failed.
    Failed,
    /// Was stopped.
    Canceled,
    /// Was not needed.
    Skipped,
    /// Waits for somebody to start it.
    Manual,
}

/// Id of the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub struct JobId(pub u64);

/// Lists the jobs of a pipeline, newest first.
///
/// Filters by state, such as those that failed. Returns id, name, stage, state, reason of the failure
/// and times of each.
#[action(
    read,
    title = "List the jobs of a pipeline",
    scopes = any("api", "read_api")
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    pipeline_id: PipelineId,
    /// Only jobs in one of these states.
    scope: Option<Vec<JobScope>>,
    /// Whether jobs count that ran again later.
    #[param(provider_default = false)]
    include_retried: Option<bool>,
    /// Jobs per page.
    per_page: Option<PerPage>,
) -> Result<Page<Job>> {
    cx.get(path!("/projects/{project}/pipelines/{pipeline_id}/jobs"))
        .query("scope[]", scope)
        .query("include_retried", include_retried)
        .query("per_page", per_page)
        .page(LinkHeader)
        .await
}

/// Reads the end of the log of a job, such as what a failed job printed last.
///
/// Returns the last lines as text without colours, and the number of all lines.
#[action(
    read,
    title = "Get the log of a job",
    scopes = any("api", "read_api")
)]
pub async fn get_log(
    cx: &ActionContext,
    project: ProjectRef,
    job_id: JobId,
    /// How many lines, counted from the end.
    #[param(default = 200, range(1..=10_000))]
    lines: u32,
) -> Result<JobLog> {
    let log = cx
        .get(path!("/projects/{project}/jobs/{job_id}/trace"))
        .header("accept", "text/plain")
        .send()
        .await?
        .text();
    let all: Vec<_> = log.lines().map(plain).collect();
    let first = all.len().saturating_sub(lines as usize);
    Ok(JobLog {
        text: all[first..].join("\n"),
        total_lines: all.len() as u64,
    })
}

/// Leaves out the codes that colour a line or mark sections, and what a carriage return replaced.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.trim_end_matches('\r');
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        let code = after.strip_prefix('[').unwrap_or(after);
        let end = code.find(|letter: char| letter.is_ascii_alphabetic());
        rest = end.map_or("", |end| &code[end + 1..]);
    }
    text.push_str(rest);
    let shown = text.rsplit('\r').next();
    shown.unwrap_or_default().to_owned()
}

/// Runs a job again that has ended, whatever it came to.
///
/// Returns the new job with its own id, which has not run by then.
#[action(
    write,
    scopes = ["api"],
    post = "/projects/{project}/jobs/{job_id}/retry"
)]
pub async fn retry(cx: &ActionContext, project: ProjectRef, job_id: JobId) -> Result<Job>;
