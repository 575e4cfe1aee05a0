//! Pipelines of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Param, Params, Result, action};

use crate::model::{PerPage, Pipeline, ProjectRef};

/// State of a pipeline, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum PipelineStatus {
    /// Made, and not started.
    Created,
    /// Waits for a resource.
    WaitingForResource,
    /// Gets ready.
    Preparing,
    /// Waits for a runner.
    Pending,
    /// Runs.
    Running,
    /// All went well.
    Success,
    /// A job failed.
    Failed,
    /// Was stopped.
    Canceled,
    /// Was not needed.
    Skipped,
    /// Waits for somebody to start it.
    Manual,
    /// Waits for its time.
    Scheduled,
}

/// A variable of a pipeline.
#[derive(Debug, Params)]
pub struct Variable {
    /// Name.
    #[param(pattern = "^[A-Za-z0-9_]+$")]
    pub key: String,
    /// Value.
    pub value: String,
}

/// Id of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub struct PipelineId(pub u64);

/// Lists the pipelines of a project, newest first.
///
/// Filters by state, branch and commit. Returns id, state, source, branch, commit and times of each.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/pipelines",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only pipelines in this state.
    status: Option<PipelineStatus>,
    /// Only pipelines of this branch or tag.
    r#ref: Option<String>,
    /// Only pipelines of the commit with this hash.
    sha: Option<String>,
    /// Pipelines per page.
    per_page: Option<PerPage>,
) -> Result<Page<Pipeline>>;

/// Gets one pipeline of a project by its id.
///
/// Returns its state, source, branch, commit, duration, times and what is wrong with its
/// configuration; `jobs.list` has its jobs.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/pipelines/{pipeline_id}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    pipeline_id: PipelineId,
) -> Result<Pipeline>;

/// Starts a pipeline for a branch or tag, with variables if needed.
///
/// Returns the new pipeline with its id; it has not run by then.
#[action(
    write,
    title = "Start a pipeline",
    scopes = ["api"],
    post = "/projects/{project}/pipeline",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Branch or tag to run it for.
    #[param(length(1..), example = "main")]
    r#ref: String,
    /// Variables that its jobs get.
    variables: Option<Vec<Variable>>,
) -> Result<Pipeline>;

/// Runs the jobs of a pipeline again that failed or were stopped.
///
/// Jobs that went well are left alone. Returns the pipeline, which runs again.
#[action(
    write,
    scopes = ["api"],
    post = "/projects/{project}/pipelines/{pipeline_id}/retry"
)]
pub async fn retry(
    cx: &ActionContext,
    project: ProjectRef,
    pipeline_id: PipelineId,
) -> Result<Pipeline>;

/// Stops the jobs of a pipeline that run or wait; those that are done stay as they are.
///
/// Returns the pipeline, which may still be stopping. Stopping a stopped pipeline changes nothing.
#[action(
    write,
    idempotent,
    scopes = ["api"],
    post = "/projects/{project}/pipelines/{pipeline_id}/cancel"
)]
pub async fn cancel(
    cx: &ActionContext,
    project: ProjectRef,
    pipeline_id: PipelineId,
) -> Result<Pipeline>;
