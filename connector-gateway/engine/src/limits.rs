//! How much of everything there may be: the one place of the gateway's budgets.

use std::time::Duration;

/// How long, how large and how many requests, connections and calls may be. Sizes are in bytes.
///
/// The defaults fit a machine with 1 GB of memory.
///
/// ```
/// use plugwright_engine::Limits;
///
/// let limits = Limits { input: 64 << 10, ..Limits::default() };
/// assert!(limits.input < limits.request_body);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest body of a request that may bring a file.
    pub request_body: usize,
    /// Longest body of any other request.
    pub input: usize,
    /// Most values in a JSON body: texts, numbers, lists and objects, in one another too.
    pub json_values: usize,
    /// Deepest nesting of lists and objects in a JSON body.
    pub json_depth: usize,
    /// Memory for the large bodies of all requests together, from when they are read until the calls
    /// have ended that they ask for.
    pub decoding_memory: usize,
    /// Longest head of a request.
    pub header_size: usize,
    /// Most header fields of a request, and of `options.headers`.
    pub headers: usize,
    /// Most parameters of a query or a form.
    pub parameters: usize,
    /// Longest name of an action, connector, connection or parameter.
    pub name: usize,
    /// Longest text of a search.
    pub search: usize,
    /// Connections of clients at the same time.
    pub connections: usize,
    /// Connections of one peer address at the same time.
    pub connections_per_peer: usize,
    /// Time in which a client must have sent the head of a request.
    pub header_timeout: Duration,
    /// Longest pause of a client while it sends a body.
    pub body_timeout: Duration,
    /// Time in which a client must have sent a whole request.
    pub request_timeout: Duration,
    /// Longest pause of a client while it is sent an answer.
    pub write_timeout: Duration,
    /// Time for which a connection without a request is kept.
    pub idle_timeout: Duration,
    /// Calls that run at the same time.
    pub concurrent_calls: usize,
    /// Calls of one principal that run at the same time.
    pub concurrent_calls_per_principal: usize,
    /// Time that a call has if it does not ask for another.
    pub call_timeout: Duration,
    /// Longest time that a call may ask for.
    pub call_timeout_most: Duration,
    /// Longest answer of a provider.
    pub response_body: usize,
    /// MCP sessions that one principal may have open.
    pub mcp_sessions_per_principal: usize,
    /// Connect requests that one principal may have open.
    pub connect_requests_per_principal: usize,
    /// Time for which the outcome of an idempotency key is kept.
    pub idempotency_retention: Duration,
    /// Time that running calls have to end after the process was told to stop.
    pub shutdown_grace: Duration,
}

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body: 10 * MIB,
            input: MIB,
            json_values: 30_000,
            json_depth: 100,
            decoding_memory: 64 * MIB,
            header_size: 64 * KIB,
            headers: 100,
            parameters: 1_000,
            name: 256,
            search: KIB,
            connections: 4096,
            connections_per_peer: 2048,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_mins(1),
            concurrent_calls: 1024,
            concurrent_calls_per_principal: 512,
            call_timeout: Duration::from_secs(30),
            call_timeout_most: Duration::from_mins(5),
            response_body: 16 * MIB,
            mcp_sessions_per_principal: 100,
            connect_requests_per_principal: 100,
            idempotency_retention: Duration::from_hours(24),
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

/// A budget that a request, a connection or a call has hit, as the metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Limits::request_body`].
    RequestBody,
    /// [`Limits::input`].
    Input,
    /// [`Limits::json_values`].
    JsonValues,
    /// [`Limits::json_depth`].
    JsonDepth,
    /// [`Limits::decoding_memory`].
    DecodingMemory,
    /// [`Limits::headers`].
    Headers,
    /// [`Limits::parameters`].
    Parameters,
    /// [`Limits::name`].
    Name,
    /// [`Limits::search`].
    Search,
    /// [`Limits::connections`].
    Connections,
    /// [`Limits::connections_per_peer`].
    ConnectionsPerPeer,
    /// [`Limits::header_timeout`].
    HeaderTimeout,
    /// [`Limits::body_timeout`].
    BodyTimeout,
    /// [`Limits::request_timeout`].
    RequestTimeout,
    /// [`Limits::write_timeout`].
    WriteTimeout,
    /// [`Limits::idle_timeout`].
    IdleTimeout,
    /// [`Limits::concurrent_calls`].
    ConcurrentCalls,
    /// [`Limits::concurrent_calls_per_principal`].
    ConcurrentCallsPerPrincipal,
    /// [`Limits::mcp_sessions_per_principal`].
    McpSessions,
    /// [`Limits::connect_requests_per_principal`].
    ConnectRequests,
}

impl Limit {
    /// Returns the setting's name, without its table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequestBody => "request_body",
            Self::Input => "input",
            Self::JsonValues => "json_values",
            Self::JsonDepth => "json_depth",
            Self::DecodingMemory => "decoding_memory",
            Self::Headers => "headers",
            Self::Parameters => "parameters",
            Self::Name => "name",
            Self::Search => "search",
            Self::Connections => "connections",
            Self::ConnectionsPerPeer => "connections_per_peer",
            Self::HeaderTimeout => "header_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::RequestTimeout => "request_timeout",
            Self::WriteTimeout => "write_timeout",
            Self::IdleTimeout => "idle_timeout",
            Self::ConcurrentCalls => "concurrent_calls",
            Self::ConcurrentCallsPerPrincipal => "concurrent_calls_per_principal",
            Self::McpSessions => "mcp_sessions_per_principal",
            Self::ConnectRequests => "connect_requests_per_principal",
        }
    }
}
