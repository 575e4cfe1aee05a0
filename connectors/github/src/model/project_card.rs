//! Cards of classic projects.

use plugwright_sdk::model;

use super::login;

/// A card of a classic project.
#[model]
pub struct ProjectCard {
    /// Id over all of GitHub.
    pub id: u64,
    /// Text of a note; absent for issues and pull requests.
    pub note: Option<String>,
    /// Whether it is archived.
    pub archived: bool,
    /// Login of who made it; absent for deleted accounts.
    #[serde(rename(deserialize = "creator"), default, deserialize_with = "login")]
    pub creator_login: Option<String>,
    /// Address of the column that it is in.
    pub column_url: String,
    /// Address of the issue or pull request that it stands for.
    pub content_url: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}
