//! `/admin/vault`.

use axum::extract::State;
use http::StatusCode;

use super::{AdminState, Answer, answer};

pub(super) async fn rotate(State(state): State<AdminState>) -> Answer {
    let rotation = state
        .change(|state| async move { Ok(state.vault.rotate(&*state.store).await?) })
        .await?;
    Ok(answer(StatusCode::OK, &rotation))
}
