//! Saved states of files and notebooks.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Checkpoint, FilePath};

/// Lists the checkpoints of a file or notebook.
///
/// Returns id and time of each. Most servers keep one for each file.
#[action(read, get = "/api/contents/{+path}/checkpoints", page = Whole)]
pub async fn list(cx: &ActionContext, path: FilePath) -> Result<Page<Checkpoint>>;

/// Saves the state that a file or notebook has now as its checkpoint.
///
/// Most servers keep one, and replace it. Returns the checkpoint with its id.
#[action(write, post = "/api/contents/{+path}/checkpoints", json(optional))]
pub async fn create(cx: &ActionContext, path: FilePath) -> Result<Checkpoint>;

/// Brings a file or notebook back to the state of a checkpoint.
///
/// What changed since then is lost. Returns nothing.
#[action(
    destructive,
    idempotent,
    post = "/api/contents/{+path}/checkpoints/{checkpoint_id}",
    json(optional)
)]
pub async fn restore(
    cx: &ActionContext,
    path: FilePath,
    /// Id of the checkpoint.
    #[param(pattern = "^[0-9A-Za-z_-]+$", example = "checkpoint")]
    checkpoint_id: String,
) -> Result<()>;
