//! Data sources, which hold pages with the same properties.

use std::collections::BTreeMap;

use plugwright_sdk::pagination::{CursorField, Pagination as _};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Params, Result, Value, action, json, params, path,
};

use crate::lost::is_new;
use crate::model::{
    DataSource, DataSourceId, Database, DatabaseId, Emoji, NewProperty, PageObject, PageSize,
    Template, configurations, found, plain_spans,
};
use crate::pages::{Direction, by_last_change, only};

/// Searches the data sources that are shared with the connection by their titles.
///
/// Without a query, all of them are listed. Returns id, title, properties and database of each, page by
/// page; `data_sources.query` lists their pages.
#[action(read)]
pub async fn search(
    cx: &ActionContext,
    /// Words of the title.
    #[param(length(1..), example = "reading list")]
    query: Option<String>,
    /// Order by the time of the last change.
    #[param(provider_default = Direction::Descending)]
    direction: Option<Direction>,
    /// Data sources per page.
    page_size: Option<PageSize>,
) -> Result<Page<DataSource>> {
    let sort = by_last_change(direction);
    let request = cx.post("/search").fields(params![
        query,
        filter = only("data_source"),
        sort,
        page_size
    ]);
    found(cx, request).await
}

/// Gets one data source by its id, with the properties of its pages.
///
/// Returns title, description and database, and name, type and options of each property.
#[action(read, get = "/data_sources/{data_source_id}")]
pub async fn get(cx: &ActionContext, data_source_id: DataSourceId) -> Result<DataSource>;

/// Time that a query sorts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Timestamp {
    /// When a page was made.
    CreatedTime,
    /// When a page last changed.
    LastEditedTime,
}

/// What a query sorts by: a property or a time.
#[derive(Clone, Debug, Params)]
#[param(exactly_one(property, timestamp))]
pub struct Sort {
    /// Name or id of the property.
    pub property: Option<String>,
    /// The time.
    pub timestamp: Option<Timestamp>,
    /// Order.
    #[param(default = Direction::Ascending)]
    pub direction: Direction,
}

/// Lists the pages of a data source that match a filter, in a stated order.
///
/// Returns title, URL and values of the properties of each page, page by page.
#[action(read, title = "Query a data source")]
pub async fn query(
    cx: &ActionContext,
    data_source_id: DataSourceId,
    /// Condition on a property, named with its type, such as `{"property": "Status", "select": {"equals":
    /// "Reading"}}` or `{"property": "Due", "date": {"next_week": {}}}`; `and` and `or` take lists of
    /// conditions.
    filter: Option<JsonObject>,
    /// What to sort by, the most important first.
    #[param(length(1..))]
    sorts: Option<Vec<Sort>>,
    /// Ids of the properties to return; all if left out.
    #[param(length(1..))]
    filter_properties: Option<Vec<String>>,
    /// Pages per page of the list.
    page_size: Option<PageSize>,
) -> Result<Page<PageObject>> {
    let request = cx
        .post(path!("/data_sources/{data_source_id}/query"))
        .query("filter_properties", filter_properties)
        .fields(params![filter, sorts, page_size]);
    found(cx, request).await
}

/// Adds a data source to a database.
///
/// Without a property of the type `title`, Notion refuses it, so one called `Name` is added. Returns the new
/// data source with its id.
#[action(write, reconcile(natural = find_created(database_id, title)))]
pub async fn create(
    cx: &ActionContext,
    database_id: DatabaseId,
    /// Title, as plain text.
    #[param(length(1..=2000))]
    title: String,
    /// The properties that its pages have.
    properties: Option<Vec<NewProperty>>,
    /// Emoji that is its icon.
    icon: Option<Emoji>,
) -> Result<DataSource> {
    let mut properties = configurations(properties.unwrap_or_default());
    if !properties
        .values()
        .any(|property| property.get("title").is_some())
    {
        properties.insert("Name".to_owned(), json!({ "title": {} }));
    }
    cx.post("/data_sources")
        .fields(params![
            parent = json!({ "type": "database_id", "database_id": database_id.0 }),
            title = plain_spans(&title),
            properties = Value::Object(properties),
            icon = icon.map(Emoji::icon)
        ])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    database_id: DatabaseId,
    title: String,
) -> Result<Outcome<DataSource>> {
    let database: Database = cx.get(path!("/databases/{database_id}")).fetch().await?;
    let mut sources = Vec::new();
    for source in database.data_sources {
        if source.name.trim() == title.trim() {
            let source: Value = cx
                .get(path!("/data_sources/{id}", id = source.id))
                .fetch()
                .await?;
            sources.push(source);
        }
    }
    let outcome = Outcome::in_list(Page::new(sources), |source| is_new(lost, source));
    outcome.try_map(|source| DataSource::try_from(source).map_err(crate::pages::invalid))
}

/// Changes a data source: its title, and the properties that its pages have.
///
/// Removing a property removes its values from all pages. What is not given stays as it is. Returns the
/// changed data source.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    data_source_id: DataSourceId,
    /// New title, as plain text.
    #[param(length(1..=2000))]
    title: Option<String>,
    /// Properties to add, or to change to another type or other options.
    #[param(length(1..))]
    add_properties: Option<Vec<NewProperty>>,
    /// New names of properties, by their names or ids.
    rename_properties: Option<BTreeMap<String, String>>,
    /// Names or ids of properties to remove.
    #[param(length(1..))]
    remove_properties: Option<Vec<String>>,
    /// Whether it is in the trash.
    in_trash: Option<bool>,
) -> Result<DataSource> {
    let mut properties = configurations(add_properties.unwrap_or_default());
    let renamed = rename_properties.into_iter().flatten();
    properties.extend(renamed.map(|(name, new)| (name, json!({ "name": new }))));
    properties.extend(
        remove_properties
            .into_iter()
            .flatten()
            .map(|name| (name, Value::Null)),
    );
    let properties = (!properties.is_empty()).then_some(Value::Object(properties));
    cx.patch(path!("/data_sources/{data_source_id}"))
        .fields(params![
            title = title.as_deref().map(plain_spans),
            properties,
            in_trash
        ])
        .fetch()
        .await
}

/// Lists the templates for new pages of a data source.
///
/// Returns id and name of each, and which of them new pages have by default, page by page.
#[action(
    read,
    get = "/data_sources/{data_source_id}/templates",
    page = CursorField::new("start_cursor", "/next_cursor").items("/templates")
)]
pub async fn list_templates(
    cx: &ActionContext,
    data_source_id: DataSourceId,
    /// Templates per page.
    page_size: Option<PageSize>,
) -> Result<Page<Template>>;
