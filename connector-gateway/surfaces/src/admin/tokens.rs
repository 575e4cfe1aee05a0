//! `/admin/tokens`.

use axum::extract::State;
use http::StatusCode;
use plugwright_sdk::{ActionError, Secret};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::operations::SHOWN_NAME;
use super::request::{Id, Json};
use super::{AdminState, Answer, answer, grant, items};
use crate::members::{Body, Members, TIME};
use plugwright_engine::Grant;
use plugwright_engine::tokens::{GrantChange, NewToken, TokenChange, Tokens};
use plugwright_store::Timestamp;
use plugwright_store::Token;

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

/// What a token is to be.
pub(super) struct TokenBody {
    name: Option<String>,
    grant: Option<GrantChange>,
    expires_at: Option<Timestamp>,
}

impl Body for TokenBody {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.required("name", SHOWN_NAME),
            grant: members.part("grant", grant::GRANT, grant::read),
            expires_at: members.optional("expiresAt", TIME),
        }
    }
}

impl TokenBody {
    /// Returns the token; `usual` is what it may do where the request does not say.
    pub(super) fn token(self, usual: &Grant) -> NewToken {
        NewToken {
            name: self.name,
            grant: self.grant.map(|change| change.of(usual)),
            expires_at: self.expires_at,
            project: None,
        }
    }
}

impl Body for TokenChange {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.optional("name", SHOWN_NAME),
            grant: members.part("grant", grant::CHANGE, grant::read),
            expires_at: members.nullable("expiresAt", TIME),
        }
    }
}

pub(super) async fn create(
    State(state): State<AdminState>,
    Json(new, faults): Json<TokenBody>,
) -> Answer {
    let new = new.token(&Grant::default());
    let (token, text) = state
        .change(|state| async move { Tokens::new(&*state.store).create(new, faults).await })
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
    Json(change, faults): Json<TokenChange>,
) -> Answer {
    let token = state
        .change(|state| async move {
            let _turn = state.token_changes.lock().await;
            Tokens::new(&*state.store).change(id, change, faults).await
        })
        .await?;
    Ok(answer(StatusCode::OK, &View::new(&token)))
}

pub(super) async fn revoke(State(state): State<AdminState>, Id(id): Id) -> Answer {
    state
        .delete(|state| async move {
            let _turn = state.token_changes.lock().await;
            Tokens::new(&*state.store).revoke(id).await
        })
        .await
}
