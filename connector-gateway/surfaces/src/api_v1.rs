//! Alumia's dialect: `/api/v1/connectors` and `/api/v1/connections`, with which a caller connects
//! accounts of its own.
//!
//! The caller's connections are those of the organizations that its token may use. A pending
//! connection is a request that a person has not finished; its id becomes the connection's.

mod answer;
mod body;
mod connections;
mod connectors;
mod credentials;
mod form;
mod oauth;
mod record;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;
use uuid::Uuid;

use crate::body::BodyError;
use crate::caller::Caller;
use crate::erased::erase;
use crate::gateway::Gateway;
use crate::openapi::operation::{Group, Operation, codes, operations, routes};
use crate::openapi::{Access, Answers, Api, Failures};
use crate::selectors::Selectors;
pub(crate) use answer::Failure;
use answer::FailureBody;
use connections::{Deletion, NewConnection, Next, Which};
use plugwright_engine::{Case, Surface};
use record::Record;

#[derive(Clone)]
struct Dialect(Gateway);

/// Returns the routes. Unknown paths are answered in this dialect. The OAuth callback is not among
/// them: it exists whichever dialects are enabled.
pub(crate) fn router(gateway: Gateway) -> Router {
    routes(operations())
        .fallback(erase(unknown_path))
        .method_not_allowed_fallback(erase(wrong_method))
        .with_state(Dialect(gateway))
}

fn operations() -> Vec<Operation<Dialect>> {
    operations! {
        get "/api/v1/connectors" "listConnectors" "List connectors and whether their accounts can be connected"
            => connectors::list, answers 200 "The connectors." Vec<connectors::Item<'_>>;
        get "/api/v1/connections" "listOwnConnections" "List the caller's connections, pending ones included"
            => connections::list, asks Which,
            answers 200 "The connections, the newest first." Vec<Record<'_>>,
            fails [ValidationError ConnectionNotAllowed];
        post "/api/v1/connections" "startConnection" "Start a connection" => connections::create,
            about "If the connection with this label, or without a label the default one, works \
                   already, it is returned.", takes NewConnection,
            answers 200 "The account is connected already." Next<'_>,
            answers 201 "The connection is pending, with its next step." Next<'_>, fails_by STARTING,
            sets may_be_empty = true;
        get "/api/v1/connections/oauth/start" "startHandshake" "Start a connection and send the browser to its page"
            => oauth::start, asks oauth::Start, answers_with 303 oauth::to_page(),
            fails_by STARTING;
        get "/api/v1/connections/{connectionId}" "readConnection" "Read a connection"
            => connections::show, at_id "The connection's id.",
            answers 200 "The connection." Record<'_>, fails_by FINDING;
        delete "/api/v1/connections/{connectionId}" "deleteOwnConnection" "Disconnect an account"
            => connections::delete,
            about "The token is revoked at the provider, if that is supported, and deleted. The \
                   connection's record can be read for 30 days.",
            at_id "The connection's id.", answers 200 "The account is disconnected." Deletion,
            fails [ValidationError NotFound ConnectionNotAllowed Conflict];
        post "/api/v1/connections/{connectionId}/credentials" "submitCredentials" "Submit the fields of a key"
            => credentials::submit,
            about "The members are those that `credentialFields` of the connector names.",
            at_id "The connection's id.",
            answers 200 "The provider accepted it." credentials::SubmittedConnection<'_>,
            fails [ValidationError NotFound ConnectionNotAllowed PolicyDenied Conflict AuthInvalid Forbidden
                DestinationRefused RateLimited UpstreamError UpstreamInvalid UpstreamUnreachable
                UpstreamSuspended UpstreamTimeout ResponseTooLarge],
            sets body = Some(|_| json!({ "type": "object" })), sets may_be_empty = true;
        get "/api/v1/connections/{connectionId}/oauth" "readHandshake" "Read where a person continues"
            => oauth::show, at_id "The connection's id.", answers 200 "The next step." Next<'_>,
            fails_by FINDING;
        post "/api/v1/connections/{connectionId}/oauth" "connectAgain" "Connect an account again"
            => oauth::again, at_id "The connection's id.", takes oauth::Again,
            answers 200 "The connection is pending already." Next<'_>,
            answers 201 "The next step." Next<'_>, fails_by STARTING,
            sets may_be_empty = true;
    }
}

const FINDING: &[ErrorCode] = codes![ValidationError NotFound ConnectionNotAllowed];
const STARTING: &[ErrorCode] = codes![
    ValidationError NotFound ConnectorNotFound ConnectionNotAllowed ProviderNotConfigured
    PolicyDenied Conflict
];

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

fn failures(api: &mut Api, operation: &Operation<Dialect>) -> Answers {
    let always =
        codes![ValidationError Unauthorized ConnectionNotAllowed Unavailable InternalError];
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

impl FromRequestParts<Dialect> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        Dialect(gateway): &Dialect,
    ) -> Result<Self, Failure> {
        let caller = Self::of_request(gateway, &parts.headers, &parts.extensions).await?;
        // For the body, which is read next.
        parts.extensions.insert(Arc::clone(&caller.principal));
        Selectors::CONNECTING.check(&parts.headers, parts.uri.query())?;
        Ok(caller)
    }
}

/// The id of a connection in a path. Extract it after the caller, who must be identified first.
struct Id(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| Uuid::try_parse(&text).ok());
        Ok(Self(id.ok_or_else(|| {
            let message = "the id of a connection is a UUID";
            ActionError::new(ErrorCode::ValidationError, message)
        })?))
    }
}

async fn unknown_path(uri: Uri) -> Failure {
    let message = format!("there is nothing at `{}`", Echo(uri.path()));
    ActionError::new(ErrorCode::NotFound, message).into()
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = crate::request::wrong_method(&method, &uri);
    Failure::own(405, "METHOD_NOT_ALLOWED", message)
}
