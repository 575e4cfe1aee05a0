//! Files of a repository.

use plugwright_sdk::model;
use plugwright_sdk::reading::base64::readable;

/// Something in a directory of a repository.
#[model]
pub struct Entry {
    /// Git's hash of the content.
    pub id: String,
    /// Name in the directory.
    pub name: String,
    /// Path in the repository.
    pub path: String,
    /// `blob` for a file, `tree` for a directory, `commit` for a submodule.
    pub r#type: String,
    /// Git's mode, such as `100644`.
    pub mode: Option<String>,
}

/// A file of a repository.
#[model]
#[serde(try_from = "Answer")]
pub struct File {
    /// Name without directories.
    pub file_name: String,
    /// Path in the repository.
    pub file_path: String,
    /// Bytes of the file.
    pub size: u64,
    /// How `content` is written: `utf-8` as it is, `base64` if the file is not UTF-8 text.
    pub encoding: String,
    /// The content.
    pub content: String,
    /// SHA-256 of the content, in hexadecimal.
    pub content_sha256: Option<String>,
    /// Branch, tag or commit that it was asked of.
    pub r#ref: String,
    /// Git's hash of the content.
    pub blob_id: String,
    /// Hash of the commit that it is of.
    pub commit_id: String,
    /// Hash of the last commit that changed it, which `files.update` takes.
    pub last_commit_id: String,
}

/// A file as GitLab writes it.
#[model]
struct Answer {
    file_name: String,
    file_path: String,
    size: u64,
    content: String,
    content_sha256: Option<String>,
    r#ref: String,
    blob_id: String,
    commit_id: String,
    last_commit_id: String,
}

impl TryFrom<Answer> for File {
    type Error = &'static str;

    fn try_from(answer: Answer) -> Result<Self, Self::Error> {
        let (encoding, content) = readable(&answer.content).ok_or("the content is not base64")?;
        Ok(Self {
            file_name: answer.file_name,
            file_path: answer.file_path,
            size: answer.size,
            encoding: encoding.to_owned(),
            content,
            content_sha256: answer.content_sha256,
            r#ref: answer.r#ref,
            blob_id: answer.blob_id,
            commit_id: answer.commit_id,
            last_commit_id: answer.last_commit_id,
        })
    }
}

/// A file that was written.
#[model]
pub struct ChangedFile {
    /// Path in the repository.
    pub file_path: String,
    /// Branch with the commit.
    pub branch: String,
}

/// A part of a file that has what was searched for.
#[model]
pub struct CodeHit {
    /// Path of the file in the repository.
    pub path: String,
    /// The lines around it.
    pub data: String,
    /// Number of the first of these lines.
    pub startline: Option<u64>,
    /// Branch, tag or commit that was searched.
    pub r#ref: Option<String>,
    /// Id of the project.
    pub project_id: Option<u64>,
}
