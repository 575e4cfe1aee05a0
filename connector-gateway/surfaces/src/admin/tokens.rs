//! `/admin/tokens`.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, Secret};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::body::{Body, TEXT, TIME};
use super::request::{Id, Json};
use super::{AdminState, Answer, answer, items};
use plugwright_engine::Grant;
use plugwright_engine::tokens::{NewToken, TokenChange, Tokens};
use plugwright_store::Timestamp;
use plugwright_store::Token;

const MEMBERS: &[&str] = &["name", "grant", "expiresAt"];

/// A token; its text is there only when it has just been made.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Token")]
pub(super) struct View<'a> {
    id: Uuid,
    name: &'a str,
    /// The project whose key it is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<Uuid>,
    preview: &'a str,
    grant: &'a Grant,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl<'a> View<'a> {
    pub(super) fn new(token: &'a Token) -> Self {
        Self {
            id: token.id,
            name: &token.name,
            project: token.project,
            preview: &token.preview,
            grant: &token.grant,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            token: None,
        }
    }

    /// Shows a token that has just been made, with its text.
    pub(super) fn made(token: &'a Token, text: &'a Secret) -> Self {
        Self {
            token: Some(text.expose()),
            ..Self::new(token)
        }
    }
}

/// Reads what a token is to be; `usual` is what it may do where the request does not say.
pub(super) fn read_new(value: Value, usual: &Grant) -> Result<(NewToken, Faults), ActionError> {
    let mut body = Body::read(value, MEMBERS)?;
    let new = NewToken {
        name: body.required("name", TEXT),
        grant: body.grant("grant", usual),
        expires_at: body.optional("expiresAt", TIME),
        project: None,
    };
    Ok((new, body.faults()))
}

pub(super) async fn create(State(state): State<AdminState>, Json(value): Json) -> Answer {
    let (new, faults) = read_new(value, &Grant::default())?;
    let store = state.store.clone();
    let (token, text) = state
        .change(async move { Tokens::new(&*store).create(new, faults).await })
        .await?;
    Ok(answer(StatusCode::CREATED, &View::made(&token, &text)))
}

pub(super) async fn list(State(state): State<AdminState>) -> Answer {
    let tokens = state.store.tokens().await.map_err(ActionError::from)?;
    let views: Vec<_> = tokens.iter().map(View::new).collect();
    Ok(items(&views))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(value): Json,
) -> Answer {
    let mut body = Body::read(value, MEMBERS)?;
    let change = TokenChange {
        name: body.optional("name", TEXT),
        grant: body.grant_change("grant"),
        expires_at: body.nullable("expiresAt", TIME),
    };
    let faults = body.faults();
    let (store, turn) = (state.store.clone(), state.token_changes.clone());
    let token = state
        .change(async move {
            let _turn = turn.lock().await;
            Tokens::new(&*store).change(id, change, faults).await
        })
        .await?;
    Ok(answer(StatusCode::OK, &View::new(&token)))
}

pub(super) async fn revoke(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let (store, turn) = (state.store.clone(), state.token_changes.clone());
    state
        .change(async move {
            let _turn = turn.lock().await;
            Tokens::new(&*store).revoke(id).await
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
