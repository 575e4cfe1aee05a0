//! MCP: tools for agents, over streamable HTTP at `/mcp` and on standard input and output.
//!
//! Crate `rmcp` speaks the protocol. Over HTTP each request is served by itself, whatever its
//! version is: no process keeps anything that another one would need for the next request. To
//! clients of versions with sessions this module gives the sessions that the store keeps.

mod discovery;
mod exposure;
mod message;
mod read_texts;
mod reply;
mod running;
mod schema;
mod server;
mod stdio;
mod tools;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use plugwright_sdk::{ActionError, ErrorCode};
use rmcp::model::ProtocolVersion;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use uuid::Uuid;

use super::body::{BodyError, Kind, Received};
use super::own;
use super::request::{bearer_token, trace_context};
use crate::gateway::Gateway;
use exposure::Asked;
use message::Message;
use plugwright_engine::Limit;
use plugwright_engine::Principal;
use plugwright_store::McpSession;
use running::Running;
use server::{Caller, Server};
pub use stdio::serve as serve_stdio;
use tools::Tools;

const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// How long a session lasts that nobody ends. Clients seldom begin another one by themselves, and
/// a session costs a row.
const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);

/// The endpoint.
struct Endpoint {
    gateway: Gateway,
    running: Arc<Running>,
    http: StreamableHttpService<Server, NeverSessionManager>,
    /// Whether any action takes a file. Which action is called is only known once the body is read.
    takes_files: bool,
}

/// Returns `/mcp`.
pub(crate) fn router(gateway: &Gateway) -> Router {
    let limits = gateway.engine().limits();
    let body_limit = limits.request_body.max(limits.input);
    let server = Server {
        tools: Arc::new(Tools::new(gateway)),
        running: Arc::default(),
        only_caller: None,
    };
    let endpoint = Endpoint {
        gateway: gateway.clone(),
        running: Arc::clone(&server.running),
        http: StreamableHttpService::new(
            move || Ok(server.clone()),
            Arc::default(),
            configuration(body_limit),
        ),
        takes_files: gateway.engine().catalog().takes_files(),
    };
    Router::new()
        .route("/mcp", any(answer))
        .with_state(Arc::new(endpoint))
}

fn configuration(body_limit: usize) -> StreamableHttpServerConfig {
    // Its cancellation token stays as it is: the server lets running calls end when it stops. Hosts
    // and origins were checked before, as they are for the other dialects.
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(body_limit)
        .disable_allowed_hosts()
}

async fn answer(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    match endpoint.answer(request).await {
        Ok(response) => response,
        Err(error) => refuse(&error),
    }
}

/// Renders an error of HTTP: nothing of MCP was done.
fn refuse(error: &ActionError) -> Response {
    let mut response = own::error(error);
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

impl Endpoint {
    async fn answer(self: Arc<Self>, request: Request) -> Result<Response, ActionError> {
        let headers = request.headers();
        let principal = self.gateway.authenticate(bearer_token(headers)?).await?;
        let asked = Asked::parse(request.uri().query())?;
        message::check_headers(headers)?;
        let session = self.session(headers, &principal).await?;
        if request.method() == Method::DELETE {
            let said = self.http.handle(request).await;
            // The library keeps no sessions, so that it refuses the method of whoever may be here.
            return match said.status() {
                StatusCode::METHOD_NOT_ALLOWED => self.end(session).await,
                _ => Ok(said.map(Body::new)),
            };
        }
        let (head, body) = request.into_parts();
        let bodies = self.gateway.inner().bodies.clone();
        let may_bring_file = || self.takes_files;
        let body = bodies.read(body, Kind::MayBringFile(&may_bring_file)).await;
        let served = |body| self.serve(head, body, principal, asked, session);
        let served = bodies.serve(body.map_err(BodyError::into_error)?, served);
        served.await.map_err(BodyError::into_error)?
    }

    /// Lets the library serve a request, once its body is known to be within bounds.
    async fn serve(
        self: Arc<Self>,
        head: Parts,
        mut body: Received,
        principal: Arc<Principal>,
        asked: Asked,
        session: Option<Uuid>,
    ) -> Result<Response, ActionError> {
        let message = Message::read(&self.gateway.inner().bodies, &mut body)?;
        if let (Some(session), Some(request)) = (session, message.cancelled) {
            // The library serves each request by itself, so that it can't know which other one is
            // meant.
            self.running.cancel(session, request);
        }
        let caller = Arc::new(Caller {
            principal,
            tools: asked.tools,
            organization: asked.organization,
            session,
            bytes_in: body.length() as u64,
            held: body.into_held(),
            arguments: Mutex::new(message.arguments),
            trace_context: trace_context(&head.headers),
            initialized: AtomicBool::new(false),
        });
        let mut request = http::Request::new(Body::from(message.envelope));
        *request.method_mut() = head.method;
        *request.uri_mut() = head.uri;
        *request.headers_mut() = head.headers;
        request.extensions_mut().insert(Arc::clone(&caller));
        let mut response = self.http.handle(request).await.map(Body::new);
        if caller.initialized.load(Ordering::Acquire)
            && let Some(id) = self.begin(&caller.principal).await?
        {
            response.headers_mut().insert(SESSION_ID, id);
        }
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
        Ok(response)
    }

    /// Returns the session that a request says it is in, where its version has sessions.
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
            let message = "the session has ended, or never began; send `initialize` again";
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

    /// Begins a session; without a store there are none, and clients need none. Clients seldom end
    /// theirs, so the oldest make room: their clients send `initialize` again.
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
