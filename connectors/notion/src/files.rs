//! Files that are uploaded to Notion.

use plugwright_sdk::http::Multipart;
use plugwright_sdk::{ActionContext, ActionError, FileInput, Result, action, path};

use crate::model::{FileUpload, FileUploadId};

/// Uploads a file of up to 20 MB, to be shown in a page.
///
/// `blocks.append_file` puts it into a page within the hour, after which Notion drops it. Returns the id
/// of the uploaded file.
#[action(write, title = "Upload a file")]
pub async fn upload(
    cx: &ActionContext,
    /// The file.
    file: FileInput,
    /// Its name with an extension, by which Notion knows its type; that of the file if left out.
    #[param(length(1..=900), example = "report.pdf")]
    filename: Option<String>,
    /// Media type; that of the file if left out.
    #[param(example = "application/pdf")]
    content_type: Option<String>,
) -> Result<FileUpload> {
    let content = cx.read_file(&file).await?;
    let filename = filename.or(content.name).ok_or_else(|| {
        ActionError::invalid_param("filename", "is required for a file without a name")
    })?;
    let content_type = content_type.or(content.media_type);
    let upload: FileUpload = cx
        .post("/file_uploads")
        .field("mode", "single_part")
        .field("filename", &filename)
        .field("content_type", content_type.clone())
        .fetch()
        .await?;
    let media_type = upload.content_type.or(content_type);
    let media_type = media_type.as_deref().unwrap_or("application/octet-stream");
    let form = Multipart::new().file("file", filename, media_type, content.bytes);
    cx.post(path!("/file_uploads/{id}/send", id = upload.id))
        .multipart(form)
        .fetch()
        .await
}

/// Gets one uploaded file by its id.
///
/// Returns whether it was uploaded, its name, media type and size, and until when it can be used.
#[action(read, get = "/file_uploads/{file_upload_id}")]
pub async fn get(cx: &ActionContext, file_upload_id: FileUploadId) -> Result<FileUpload>;
