//! Notebooks and files with the kernels that run their code.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, json};

use crate::model::{FilePath, Session};

/// Id of the session.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^[0-9A-Za-z-]+$",
    example = "740d7c43-2373-4c09-9c2a-821540ca5fee"
)]
pub struct SessionId(pub String);

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SessionKind {
    /// A notebook.
    Notebook,
    /// A console.
    Console,
    /// A file of code.
    File,
}

/// Lists the running sessions: the notebooks and files that have a kernel.
///
/// Returns id, path, kind and kernel of each.
#[action(read, get = "/api/sessions", page = Whole)]
pub async fn list(cx: &ActionContext) -> Result<Page<Session>>;

/// Gets one session by its id.
///
/// Returns its path, its kind, and the kernel with its state.
#[action(read, get = "/api/sessions/{session_id}")]
pub async fn get(cx: &ActionContext, session_id: SessionId) -> Result<Session>;

/// Starts a kernel for a notebook or file, unless it has one already.
///
/// Returns the session with its id and its kernel, new or the one that is there.
#[action(write, reconcile(natural = find_started(path)))]
pub async fn start(
    cx: &ActionContext,
    path: FilePath,
    /// Name of the kernel spec, one of `kernel_specs.list`.
    #[param(default = "python3")]
    kernel_name: String,
    /// What it is for.
    #[param(default = SessionKind::Notebook)]
    kind: SessionKind,
) -> Result<Session> {
    let name = path.0.rsplit('/').next().unwrap_or_default().to_owned();
    cx.post("/api/sessions")
        .field("name", name)
        .field("path", path)
        .field("type", kind)
        .field("kernel", json!({ "name": kernel_name }))
        .fetch()
        .await
}

/// The server starts no second one for the same path.
async fn find_started(
    cx: &ActionContext,
    _lost: &Lost,
    path: FilePath,
) -> Result<Outcome<Session>> {
    let sessions = list(cx).await?;
    Ok(Outcome::in_list(sessions, |session| session.path == path.0))
}

/// Ends a session and stops its kernel.
///
/// The notebook or file stays, and all variables are lost. Returns nothing.
#[action(
    destructive,
    reconcile(natural = find_stopped(session_id)),
    delete = "/api/sessions/{session_id}"
)]
pub async fn stop(cx: &ActionContext, session_id: SessionId) -> Result<()>;

async fn find_stopped(
    cx: &ActionContext,
    _lost: &Lost,
    session_id: SessionId,
) -> Result<Outcome<()>> {
    Outcome::of_deleted(get(cx, session_id).await)
}
