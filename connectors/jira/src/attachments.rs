//! Files of issues.

use plugwright_sdk::http::Multipart;
use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, FileInput, FileOutput, Lost, Outcome, Page, Result,
    Value, action, path, serde_json,
};

use crate::model::{Attachment, Issue, IssueKey};

/// Attaches a file to an issue, of at most 32 MiB.
///
/// The site may allow less. Returns the new attachment with its id, name, size and media type.
#[action(
    write,
    title = "Attach a file to an issue",
    scopes = ["write:jira-work"],
    reconcile(natural = find_uploaded(issue, filename))
)]
pub async fn upload(
    cx: &ActionContext,
    issue: IssueKey,
    /// Name of the file.
    #[param(length(1..=255), example = "trace.log")]
    filename: String,
    /// The file.
    content: FileInput,
) -> Result<Attachment> {
    let file = cx.read_file(&content).await?;
    let media_type = file.media_type.as_deref();
    let media_type = media_type.unwrap_or("application/octet-stream");
    let form = Multipart::new().file("file", filename, media_type, file.bytes);
    // There is one for each file of the form.
    let attached: Page<Value> = cx
        .post(path!("/rest/api/3/issue/{issue}/attachments"))
        // Without it, Jira takes the request for a forged one.
        .header("x-atlassian-token", "no-check")
        .multipart(form)
        .page(Whole)
        .await?;
    let attachment = attached.items.into_iter().next();
    let attachment = attachment.map(serde_json::from_value).transpose();
    attachment.ok().flatten().ok_or_else(|| {
        ActionError::new(
            ErrorCode::UpstreamInvalid,
            "Jira answered without the attachment",
        )
    })
}

async fn find_uploaded(
    cx: &ActionContext,
    lost: &Lost,
    issue: IssueKey,
    filename: String,
) -> Result<Outcome<Attachment>> {
    let issue: Issue = cx
        .get(path!("/rest/api/3/issue/{issue}"))
        .query("fields", "attachment")
        .fetch()
        .await?;
    Ok(Outcome::in_list(
        Page::new(issue.attachments),
        |attachment| {
            attachment.filename == filename && lost.covers_optional(attachment.created.as_deref())
        },
    ))
}

/// Gets what is known of an attachment, without its content.
///
/// Returns the name of the file, its size, media type, author and time.
#[action(
    read,
    scopes = ["read:jira-work"],
    get = "/rest/api/3/attachment/{attachment_id}"
)]
pub async fn get(
    cx: &ActionContext,
    /// Id of the attachment.
    attachment_id: String,
) -> Result<Attachment>;

/// Downloads an attachment, a file of any length.
///
/// Returns its name, media type and size, and the file itself, unless the caller saves it as it
/// comes.
#[action(read, scopes = ["read:jira-work"])]
pub async fn download(
    cx: &ActionContext,
    /// Id of the attachment.
    attachment_id: String,
) -> Result<FileOutput> {
    cx.get(path!("/rest/api/3/attachment/content/{attachment_id}"))
        .header("accept", "*/*")
        .download()
        .await
}

/// Deletes an attachment from its issue.
///
/// It can't be undone. Returns nothing; fails if there is no such attachment.
#[action(
    destructive,
    scopes = ["write:jira-work"],
    delete = "/rest/api/3/attachment/{attachment_id}"
)]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the attachment.
    attachment_id: String,
) -> Result<()>;
