//! Pages and their properties.

use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, Lost, Outcome, Page, Param, Patch, Result, Value,
    action, json, params, path,
};

use crate::lost::find_child;
use crate::model::{
    DataSourceId, Emoji, PageId, PageObject, PageSize, PropertyItem, PropertyValues, external,
    found, patched,
};
use crate::{MARKDOWN_VERSION, model};

/// Order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Direction {
    /// Lowest or oldest first.
    Ascending,
    /// Highest or newest first.
    Descending,
}

/// What a search sorts by, which only can be the time of the last change.
pub(crate) fn by_last_change(direction: Option<Direction>) -> Option<Value> {
    let direction = match direction? {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    };
    Some(json!({ "timestamp": "last_edited_time", "direction": direction }))
}

/// What a search finds.
pub(crate) fn only(object: &str) -> Value {
    json!({ "property": "object", "value": object })
}

/// Searches the pages that are shared with the connection by their titles.
///
/// Without a query, all of them are listed. Returns title, URL, parent and properties of each, page by
/// page; `pages.get_markdown` reads their content.
#[action(read)]
pub async fn search(
    cx: &ActionContext,
    /// Words of the title.
    #[param(length(1..), example = "reading list")]
    query: Option<String>,
    /// Order by the time of the last change.
    #[param(provider_default = Direction::Descending)]
    direction: Option<Direction>,
    /// Pages per page of the list.
    page_size: Option<PageSize>,
) -> Result<Page<PageObject>> {
    let sort = by_last_change(direction);
    let request = cx
        .post("/search")
        .fields(params![query, filter = only("page"), sort, page_size]);
    found(cx, request).await
}

/// Gets one page by its id, without its content.
///
/// Returns title, URL, parent, the values of its properties, icon, cover, people and times;
/// `pages.get_markdown` reads its content.
#[action(read, get = "/pages/{page_id}")]
pub async fn get(cx: &ActionContext, page_id: PageId) -> Result<PageObject>;

/// Creates a page in another page or in a data source, with content from Markdown.
///
/// In a data source, it takes values of the properties that `data_sources.get` lists. Returns the new
/// page with its id and URL.
#[action(
    write,
    reconcile(natural = find_created(parent_page_id, title)),
    exactly_one(parent_page_id, data_source_id)
)]
pub async fn create(
    cx: &ActionContext,
    /// Title, as plain text.
    #[param(length(1..=2000), example = "Meeting notes")]
    title: String,
    /// Id of the page that it goes to.
    parent_page_id: Option<PageId>,
    /// Id of the data source that it goes to.
    data_source_id: Option<DataSourceId>,
    /// Its content, in Markdown.
    #[param(length(1..))]
    markdown: Option<String>,
    properties: Option<PropertyValues>,
    /// Emoji that is its icon.
    icon: Option<Emoji>,
    /// URL of a picture that is its cover.
    #[param(format = "uri")]
    cover_url: Option<String>,
) -> Result<PageObject> {
    let properties = Value::Object(model::properties(Some(&title), properties)?);
    let icon = icon.map(Emoji::icon);
    let cover = cover_url.map(external);
    cx.post("/pages")
        .header("notion-version", MARKDOWN_VERSION)
        .fields(params![
            parent = parent(parent_page_id, data_source_id),
            properties,
            markdown,
            icon,
            cover
        ])
        .fetch()
        .await
}

fn parent(page: Option<PageId>, source: Option<DataSourceId>) -> Option<Value> {
    let page = page.map(|PageId(id)| json!({ "type": "page_id", "page_id": id }));
    page.or_else(|| {
        source.map(|DataSourceId(id)| json!({ "type": "data_source_id", "data_source_id": id }))
    })
}

/// Pages of a data source can only be listed by a query, which is a `POST`.
async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    parent_page_id: Option<PageId>,
    title: String,
) -> Result<Outcome<PageObject>> {
    let Some(PageId(parent)) = parent_page_id else {
        return Ok(Outcome::unknown(
            "pages of a data source can't be looked for",
        ));
    };
    match find_child(cx, lost, &parent, "child_page", &title).await? {
        Outcome::Done(block) => Ok(Outcome::Done(
            page(cx, &model::id_of(&block).map_err(invalid)?).await?,
        )),
        Outcome::NotDone => Ok(Outcome::NotDone),
        Outcome::Unknown(reason) => Ok(Outcome::Unknown(reason)),
    }
}

pub(crate) fn invalid(problem: &'static str) -> ActionError {
    ActionError::new(ErrorCode::UpstreamInvalid, problem)
}

async fn page(cx: &ActionContext, id: &str) -> Result<PageObject> {
    cx.get(path!("/pages/{id}")).fetch().await
}

/// Changes a page: its title, values of properties, icon or cover.
///
/// What is not given stays as it is; `null` takes icon or cover away, and `properties.clear` empties
/// properties. `pages.edit_markdown` changes the content. Returns the changed page.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    page_id: PageId,
    /// New title, as plain text.
    #[param(length(1..=2000))]
    title: Option<String>,
    properties: Option<PropertyValues>,
    /// Emoji that becomes its icon.
    icon: Patch<Emoji>,
    /// URL of a picture that becomes its cover.
    #[param(format = "uri")]
    cover_url: Patch<String>,
    /// Whether people can't change it in Notion.
    is_locked: Option<bool>,
) -> Result<PageObject> {
    let values = model::properties(title.as_deref(), properties)?;
    let properties = (!values.is_empty()).then_some(Value::Object(values));
    cx.patch(path!("/pages/{page_id}"))
        .fields(params![
            properties,
            icon = patched(icon, Emoji::icon),
            cover = patched(cover_url, external),
            is_locked
        ])
        .fetch()
        .await
}

/// Moves a page with all that is in it to another page or data source.
///
/// Returns the page with its new parent.
#[action(
    "pages.move",
    write,
    idempotent,
    exactly_one(parent_page_id, data_source_id)
)]
pub async fn relocate(
    cx: &ActionContext,
    page_id: PageId,
    /// Id of the page that it goes to.
    parent_page_id: Option<PageId>,
    /// Id of the data source that it goes to.
    data_source_id: Option<DataSourceId>,
) -> Result<PageObject> {
    cx.post(path!("/pages/{page_id}/move"))
        .field("parent", parent(parent_page_id, data_source_id))
        .fetch()
        .await
}

/// Moves a page with all that is in it to the trash.
///
/// `pages.restore` brings it back; Notion deletes it for good after 30 days. Returns the page.
#[action(
    destructive,
    reconcile(natural = find_trashed(page_id)),
    patch = "/pages/{page_id}",
    json(in_trash = true)
)]
pub async fn trash(cx: &ActionContext, page_id: PageId) -> Result<PageObject>;

async fn find_trashed(
    cx: &ActionContext,
    _lost: &Lost,
    page_id: PageId,
) -> Result<Outcome<PageObject>> {
    let page = page(cx, &page_id.0).await?;
    Ok(if page.in_trash {
        Outcome::Done(page)
    } else {
        Outcome::NotDone
    })
}

/// Brings a page with all that is in it back from the trash.
///
/// It returns to the page or data source that it was in. Returns the page.
#[action(write, idempotent, patch = "/pages/{page_id}", json(in_trash = false))]
pub async fn restore(cx: &ActionContext, page_id: PageId) -> Result<PageObject>;

/// Lists all values of one property of a page.
///
/// `pages.get` has up to 25 people, relations and parts of a text; this has all of them, page by page.
/// Other properties have one value.
#[action(read, title = "List values of a property of a page")]
pub async fn list_property_values(
    cx: &ActionContext,
    page_id: PageId,
    /// Id of the property, which `data_sources.get` gives.
    #[param(length(1..), example = "title")]
    property_id: String,
    /// Values per page.
    page_size: Option<PageSize>,
) -> Result<Page<PropertyItem>> {
    let cursor = cx.cursor().map(str::to_owned);
    let mut answer: Value = cx
        .get(path!("/pages/{page_id}/properties/{property_id}"))
        .query_params(params![page_size, start_cursor = cursor])
        .fetch()
        .await?;
    match answer.get_mut("results").map(Value::take) {
        Some(Value::Array(items)) => {
            let mut page = Page::new(items).map(PropertyItem::from);
            page.cursor = model::text_at(&answer, "/next_cursor");
            Ok(page)
        }
        _ if answer["object"] == "property_item" => Ok(Page::new(vec![answer.into()])),
        _ => Err(invalid(
            "the answer is neither a value of a property nor a list of them",
        )),
    }
}
