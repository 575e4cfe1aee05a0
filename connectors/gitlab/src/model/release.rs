//! Releases.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

use super::person::username;

/// A release of a project.
#[model]
pub struct Release {
    /// Tag that it is of.
    pub tag_name: String,
    /// Title.
    pub name: Option<String>,
    /// Notes, in Markdown.
    pub description: Option<String>,
    /// Username of who made it.
    #[serde(default, deserialize_with = "username")]
    pub author: Option<String>,
    /// Files and pages that belong to it.
    #[serde(rename(deserialize = "assets"), default, deserialize_with = "links")]
    pub links: Vec<ReleaseLink>,
    /// Whether it is announced for a later time.
    pub upcoming_release: Option<bool>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it was or will be released (RFC 3339).
    pub released_at: Option<String>,
}

/// A file or page that belongs to a release.
#[model]
pub struct ReleaseLink {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// `other`, `runbook`, `image` or `package`.
    pub link_type: Option<String>,
}

#[model]
struct Assets {
    #[serde(default)]
    links: Vec<ReleaseLink>,
}

fn links<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ReleaseLink>, D::Error> {
    let assets = Option::<Assets>::deserialize(deserializer)?;
    Ok(assets.map(|assets| assets.links).unwrap_or_default())
}
