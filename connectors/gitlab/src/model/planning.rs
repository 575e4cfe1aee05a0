//! What sorts issues and merge requests.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

/// A label.
#[model]
pub struct Label {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Colour, as `#` and six hexadecimal digits.
    pub color: String,
    /// What it is for.
    pub description: Option<String>,
    /// Open issues that have it.
    pub open_issues_count: Option<u64>,
    /// Open merge requests that have it.
    pub open_merge_requests_count: Option<u64>,
    /// Rank among labels with a priority, 0 first.
    pub priority: Option<u64>,
    /// Whether it is the project's own, not a group's.
    pub is_project_label: Option<bool>,
}

/// A milestone.
#[model]
pub struct Milestone {
    /// Id over all of GitLab, which issues take.
    pub id: u64,
    /// Number in the project.
    pub iid: u64,
    /// Title.
    pub title: String,
    /// What it is for, in Markdown.
    pub description: Option<String>,
    /// `active` or `closed`.
    pub state: String,
    /// First day.
    pub start_date: Option<String>,
    /// Last day.
    pub due_date: Option<String>,
    /// Whether the last day has passed.
    pub expired: Option<bool>,
    /// Page on GitLab.
    pub web_url: Option<String>,
}

#[model]
struct Titled {
    title: String,
}

pub(super) fn title<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<Titled>::deserialize(deserializer)?.map(|titled| titled.title))
}
