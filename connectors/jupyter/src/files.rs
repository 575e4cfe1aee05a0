//! Files below the server's root folder.

use plugwright_sdk::{
    ActionContext, FileInput, FileOutput, Lost, Outcome, Page, Result, action, path,
};

use crate::folders;
use crate::model::{Entry, FilePath, FolderPath, TextFile};

/// Gets what is known of a file, notebook or folder, without its content.
///
/// Returns name, kind, size, media type, times, and whether it can be changed.
#[action(read, get = "/api/contents/{+path}", query(content = 0))]
pub async fn get(cx: &ActionContext, path: FilePath) -> Result<Entry>;

/// Reads a file as text.
///
/// Fails if it is not UTF-8; `files.download` returns any file. Notebooks are better read with
/// `notebooks.get`. Returns the text with size and times.
#[action(
    read,
    get = "/api/contents/{+path}",
    query(type = "file", format = "text")
)]
pub async fn read(cx: &ActionContext, path: FilePath) -> Result<TextFile>;

/// Writes a text to a file, new or in place of what it had.
///
/// The folder around it must exist. Returns the file with its size and times.
#[action(
    write,
    idempotent,
    title = "Write a text file",
    put = "/api/contents/{+path}",
    json(type = "file", format = "text")
)]
pub async fn write(
    cx: &ActionContext,
    path: FilePath,
    /// The whole text.
    content: String,
) -> Result<Entry>;

/// Stores a file of any kind, new or in place of what the path had.
///
/// The folder around it must exist. Returns the file with its size and times.
#[action(
    write,
    idempotent,
    put = "/api/contents/{+path}",
    json(type = "file", format = "base64")
)]
pub async fn upload(
    cx: &ActionContext,
    path: FilePath,
    /// The file.
    #[param(send_as = base64)]
    content: FileInput,
) -> Result<Entry>;

/// Downloads a file or notebook as it is on the server's disk.
///
/// Returns its bytes with the media type, whatever kind of file it is.
#[action(read)]
pub async fn download(cx: &ActionContext, path: FilePath) -> Result<FileOutput> {
    cx.get(path!("/files/{+path}")).download().await
}

/// Renames a file, notebook or folder, or moves it to another folder.
///
/// Fails if the new path is taken. Returns it with its new name and path.
#[action(
    write,
    title = "Rename or move a file",
    reconcile(natural = find_renamed(path, new_path))
)]
pub async fn rename(
    cx: &ActionContext,
    path: FilePath,
    /// Its new path below the server's root folder.
    new_path: FilePath,
) -> Result<Entry> {
    cx.patch(path!("/api/contents/{+path}"))
        .field("path", new_path)
        .fetch()
        .await
}

async fn find_renamed(
    cx: &ActionContext,
    _lost: &Lost,
    path: FilePath,
    new_path: FilePath,
) -> Result<Outcome<Entry>> {
    let there = Outcome::of_named(get(cx, new_path).await, Outcome::Done)?;
    // A renaming ends with one of the two.
    Ok(match Outcome::of_deleted(get(cx, path).await)? {
        Outcome::Done(()) => there,
        _ => Outcome::NotDone,
    })
}

/// Copies a file or notebook into a folder, under a free name that the server makes of its own.
///
/// Returns the copy with its name and path.
#[action(write, reconcile(natural = find_copy(path, folder)))]
pub async fn copy(
    cx: &ActionContext,
    path: FilePath,
    /// Path of the folder that the copy goes to; the root folder if it is left out.
    folder: Option<FolderPath>,
) -> Result<Entry> {
    cx.post(path!("/api/contents{/+folder}"))
        .field("copy_from", path)
        .fetch()
        .await
}

async fn find_copy(
    cx: &ActionContext,
    lost: &Lost,
    path: FilePath,
    folder: Option<FolderPath>,
) -> Result<Outcome<Entry>> {
    let name = path.0.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let entries: Page<Entry> = folders::list(cx, folder).await?;
    Ok(Outcome::in_list(entries, |entry| {
        entry.path != path.0
            && entry.name.starts_with(stem)
            && entry.name.ends_with(extension)
            && lost.covers_optional(entry.created.as_deref())
    }))
}

/// Deletes a file, a notebook or an empty folder.
///
/// It can't be undone, unless the server moves what is deleted to the trash. Returns nothing.
#[action(
    destructive,
    reconcile(natural = find_deleted(path)),
    delete = "/api/contents/{+path}"
)]
pub async fn delete(cx: &ActionContext, path: FilePath) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _lost: &Lost, path: FilePath) -> Result<Outcome<()>> {
    Outcome::of_deleted(get(cx, path).await)
}
