//! The OAuth handshake: how far it is, once more, and from nothing but a slug.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use super::answer::{Failure, fresh, see_other};
use super::body::{Json, LABEL, LIST, RETURN_URI, SLUG, SWITCH};
use super::connections::{self, Found, NewConnection, ORGANIZATION};
use super::{Caller, Id};
use crate::connect::paths;
use crate::gateway::Gateway;
use crate::members::{Body, Members, read_query};
use crate::openapi::Api;
use crate::web;
use plugwright_store::RequestDetails;

/// `GET /api/v1/connections/{id}/oauth`.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    Caller(principal): Caller,
    Id(id): Id,
) -> Result<Response, Failure> {
    let personal = gateway.personal(&principal)?;
    let found = Found::of(personal, id).await?;
    has_oauth(&found.connector)?;
    let next = connections::next(personal, &found).await?;
    Ok(fresh(StatusCode::OK, &next))
}

/// What an account that is connected again is asked for.
pub(super) struct Again(RequestDetails);

impl Body for Again {
    fn read(members: &mut Members<'_>) -> Self {
        Self(RequestDetails {
            scopes: members.optional("scopes", LIST),
            select_account: members
                .optional("selectAccount", SWITCH)
                .unwrap_or_default(),
            return_uri: members.text("returnUri", RETURN_URI),
            ..RequestDetails::default()
        })
    }
}

/// `POST /api/v1/connections/{id}/oauth`: connects an account again, or goes on where a person has
/// yet to.
pub(super) async fn again(
    State(gateway): State<Gateway>,
    Caller(principal): Caller,
    Id(id): Id,
    Json(Again(details)): Json<Again>,
) -> Result<Response, Failure> {
    let personal = gateway.personal(&principal)?;
    let found = Found::of(personal, id).await?;
    has_oauth(&found.connector)?;
    let is_open = found.open(personal).is_some();
    let (status, found) = match (
        is_open && details == RequestDetails::default(),
        &found.connection,
    ) {
        (true, _) => (StatusCode::OK, found),
        (false, Some(connection)) => {
            let new = NewConnection {
                details,
                ..NewConnection::default()
            };
            let again = Some(connection.clone());
            let begun = connections::begin(personal, &found.connector, new, again).await?;
            (StatusCode::CREATED, begun)
        }
        (false, None) => {
            let message = if is_open {
                "what a pending connection asks for stays as it is: delete it and start another"
            } else {
                "the time of this connection is over: start another"
            };
            return Err(ActionError::new(ErrorCode::Conflict, message).into());
        }
    };
    let next = connections::next(personal, &found).await?;
    Ok(fresh(status, &next))
}

/// What is to be connected, as a query says it.
pub(super) struct Start(NewConnection);

impl Body for Start {
    fn read(members: &mut Members<'_>) -> Self {
        let other = ["connector", "slug"].map(|name| members.alias(name));
        let mut other = other.iter().flatten().filter_map(Value::as_str);
        let slug = match other.find(|slug| !slug.is_empty()) {
            None => members.filled("connectorSlug", SLUG),
            Some(slug) => members
                .text("connectorSlug", SLUG)
                .or_else(|| Some(slug.to_owned())),
        };
        let text = |_: &mut Api| json!({ "type": "string" });
        let scopes = LIST
            .schema(text)
            .about("The scopes to ask for, with commas.");
        let select_account = SWITCH
            .schema(|_| json!({ "enum": ["0", "1", "false", "true"] }))
            .about("With `1` the provider lets people choose an account.");
        Self(NewConnection {
            slug,
            organization: members.text("organization", ORGANIZATION),
            details: RequestDetails {
                label: members.text("label", LABEL),
                scopes: members.optional("scopes", scopes),
                select_account: members
                    .optional("selectAccount", select_account)
                    .unwrap_or_default(),
                return_uri: members.text("returnUri", RETURN_URI),
                ..RequestDetails::default()
            },
        })
    }
}

/// `GET /api/v1/connections/oauth/start`: begins by the connector's name, and sends the browser to
/// the page on which a person goes on.
pub(super) async fn start(
    State(gateway): State<Gateway>,
    Caller(principal): Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    if principal.is_anonymous() {
        web::check_get(&headers, web::Deed::Change)?;
    }
    let Start(new) = read_query(query.as_deref())?;
    let personal = gateway.personal(&principal)?;
    let connector = personal.connector(new.slug.as_deref().unwrap_or_default())?;
    has_oauth(connector)?;
    let registrations = personal.connect.registrations;
    registrations.find(connector, None).await?;
    let found = connections::begin(personal, connector, new, None).await?;
    let request = found.request.as_ref().ok_or_else(no_request)?;
    let page = paths::page(&personal.connect, request.id)?;
    Ok(see_other(&page))
}

/// Describes the answer that leads to the page.
pub(super) fn to_page() -> Value {
    json!({
        "description": "The page on which a person goes on.",
        "headers": { "Location": { "required": true, "schema": { "type": "string" } } },
    })
}

fn no_request() -> ActionError {
    ActionError::new(ErrorCode::InternalError, "a connection has no request")
}

fn has_oauth(connector: &Connector) -> Result<(), ActionError> {
    if connector.oauth2().is_some() {
        return Ok(());
    }
    Err(ActionError::new(
        ErrorCode::ValidationError,
        format!("{} has no OAuth", connector.display_name()),
    ))
}
