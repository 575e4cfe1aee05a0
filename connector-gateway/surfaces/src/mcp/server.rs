//! What clients ask of an MCP server: its tools, and calls of them.

mod call;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, Value};
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CustomRequest,
    CustomResult, ErrorCode, Implementation, InitializeRequestParams, InitializeResult,
    ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Map;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::discovery;
use super::exposure::Exposure;
use super::read_texts::ReadTexts;
use super::reply;
use super::running::Running;
use super::tools::Tools;
use crate::body::{Held, Received};
use plugwright_engine::Principal;
use plugwright_store::Patterns;

/// The versions that are spoken, the oldest first.
const VERSIONS: &[ProtocolVersion] = &[
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
    ProtocolVersion::V_2026_07_28,
];

/// Who sent a request, and how.
pub(super) struct Caller {
    pub(super) principal: Arc<Principal>,
    /// Which tools were asked for.
    pub(super) tools: Option<Patterns>,
    pub(super) organization: Option<String>,
    /// The session, where the client's version has them.
    pub(super) session: Option<Uuid>,
    pub(super) bytes_in: u64,
    /// The memory that the request takes.
    pub(super) held: Held,
    /// The arguments of the call of a tool, which the library does not see.
    pub(super) arguments: Mutex<Option<Map<String, Value>>>,
    pub(super) trace_context: HeaderMap,
    /// Set once an `initialize` was answered.
    pub(super) initialized: AtomicBool,
}

impl Caller {
    /// Returns a caller that has a request of no HTTP.
    pub(super) fn local(principal: Principal, tools: Option<Patterns>) -> Self {
        Self {
            principal: Arc::new(principal),
            tools,
            organization: None,
            session: None,
            bytes_in: 0,
            held: Held::default(),
            arguments: Mutex::default(),
            trace_context: HeaderMap::new(),
            initialized: AtomicBool::new(false),
        }
    }

    /// Returns the same caller with a call that has no request of HTTP.
    pub(super) fn of_call(&self, body: Received, arguments: Option<Map<String, Value>>) -> Self {
        Self {
            principal: Arc::clone(&self.principal),
            tools: self.tools.clone(),
            organization: None,
            session: None,
            bytes_in: body.length() as u64,
            held: body.into_held(),
            arguments: Mutex::new(arguments),
            trace_context: HeaderMap::new(),
            initialized: AtomicBool::new(false),
        }
    }

    fn take_arguments(&self) -> Option<Map<String, Value>> {
        let arguments = self.arguments.lock();
        arguments.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn exposure(&self) -> Exposure<'_> {
        Exposure::new(&self.principal.grant, self.tools.as_ref())
    }
}

/// An MCP server. Clones share everything.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) tools: Arc<Tools>,
    pub(super) running: Arc<Running>,
    /// Who sends every request that names nobody, where they don't come over HTTP.
    pub(super) only_caller: Option<Arc<Caller>>,
}

impl Server {
    fn caller(&self, context: &RequestContext<RoleServer>) -> Result<Arc<Caller>, ErrorData> {
        let extensions = &context.extensions;
        let of_http = || extensions.get::<Parts>()?.extensions.get::<Arc<Caller>>();
        let of_request = extensions.get::<Arc<Caller>>().or_else(of_http);
        of_request
            .or(self.only_caller.as_ref())
            .cloned()
            .ok_or_else(|| ErrorData::internal_error("the caller is not known", None))
    }

    /// Does what a tool for discovery is for, or makes a call of an action.
    async fn call(
        &self,
        caller: &Arc<Caller>,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let name = request.name;
        let unknown = || ErrorData::invalid_params(format!("Unknown tool: {}", Echo(&name)), None);
        let is_discovery = matches!(
            &*name,
            discovery::SEARCH | discovery::DESCRIBE | discovery::RUN | discovery::CONNECTIONS
        );
        if !is_discovery {
            let tool = self
                .tools
                .action(&caller.principal, &name)
                .filter(|tool| caller.exposure().shows_action(&tool.id))
                .ok_or_else(unknown)?;
            let wanted = call::of_tool(tool, request.arguments.unwrap_or_default());
            return Ok(self.make(caller, wanted, context).await);
        }
        if !caller.exposure().shows_discovery(&name) {
            return Err(unknown());
        }
        let mut arguments = request.arguments.unwrap_or_default();
        let read = match self.tools.discovery(&name) {
            Some(tool) => ReadTexts::of_tool(tool, &mut arguments),
            None => ReadTexts::default(),
        };
        let found = match &*name {
            discovery::SEARCH => discovery::search(&self.tools, caller, arguments).await,
            discovery::DESCRIBE => discovery::describe(&self.tools, caller, arguments).await,
            discovery::CONNECTIONS => {
                discovery::list_connections(&self.tools, caller, arguments).await
            }
            _ => {
                let wanted = call::of_arguments(&self.tools, caller, arguments, read);
                return Ok(self.make(caller, wanted, context).await);
            }
        };
        let mut result = match found {
            Ok(data) => reply::found(data),
            Err(error) => reply::refusal(&error),
        };
        read.tell(&mut result);
        Ok(result)
    }

    async fn make(
        &self,
        caller: &Arc<Caller>,
        wanted: Result<call::Wanted<'_>, ActionError>,
        context: RequestContext<RoleServer>,
    ) -> CallToolResult {
        let made = async { call::make(self, caller, wanted?, context).await };
        match made.await {
            Ok(result) => result,
            Err(error) => reply::refusal(&error),
        }
    }

    /// Returns what tells a call that its caller gave up, if that can be told.
    fn cancellation(&self, caller: &Caller, context: &RequestContext<RoleServer>) -> Cancellation {
        if self.only_caller.is_some() {
            // The client says so itself; the end of its input is told like that too.
            return Cancellation::Told(context.ct.clone());
        }
        match caller.session {
            Some(session) => Cancellation::of(self.running.add(session, &context.id)),
            None => Cancellation::Told(CancellationToken::new()),
        }
    }
}

/// What tells a call that its caller gave up.
enum Cancellation {
    Told(CancellationToken),
    /// Removed from what can be cancelled when the call ends.
    Registered(super::running::Entry),
}

impl Cancellation {
    fn of(entry: super::running::Entry) -> Self {
        Self::Registered(entry)
    }

    fn token(&self) -> CancellationToken {
        match self {
            Self::Told(token) => token.clone(),
            Self::Registered(entry) => entry.token(),
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("plugwright", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(VERSIONS)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let answer = self.negotiate_initialize(&request)?;
        let caller = self.caller(&context)?;
        caller.initialized.store(true, Ordering::Release);
        Ok(answer)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let caller = self.caller(&context)?;
        let tools = self.tools.list(&caller.principal, caller.exposure());
        // What a caller sees depends on its token, whose grant may change at any time.
        Ok(ListToolsResult::with_all_items(tools)
            .with_ttl_ms(0)
            .with_cache_scope(CacheScope::Private))
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = Echo(&request.method).to_string();
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None))
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = self.caller(&context)?;
        if let Some(arguments) = caller.take_arguments() {
            request.arguments = Some(arguments);
        }
        let result = self.call(&caller, request, context).await?;
        Ok(result.into())
    }
}
