//! Files.

use plugwright_sdk::http::Multipart;
use plugwright_sdk::{
    ActionContext, FileInput, FileOutput, Lost, Outcome, Page, Param, Result, action, model, path,
};

use crate::model::{Deleted, items};

/// Id of the file.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "file-XjGxS3KTG0uNmNOK362iJua3")]
pub struct FileId(pub String);

/// A file that OpenAI keeps.
#[model]
pub struct File {
    /// Id.
    pub id: String,
    /// Name.
    pub filename: String,
    /// What it is for, such as `batch` or `fine-tune`.
    pub purpose: String,
    /// Size in bytes.
    pub bytes: Option<u64>,
    /// When it was uploaded, in Unix time (seconds).
    pub created_at: i64,
    /// When it will be deleted, in Unix time (seconds).
    pub expires_at: Option<i64>,
}

/// Lists the files that the account keeps at OpenAI, the newest first.
///
/// All of them, or those for a purpose. Returns name, purpose and size of each file, page by page.
#[action(read, get = "/files", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only files for this purpose, such as `batch`.
    purpose: Option<String>,
    /// Files per page.
    #[param(range(1..=10_000), provider_default = 10_000)]
    limit: Option<u32>,
) -> Result<Page<File>>;

/// Gets one file by its id.
///
/// Returns name, purpose and size; `files.download` has what is in it.
#[action(read, get = "/files/{file}")]
pub async fn get(cx: &ActionContext, file: FileId) -> Result<File>;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Purpose {
    /// Requests of a batch.
    Batch,
    /// Examples to train a model on.
    #[param(rename = "fine-tune")]
    FineTune,
    /// Files that assistants read.
    Assistants,
    /// Images that models see.
    Vision,
    /// Anything that is part of the input of a model.
    UserData,
    /// Data to judge models by.
    Evals,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::FineTune => "fine-tune",
            Self::Assistants => "assistants",
            Self::Vision => "vision",
            Self::UserData => "user_data",
            Self::Evals => "evals",
        }
    }
}

/// Uploads a file of up to 32 MiB, such as the requests of a batch.
///
/// Returns the new file with its id.
#[action(write, title = "Upload a file", reconcile(natural = find_uploaded(content, filename, purpose)))]
pub async fn upload(
    cx: &ActionContext,
    /// The file.
    content: FileInput,
    /// Name of the file; without it, that of the attachment.
    #[param(length(1..), example = "requests.jsonl")]
    filename: Option<String>,
    /// What it is for.
    purpose: Purpose,
) -> Result<File> {
    let form = Multipart::new().text("purpose", purpose.as_str());
    let form = form
        .input(cx, "file", &content, filename.as_deref())
        .await?;
    cx.post("/files").multipart(form).fetch().await
}

async fn find_uploaded(
    cx: &ActionContext,
    lost: &Lost,
    content: FileInput,
    filename: Option<String>,
    purpose: Purpose,
) -> Result<Outcome<File>> {
    let read = cx.read_file(&content).await?;
    let name = filename.unwrap_or_else(|| read.file_name());
    let size = read.bytes.len() as u64;
    let files: Page<File> = cx
        .get("/files")
        .query("purpose", purpose)
        .query("limit", 1000_u32)
        .pages(items(), 1)
        .await?;
    // They come newest first, so that a long list has the new file as well.
    let newest = Page::new(files.items);
    Ok(Outcome::in_list(newest, |file| {
        let is_new = u64::try_from(file.created_at).is_ok_and(|at| at >= lost.since_unix());
        is_new && file.filename == name && file.bytes == Some(size)
    }))
}

/// Downloads what is in a file, such as the results of a batch.
///
/// Returns its name, media type and size, and the file itself, unless the caller saves it as it comes.
#[action(read)]
pub async fn download(cx: &ActionContext, file: FileId) -> Result<FileOutput> {
    let request = cx.get(path!("/files/{file}/content"));
    request.header("accept", "*/*").download().await
}

/// Deletes a file that the account keeps at OpenAI.
///
/// It can't be undone. Returns the id.
#[action(destructive, idempotent, delete = "/files/{file}")]
pub async fn delete(cx: &ActionContext, file: FileId) -> Result<Deleted>;
