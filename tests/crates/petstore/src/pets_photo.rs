//! Pets photo.

use plugwright_sdk::{ActionContext, FileInput, Result, action, path};

use crate::model::PetId;

/// Uploads the photo of a pet.
///
/// Returns nothing. Needs the pet id and file. Repeating the call changes nothing more.
#[action(write, idempotent, title = "Upload the photo of a pet")]
pub async fn pets_upload_photo(
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
