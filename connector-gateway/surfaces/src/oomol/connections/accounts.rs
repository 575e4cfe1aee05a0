//! The accounts that are connected.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::host::{Connector, Echo};
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::spelled;
use crate::oomol::apps::App;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{Query, fault, organization};
use crate::oomol::{Caller, Dialect, Segment};
use plugwright_engine::Surface;
use plugwright_engine::connect::personal::Personal;
use plugwright_store::Connection;
use plugwright_store::Timestamp;

/// A connection with all that is known of it, but the credential.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConnectedApp")]
pub(super) struct Account<'a> {
    #[serde(flatten)]
    app: App<'a>,
    /// What people call it.
    comment: Option<&'a str>,
    organization: Option<&'a str>,
    /// When the credential runs out, or is refreshed.
    expires_at: Option<Timestamp>,
    /// In milliseconds since 1970.
    created_at: i64,
    /// In milliseconds since 1970.
    updated_at: i64,
}

impl<'a> Account<'a> {
    pub(super) fn of(connection: &'a Connection, connector: &'a Connector) -> Self {
        Self {
            app: App::of(connection, connector),
            comment: connection.label.as_deref(),
            organization: connection.owner.organization(),
            expires_at: connection.expires_at,
            created_at: connection.created_at.as_millis(),
            updated_at: connection.updated_at.as_millis(),
        }
    }
}

/// The words of a status that there are; connections of some of them are not kept.
pub(super) const STATUSES: [&str; 4] = ["active", "reauth_required", "error", "disconnected"];

/// `GET /v1/connections`: of all organizations, unless a header names one.
pub(super) async fn list(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let organization = organization(&headers)?;
    let query = Query::parse(query.as_deref());
    let status = query.first("status");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        let message = format!("must be one of {}", STATUSES.join(", "));
        return Err(Failure::invalid(
            vec![fault("status", message)],
            Surface::Action,
        ));
    }
    let personal = dialect.gateway.personal(&principal)?;
    let connections = personal.connections(organization.as_deref()).await?;
    let accounts: Vec<_> = connections
        .iter()
        .filter(|connection| status.is_none_or(|status| status == connection.status.as_str()))
        .filter_map(|connection| {
            // Those of a connector that this binary no longer has can't be used.
            let connector = personal.connect.connector(&connection.connector).ok()?;
            Some(Account::of(connection, connector))
        })
        .collect();
    fresh(&accounts)
}

/// `GET /v1/connections/by-id/{appId}`.
pub(super) async fn show(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let personal = dialect.gateway.personal(&principal)?;
    let connection = find(personal, &id).await.map_err(spelled)?;
    let connector = personal.connect.connector(&connection.connector)?;
    fresh(&Account::of(&connection, connector))
}

/// What was done.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DisconnectedApp")]
pub(super) struct Deleted {
    app_id: Uuid,
    deleted: bool,
}

/// `DELETE /v1/connections/by-id/{appId}`.
pub(super) async fn delete(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let work = {
        let gateway = dialect.gateway.clone();
        async move {
            let personal = gateway.personal(&principal)?;
            let connection = find(personal, &id).await?;
            personal.disconnect(&connection).await?;
            Ok(connection.id)
        }
    };
    let app_id = dialect
        .gateway
        .engine()
        .run_to_end(work)
        .await
        .map_err(spelled)?;
    fresh(&Deleted {
        app_id,
        deleted: true,
    })
}

/// Finds a connection of the caller's by its id.
async fn find(personal: Personal<'_>, id: &str) -> Result<Connection, ActionError> {
    let found = match Uuid::try_parse(id) {
        Ok(id) => personal.connection(id).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        ActionError::new(
            ErrorCode::ConnectionNotFound,
            format!("there is no app `{}`", Echo(id)),
        )
    })
}
