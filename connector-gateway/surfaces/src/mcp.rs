//! MCP: tools for agents, over streamable HTTP at `/mcp` and on standard input and output.
//!
//! Crate `rmcp` implements the protocol. Over HTTP each request is served alone, in every version, so
//! that any process can serve the next one. For versions with sessions, this module has sessions in
//! the store.

mod coercion;
mod discovery;
mod exposure;
mod message;
mod reply;
mod running;
mod schema;
mod server;
mod stdio;
mod tools;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Json, Router};
use plugwright_sdk::{ActionError, ErrorCode};
use rmcp::model::{ClientJsonRpcMessage, ErrorData, ProtocolVersion, RequestId};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use uuid::Uuid;

use crate::answer;
use crate::body::{BodyError, BufferedBody, Kind};
use crate::caller::Caller;
use crate::erased::erase;
use crate::gateway::Gateway;
use crate::own;
use crate::request::trace_context;
use crate::selectors::Selectors;
use exposure::EndpointQuery;
use message::Message;
use plugwright_engine::{Limit, Principal};
use plugwright_store::McpSession;
use running::Running;
use server::{Client, Server};
pub use stdio::serve as serve_stdio;
use tools::Tools;

const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// How long a session lasts that nobody ends. Clients seldom start another one, and a session only
/// costs a row.
const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);

struct Endpoint {
    gateway: Gateway,
    running: Arc<Running>,
    http: StreamableHttpService<Server, NeverSessionManager>,
}

pub(crate) fn router(gateway: &Gateway) -> Router {
    let limits = gateway.engine().limits();
    let body_limit = limits.request_body.max(limits.input);
    let server = Server {
        tools: Arc::new(Tools::new(gateway.registry())),
        running: Arc::default(),
        only_client: None,
    };
    let endpoint = Endpoint {
        gateway: gateway.clone(),
        running: Arc::clone(&server.running),
        http: StreamableHttpService::new(
            move || Ok(server.clone()),
            Arc::default(),
            configuration(body_limit),
        ),
    };
    Router::new()
        .route("/mcp", any(erase(handle)))
        .with_state(Arc::new(endpoint))
}

fn configuration(body_limit: usize) -> StreamableHttpServerConfig {
    // The cancellation token stays: the server lets running calls end when it stops. Hosts and origins
    // were checked before.
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(body_limit)
        .disable_allowed_hosts()
}

async fn handle(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    match endpoint.handle(request).await {
        Ok(response) => response,
        Err(error) => refuse(&error),
    }
}

/// Renders an error as an HTTP response, before MCP.
fn refuse(error: &ActionError) -> Response {
    answer::advise(own::error(error), error.retry_after())
}

/// Refuses a message by JSON-RPC 2.0, section 5.1: without its id, if it has none that can be repeated.
fn invalid(error: &ErrorData, id: Option<&RequestId>) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

impl Endpoint {
    async fn handle(self: Arc<Self>, request: Request) -> Result<Response, ActionError> {
        let headers = request.headers();
        let caller = Caller::of(&self.gateway, headers).await?;
        let query = EndpointQuery::parse(request.uri().query())?;
        Selectors::MCP.check(headers, None)?;
        message::check_headers(headers)?;
        let session = self.session(headers, &caller.principal).await?;
        if request.method() == Method::DELETE {
            let response = self.http.handle(request).await;
            // The library has no sessions, so it answers a valid request with 405.
            return match response.status() {
                StatusCode::METHOD_NOT_ALLOWED => self.end(session).await,
                _ => Ok(response.map(Body::new)),
            };
        }
        let (head, body) = request.into_parts();
        let bodies = self.gateway.inner().bodies.clone();
        // The called action is only known once the body is read.
        let may_bring_file = || self.gateway.engine().catalog().takes_files();
        let kind = Kind::MayBringFile(&may_bring_file);
        let body = bodies.read(body, kind, &caller.principal).await;
        let served = |body| self.serve(head, body, caller, query, session);
        let served = bodies.serve(body.map_err(BodyError::into_error)?, served);
        served.await.map_err(BodyError::into_error)?
    }

    /// Lets the library serve a request whose body is within its limits.
    async fn serve(
        self: Arc<Self>,
        head: Parts,
        mut body: BufferedBody,
        caller: Caller,
        query: EndpointQuery,
        session: Option<Uuid>,
    ) -> Result<Response, ActionError> {
        let message = Message::read(&self.gateway.inner().bodies, &mut body)?;
        if message.has_bad_id {
            let problem = "`id` must be a text or an integer";
            return Ok(invalid(&ErrorData::invalid_request(problem, None), None));
        }
        if let (Some(session), Some(request)) = (session, message.cancelled) {
            // The library serves each request alone and can't know the other one.
            self.running.cancel(session, request);
        }
        let client = Arc::new(Client {
            organization: query.organization,
            session,
            trace_context: trace_context(&head.headers),
            bytes_in: body.length() as u64,
            held: body.into_reserved(),
            arguments: Mutex::new(message.arguments),
            ..Client::new(caller, query.tools)
        });
        let envelope = message.envelope.clone();
        let mut request = http::Request::new(Body::from(message.envelope));
        *request.method_mut() = head.method;
        *request.uri_mut() = head.uri;
        *request.headers_mut() = head.headers;
        request.extensions_mut().insert(Arc::clone(&client));
        let mut response = self.http.handle(request).await.map(Body::new);
        // The library says so of each body that it can't read, as of another media type.
        if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE
            && serde_json::from_slice::<ClientJsonRpcMessage>(&envelope).is_err()
        {
            response = invalid(&message::fault(message.is_json), message.id.as_ref());
        }
        if client.initialized.load(Ordering::Acquire)
            && let Some(id) = self.begin(&client.caller.principal).await?
        {
            response.headers_mut().insert(SESSION_ID, id);
        }
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
        Ok(response)
    }

    /// Returns the session that a request names, in versions that have sessions.
    async fn session(
        &self,
        headers: &HeaderMap,
        principal: &Principal,
    ) -> Result<Option<Uuid>, ActionError> {
        let has_sessions = headers
            .get(PROTOCOL_VERSION)
            .and_then(|version| version.to_str().ok())
            .is_none_or(|version| version < ProtocolVersion::NO_INITIALIZE.as_str());
        let Some(id) = headers.get(SESSION_ID).filter(|_| has_sessions) else {
            return Ok(None);
        };
        let ended = || {
            let message = "unknown or expired session; send `initialize` again";
            ActionError::new(ErrorCode::NotFound, message)
        };
        let id = id.to_str().ok().and_then(|text| Uuid::try_parse(text).ok());
        let (id, storage) = id.zip(self.gateway.engine().storage()).ok_or_else(ended)?;
        let session = storage.directory.mcp_session(&*storage.store, id).await?;
        session
            .filter(|session| {
                session.principal == principal.id && session.expires_at > storage.store.now()
            })
            .map(|session| Some(session.id))
            .ok_or_else(ended)
    }

    /// Starts a session; without a store there are none, and clients need none. Clients seldom end
    /// theirs, so the oldest are evicted: their clients send `initialize` again.
    async fn begin(&self, principal: &Principal) -> Result<Option<HeaderValue>, ActionError> {
        let Some(storage) = self.gateway.engine().storage() else {
            return Ok(None);
        };
        let session = McpSession {
            id: Uuid::new_v4(),
            principal: principal.id.clone(),
            expires_at: storage.store.now().after(SESSION_LIFE),
        };
        let most = self.gateway.engine().limits().mcp_sessions_per_principal;
        let ended = storage.store.create_mcp_session(&session, most).await?;
        if !ended.is_empty() {
            let metrics = self.gateway.engine().metrics();
            metrics.limit_hits().add(Limit::McpSessions);
        }
        for id in ended {
            storage.directory.forget_mcp_session(id);
        }
        Ok(HeaderValue::try_from(session.id.to_string()).ok())
    }

    async fn end(&self, session: Option<Uuid>) -> Result<Response, ActionError> {
        let missing = || ActionError::invalid_param("Mcp-Session-Id", "must name a session");
        let id = session.ok_or_else(missing)?;
        if let Some(storage) = self.gateway.engine().storage() {
            storage.store.delete_mcp_session(id).await?;
            storage.directory.forget_mcp_session(id);
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

#[cfg(test)]
mod tests;
