//! Links of issues.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

use super::attachment::text;

/// A kind of link between issues.
#[model]
pub struct LinkType {
    /// Id.
    pub id: String,
    /// Name, such as `Blocks`, which `issue_links.create` takes.
    pub name: String,
    /// What the inward issue is to the outward one, such as `is blocked by`.
    pub inward: Option<String>,
    /// What the outward issue is to the inward one, such as `blocks`.
    pub outward: Option<String>,
}

/// A link between two issues.
#[model]
pub struct IssueLink {
    /// Id.
    pub id: String,
    /// Kind of the link.
    pub r#type: LinkType,
    /// Key of the inward issue; absent if that is the one whose links these are.
    #[serde(rename(deserialize = "inwardIssue"), default, deserialize_with = "key")]
    pub inward_issue: Option<String>,
    /// Key of the outward issue; absent if that is the one whose links these are.
    #[serde(
        rename(deserialize = "outwardIssue"),
        default,
        deserialize_with = "key"
    )]
    pub outward_issue: Option<String>,
}

/// A link from an issue to a web page.
#[model]
#[serde(from = "Answer")]
pub struct WebLink {
    /// Id.
    pub id: String,
    /// URL of the page.
    pub url: Option<String>,
    /// What is shown for it.
    pub title: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// What the page is to the issue.
    pub relationship: Option<String>,
}

#[model]
struct Answer {
    #[serde(deserialize_with = "text")]
    id: String,
    relationship: Option<String>,
    object: Option<Page>,
}

#[model]
struct Page {
    url: Option<String>,
    title: Option<String>,
    summary: Option<String>,
}

impl From<Answer> for WebLink {
    fn from(answer: Answer) -> Self {
        let (url, title, summary) = match answer.object {
            Some(page) => (page.url, page.title, page.summary),
            None => (None, None, None),
        };
        Self {
            id: answer.id,
            url,
            title,
            summary,
            relationship: answer.relationship,
        }
    }
}

#[model]
struct Keyed {
    key: Option<String>,
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let issue = Option::<Keyed>::deserialize(deserializer)?;
    Ok(issue.and_then(|issue| issue.key))
}
