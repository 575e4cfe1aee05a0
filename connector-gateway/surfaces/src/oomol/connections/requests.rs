//! Requests that a person finishes in a browser.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use plugwright_sdk::host::{Echo, Fault, Faults};
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{SETTINGS, connector, spelled};
use crate::body::Kind;
use crate::connect::paths;
use crate::members::{Body, FLAG, Members, TEXT, TEXTS};
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{self, organization};
use crate::oomol::saas::body::{ALIAS, alias, extra, no_secrets};
use crate::oomol::{Caller, Dialect, Segment};
use plugwright_engine::Surface;
use plugwright_engine::connect::Standing;
use plugwright_engine::connect::personal::AccountRequest;
use plugwright_store::Timestamp;
use plugwright_store::{ConnectionRequest, RequestDetails};

/// What is to be connected, and how.
pub(super) struct ConnectBody {
    details: RequestDetails,
    /// The connection to connect again, by id or name.
    again: Option<String>,
}

impl Body for ConnectBody {
    fn read(members: &mut Members<'_>) -> Self {
        let details = RequestDetails {
            name: alias(members, ALIAS),
            label: members.text("comment", TEXT),
            settings: extra(members, SETTINGS),
            scopes: members
                .optional("authorizationOptionIds", TEXTS.about("Scopes."))
                .filter(|scopes| !scopes.is_empty()),
            select_account: members.optional("selectAccount", FLAG).unwrap_or_default(),
            return_uri: members.text("returnUri", TEXT),
            ..RequestDetails::default()
        };
        no_secrets(members, "secretExtra");
        let again = TEXT.about("The connection to connect again, by id or name.");
        Self {
            details,
            again: members.text("appId", again),
        }
    }
}

/// A request that was made, and where a person goes on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BegunRequest")]
pub(super) struct Begun<'a> {
    authorization_url: String,
    state_handle: Uuid,
    connection_request_id: Uuid,
    service: &'a str,
    status: Standing,
    expires_at: Timestamp,
}

/// How far a request has come.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConnectionRequest")]
pub(super) struct RequestView<'a> {
    connection_request_id: Uuid,
    service: &'a str,
    status: Standing,
    /// The connection, once there is one.
    app_id: Option<Uuid>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    expires_at: Timestamp,
    /// In milliseconds since 1970.
    created_at: i64,
    /// In milliseconds since 1970.
    updated_at: i64,
}

impl<'a> RequestView<'a> {
    fn new(request: &'a ConnectionRequest, standing: Standing) -> Self {
        let error = request.error.as_ref();
        Self {
            connection_request_id: request.id,
            service: &request.connector,
            status: standing,
            app_id: (standing == Standing::Connected).then_some(request.connection),
            error_code: error.map(|error| error.code.as_str()),
            error_message: error.map(|error| error.message.as_str()),
            expires_at: request.expires_at,
            created_at: request.created_at.as_millis(),
            updated_at: request.updated_at.as_millis(),
        }
    }
}

/// `POST /v1/connections/{service}/connect`.
pub(super) async fn connect(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(service): Segment,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let organization = organization(&headers)?;
    let personal = dialect.gateway.personal(&principal)?;
    let connector = connector(&dialect, &principal, personal, &service)?;
    let bodies = &dialect.gateway.inner().bodies;
    let mut bytes = request::body(bodies, request, Kind::Small).await?;
    let (body, faults) = request::read::<ConnectBody>(bodies, &headers, &mut bytes)?;
    if !faults.is_empty() {
        return Err(Failure::invalid(faults, Surface::Action));
    }
    let again = match body.again {
        None => None,
        Some(name) => {
            let found = personal.named(organization.as_deref(), connector.name(), &name);
            Some(found.await.map_err(spelled)?)
        }
    };
    let wish = AccountRequest {
        organization,
        connector: connector.clone(),
        details: body.details,
        again,
        supersedes: true,
    };
    let request = personal.start(wish).await;
    let request = request.map_err(|error| conflicting(as_asked(error)))?;
    fresh(&Begun {
        authorization_url: paths::page(&personal.connect, request.id)?.into(),
        state_handle: request.id,
        connection_request_id: request.id,
        service: connector.name(),
        status: personal.connect.standing(&request),
        expires_at: request.expires_at,
    })
}

/// Names members as this dialect does.
fn as_asked(error: ActionError) -> ActionError {
    if error.faults().is_empty() {
        return error;
    }
    let renamed = error.faults().iter().map(|fault| Fault {
        param: match fault.param.split_once('.') {
            Some(("settings", name)) => format!("extra.{name}"),
            _ => match fault.param.as_str() {
                "scopes" => "authorizationOptionIds".to_owned(),
                "name" => "alias".to_owned(),
                other => other.to_owned(),
            },
        },
        message: fault.message.clone(),
    });
    ActionError::invalid(renamed.collect::<Faults>())
}

/// The only conflict of a request that is made is that its name is in use.
pub(super) fn conflicting(error: ActionError) -> Failure {
    let is_name = error.code() == ErrorCode::Conflict;
    let failure = spelled(error);
    if is_name {
        failure.spelled(409, "connection_alias_conflict")
    } else {
        failure
    }
}

/// `GET /v1/connection-requests/{id}`.
pub(super) async fn show(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let personal = dialect.gateway.personal(&principal)?;
    let found = match Uuid::try_parse(&id) {
        Ok(id) => personal.request(id).await?,
        Err(_) => None,
    };
    let request = found.ok_or_else(|| {
        let message = format!("there is no request `{}`", Echo(&id));
        Failure::own(404, "connection_request_not_found", message)
    })?;
    let standing = personal.connect.standing(&request);
    fresh(&RequestView::new(&request, standing))
}
