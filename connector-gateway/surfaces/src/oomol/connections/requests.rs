//! Requests that a person finishes in a browser.

use axum::extract::Request;
use axum::response::Response;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Echo, Fault, Faults};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{NO_REQUEST, SETTINGS, conflicting, connector, spelled};
use crate::caller::Caller;
use crate::connect::paths;
use crate::members::{Body, FLAG, LABEL, Members, TEXT, TEXTS};
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{organization, receive};
use crate::oomol::saas::body::{ALIAS, alias, extra, no_secrets};
use crate::view::view;
use plugwright_engine::connect::Standing;
use plugwright_engine::connect::personal::AccountRequest;
use plugwright_store::{ConnectionRequest, RequestDetails, Timestamp};

pub(super) struct ConnectBody {
    details: RequestDetails,
    /// The connection to connect again, by id or name.
    again: Option<String>,
}

impl Body for ConnectBody {
    fn read(members: &mut Members<'_>) -> Self {
        let details = RequestDetails {
            name: alias(members, ALIAS),
            label: members.text("comment", LABEL),
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

/// A new request, and where the person continues.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BegunRequest")]
pub(super) struct StartedRequest<'a> {
    authorization_url: String,
    state_handle: Uuid,
    connection_request_id: Uuid,
    service: &'a str,
    status: Standing,
    expires_at: Timestamp,
}

view! {
    /// The state of a request.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "ConnectionRequest")]
    pub(super) struct RequestView<'a>(request: &'a ConnectionRequest, standing: Standing) {
        connection_request_id: Uuid = request.id,
        service: &'a str = &request.connector,
        status: Standing = standing,
        /// The connection, once there is one.
        app_id: Option<Uuid> = (standing == Standing::Connected).then_some(request.connection),
        error_code: Option<&'a str> = request.error.as_ref().map(|error| error.code.as_str()),
        error_message: Option<&'a str> =
            request.error.as_ref().map(|error| error.message.as_str()),
        expires_at: Timestamp = request.expires_at,
        /// In milliseconds since 1970.
        created_at: i64 = request.created_at.as_millis(),
        /// In milliseconds since 1970.
        updated_at: i64 = request.updated_at.as_millis(),
    }
}

/// `POST /v1/connections/{service}/connect`.
pub(super) async fn connect(
    caller: Caller,
    Segment(service): Segment,
    request: Request,
) -> Result<Response, Failure> {
    let organization = organization(request.headers())?;
    let personal = caller.personal()?;
    let connector = connector(&caller, personal, &service)?;
    let (body, faults) = receive::<ConnectBody>(&caller, request).await?;
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
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
    let request = request.map_err(|error| conflicting(renamed(error)))?;
    fresh(&StartedRequest {
        authorization_url: paths::page(&personal.connect, request.id)?.into(),
        state_handle: request.id,
        connection_request_id: request.id,
        service: connector.name(),
        status: personal.connect.standing(&request),
        expires_at: request.expires_at,
    })
}

/// Renames parameters to this dialect's.
fn renamed(error: ActionError) -> ActionError {
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

pub(super) async fn show(caller: Caller, Segment(id): Segment) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let found = match Uuid::try_parse(&id) {
        Ok(id) => personal.request(id).await?,
        Err(_) => None,
    };
    let request = found.ok_or_else(|| {
        let (status, code, _) = NO_REQUEST;
        Failure::own(status, code, format!("there is no request `{}`", Echo(&id)))
    })?;
    let standing = personal.connect.standing(&request);
    fresh(&RequestView::new(&request, standing))
}
