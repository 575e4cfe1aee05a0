//! Files that the server keeps.

use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::{ActionContext, FileInput, FileOutput, Param, Result, action, path};

use crate::model::StoredFile;

/// `mxc` address of the file.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^mxc://[^/?#]+/[0-9A-Za-z_-]+$",
    example = "mxc://example.org/MZucczCdQJlqnldFxrWocZSP"
)]
pub struct FileUrl(pub String);

/// Stores a file on the account's server.
///
/// `messages.send_file` stores one and sends it to a room. Returns the address of the file.
#[action(write)]
pub async fn upload(
    cx: &ActionContext,
    /// The file.
    file: FileInput,
    /// Its name.
    file_name: Option<String>,
    /// Its media type, if the file does not tell it.
    #[param(example = "image/png")]
    media_type: Option<String>,
) -> Result<StoredFile> {
    storing(cx, &file, file_name, media_type.as_deref())
        .fetch()
        .await
}

/// A request that stores a file.
pub(crate) fn storing<'a>(
    cx: &'a ActionContext,
    file: &FileInput,
    file_name: Option<String>,
    media_type: Option<&str>,
) -> RequestBuilder<'a> {
    cx.post("/media/v3/upload")
        .query("filename", file_name)
        .file(file, media_type)
}

/// Downloads a file from the account's server, or through it from another one.
///
/// Returns its bytes with name and media type.
#[action(read)]
pub async fn download(cx: &ActionContext, url: FileUrl) -> Result<FileOutput> {
    let path = url.0.trim_start_matches("mxc://");
    cx.get(path!("/client/v1/media/download/{+path}"))
        .download()
        .await
}
