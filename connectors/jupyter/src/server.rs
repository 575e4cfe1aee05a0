//! The server itself.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::ServerStatus;

/// Gets what the server is doing.
///
/// Returns since when it runs, the time of its last activity, and how many kernels and connections there are.
#[action(read, title = "Get the status of the server", get = "/api/status")]
pub async fn status(cx: &ActionContext) -> Result<ServerStatus>;
