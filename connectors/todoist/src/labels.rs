//! Personal labels.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action};

use crate::model::{COLORS, Label, Limit, results};

/// Lists the personal labels of the account.
///
/// Labels that other people put on shared tasks are left out. Returns id, name, colour and place
/// of each label, page by page.
#[action(read, scopes = ["data:read"], get = "/labels", page = results())]
pub async fn list(
    cx: &ActionContext,
    /// Labels per page.
    limit: Option<Limit>,
) -> Result<Page<Label>>;

/// Gets one personal label by its id.
///
/// Tasks name their labels, so find the id of a name by listing labels. Returns id, name, colour
/// and place.
#[action(read, scopes = ["data:read"], get = "/labels/{label_id}")]
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
    write,
    scopes = ["data:read_write"],
    reconcile(natural = find_created(name, color)),
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
    #[param(options = COLORS, provider_default = "charcoal")]
    color: Option<String>,
    /// Whether it is among the favourites.
    #[param(provider_default = false)]
    is_favorite: Option<bool>,
) -> Result<Label>;

/// An account has one label of each name.
async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    name: String,
    color: Option<String>,
) -> Result<Outcome<Label>> {
    let labels: Page<Label> = cx
        .get("/labels")
        .query("limit", Limit(200))
        .pages(results(), Lost::MOST_PAGES)
        .await?;
    let found = Outcome::in_list(labels, |label: &Label| label.name.trim() == name.trim());
    Ok(match found {
        Outcome::Done(label) if color.is_some_and(|color| color != label.color) => {
            Outcome::unknown("the account has a label of this name in another colour")
        }
        found => found,
    })
}

/// Changes a personal label: name, place, colour or whether it is a favourite.
///
/// What is not given stays as it is; tasks keep the label under its new name. Returns the changed
/// label.
#[action(write, idempotent, scopes = ["data:read_write"], post = "/labels/{label_id}", json)]
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
) -> Result<Label>;

/// Deletes a personal label and takes it off all tasks that have it.
///
/// The tasks themselves stay. It can't be undone. Returns nothing.
#[action(destructive, idempotent, scopes = ["data:delete"], delete = "/labels/{label_id}")]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the label.
    label_id: String,
) -> Result<()>;
