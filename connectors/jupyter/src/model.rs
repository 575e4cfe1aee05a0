//! Types of the Jupyter server's API, and what its errors mean.

use plugwright_sdk::pagination::{Pagination, Whole};
use plugwright_sdk::{Account, ActionError, ErrorCode, Param, UpstreamResponse, Value, model};

/// Path of the file or notebook below the server's root folder.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[^/]+(/[^/]+)*$", example = "data/notes.txt")]
pub struct FilePath(pub String);

/// Path of the folder below the server's root folder.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[^/]+(/[^/]+)*$", example = "data")]
pub struct FolderPath(pub String);

/// Id of the kernel.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^[0-9A-Za-z-]+$",
    example = "57baa6d9-4a9c-4bd4-a743-ba7c15350267"
)]
pub struct KernelId(pub String);

/// A file, notebook or folder.
#[model]
pub struct Entry {
    /// Name.
    pub name: String,
    /// Path below the server's root folder.
    pub path: String,
    /// `file`, `notebook` or `directory`.
    #[serde(rename(deserialize = "type"))]
    pub kind: String,
    /// Size in bytes; folders have none.
    pub size: Option<u64>,
    /// Media type, of files whose name tells it.
    #[serde(rename(deserialize = "mimetype"))]
    pub media_type: Option<String>,
    /// Whether it can be changed.
    #[serde(default)]
    pub writable: bool,
    /// When it was made (RFC 3339).
    pub created: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_modified: Option<String>,
}

/// A file with its text.
#[model]
pub struct TextFile {
    /// Path below the server's root folder.
    pub path: String,
    /// Text.
    pub content: String,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Media type, if the name tells it.
    #[serde(rename(deserialize = "mimetype"))]
    pub media_type: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_modified: Option<String>,
}

/// A saved state of a file or notebook.
#[model]
pub struct Checkpoint {
    /// Id, unique for the file.
    pub id: String,
    /// When the file had last changed by then (RFC 3339).
    pub last_modified: Option<String>,
}

/// A process that runs code.
#[model]
pub struct Kernel {
    /// Id.
    pub id: String,
    /// Name of its kernel spec, such as `python3`.
    pub name: String,
    /// `starting`, `idle`, `busy`, `restarting` or `dead`.
    pub execution_state: Option<String>,
    /// When it last did something (RFC 3339).
    pub last_activity: Option<String>,
    /// Number of programs that are connected to it.
    pub connections: Option<u64>,
}

/// A kind of kernel that the server can start.
#[model]
pub struct KernelSpec {
    /// Name, by which kernels are started.
    pub name: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Language of its code.
    pub language: Option<String>,
    /// Whether the server takes it if none is stated.
    pub is_default: bool,
}

/// A notebook or file with the kernel that runs its code.
#[model]
pub struct Session {
    /// Id.
    pub id: String,
    /// Path of the notebook or file.
    pub path: String,
    /// Name.
    pub name: Option<String>,
    /// `notebook`, `console` or `file`.
    #[serde(rename(deserialize = "type"))]
    pub kind: String,
    /// The kernel.
    pub kernel: Option<Kernel>,
}

/// What a server is doing.
#[model]
pub struct ServerStatus {
    /// When it was started (RFC 3339).
    pub started: String,
    /// When it last did something (RFC 3339).
    pub last_activity: Option<String>,
    /// Number of running kernels.
    pub kernels: u64,
    /// Number of programs that are connected to them.
    pub connections: u64,
}

/// A folder's answer has its entries in `content`.
pub(crate) fn content() -> impl Pagination {
    Whole.items("/content")
}

pub(crate) fn account(me: &Value) -> Option<Account> {
    let name = |member| me.pointer(member).and_then(Value::as_str);
    Some(Account {
        id: name("/identity/username")?.to_owned(),
        label: name("/identity/display_name")?.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let says = |word: &str| response.json().is_some_and(|body| body["message"] == word);
    // It says this to an unknown token as well as to none.
    (response.status == 403 && says("Forbidden"))
        .then(|| ActionError::new(ErrorCode::AuthInvalid, "the server doesn't know this token"))
}
