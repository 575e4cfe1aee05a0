//! `/admin/organizations`.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::StatusCode;
use plugwright_sdk::host::{Echo, Fault};
use plugwright_sdk::{ActionError, ErrorCode};

use super::body::{Body, TEXT};
use super::request::Json;
use super::{AdminState, Answer, answer, items};
use plugwright_engine::connections::name_fault;
use plugwright_engine::tokens::valid;
use plugwright_store::Timestamp;
use plugwright_store::{DEFAULT_ORGANIZATION, Organization, StoreError};

pub(super) async fn create(State(state): State<AdminState>, Json(value): Json) -> Answer {
    let mut body = Body::read(value, &["name"])?;
    let name: Option<String> = body.required("name", TEXT);
    let mut faults = body.faults();
    faults.extend(name.as_deref().and_then(name_fault).map(|message| Fault {
        param: "name".to_owned(),
        message,
    }));
    let organization = Organization {
        name: valid(faults, name)?,
        created_at: Timestamp::now(),
    };
    let store = state.store.clone();
    let organization = state
        .change(async move {
            store.create_organization(&organization).await?;
            Ok(organization)
        })
        .await?;
    Ok(answer(StatusCode::CREATED, &organization))
}

pub(super) async fn list(State(state): State<AdminState>) -> Answer {
    let organizations = state
        .store
        .organizations()
        .await
        .map_err(ActionError::from)?;
    Ok(items(&organizations))
}

pub(super) async fn delete(State(state): State<AdminState>, Path(name): Path<String>) -> Answer {
    let store = state.store.clone();
    state
        .change(async move {
            store
                .delete_organization(&name)
                .await
                .map_err(|error| match error {
                    StoreError::NotFound(_) => ActionError::new(
                        ErrorCode::NotFound,
                        format!("there is no organization `{}`", Echo(&name)),
                    ),
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
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
