//! Files that were uploaded.

use plugwright_sdk::model;

/// A file that was uploaded to Notion.
#[model]
pub struct FileUpload {
    /// Id, which `blocks.append_file` takes.
    pub id: String,
    /// `pending`, `uploaded`, `expired` or `failed`.
    pub status: String,
    /// Name of the file.
    pub filename: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
    /// Size in bytes.
    pub content_length: Option<u64>,
    /// When it is dropped, unless it is used before (RFC 3339).
    pub expiry_time: Option<String>,
    /// When it was made (RFC 3339).
    pub created_time: Option<String>,
}
