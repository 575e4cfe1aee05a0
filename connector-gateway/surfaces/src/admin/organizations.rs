//! `/admin/organizations`.

use axum::extract::{Path, State};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};

use super::request::{Json, NAME};
use super::state::{AdminState, Reply, created, items};
use crate::members::{Body, Members};
use plugwright_engine::connections::name_fault;
use plugwright_engine::tokens::valid;
use plugwright_store::{DEFAULT_ORGANIZATION, Organization, StoreError, Timestamp};

pub(super) struct NewOrganization(Option<String>);

impl Body for NewOrganization {
    fn read(members: &mut Members<'_>) -> Self {
        Self(members.required("name", NAME))
    }
}

pub(super) async fn create(
    State(state): State<AdminState>,
    Json(NewOrganization(name), mut faults): Json<NewOrganization>,
) -> Reply {
    if let Some(message) = name.as_deref().and_then(name_fault) {
        faults.note("name", message);
    }
    let organization = Organization {
        name: valid(faults, name)?,
        created_at: Timestamp::now(),
    };
    let organization = state
        .change(|state| async move {
            let stored = state.store.create_organization(&organization).await;
            stored.map_err(|error| match error {
                StoreError::Named => ActionError::new(
                    ErrorCode::Conflict,
                    format!(
                        "tokens of an earlier organization `{}` still name it: revoke them, or take \
                         it out of their grants",
                        organization.name
                    ),
                ),
                other => other.into(),
            })?;
            Ok(organization)
        })
        .await?;
    Ok(created(&organization))
}

pub(super) async fn list(State(state): State<AdminState>) -> Reply {
    let organizations = state
        .store
        .organizations()
        .await
        .map_err(ActionError::from)?;
    Ok(items(&organizations))
}

pub(super) async fn delete(State(state): State<AdminState>, Path(name): Path<String>) -> Reply {
    state
        .delete(|state| async move {
            state
                .store
                .delete_organization(&name)
                .await
                .map_err(|error| match error {
                    StoreError::NotFound(kind) => kind.missing(Echo(&name)),
                    StoreError::NotEmpty if name == DEFAULT_ORGANIZATION => ActionError::new(
                        ErrorCode::Conflict,
                        format!("the organization `{name}` can't be deleted"),
                    ),
                    StoreError::NotEmpty => ActionError::new(
                        ErrorCode::Conflict,
                        format!("the organization `{}` still has connections", Echo(&name)),
                    ),
                    other => other.into(),
                })
        })
        .await
}
