//! Databases, which hold data sources.

use plugwright_sdk::{Value, model};

use super::page::icon;
use super::{Parent, id_of, is_trashed, text_at};
use crate::markdown;

/// A database.
#[model]
#[serde(try_from = "Value")]
pub struct Database {
    /// Id.
    pub id: String,
    /// Title, as plain text.
    pub title: String,
    /// What it is for, in Markdown.
    pub description: Option<String>,
    /// The data sources that hold its pages.
    pub data_sources: Vec<DataSourceName>,
    /// Where it is in Notion.
    pub url: Option<String>,
    /// What it is in.
    pub parent: Option<Parent>,
    /// Emoji or URL of its icon.
    pub icon: Option<String>,
    /// Whether it shows within its page.
    pub is_inline: bool,
    /// Whether it is in the trash.
    pub in_trash: bool,
    /// When it was made (RFC 3339).
    pub created_time: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_edited_time: Option<String>,
}

/// A data source of a database.
#[model]
pub struct DataSourceName {
    /// Id.
    pub id: String,
    /// Name.
    #[serde(default)]
    pub name: String,
}

impl TryFrom<Value> for Database {
    type Error = String;

    fn try_from(database: Value) -> Result<Self, Self::Error> {
        let sources = database.get("data_sources").cloned();
        let sources = sources
            .map(plugwright_sdk::serde_json::from_value)
            .transpose();
        let description = markdown::of_spans(&database["description"]);
        Ok(Self {
            id: id_of(&database)?,
            title: markdown::plain(&database["title"]),
            description: (!description.is_empty()).then_some(description),
            data_sources: sources
                .map_err(|error| error.to_string())?
                .unwrap_or_default(),
            url: text_at(&database, "/url"),
            parent: database.get("parent").cloned().map(Parent::from),
            icon: icon(&database),
            is_inline: database.get("is_inline") == Some(&Value::Bool(true)),
            in_trash: is_trashed(&database),
            created_time: text_at(&database, "/created_time"),
            last_edited_time: text_at(&database, "/last_edited_time"),
        })
    }
}
