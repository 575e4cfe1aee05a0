//! Personal labels.

use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{COLORS, Label, results};

/// Lists the personal labels of the account.
///
/// Labels that other people put on shared tasks are left out. Returns id, name, colour and place
/// of each label, page by page.
#[action(
    "labels.list",
    read,
    scopes = ["data:read"],
    get = "/labels",
    page = results()
)]
pub async fn list(
    cx: &ActionContext,
    /// Labels per page.
    #[param(default = 50, range(1..=200))]
    limit: Option<u32>,
) -> Result<Page<Label>>;

/// Gets one personal label by its id.
///
/// Tasks name their labels, so find the id of a name by listing labels. Returns id, name, colour
/// and place.
#[action(
    "labels.get",
    read,
    title = "Get a label",
    scopes = ["data:read"],
    get = "/labels/{label_id}"
)]
pub async fn get(
    cx: &ActionContext,
    /// Id of the label.
    label_id: String,
) -> Result<Label>;

/// Creates a personal label with a name and a colour.
///
/// Tasks are given it by its name, in `tasks.create` and `tasks.update`. Returns the new label
/// with its id.
#[action(
    "labels.create",
    write,
    title = "Create a label",
    scopes = ["data:read_write"],
    post = "/labels",
    json
)]
pub async fn create(
    cx: &ActionContext,
    /// Name of the label.
    #[param(length(1..=60))]
    name: String,
    /// Place in the list of labels.
    order: Option<i32>,
    /// Colour.
    #[param(options = COLORS, default = "charcoal")]
    color: Option<String>,
    /// Whether it is among the favourites.
    #[param(default = false)]
    is_favorite: Option<bool>,
) -> Result<Label>;

/// Changes a personal label: name, place, colour or whether it is a favourite.
///
/// What is not given stays as it is; tasks keep the label under its new name. Returns the changed
/// label.
#[action(
    "labels.update",
    write,
    idempotent,
    title = "Update a label",
    scopes = ["data:read_write"]
)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the label.
    label_id: String,
    /// New name.
    #[param(length(1..=60))]
    name: Option<String>,
    /// New place in the list of labels.
    order: Option<i32>,
    /// New colour.
    #[param(options = COLORS)]
    color: Option<String>,
    /// Whether it is among the favourites.
    is_favorite: Option<bool>,
) -> Result<Label> {
    cx.post(path!("/labels/{label_id}"))
        .field("name", name)
        .field("order", order)
        .field("color", color)
        .field("is_favorite", is_favorite)
        .fetch()
        .await
}

/// Deletes a personal label and takes it off all tasks that have it.
///
/// The tasks themselves stay. It can't be undone. Returns nothing.
#[action(
    "labels.delete",
    destructive,
    idempotent,
    title = "Delete a label",
    scopes = ["data:delete"],
    delete = "/labels/{label_id}"
)]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the label.
    label_id: String,
) -> Result<()>;
