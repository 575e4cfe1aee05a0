//! The accounts that are connected.

use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::host::{Connector, Echo};
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::spelled;
use crate::caller::Caller;
use crate::oomol::apps::App;
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{Query, fault, organization};
use crate::view::view;
use plugwright_engine::connect::personal::Personal;
use plugwright_store::{Connection, Timestamp};

view! {
    /// A connection with all that is known of it, but the credential.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "ConnectedApp")]
    pub(super) struct Account<'a>(
        connection: &'a Connection,
        connector: &'a Connector,
    ) {
        #[serde(flatten)]
        app: App<'a> = App::of(connection, connector),
        /// What people call it.
        comment: Option<&'a str> = connection.label.as_deref(),
        organization: Option<&'a str> = connection.owner.organization(),
        /// When the credential expires, or is refreshed.
        expires_at: Option<Timestamp> = connection.expires_at,
        /// In milliseconds since 1970.
        created_at: i64 = connection.created_at.as_millis(),
        /// In milliseconds since 1970.
        updated_at: i64 = connection.updated_at.as_millis(),
    }
}

/// The statuses of the contract; connections with some of them are not stored.
pub(super) const STATUSES: [&str; 4] = ["active", "reauth_required", "error", "disconnected"];

/// `GET /v1/connections`: of all organizations, unless a header names one.
pub(super) async fn list(
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let organization = organization(&headers)?;
    let query = Query::parse(query.as_deref());
    query.only(&["status"])?;
    let status = query.first("status");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        let message = format!("must be one of {}", STATUSES.join(", "));
        return Err(Failure::invalid(fault("status", message)));
    }
    let personal = caller.personal()?;
    let connections = personal.connections(organization.as_deref()).await?;
    let accounts: Vec<_> = connections
        .iter()
        .filter(|connection| status.is_none_or(|status| status == connection.status.as_str()))
        .filter_map(|connection| {
            // Those of a connector that this binary no longer has can't be used.
            let connector = personal.connect.connector(&connection.connector).ok()?;
            Some(Account::new(connection, connector))
        })
        .collect();
    fresh(&accounts)
}

/// `GET /v1/connections/by-id/{appId}`.
pub(super) async fn show(caller: Caller, Segment(id): Segment) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let connection = find(personal, &id).await.map_err(spelled)?;
    let connector = personal.connect.connector(&connection.connector)?;
    fresh(&Account::new(&connection, connector))
}

/// A disconnected account.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DisconnectedApp")]
pub(super) struct Deletion {
    app_id: Uuid,
    deleted: bool,
}

/// `DELETE /v1/connections/by-id/{appId}`.
pub(super) async fn delete(caller: Caller, Segment(id): Segment) -> Result<Response, Failure> {
    let work = caller.run_to_end(|caller| async move {
        let personal = caller.personal()?;
        let connection = find(personal, &id).await?;
        personal.disconnect(&connection).await?;
        Ok(connection.id)
    });
    fresh(&Deletion {
        app_id: work.await.map_err(spelled)?,
        deleted: true,
    })
}

async fn find(personal: Personal<'_>, id: &str) -> Result<Connection, ActionError> {
    let found = match Uuid::try_parse(id) {
        Ok(id) => personal.connection(id).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        let message = format!("there is no app `{}`", Echo(id));
        ActionError::new(ErrorCode::ConnectionNotFound, message)
    })
}
