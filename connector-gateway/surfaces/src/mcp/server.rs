//! The MCP server: lists tools and calls them.

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

use super::coercion::Coercions;
use super::discovery;
use super::exposure::Exposure;
use super::reply;
use super::running::{Entry, Running};
use super::tools::Tools;
use crate::body::{BufferedBody, ReservedMemory};
use crate::caller::{Caller, Named};
use call::ToolCall;
use plugwright_store::{Connection, Patterns};

/// The supported versions, the oldest first.
const VERSIONS: &[ProtocolVersion] = &[
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
    ProtocolVersion::V_2026_07_28,
];

/// A client's request, as far as the library does not see it.
pub(super) struct Client {
    pub(super) caller: Caller,
    /// The tools that the URL asks for.
    pub(super) tools: Option<Patterns>,
    pub(super) organization: Option<String>,
    /// The session, in versions that have them.
    pub(super) session: Option<Uuid>,
    pub(super) bytes_in: u64,
    /// The memory that the request takes.
    pub(super) held: ReservedMemory,
    /// The arguments of a tool's call.
    pub(super) arguments: Mutex<Option<Map<String, Value>>>,
    pub(super) trace_context: HeaderMap,
    /// Set once an `initialize` was answered.
    pub(super) initialized: AtomicBool,
}

impl Client {
    /// Returns a client without a request.
    pub(super) fn new(caller: Caller, tools: Option<Patterns>) -> Self {
        Self {
            caller,
            tools,
            organization: None,
            session: None,
            bytes_in: 0,
            held: ReservedMemory::default(),
            arguments: Mutex::default(),
            trace_context: HeaderMap::new(),
            initialized: AtomicBool::new(false),
        }
    }

    /// Returns the same client with a tool's call.
    pub(super) fn with_call(
        &self,
        body: BufferedBody,
        arguments: Option<Map<String, Value>>,
    ) -> Self {
        Self {
            bytes_in: body.length() as u64,
            held: body.into_reserved(),
            arguments: Mutex::new(arguments),
            ..Self::new(self.caller.clone(), self.tools.clone())
        }
    }

    /// Returns the connections that calls may use.
    pub(super) async fn connections(
        &self,
        connector: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        let organization = self.organization.as_deref();
        self.caller.connections(organization, connector).await
    }

    pub(super) async fn find(&self, name: &str) -> Result<Named, ActionError> {
        let organization = self.organization.as_deref();
        self.caller.find_of(organization, name).await
    }

    fn take_arguments(&self) -> Option<Map<String, Value>> {
        let arguments = self.arguments.lock();
        arguments.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn exposure(&self) -> Exposure<'_> {
        Exposure::new(&self.caller.principal.grant, self.tools.as_ref())
    }
}

/// An MCP server. Clones share everything.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) tools: Arc<Tools>,
    pub(super) running: Arc<Running>,
    /// The only client, if requests don't come over HTTP.
    pub(super) only_client: Option<Arc<Client>>,
}

impl Server {
    fn client(&self, context: &RequestContext<RoleServer>) -> Result<Arc<Client>, ErrorData> {
        let extensions = &context.extensions;
        let of_http = || extensions.get::<Parts>()?.extensions.get::<Arc<Client>>();
        let of_request = extensions.get::<Arc<Client>>().or_else(of_http);
        of_request
            .or(self.only_client.as_ref())
            .cloned()
            .ok_or_else(|| ErrorData::internal_error("the caller is unknown", None))
    }

    async fn call(
        &self,
        client: &Client,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let name = request.name;
        let unknown = || ErrorData::invalid_params(format!("Unknown tool: {}", Echo(&name)), None);
        let mut arguments = request.arguments.unwrap_or_default();
        let Some(tool) = self.tools.discovery(&name) else {
            let tool = self
                .tools
                .action(&client.caller, &name)
                .filter(|tool| client.exposure().shows_action(&tool.id))
                .ok_or_else(unknown)?;
            let call = ToolCall::of_action(tool, arguments);
            return Ok(self.execute(client, call, context).await);
        };
        if !client.exposure().shows_discovery(&name) {
            return Err(unknown());
        }
        let coerced = Coercions::of_tool(tool, &mut arguments);
        let found = match &*name {
            discovery::SEARCH => discovery::search(client, arguments).await,
            discovery::DESCRIBE => discovery::describe(client, arguments).await,
            discovery::CONNECTIONS => discovery::list_connections(client, arguments).await,
            _ => {
                let call = ToolCall::of_run(&self.tools, client, arguments, coerced).await;
                return Ok(self.execute(client, call, context).await);
            }
        };
        let mut result = match found {
            Ok(data) => reply::found(data),
            Err(error) => reply::refusal(&error),
        };
        coerced.report(&mut result);
        Ok(result)
    }

    async fn execute(
        &self,
        client: &Client,
        call: Result<ToolCall, ActionError>,
        context: RequestContext<RoleServer>,
    ) -> CallToolResult {
        let executed = async { call?.execute(self, client, context).await };
        match executed.await {
            Ok(result) => result,
            Err(error) => reply::refusal(&error),
        }
    }

    /// Returns what cancels a call. While the entry lives, a notification of the session does.
    fn cancellation(
        &self,
        client: &Client,
        context: &RequestContext<RoleServer>,
    ) -> (CancellationToken, Option<Entry>) {
        match client.session {
            // The library cancels, on request or when the input ends.
            _ if self.only_client.is_some() => (context.ct.clone(), None),
            Some(session) => {
                let entry = self.running.add(session, &context.id);
                (entry.token(), Some(entry))
            }
            None => (CancellationToken::new(), None),
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
        let client = self.client(&context)?;
        client.initialized.store(true, Ordering::Release);
        Ok(answer)
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let client = self.client(&context)?;
        let cursor = page.and_then(|page| page.cursor);
        let listed = self
            .tools
            .list(&client.caller, client.exposure(), cursor.as_deref());
        let (tools, next) = listed.ok_or_else(|| {
            let message = "the cursor is invalid; list the tools again from the start";
            ErrorData::invalid_params(message, None)
        })?;
        let mut result = ListToolsResult::with_all_items(tools);
        result.next_cursor = next;
        // What a caller sees depends on its token, whose grant may change at any time.
        Ok(result.with_ttl_ms(0).with_cache_scope(CacheScope::Private))
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = Echo(&request.method).to_string();
        // The library takes a request for one of these only if it can read the parameters.
        if matches!(&*method, "initialize" | "tools/call" | "tools/list") {
            let message = format!("the parameters of `{method}` can't be read");
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None))
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let client = self.client(&context)?;
        if let Some(arguments) = client.take_arguments() {
            request.arguments = Some(arguments);
        }
        let result = self.call(&client, request, context).await?;
        Ok(result.into())
    }
}
