//! Files that people share.

use plugwright_sdk::http::Method;
use plugwright_sdk::pagination::{PageNumber, Pagination as _};
use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, FileInput, FileOutput, Lost, Outcome, Page, Result,
    action, json, params,
};

use crate::lost::{MOST_PAGES, since};
use crate::model::{ChannelId, Done, File, FileId, Ts, UploadSlot, UserId};

/// Lists files that the token's account can see, newest first.
///
/// Returns name, type, size, author and links of each file, page by page.
#[action(read, scopes = ["files:read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only files that are shared in the channel with this id.
    channel: Option<ChannelId>,
    /// Only files of the person with this id.
    user: Option<UserId>,
    /// Only files from this Unix time on.
    ts_from: Option<u64>,
    /// Only files up to this Unix time.
    ts_to: Option<u64>,
    /// Only files of these types, separated by commas: `images`, `pdfs`, `zips`, `snippets`, `spaces`,
    /// `gdocs`.
    #[param(provider_default = "all", example = "images,pdfs")]
    types: Option<String>,
    /// Files per page.
    #[param(default = 100, range(1..=1000))]
    count: u16,
) -> Result<Page<File>> {
    let pages = PageNumber::new("page", count.into());
    cx.get("/files.list")
        .query_params(params![channel, user, ts_from, ts_to, types, count])
        .page(pages.items("/files").total("/paging/total"))
        .await
}

/// Gets one file by its id.
///
/// Returns its name, title, type, size, author, channels and links, without its content.
#[action(read, scopes = ["files:read"])]
pub async fn get(cx: &ActionContext, file: FileId) -> Result<File> {
    cx.get("/files.info")
        .query("file", file)
        .fetch_at("/file")
        .await
}

/// Uploads a file of any length, and shares it in a channel if one is given.
///
/// Slack processes files after they arrive, so that type and links can be missing at first. Returns the
/// new file with its id.
#[action(
    write,
    scopes = ["files:write"],
    reconcile(natural = find_uploaded(channel, filename)),
    requires(thread_ts, channel),
    requires(initial_comment, channel)
)]
pub async fn upload(
    cx: &ActionContext,
    /// Name of the file.
    #[param(length(1..), example = "report.pdf")]
    filename: String,
    /// The file.
    content: FileInput,
    /// Title; the name if left out.
    title: Option<String>,
    /// Id of the channel that it is shared in; nobody else sees it if left out.
    channel: Option<ChannelId>,
    /// `ts` of the message whose thread it goes to.
    thread_ts: Option<Ts>,
    /// Text of the message that it comes with, in mrkdwn.
    initial_comment: Option<String>,
) -> Result<File> {
    let length = cx.file_length(&content)?;
    let slot: UploadSlot = cx
        .post("/files.getUploadURLExternal")
        .form_fields(params![filename, length])
        .fetch()
        .await?;
    cx.request_to(Method::POST, &slot.upload_url)
        .file(&content, None)
        .send()
        .await?;
    let files = json!([{ "id": slot.file_id, "title": title.unwrap_or(filename) }]);
    cx.post("/files.completeUploadExternal")
        .form_fields(params![
            files = files.to_string(),
            channel_id = channel,
            thread_ts,
            initial_comment
        ])
        .fetch_at("/files/0")
        .await
}

async fn find_uploaded(
    cx: &ActionContext,
    lost: &Lost,
    channel: Option<ChannelId>,
    filename: String,
) -> Result<Outcome<File>> {
    const PER_PAGE: u16 = 200;
    let pages = PageNumber::new("page", PER_PAGE.into()).items("/files");
    let files: Page<File> = cx
        .get("/files.list")
        .query_params(params![channel, ts_from = since(lost), count = PER_PAGE])
        .pages(pages, MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(files, |file| {
        file.name.as_deref() == Some(&filename)
    }))
}

/// Downloads a file that is kept at Slack.
///
/// Files of other services, such as Google Docs, can't be downloaded. Returns name, media type and size,
/// and the file itself unless the caller saves it as it comes.
#[action(read, scopes = ["files:read"])]
pub async fn download(cx: &ActionContext, file: FileId) -> Result<FileOutput> {
    let file = get(cx, file).await?;
    let Some(url) = file.url_private_download.or(file.url_private) else {
        let message = "the file is not kept at Slack";
        return Err(ActionError::new(ErrorCode::NotFound, message));
    };
    let downloaded = cx.request_to(Method::GET, &url).download().await?;
    // Whom it does not know, Slack sends to a page where people log in.
    let is_page = |media_type: Option<&str>| {
        media_type.is_some_and(|media_type| media_type.starts_with("text/html"))
    };
    if is_page(downloaded.content_type.as_deref()) && !is_page(file.mimetype.as_deref()) {
        let message =
            "Slack answered with a page in place of the file; the token may lack `files:read`";
        return Err(ActionError::new(ErrorCode::Forbidden, message));
    }
    Ok(downloaded)
}

/// Deletes a file from all channels that it is shared in.
///
/// It can't be undone. Returns nothing.
#[action(destructive, idempotent, scopes = ["files:write"], post = "/files.delete", form)]
pub async fn delete(cx: &ActionContext, file: FileId) -> Result<Done>;
