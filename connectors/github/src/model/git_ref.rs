//! Git references.

use plugwright_sdk::model;

/// A Git reference: a branch, a tag or another name of a commit.
#[model]
#[serde(from = "Answer")]
pub struct GitRef {
    /// Full name, such as `refs/heads/main`.
    pub r#ref: String,
    /// Hash of what it names.
    pub sha: String,
    /// What it names: `commit`, or `tag` for an annotated tag.
    pub r#type: String,
}

/// A reference as GitHub writes it.
#[model]
struct Answer {
    r#ref: String,
    object: Object,
}

#[model]
struct Object {
    sha: String,
    r#type: String,
}

impl From<Answer> for GitRef {
    fn from(answer: Answer) -> Self {
        Self {
            r#ref: answer.r#ref,
            sha: answer.object.sha,
            r#type: answer.object.r#type,
        }
    }
}
