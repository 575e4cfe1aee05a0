//! The OAuth handshake: how far it is, once more, and from nothing but a slug.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use plugwright_sdk::{ActionError, ConnectorDefinition, ErrorCode};

use super::answer::{Failure, fresh, see_other};
use super::body::{Members, Reader};
use super::connections::{self, Found, NewConnection};
use super::{Caller, Id};
use crate::connect::paths;
use crate::gateway::Gateway;
use crate::web;
use plugwright_store::Asked;

/// `GET /api/v1/connections/{id}/oauth`.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    Caller(principal): Caller,
    Id(id): Id,
) -> Result<Response, Failure> {
    let personal = gateway.personal(&principal)?;
    let found = Found::of(personal, id).await?;
    has_oauth(found.connector)?;
    let next = connections::next(personal, &found).await?;
    Ok(fresh(StatusCode::OK, &next))
}

/// `POST /api/v1/connections/{id}/oauth`: connects an account again, or goes on where a person has
/// yet to.
pub(super) async fn again(
    State(gateway): State<Gateway>,
    Caller(principal): Caller,
    Id(id): Id,
    members: Members,
) -> Result<Response, Failure> {
    let mut body = Reader::new(members.0, &["scopes", "selectAccount", "returnUri"]);
    let asked = Asked {
        scopes: body.list("scopes"),
        select_account: body.flag("selectAccount"),
        return_uri: body.text("returnUri"),
        ..Asked::default()
    };
    body.end()?;
    let personal = gateway.personal(&principal)?;
    let found = Found::of(personal, id).await?;
    has_oauth(found.connector)?;
    let is_open = found.open(personal).is_some();
    let (status, found) = match (is_open && asked == Asked::default(), &found.connection) {
        (true, _) => (StatusCode::OK, found),
        (false, Some(connection)) => {
            let new = NewConnection {
                asked,
                ..NewConnection::default()
            };
            let again = Some(connection.clone());
            let begun = connections::begin(personal, found.connector, new, again).await?;
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
    let known = [
        "connectorSlug",
        "connector",
        "slug",
        "label",
        "organization",
        "scopes",
        "selectAccount",
        "returnUri",
    ];
    let mut query = Reader::of_query(query.as_deref(), &known);
    let slugs = ["connectorSlug", "connector", "slug"].map(|name| query.text(name));
    let slug = slugs.into_iter().flatten().next();
    if slug.is_none() {
        query.missing("connectorSlug");
    }
    let new = NewConnection {
        slug,
        organization: query.text("organization"),
        asked: Asked {
            label: query.text("label"),
            scopes: query.list("scopes"),
            select_account: query.flag("selectAccount"),
            return_uri: query.text("returnUri"),
            ..Asked::default()
        },
    };
    query.end()?;
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

fn no_request() -> ActionError {
    ActionError::new(ErrorCode::InternalError, "a connection has no request")
}

fn has_oauth(connector: &'static ConnectorDefinition) -> Result<(), ActionError> {
    if connector.oauth2().is_some() {
        return Ok(());
    }
    Err(ActionError::new(
        ErrorCode::ValidationError,
        format!("{} has no OAuth", connector.display_name()),
    ))
}
