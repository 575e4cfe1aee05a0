//! Me.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::PetstoreAccount;

/// Gets the account of the key.
///
/// Returns id and email. Sends one request, `GET /me`.
#[action(read, title = "Get the account of the key", auth = [0], get = "/me")]
pub async fn get(cx: &ActionContext) -> Result<PetstoreAccount>;
