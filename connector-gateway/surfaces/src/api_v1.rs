//! The dialect of Alumia: `/api/v1/connectors` and `/api/v1/connections`, by which a caller connects
//! accounts of its own.
//!
//! The caller's connections are those of the organizations that its token may use. A connection that
//! is pending is a request that a person has not finished; its id is the one that the connection will
//! have.

mod answer;
mod body;
mod connections;
mod connectors;
mod credentials;
mod form;
mod oauth;
mod record;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;
use uuid::Uuid;

use crate::body::BodyError;
use crate::gateway::Gateway;
use crate::openapi::operation::{Group, Operation, codes, operations, routes};
use crate::openapi::{Access, Answers, Api, Failures};
use crate::request::bearer_token;
use answer::{Failure, FailureBody};
use connections::{Deleted, NewConnection, Next, Which};
use plugwright_engine::Principal;
use plugwright_engine::{Case, Surface};
use record::Record;

/// Returns the routes. What is unknown is answered in this dialect. The address that providers send
/// browsers back to is not among them: it is there whatever dialects are.
pub(crate) fn router(gateway: Gateway) -> Router {
    routes(operations())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(gateway)
}

fn operations() -> Vec<Operation<Gateway>> {
    operations! {
        get "/api/v1/connectors" "listConnectors" "List connectors and whether their accounts can be connected"
            => connectors::list, answers 200 "The connectors." Vec<connectors::Item<'_>>;
        get "/api/v1/connections" "listOwnConnections" "List the caller's connections, those that are pending too"
            => connections::list, asks Which,
            answers 200 "The connections, the newest first." Vec<Record<'_>>,
            fails [ValidationError ConnectionNotAllowed];
        post "/api/v1/connections" "startConnection" "Start a connection" => connections::create,
            about "What the connection of the same label is, or without one the default, is answered \
                   if it works.", takes NewConnection,
            answers 200 "It is connected already." Next<'_>,
            answers 201 "It is pending, and this is the next step." Next<'_>, fails_by STARTING,
            sets may_be_empty = true;
        get "/api/v1/connections/oauth/start" "startHandshake" "Start a connection and send the browser to its page"
            => oauth::start, asks oauth::Start, answers_with 303 oauth::to_page(),
            fails_by STARTING;
        get "/api/v1/connections/{connectionId}" "readConnection" "Read a connection"
            => connections::show, at_id "The connection's id.",
            answers 200 "The connection." Record<'_>, fails_by FINDING;
        delete "/api/v1/connections/{connectionId}" "deleteOwnConnection" "Disconnect an account"
            => connections::delete,
            about "The token is given back to the provider, where that takes it, and forgotten. What \
                   became of the connection can be read for 30 days.",
            at_id "The connection's id.", answers 200 "It is gone." Deleted,
            fails [ValidationError NotFound ConnectionNotAllowed Conflict];
        post "/api/v1/connections/{connectionId}/credentials" "submitCredentials" "Submit the fields of a key"
            => credentials::submit,
            about "The members are those that `credentialFields` of the connector names.",
            at_id "The connection's id.",
            answers 200 "The provider took it." credentials::Submitted<'_>,
            fails [ValidationError NotFound ConnectionNotAllowed PolicyDenied Conflict AuthInvalid Forbidden
                DestinationRefused RateLimited UpstreamError UpstreamInvalid UpstreamUnreachable
                UpstreamSuspended UpstreamTimeout ResponseTooLarge],
            sets body = Some(|_| json!({ "type": "object" })), sets may_be_empty = true;
        get "/api/v1/connections/{connectionId}/oauth" "readHandshake" "Read where a person goes on"
            => oauth::show, at_id "The connection's id.", answers 200 "How far it is." Next<'_>,
            fails_by FINDING;
        post "/api/v1/connections/{connectionId}/oauth" "connectAgain" "Connect an account again"
            => oauth::again, at_id "The connection's id.", takes oauth::Again,
            answers 200 "It is pending already." Next<'_>,
            answers 201 "This is the next step." Next<'_>, fails_by STARTING,
            sets may_be_empty = true;
    }
}

const FINDING: &[ErrorCode] = codes![ValidationError NotFound ConnectionNotAllowed];
const STARTING: &[ErrorCode] = codes![
    ValidationError NotFound ConnectorNotFound ConnectionNotAllowed ProviderNotConfigured
    PolicyDenied Conflict
];

/// Adds the operations to a document.
pub(super) fn describe(api: &mut Api) {
    const TAG: &str = "Connecting";
    api.tag(json!({ "name": TAG, "description": "Accounts of the caller's own." }));
    let group = Group {
        tag: TAG,
        prefix: "",
        access: Access::Token,
        envelope: |_, data| data,
        failures,
    };
    api.describe(operations(), &group);
}

fn failures(api: &mut Api, operation: &Operation<Gateway>) -> Answers {
    let always = codes![Unauthorized ConnectionNotAllowed Unavailable InternalError];
    let codes = [always, operation.errors].concat();
    let mut failures = Failures::of_table(Surface::Alumia, &codes, &[Case::Repeatable]);
    if operation.body.is_some() {
        failures = failures.with(413, "PAYLOAD_TOO_LARGE", BodyError::TOO_LONG);
    }
    let failure = api.of::<FailureBody>();
    failures.answers(|codes| {
        json!({
            "allOf": [failure],
            "properties": { "error": { "properties": { "code": { "enum": codes } } } },
        })
    })
}

/// Who calls.
struct Caller(Arc<Principal>);

impl FromRequestParts<Gateway> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        principal(gateway, &parts.headers).await.map(Self)
    }
}

async fn principal(gateway: &Gateway, headers: &HeaderMap) -> Result<Arc<Principal>, Failure> {
    Ok(gateway.authenticate(bearer_token(headers)?).await?)
}

/// The id of a connection in a path. Whoever calls is known before it is looked at.
struct Id(Uuid);

impl FromRequestParts<Gateway> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let text = Path::<String>::from_request_parts(parts, gateway).await;
        let id = text.ok().and_then(|Path(text)| Uuid::try_parse(&text).ok());
        id.map(Self).ok_or_else(|| {
            Failure::from(ActionError::new(
                ErrorCode::ValidationError,
                "the id of a connection is a UUID",
            ))
        })
    }
}

async fn unknown_path(uri: Uri) -> Failure {
    let message = format!("nothing is at `{}`", Echo(uri.path()));
    ActionError::new(ErrorCode::NotFound, message).into()
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = format!(
        "`{}` does not answer {}",
        Echo(uri.path()),
        Echo(method.as_str())
    );
    Failure::own(405, "METHOD_NOT_ALLOWED", message)
}

/// Answers a request that goes no further.
pub(super) fn refused(error: ActionError) -> Response {
    Failure::from(error).into_response()
}

/// Answers for a handler that panicked. What the panic says stays in the process.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    let error = ActionError::new(ErrorCode::InternalError, "a defect in the gateway");
    Failure::from(error).into_response()
}
