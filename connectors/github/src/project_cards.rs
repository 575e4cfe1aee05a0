//! Cards of classic projects, which GitHub closed.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{ActionContext, Page, Param, Result, action, params, path};

use crate::model::{PerPage, ProjectCard};

/// Which cards a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ArchivedState {
    /// Archived or not.
    All,
    /// Archived.
    Archived,
    /// Not archived.
    NotArchived,
}

/// What a card can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "PascalCase")]
pub enum CardContent {
    /// An issue.
    Issue,
    /// A pull request.
    PullRequest,
}

/// Place of a card in its column.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^(top|bottom|after:[0-9]+)$")]
pub struct CardPosition(pub String);

/// Lists the cards of a column of a classic project, from top to bottom.
///
/// GitHub closed classic projects, and its API document no longer has this: expect it to fail.
/// Returns note, column, author and times of each card.
#[action(read, scopes = ["repo"], deprecated = "GitHub closed classic projects; those of today have another API", get = "/projects/columns/{column_id}/cards", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    /// Id of the column.
    column_id: u64,
    /// Only cards in this state.
    #[param(provider_default = ArchivedState::NotArchived)]
    archived_state: Option<ArchivedState>,
    /// Cards per page.
    per_page: Option<PerPage>,
) -> Result<Page<ProjectCard>>;

/// Gets one card of a classic project by its id.
///
/// GitHub closed classic projects, and its API document no longer has this: expect it to fail.
/// Returns note, column, author and times.
#[action(read, scopes = ["repo"], deprecated = "GitHub closed classic projects; those of today have another API", get = "/projects/columns/cards/{card_id}")]
pub async fn get(
    cx: &ActionContext,
    /// Id of the card.
    card_id: u64,
) -> Result<ProjectCard>;

/// Creates a card at the top of a column of a classic project: a note, an issue or a pull request.
///
/// GitHub closed classic projects, and its API document no longer has this: expect it to fail.
/// Returns the new card.
#[action(write, scopes = ["repo"], deprecated = "GitHub closed classic projects; those of today have another API", post = "/projects/columns/{column_id}/cards", json, at_most_one(note, content_id), all_or_none(content_id, content_type))]
pub async fn create(
    cx: &ActionContext,
    /// Id of the column.
    column_id: u64,
    /// Text of a note.
    note: Option<String>,
    /// Id of an issue or pull request, not its number.
    content_id: Option<u64>,
    /// What `content_id` is of.
    content_type: Option<CardContent>,
) -> Result<ProjectCard>;

/// Changes the note of a card of a classic project, or archives the card.
///
/// GitHub closed classic projects, and its API document no longer has this: expect it to fail.
/// Returns the changed card.
#[action(write, idempotent, scopes = ["repo"], deprecated = "GitHub closed classic projects; those of today have another API", patch = "/projects/columns/cards/{card_id}", json)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the card.
    card_id: u64,
    /// New text.
    note: Option<String>,
    /// Whether it is archived.
    archived: Option<bool>,
) -> Result<ProjectCard>;

/// Moves a card of a classic project within its column or to another one.
///
/// GitHub closed classic projects, and its API document no longer has this: expect it to fail.
/// Returns nothing.
#[action("project_cards.move", write, idempotent, scopes = ["repo"], deprecated = "GitHub closed classic projects; those of today have another API")]
pub async fn move_to(
    cx: &ActionContext,
    /// Id of the card.
    card_id: u64,
    /// Where to: `top`, `bottom`, or `after:` and the id of another card of the column.
    position: CardPosition,
    /// Id of the column; without it, the one that it is in.
    column_id: Option<u64>,
) -> Result<()> {
    let request = cx
        .post(path!("/projects/columns/cards/{card_id}/moves"))
        .fields(params![position, column_id]);
    // The answer is an empty object; anything else is not GitHub's.
    request.fetch::<JsonObject>().await?;
    Ok(())
}

/// Deletes a card from a classic project; an issue or pull request that it stands for stays.
///
/// GitHub closed classic projects, and its API document no longer has this: expect it to fail.
/// Returns nothing.
#[action(destructive, scopes = ["repo"], deprecated = "GitHub closed classic projects; those of today have another API", delete = "/projects/columns/cards/{card_id}")]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the card.
    card_id: u64,
) -> Result<()>;
