//! `/admin/vault`.

use axum::extract::State;
use http::StatusCode;

use super::{AdminState, Answer, answer};

pub(super) async fn rotate(State(state): State<AdminState>) -> Answer {
    let (store, vault) = (state.store.clone(), state.vault.clone());
    let rotation = state
        .change(async move { Ok(vault.rotate(&*store).await?) })
        .await?;
    Ok(answer(StatusCode::OK, &rotation))
}
