//! Files and directories of a repository.

use plugwright_sdk::model;
use plugwright_sdk::reading::base64::readable;

/// Something in a directory of a repository.
#[model]
pub struct Entry {
    /// Name in the directory.
    pub name: String,
    /// Path in the repository.
    pub path: String,
    /// `file`, `dir` or `symlink`; GitHub lists a submodule as `file`.
    pub r#type: String,
    /// Bytes of a file; 0 for directories.
    pub size: u64,
    /// Git's hash of the content.
    pub sha: String,
    /// Page on GitHub.
    pub html_url: Option<String>,
}

/// A file of a repository.
#[model]
#[serde(try_from = "Answer")]
pub struct File {
    /// Name without folders.
    pub name: String,
    /// Path in the repository.
    pub path: String,
    /// `file`, `symlink` or `submodule`.
    pub r#type: String,
    /// Bytes of the file.
    pub size: u64,
    /// Git's hash of the content, which `contents.put` wants of a file that it replaces.
    pub sha: String,
    /// How `content` is written: `utf-8` as it is, `base64` if the file is not UTF-8 text.
    pub encoding: Option<String>,
    /// The content; absent for symbolic links, submodules and files above 1 MB.
    pub content: Option<String>,
    /// Where a symbolic link leads; of one that leads to a file of the repository, GitHub gives
    /// that file instead.
    pub target: Option<String>,
    /// Where a submodule is cloned from.
    pub submodule_git_url: Option<String>,
    /// Page on GitHub.
    pub html_url: Option<String>,
}

/// A file as it was committed.
#[model]
#[serde(from = "Change")]
pub struct CommittedFile {
    /// Path in the repository.
    pub path: String,
    /// Git's hash of the content.
    pub sha: String,
    /// Bytes of the file.
    pub size: u64,
    /// The commit that was made.
    pub commit_sha: String,
    /// Message of the commit.
    pub commit_message: String,
    /// Page of the file on GitHub.
    pub html_url: Option<String>,
}

/// A file as GitHub writes it.
#[model]
struct Answer {
    name: String,
    path: String,
    r#type: String,
    size: u64,
    sha: String,
    encoding: Option<String>,
    content: Option<String>,
    target: Option<String>,
    submodule_git_url: Option<String>,
    html_url: Option<String>,
}

impl TryFrom<Answer> for File {
    type Error = &'static str;

    fn try_from(answer: Answer) -> Result<Self, Self::Error> {
        // Of files above 1 MB, GitHub gives the encoding `none` and an empty content.
        let content = match (answer.encoding.as_deref(), answer.content) {
            (Some("base64"), Some(base64)) => {
                Some(readable(&base64).ok_or("the content is not base64")?)
            }
            _ => None,
        };
        let (encoding, content) = content.unzip();
        Ok(Self {
            name: answer.name,
            path: answer.path,
            r#type: answer.r#type,
            size: answer.size,
            sha: answer.sha,
            encoding: encoding.map(str::to_owned),
            content,
            target: answer.target,
            submodule_git_url: answer.submodule_git_url,
            html_url: answer.html_url,
        })
    }
}

/// A commit in a list.
#[model]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) commit: CommitText,
}

#[model]
pub(crate) struct CommitText {
    pub(crate) message: String,
}

#[model]
struct Change {
    content: Written,
    commit: Message,
}

#[model]
struct Written {
    path: String,
    sha: String,
    size: u64,
    html_url: Option<String>,
}

#[model]
struct Message {
    sha: String,
    message: String,
}

impl From<Change> for CommittedFile {
    fn from(answer: Change) -> Self {
        Self {
            path: answer.content.path,
            sha: answer.content.sha,
            size: answer.content.size,
            commit_sha: answer.commit.sha,
            commit_message: answer.commit.message,
            html_url: answer.content.html_url,
        }
    }
}
