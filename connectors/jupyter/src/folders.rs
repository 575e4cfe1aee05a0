//! Folders below the server's root folder.

use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Entry, FolderPath, content};

/// Lists the files, notebooks and folders in a folder.
///
/// Returns name, path, kind, size and times of each, without its content. Hidden files are left out.
#[action(
    read,
    title = "List the contents of a folder",
    get = "/api/contents{/+path}",
    query(type = "directory"),
    page = content()
)]
pub async fn list(
    cx: &ActionContext,
    /// Path of the folder; the root folder if it is left out.
    path: Option<FolderPath>,
) -> Result<Page<Entry>>;

/// Creates a folder, unless it is there already.
///
/// The folder around it must exist. Fails if a file has this path. Returns the folder with its times.
#[action(
    write,
    idempotent,
    put = "/api/contents/{+path}",
    json(type = "directory")
)]
pub async fn create(cx: &ActionContext, path: FolderPath) -> Result<Entry>;
