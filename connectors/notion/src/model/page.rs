//! Pages.

use std::collections::BTreeMap;

use plugwright_sdk::{Value, model};

use super::{Parent, PropertyValue, id_of, is_trashed, text_at};
use crate::markdown;

/// A page, alone or in a data source.
#[model]
#[serde(try_from = "Value")]
pub struct PageObject {
    /// Id.
    pub id: String,
    /// Title, as plain text.
    pub title: String,
    /// Where it is in Notion.
    pub url: Option<String>,
    /// Where it is on the web, if it is published.
    pub public_url: Option<String>,
    /// What it is in.
    pub parent: Option<Parent>,
    /// Values of its properties by their names; those without a value are left out. Dates are ISO 8601,
    /// with a slash between start and end; people are names, or ids where the name is hidden; relations
    /// are ids of pages; files are URLs.
    pub properties: BTreeMap<String, PropertyValue>,
    /// Emoji or URL of its icon.
    pub icon: Option<String>,
    /// URL of its cover.
    pub cover: Option<String>,
    /// Whether it is in the trash.
    pub in_trash: bool,
    /// Id of who made it.
    pub created_by: Option<String>,
    /// Id of who last changed it.
    pub last_edited_by: Option<String>,
    /// When it was made (RFC 3339).
    pub created_time: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_edited_time: Option<String>,
}

impl TryFrom<Value> for PageObject {
    type Error = &'static str;

    fn try_from(page: Value) -> Result<Self, Self::Error> {
        let properties = page.get("properties").and_then(Value::as_object);
        let properties = || properties.into_iter().flatten();
        let title = properties().find(|(_, value)| value["type"] == "title");
        Ok(Self {
            id: id_of(&page)?,
            title: title
                .map(|(_, value)| markdown::plain(&value["title"]))
                .unwrap_or_default(),
            url: text_at(&page, "/url"),
            public_url: text_at(&page, "/public_url"),
            parent: page.get("parent").cloned().map(Parent::from),
            properties: properties()
                .filter(|(_, value)| value["type"] != "title")
                .filter_map(|(name, value)| Some((name.clone(), PropertyValue::read(value)?)))
                .collect(),
            icon: icon(&page),
            cover: picture(&page["cover"]),
            in_trash: is_trashed(&page),
            created_by: text_at(&page, "/created_by/id"),
            last_edited_by: text_at(&page, "/last_edited_by/id"),
            created_time: text_at(&page, "/created_time"),
            last_edited_time: text_at(&page, "/last_edited_time"),
        })
    }
}

/// The icon of a page or a database.
pub(super) fn icon(object: &Value) -> Option<String> {
    let emoji = text_at(object, "/icon/emoji");
    emoji.or_else(|| picture(&object["icon"]))
}

fn picture(file: &Value) -> Option<String> {
    let url = markdown::file_url(file);
    (!url.is_empty()).then(|| url.to_owned())
}

/// The content of a page.
#[model]
pub struct PageContent {
    /// Id of the page or block.
    pub id: String,
    /// The content in Notion's Markdown, which adds tags such as `<callout>` and `<page>` for what plain
    /// Markdown does not have.
    pub markdown: String,
    /// Whether the page has more blocks than Notion gives at once.
    #[serde(default)]
    pub truncated: bool,
    /// Ids of blocks that are left out; `pages.get_markdown` takes each of them to read it.
    #[serde(default)]
    pub unknown_block_ids: Vec<String>,
}
