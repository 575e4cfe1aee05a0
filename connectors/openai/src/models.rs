//! Models.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{ActionContext, Page, Param, Result, action, model};

use crate::model::Deleted;

/// Name of the model.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "gpt-4o-mini")]
pub struct ModelId(pub String);

/// A model.
#[model]
pub struct Model {
    /// Name, by which requests ask for it.
    pub id: String,
    /// Whose it is.
    pub owned_by: String,
    /// When it was made, in Unix time (seconds).
    pub created: Option<i64>,
}

/// Lists the models that the account can use.
///
/// Returns name and owner of each model, with those that the account trained, all at once.
#[action(read, get = "/models", page = Whole.items("/data"))]
pub async fn list(cx: &ActionContext) -> Result<Page<Model>>;

/// Gets one model by its name, such as to see whether the account can use it.
///
/// Returns name and owner.
#[action(read, get = "/models/{model}")]
pub async fn get(cx: &ActionContext, model: ModelId) -> Result<Model>;

/// Deletes a model that the account trained.
///
/// It can't be undone. Models of OpenAI's own can't be deleted. Returns the name.
#[action(destructive, idempotent, delete = "/models/{model}")]
pub async fn delete(cx: &ActionContext, model: ModelId) -> Result<Deleted>;
