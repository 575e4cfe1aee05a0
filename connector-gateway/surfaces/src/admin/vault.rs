//! `/admin/vault`.

use axum::extract::State;

use super::state::{AdminState, Reply, ok};

pub(super) async fn rotate(State(state): State<AdminState>) -> Reply {
    let rotation = state
        .change(|state| async move { Ok(state.vault.rotate(&*state.store).await?) })
        .await?;
    Ok(ok(&rotation))
}
