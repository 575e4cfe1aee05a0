//! Files with emails.

use plugwright_sdk::{ActionContext, FileContent, FileOutput, Result, action, model, path};

use crate::model::{EmailId, base64url};

/// The content of an attachment.
#[model]
struct Content {
    /// The bytes, in base64url.
    data: String,
}

/// Downloads a file that is attached to an email.
///
/// `emails.get` lists the attachments with their ids, names and types; Gmail's answer has only the
/// content, so that the file has the name and type that are given here. Files of up to about 12 MB
/// fit into one answer unless the gateway allows more.
#[action(read, scopes = ["https://www.googleapis.com/auth/gmail.readonly"])]
pub async fn download(
    cx: &ActionContext,
    email_id: EmailId,
    /// Id of the attachment, from `emails.get`.
    #[param(length(1..))]
    attachment_id: String,
    /// File name, from `emails.get`.
    #[param(example = "report.pdf")]
    name: Option<String>,
    /// Media type, from `emails.get`.
    #[param(example = "application/pdf")]
    content_type: Option<String>,
) -> Result<FileOutput> {
    let content: Content = cx
        .get(path!(
            "/messages/{email}/attachments/{attachment_id}",
            email = email_id.0
        ))
        .fetch()
        .await?;
    cx.return_file(FileContent {
        name,
        media_type: content_type,
        bytes: base64url(&content.data)?.into(),
    })
    .await
}
