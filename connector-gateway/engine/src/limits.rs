//! The budgets of a gateway, in one place.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Defines each limit with its default and, if hits are counted, its name in [`Limit`].
macro_rules! limits {
    ($(#[doc = $doc:literal] $field:ident: $type:ty = $default:expr $(, $limit:ident)?;)*) => {
        /// How long, how large and how many requests, connections and calls may be. Sizes are in
        /// bytes.
        ///
        /// The defaults suit a machine with 1 GB of memory.
        ///
        /// ```
        /// use plugwright_engine::Limits;
        ///
        /// let limits = Limits { input: 64 << 10, ..Limits::default() };
        /// assert!(limits.input < limits.request_body);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = $doc] pub $field: $type,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                }
            }
        }

        /// A limit that a request, a connection or a call has hit, as the metrics name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Limit {
            $($(
                #[doc = concat!("[`Limits::", stringify!($field), "`].")]
                $limit,
            )?)*
        }

        impl Limit {
            /// Returns the setting's name, without its table.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$limit => stringify!($field),)?)*
                }
            }
        }
    };
}

limits! {
    /// Largest body of a request that may contain a file.
    request_body: usize = 10 * MIB, RequestBody;
    /// Largest body of any other request.
    input: usize = MIB, Input;
    /// Most values in a JSON body, nested ones included.
    json_values: usize = 30_000, JsonValues;
    /// Deepest nesting of a JSON body.
    json_depth: usize = 100, JsonDepth;
    /// Memory for the large bodies of all requests, from when they are read until their calls end.
    decoding_memory: usize = 64 * MIB, DecodingMemory;
    /// Largest head of a request.
    header_size: usize = 64 * KIB;
    /// Most header fields of a request, and of `options.headers`.
    headers: usize = 100, Headers;
    /// Most parameters of a query or form.
    parameters: usize = 1_000, Parameters;
    /// Longest name of an action, connector, connection or parameter.
    name: usize = 256, Name;
    /// Longest search query.
    search: usize = KIB, Search;
    /// Concurrent client connections.
    connections: usize = 4096, Connections;
    /// Concurrent client connections of one address.
    connections_per_peer: usize = 2048, ConnectionsPerPeer;
    /// Timeout for receiving the head of a request.
    header_timeout: Duration = Duration::from_secs(10), HeaderTimeout;
    /// Longest pause while receiving a body.
    body_timeout: Duration = Duration::from_secs(10), BodyTimeout;
    /// Timeout for receiving a whole request.
    request_timeout: Duration = Duration::from_mins(1), RequestTimeout;
    /// Longest pause while sending a response.
    write_timeout: Duration = Duration::from_secs(30), WriteTimeout;
    /// How long a connection without a request is kept open.
    idle_timeout: Duration = Duration::from_mins(1), IdleTimeout;
    /// Concurrent calls.
    concurrent_calls: usize = 1024, ConcurrentCalls;
    /// Concurrent calls of one principal.
    concurrent_calls_per_principal: usize = 512, ConcurrentCallsPerPrincipal;
    /// Default timeout of a call.
    call_timeout: Duration = Duration::from_secs(30);
    /// Longest timeout that a call may request.
    call_timeout_most: Duration = Duration::from_mins(5);
    /// Timeout for finding out what became of a write whose response was lost.
    reconcile_timeout: Duration = Duration::from_secs(10);
    /// How long after a lost response a write that can't be found may still take effect.
    reconcile_grace: Duration = Duration::from_secs(5);
    /// Largest response of a provider.
    response_body: usize = 16 * MIB;
    /// Memory for the large responses of all calls, and for large answers until clients have read them.
    response_memory: usize = 128 * MIB, ResponseMemory;
    /// Open MCP sessions of one principal.
    mcp_sessions_per_principal: usize = 100, McpSessions;
    /// Open connect requests of one principal.
    connect_requests_per_principal: usize = 100, ConnectRequests;
    /// Connections of one organization or end user, apart from those that operators create.
    connections_per_owner: usize = 1_000, ConnectionsPerOwner;
    /// Connections of all end users of one project.
    connections_per_project: usize = 100_000, ConnectionsPerProject;
    /// Stored idempotency keys of one principal.
    idempotency_keys_per_principal: usize = 100_000, IdempotencyKeys;
    /// Bytes of the stored outcomes of one principal's idempotency keys.
    idempotency_bytes_per_principal: usize = 128 * MIB, IdempotencyBytes;
    /// How long the outcome of an idempotency key is kept.
    idempotency_retention: Duration = Duration::from_hours(24);
    /// How long running calls may take to finish after a stop signal.
    shutdown_grace: Duration = Duration::from_secs(30);
}
