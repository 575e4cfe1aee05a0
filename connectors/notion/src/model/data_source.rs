//! Data sources, which hold pages with the same properties.

use plugwright_sdk::serde_json::Map;
use plugwright_sdk::{Params, Value, json, model};

use super::page::icon;
use super::{DataSourceId, Parent, id_of, is_trashed, text_at};
use crate::markdown;

/// A data source: a table of pages with the same properties.
#[model]
#[serde(try_from = "Value")]
pub struct DataSource {
    /// Id.
    pub id: String,
    /// Title, as plain text.
    pub title: String,
    /// What it is for, in Markdown.
    pub description: Option<String>,
    /// The properties that its pages have.
    pub properties: Vec<PropertyDefinition>,
    /// Where it is in Notion.
    pub url: Option<String>,
    /// The database that it is in.
    pub parent: Option<Parent>,
    /// Emoji or URL of its icon.
    pub icon: Option<String>,
    /// Whether it is in the trash.
    pub in_trash: bool,
    /// When it was made (RFC 3339).
    pub created_time: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_edited_time: Option<String>,
}

/// A property that the pages of a data source have.
#[model]
pub struct PropertyDefinition {
    /// Name.
    pub name: String,
    /// Type, such as `title`, `rich_text`, `number`, `select`, `date` or `relation`.
    pub r#type: String,
    /// Id, which filters and `data_sources.query` take as well as the name.
    pub id: Option<String>,
    /// Names of the options of a select, multi-select or status.
    #[serde(default)]
    pub options: Vec<String>,
    /// Id of the data source that a relation leads to.
    pub related_data_source_id: Option<String>,
    /// Text of a formula.
    pub expression: Option<String>,
}

impl TryFrom<Value> for DataSource {
    type Error = &'static str;

    fn try_from(source: Value) -> Result<Self, Self::Error> {
        let properties = source.get("properties").and_then(Value::as_object);
        let description = markdown::of_spans(&source["description"]);
        Ok(Self {
            id: id_of(&source)?,
            title: markdown::plain(&source["title"]),
            description: (!description.is_empty()).then_some(description),
            properties: properties.into_iter().flatten().map(definition).collect(),
            url: text_at(&source, "/url"),
            parent: source.get("parent").cloned().map(Parent::from),
            icon: icon(&source),
            in_trash: is_trashed(&source),
            created_time: text_at(&source, "/created_time"),
            last_edited_time: text_at(&source, "/last_edited_time"),
        })
    }
}

fn definition((name, property): (&String, &Value)) -> PropertyDefinition {
    let kind = property["type"].as_str().unwrap_or_default();
    let content = &property[kind];
    let options = content.get("options").and_then(Value::as_array);
    PropertyDefinition {
        name: name.clone(),
        r#type: kind.to_owned(),
        id: text_at(property, "/id"),
        options: options
            .into_iter()
            .flatten()
            .filter_map(|option| text_at(option, "/name"))
            .collect(),
        related_data_source_id: text_at(content, "/data_source_id"),
        expression: text_at(content, "/expression"),
    }
}

/// Types of properties that can be added.
pub const PROPERTY_TYPES: &[&str] = &[
    "title",
    "rich_text",
    "number",
    "select",
    "multi_select",
    "status",
    "date",
    "people",
    "files",
    "checkbox",
    "url",
    "email",
    "phone_number",
    "relation",
    "created_time",
    "created_by",
    "last_edited_time",
    "last_edited_by",
];

/// A property to add.
#[derive(Clone, Debug, Params)]
pub struct NewProperty {
    /// Name.
    #[param(length(1..))]
    pub name: String,
    /// Type.
    #[param(options = PROPERTY_TYPES)]
    pub r#type: String,
    /// Names of the options of a select or multi-select.
    pub options: Option<Vec<String>>,
    /// Id of the data source that a relation leads to.
    pub related_data_source_id: Option<DataSourceId>,
}

/// Writes properties as Notion takes them.
pub(crate) fn configurations(properties: Vec<NewProperty>) -> Map<String, Value> {
    let entry = |property: NewProperty| {
        let mut content = json!({});
        if let Some(options) = property.options {
            content["options"] = options
                .into_iter()
                .map(|name| json!({ "name": name }))
                .collect();
        }
        if let Some(DataSourceId(id)) = property.related_data_source_id {
            content["data_source_id"] = id.into();
            content["type"] = "single_property".into();
            content["single_property"] = json!({});
        }
        (property.name, json!({ property.r#type: content }))
    };
    properties.into_iter().map(entry).collect()
}

/// A template for new pages of a data source.
#[model]
pub struct Template {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether new pages have it if none is chosen.
    #[serde(default)]
    pub is_default: bool,
}
