//! `/admin/tokens`.

use axum::extract::State;
use plugwright_sdk::{ActionError, Secret};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::grant;
use super::request::{Id, Json, SHOWN_NAME};
use super::state::{AdminState, Reply, created, items, ok};
use crate::members::{Body, Members, TIME};
use crate::view::view;
use plugwright_engine::Grant;
use plugwright_engine::patterns::unmatched_of_grant;
use plugwright_engine::tokens::{GrantChange, NewToken, TokenChange, Tokens};
use plugwright_store::{Timestamp, Token};

view! {
    /// A token, with its text only when it has just been made.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "Token")]
    pub(super) struct View<'a>(token: &'a Token, text: Option<&'a Secret>, warnings: Vec<String>) {
        id: Uuid = token.id,
        name: &'a str = &token.name,
        /// The project whose key it is, if it is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        project: Option<Uuid> = token.project,
        preview: &'a str = &token.preview,
        grant: &'a Grant = &token.grant,
        created_at: Timestamp = token.created_at,
        expires_at: Option<Timestamp> = token.expires_at,
        revoked_at: Option<Timestamp> = token.revoked_at,
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<&'a str> = text.map(Secret::expose),
        /// Patterns of the grant that match nothing at the moment.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String> = warnings,
    }
}

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
    /// Returns the token; `usual` is the grant for what the request leaves out.
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
) -> Reply {
    let new = new.token(&Grant::default());
    let (token, text) = state
        .change(|state| async move { Tokens::new(&*state.store).create(new, faults).await })
        .await?;
    let warnings = unmatched_of_grant(&state.registry, &token.grant).await;
    Ok(created(&View::new(&token, Some(&text), warnings)))
}

pub(super) async fn list(State(state): State<AdminState>) -> Reply {
    let tokens = state.store.tokens().await.map_err(ActionError::from)?;
    let view = |token| View::new(token, None, Vec::new());
    let views: Vec<_> = tokens.iter().map(view).collect();
    Ok(items(&views))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(change, faults): Json<TokenChange>,
) -> Reply {
    let token = state
        .change(|state| async move { Tokens::new(&*state.store).change(id, change, faults).await })
        .await?;
    let warnings = unmatched_of_grant(&state.registry, &token.grant).await;
    Ok(ok(&View::new(&token, None, warnings)))
}

pub(super) async fn revoke(State(state): State<AdminState>, Id(id): Id) -> Reply {
    state
        .delete(|state| async move { Tokens::new(&*state.store).revoke(id).await })
        .await
}
