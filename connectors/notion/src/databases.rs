//! Databases, which hold data sources.

use plugwright_sdk::{
    ActionContext, Lost, Outcome, Patch, Result, Value, action, json, params, path,
};

use crate::lost::find_child;
use crate::markdown;
use crate::model::{
    Database, DatabaseId, Emoji, NewProperty, PageId, configurations, id_of, patched, plain_spans,
};

/// Gets one database by its id, with its data sources.
///
/// Returns title, description, parent and times, and id and name of each data source;
/// `data_sources.get` has the properties, `data_sources.query` the pages.
#[action(read, get = "/databases/{database_id}")]
pub async fn get(cx: &ActionContext, database_id: DatabaseId) -> Result<Database>;

/// Creates a database with one data source in a page.
///
/// Without a property of the type `title`, Notion adds one. Returns the new database with its id and that
/// of its data source.
#[action(write, reconcile(natural = find_created(parent_page_id, title)))]
pub async fn create(
    cx: &ActionContext,
    /// Id of the page that it goes to.
    parent_page_id: PageId,
    /// Title, as plain text.
    #[param(length(1..=2000), example = "Reading list")]
    title: String,
    /// What it is for, in Markdown without headings and lists.
    #[param(length(1..))]
    description: Option<String>,
    /// The properties that its pages have.
    properties: Option<Vec<NewProperty>>,
    /// Whether it shows within the page.
    #[param(provider_default = false)]
    is_inline: Option<bool>,
    /// Emoji that is its icon.
    icon: Option<Emoji>,
) -> Result<Database> {
    let parent = json!({ "type": "page_id", "page_id": parent_page_id.0 });
    let description = description.as_deref().map(described).transpose()?;
    let properties = configurations(properties.unwrap_or_default());
    let properties = (!properties.is_empty()).then(|| json!({ "properties": properties }));
    cx.post("/databases")
        .fields(params![
            parent,
            title = plain_spans(&title),
            description,
            initial_data_source = properties,
            is_inline,
            icon = icon.map(Emoji::icon)
        ])
        .fetch()
        .await
}

fn described(description: &str) -> Result<Value> {
    markdown::spans(description).map(Value::Array)
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    parent_page_id: PageId,
    title: String,
) -> Result<Outcome<Database>> {
    match find_child(cx, lost, &parent_page_id.0, "child_database", &title).await? {
        Outcome::Done(block) => {
            let id = id_of(&block).map_err(crate::pages::invalid)?;
            Ok(Outcome::Done(
                cx.get(path!("/databases/{id}")).fetch().await?,
            ))
        }
        Outcome::NotDone => Ok(Outcome::NotDone),
        Outcome::Unknown(reason) => Ok(Outcome::Unknown(reason)),
    }
}

/// Changes a database: title, description, icon, place on its page, or whether it is in the trash.
///
/// What is not given stays as it is; `null` takes icon or description away. Its properties are changed by
/// `data_sources.update`. Returns the changed database.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    database_id: DatabaseId,
    /// New title, as plain text.
    #[param(length(1..=2000))]
    title: Option<String>,
    /// New description, in Markdown without headings and lists.
    #[param(length(1..))]
    description: Patch<String>,
    /// Emoji that becomes its icon.
    icon: Patch<Emoji>,
    /// Whether it shows within its page.
    is_inline: Option<bool>,
    /// Whether people can't change it in Notion.
    is_locked: Option<bool>,
    /// Whether it is in the trash.
    in_trash: Option<bool>,
) -> Result<Database> {
    let description = match description {
        Patch::Set(description) => Some(described(&description)?),
        Patch::Clear => Some(json!([])),
        Patch::Keep => None,
    };
    cx.patch(path!("/databases/{database_id}"))
        .fields(params![
            title = title.as_deref().map(plain_spans),
            description,
            icon = patched(icon, Emoji::icon),
            is_inline,
            is_locked,
            in_trash
        ])
        .fetch()
        .await
}
