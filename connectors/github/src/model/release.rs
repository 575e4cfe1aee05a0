//! Releases and their assets.

use plugwright_sdk::model;

use super::login;

/// A release.
#[model]
pub struct Release {
    /// Id over all of GitHub.
    pub id: u64,
    /// The tag that it is of.
    pub tag_name: String,
    /// Branch or commit that the tag is made from, if there is none yet.
    pub target_commitish: String,
    /// Title.
    pub name: Option<String>,
    /// Notes, in Markdown.
    pub body: Option<String>,
    /// Whether it is a draft, which the public does not see.
    pub draft: bool,
    /// Whether it is marked as not ready for production.
    pub prerelease: bool,
    /// Login of the author; absent for deleted accounts.
    #[serde(rename(deserialize = "author"), default, deserialize_with = "login")]
    pub author_login: Option<String>,
    /// Files that belong to it.
    #[serde(default)]
    pub assets: Vec<ReleaseAsset>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it was published (RFC 3339); absent for drafts.
    pub published_at: Option<String>,
    /// Page on GitHub.
    pub html_url: String,
}

/// A file of a release.
#[model]
pub struct ReleaseAsset {
    /// Id over all of GitHub.
    pub id: u64,
    /// Name of the file.
    pub name: String,
    /// What is shown in place of the name.
    pub label: Option<String>,
    /// Media type.
    pub content_type: String,
    /// `uploaded`, or `open` if an upload was not finished.
    pub state: String,
    /// Bytes.
    pub size: u64,
    /// How often it was downloaded.
    pub download_count: u64,
    /// Login of who uploaded it; absent for deleted accounts.
    #[serde(rename(deserialize = "uploader"), default, deserialize_with = "login")]
    pub uploader_login: Option<String>,
    /// When it was uploaded (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// Address that browsers download it from.
    pub browser_download_url: String,
}
