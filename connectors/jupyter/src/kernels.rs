//! Processes that run code.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action};

use crate::model::{FolderPath, Kernel, KernelId};

/// Lists the kernels that run on the server.
///
/// Returns id, kind, state, time of the last activity and number of connections of each.
#[action(read, get = "/api/kernels", page = Whole)]
pub async fn list(cx: &ActionContext) -> Result<Page<Kernel>>;

/// Gets one kernel by its id.
///
/// Returns its kind, its state, the time of its last activity and the number of connections.
#[action(read, get = "/api/kernels/{kernel_id}")]
pub async fn get(cx: &ActionContext, kernel_id: KernelId) -> Result<Kernel>;

/// Starts a kernel that belongs to no notebook.
///
/// `sessions.start` starts one for a notebook. Returns the kernel with its id.
#[action(write, post = "/api/kernels", json)]
pub async fn start(
    cx: &ActionContext,
    /// Name of its kernel spec, one of `kernel_specs.list`; the server's default if it is left out.
    #[param(example = "python3")]
    name: Option<String>,
    /// Path of the folder that it works in; the root folder if it is left out.
    path: Option<FolderPath>,
) -> Result<Kernel>;

/// Interrupts what a kernel is running.
///
/// Its variables stay. A kernel that does nothing is left as it is. Returns nothing.
#[action(write, post = "/api/kernels/{kernel_id}/interrupt", json(optional))]
pub async fn interrupt(cx: &ActionContext, kernel_id: KernelId) -> Result<()>;

/// Starts a kernel anew under the same id.
///
/// All its variables are lost, and what it was running ends. Returns the kernel with its state.
#[action(destructive, post = "/api/kernels/{kernel_id}/restart", json(optional))]
pub async fn restart(cx: &ActionContext, kernel_id: KernelId) -> Result<Kernel>;

/// Stops a kernel and removes it from the server.
///
/// All its variables are lost, and what it was running ends. Returns nothing.
#[action(
    destructive,
    reconcile(natural = find_stopped(kernel_id)),
    delete = "/api/kernels/{kernel_id}"
)]
pub async fn stop(cx: &ActionContext, kernel_id: KernelId) -> Result<()>;

async fn find_stopped(
    cx: &ActionContext,
    _lost: &Lost,
    kernel_id: KernelId,
) -> Result<Outcome<()>> {
    Outcome::of_deleted(get(cx, kernel_id).await)
}
