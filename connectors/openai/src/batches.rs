//! Batches: many requests at half the price, within a day.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, model};

use crate::model::{Limit, items};

/// Id of the batch.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "batch_abc123")]
pub struct BatchId(pub String);

/// A batch of requests.
#[model]
pub struct Batch {
    /// Id.
    pub id: String,
    /// `validating`, `failed`, `in_progress`, `finalizing`, `completed`, `expired`, `cancelling` or
    /// `cancelled`.
    pub status: String,
    /// Where the requests go.
    pub endpoint: String,
    /// Id of the file with the requests.
    pub input_file_id: String,
    /// Id of the file with the answers.
    pub output_file_id: Option<String>,
    /// Id of the file with the errors.
    pub error_file_id: Option<String>,
    /// How many requests are done.
    pub request_counts: Option<RequestCounts>,
    /// When it was created, in Unix time (seconds).
    pub created_at: i64,
    /// When it ended, in Unix time (seconds).
    pub completed_at: Option<i64>,
    /// When it expires, in Unix time (seconds).
    pub expires_at: Option<i64>,
    /// The account's own data.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// How many requests of a batch are done.
#[model]
pub struct RequestCounts {
    /// All.
    pub total: u64,
    /// Those that were answered.
    pub completed: u64,
    /// Those that failed.
    pub failed: u64,
}

/// Lists batches, the newest first.
///
/// Returns status, files and counts of each batch, page by page.
#[action(read, get = "/batches", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Batches per page.
    limit: Option<Limit>,
) -> Result<Page<Batch>>;

/// Gets one batch by its id, such as to see whether it is done.
///
/// Returns status, counts, and the id of the file with the answers, which `files.download` gets.
#[action(read, get = "/batches/{batch}")]
pub async fn get(cx: &ActionContext, batch: BatchId) -> Result<Batch>;

/// Where the requests of a batch can go.
pub const ENDPOINTS: &[&str] = &[
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/moderations",
];

/// Starts a batch of the requests in a file, at half the price, done within a day.
///
/// `files.upload` with the purpose `batch` uploads the file, which has one request as JSON per line.
/// Returns the new batch with its id.
#[action(
    write,
    reconcile(natural = find_created(input_file_id, endpoint)),
    post = "/batches",
    json(completion_window = "24h")
)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the file with the requests.
    input_file_id: String,
    /// Where all of the requests go.
    #[param(options = ENDPOINTS)]
    endpoint: String,
    /// The account's own data, up to 16 keys.
    #[param(length(..=16))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Batch>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    input_file_id: String,
    endpoint: String,
) -> Result<Outcome<Batch>> {
    let batches: Page<Batch> = cx
        .get("/batches")
        .query("limit", Limit(100))
        .pages(items(), 1)
        .await?;
    // They come newest first, so that a long list has the new batch as well.
    let newest = Page::new(batches.items);
    Ok(Outcome::in_list(newest, |batch| {
        let is_new = u64::try_from(batch.created_at).is_ok_and(|at| at >= lost.since_unix());
        is_new && batch.input_file_id == input_file_id && batch.endpoint == endpoint
    }))
}

/// Stops a batch that is not done.
///
/// It can't be undone. What is done by then is in the file with the answers. Returns the batch.
#[action(destructive, idempotent, post = "/batches/{batch}/cancel")]
pub async fn cancel(cx: &ActionContext, batch: BatchId) -> Result<Batch>;
