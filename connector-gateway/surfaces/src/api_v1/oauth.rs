//! The OAuth handshake: its state, reconnecting, and starting from a connector's name alone.

use axum::http::header::ALLOW;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use super::answer::{Failure, ok, see_other};
use super::body::{Json, LABEL, LIST, SLUG, SWITCH, authorization};
use super::connections::{self, AnyConnection, NewConnection, ORGANIZATION};
use super::{Id, wrong_method};
use crate::answer;
use crate::caller::Caller;
use crate::connect::paths;
use crate::members::{Body, Members, read_query};
use crate::web;
use plugwright_store::RequestDetails;

pub(super) async fn show(caller: Caller, Id(id): Id) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let found = AnyConnection::of(personal, id).await?;
    has_oauth(&found.connector)?;
    Ok(ok(&connections::next(personal, &found).await?))
}

/// How an account is connected again.
pub(super) struct Again(RequestDetails);

impl Body for Again {
    fn read(members: &mut Members<'_>) -> Self {
        Self(authorization(members, LIST, SWITCH))
    }
}

/// `POST /api/v1/connections/{id}/oauth`: connects an account again, or resumes a pending request.
pub(super) async fn again(
    caller: Caller,
    Id(id): Id,
    Json(Again(details)): Json<Again>,
) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let found = AnyConnection::of(personal, id).await?;
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
                "a pending connection can't be changed: delete it and start another"
            } else {
                "the pending connection has expired: start another"
            };
            return Err(ActionError::new(ErrorCode::Conflict, message).into());
        }
    };
    let next = connections::next(personal, &found).await?;
    Ok(answer::json(status, &next))
}

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
        let organization = members.text("organization", ORGANIZATION);
        let label = members.text("label", LABEL);
        let scopes = LIST
            .schema(|_| json!({ "type": "string" }))
            .about("The scopes to ask for, with commas.");
        let select_account = SWITCH
            .schema(|_| json!({ "enum": ["0", "1", "false", "true"] }))
            .about("With `1` the provider lets people choose an account.");
        let details = authorization(members, scopes, select_account);
        Self(NewConnection {
            slug,
            organization,
            details: RequestDetails { label, ..details },
        })
    }
}

/// `GET /api/v1/connections/oauth/start`: starts a connection and redirects the browser to its page.
pub(super) async fn start(
    caller: Caller,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if method == Method::HEAD {
        let allow = [(ALLOW, HeaderValue::from_static("GET"))];
        return Ok((allow, wrong_method(method, uri).await).into_response());
    }
    if caller.principal.is_anonymous() {
        web::check_get(&headers, web::GetEffect::Change)?;
    }
    let Start(new) = read_query(uri.query())?;
    let personal = caller.personal()?;
    let connector = personal.connector(new.slug.as_deref().unwrap_or_default())?;
    has_oauth(connector)?;
    let registrations = personal.connect.registrations;
    registrations.find(connector, None).await?;
    let found = connections::begin(personal, connector, new, None).await?;
    let request = found.request.as_ref().ok_or_else(answer::defect)?;
    let page = paths::page(&personal.connect, request.id)?;
    Ok(see_other(&page))
}

/// Describes the redirect to the page.
pub(super) fn to_page() -> Value {
    json!({
        "description": "The page on which a person continues.",
        "headers": { "Location": { "required": true, "schema": { "type": "string" } } },
    })
}

fn has_oauth(connector: &Connector) -> Result<(), ActionError> {
    if connector.oauth2().is_some() {
        return Ok(());
    }
    let message = format!("{} has no OAuth", connector.display_name());
    Err(ActionError::new(ErrorCode::ValidationError, message))
}
