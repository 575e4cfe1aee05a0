//! Pets.

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{
    ActionContext, FileInput, Page, Param, Params, Patch, Result, action, model, path,
};

use crate::model::{Pet, PetId};

/// Only pets with this status.
#[allow(missing_docs, reason = "the variants explain themselves")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Status {
    Available,
    Sold,
}

/// A word to find pets by.
#[derive(Clone, Debug, Params)]
pub struct Tag {
    /// The word.
    pub name: String,
    /// Its colour.
    #[param(pattern = "^[0-9a-f]{6}$")]
    pub color: Option<String>,
}

#[model]
struct PetAnswer {
    pet: Pet,
}

/// Lists pets.
///
/// Newest first. Sold pets are left out unless asked for. Returns id, name, status, created at,
/// owner and photo url of each, page by page.
#[action(
    read,
    auth = none,
    get = "/pets",
    page = CursorField::new("cursor", "/next_cursor").items("/pets")
)]
pub async fn list(
    cx: &ActionContext,
    /// Pets per page.
    #[param(range(1..=100), provider_default = 20)]
    limit: Option<u32>,
    /// Only pets with this status.
    #[param(provider_default = Status::Available)]
    status: Option<Status>,
    /// Only pets that were born after this day.
    #[param(rename = "bornAfter", format = "date")]
    born_after: Option<String>,
) -> Result<Page<Pet>>;

/// Gets a pet.
///
/// Returns id, name, status, created at, owner and photo url. Needs the pet id.
#[action(read, auth = [0])]
pub async fn get(cx: &ActionContext, #[param(rename = "petId")] pet_id: PetId) -> Result<Pet> {
    let answer: PetAnswer = cx.get(path!("/pets/{pet_id}")).fetch().await?;
    Ok(answer.pet)
}

/// Creates a pet.
///
/// Returns id, name, status, created at, owner and photo url. Needs the name.
#[action(write, auth = [0], post = "/pets", json)]
pub async fn create(
    cx: &ActionContext,
    /// What it is called.
    #[param(length(1..=50))]
    name: String,
    /// What to find it by.
    #[param(length(..=5))]
    tags: Option<Vec<Tag>>,
) -> Result<Pet>;

/// Updates a pet.
///
/// Returns id, name, status, created at, owner and photo url. Needs the pet id.
#[action(write, auth = [0], patch = "/pets/{pet_id}", json)]
pub async fn update(
    cx: &ActionContext,
    #[param(rename = "petId")] pet_id: PetId,
    /// New name.
    #[param(length(1..=50))]
    name: Option<String>,
    /// New note. `null` clears it.
    note: Patch<String>,
) -> Result<Pet>;

/// Uploads the photo of a pet.
///
/// Returns nothing. Needs the pet id and file. Repeating the call changes nothing more.
#[action(write, idempotent, title = "Upload the photo of a pet", auth = [0])]
pub async fn upload_photo(
    cx: &ActionContext,
    #[param(rename = "petId")] pet_id: PetId,
    /// The body, as a file.
    file: FileInput,
) -> Result<()> {
    cx.put(path!("/pets/{pet_id}/photo"))
        .file(&file, Some("image/png"))
        .fetch()
        .await
}

/// Deletes a pet.
///
/// Returns nothing. Needs the pet id. Repeating the call changes nothing more.
#[action(destructive, idempotent, auth = [1], delete = "/pets/{pet_id}")]
pub async fn delete(cx: &ActionContext, #[param(rename = "petId")] pet_id: PetId) -> Result<()>;
