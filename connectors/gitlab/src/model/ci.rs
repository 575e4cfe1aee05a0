//! Pipelines, their jobs, and statuses of commits.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

use super::person::username;

/// A pipeline: jobs that run for a commit.
#[model]
pub struct Pipeline {
    /// Id.
    pub id: u64,
    /// Number in the project.
    pub iid: Option<u64>,
    /// Id of its project.
    pub project_id: u64,
    /// Such as `running`, `success`, `failed`, `canceled`, `manual` or `skipped`.
    pub status: String,
    /// What started it, such as `push`, `schedule`, `web` or `api`.
    pub source: Option<String>,
    /// Branch or tag.
    pub r#ref: Option<String>,
    /// Hash of the commit.
    pub sha: String,
    /// Username of who started it; lists leave it out.
    #[serde(rename(deserialize = "user"), default, deserialize_with = "username")]
    pub username: Option<String>,
    /// What is wrong with its configuration.
    pub yaml_errors: Option<String>,
    /// Seconds that it took.
    pub duration: Option<f64>,
    /// Page on GitLab.
    pub web_url: String,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
    /// When it last changed (RFC 3339).
    pub updated_at: Option<String>,
    /// When it ended (RFC 3339).
    pub finished_at: Option<String>,
}

/// A job of a pipeline.
#[model]
pub struct Job {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Stage that it is in.
    pub stage: String,
    /// Such as `created`, `pending`, `running`, `success`, `failed`, `canceled` or `manual`.
    pub status: String,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// Whether the pipeline goes on if it fails.
    #[serde(default)]
    pub allow_failure: bool,
    /// Branch or tag.
    pub r#ref: Option<String>,
    /// Id of its pipeline.
    #[serde(
        rename(deserialize = "pipeline"),
        default,
        deserialize_with = "pipeline_id"
    )]
    pub pipeline_id: Option<u64>,
    /// Seconds that it took.
    pub duration: Option<f64>,
    /// Page on GitLab.
    pub web_url: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
    /// When it started (RFC 3339).
    pub started_at: Option<String>,
    /// When it ended (RFC 3339).
    pub finished_at: Option<String>,
}

/// The end of the log of a job.
#[model]
pub struct JobLog {
    /// The last lines, without the codes that colour them.
    pub text: String,
    /// Number of lines of the whole log.
    pub total_lines: u64,
}

/// What a check says of a commit.
#[model]
pub struct Status {
    /// Id.
    pub id: u64,
    /// Hash of the commit.
    pub sha: String,
    /// Branch or tag.
    pub r#ref: Option<String>,
    /// `pending`, `running`, `success`, `failed`, `canceled` or `skipped`.
    pub status: String,
    /// Name of the check.
    pub name: String,
    /// What it says in short.
    pub description: Option<String>,
    /// Where it says more.
    pub target_url: Option<String>,
    /// Whether the pipeline goes on if it failed.
    pub allow_failure: Option<bool>,
    /// Username of who set it.
    #[serde(default, deserialize_with = "username")]
    pub author: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
    /// When it ended (RFC 3339).
    pub finished_at: Option<String>,
}

#[model]
struct Identified {
    id: u64,
}

fn pipeline_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<Identified>::deserialize(deserializer)?.map(|pipeline| pipeline.id))
}
