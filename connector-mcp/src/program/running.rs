//! A program that was started and is ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plugwright_sdk::host::Redactor;
use plugwright_sdk::transport::{Response, TransportError};
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientCapabilities, ClientConfig, ClientRequest,
    Implementation, ListToolsRequest, PaginatedRequestParams, ServerResult,
};
use rmcp::service::{NotificationContext, PeerRequestOptions, RequestHandle, RunningService};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::{ClientHandler, RoleClient, ServiceError, serve_client};
use serde_json::{Map, Value, json};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::Mutex;

use super::group::Group;
use super::output::Lines;
use crate::definition::{Found, Known};
use crate::message::{LONGEST_MESSAGE, Listing, response, unreadable};

const LISTED: Duration = Duration::from_secs(20);

pub(crate) struct Running {
    service: Mutex<Option<RunningService<RoleClient, Client>>>,
    peer: rmcp::Peer<RoleClient>,
    group: Mutex<Option<Group>>,
    redactor: Redactor,
    started: Instant,
    known: Arc<Known>,
    overlong: Arc<AtomicBool>,
}

/// The client of a program. Requests for a model or a person are declined: a gateway has neither.
struct Client {
    known: Arc<Known>,
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("plugwright", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), us)
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.known.change();
    }
}

impl Running {
    pub(super) async fn start(
        mut group: Group,
        (stdin, stdout): (ChildStdin, ChildStdout),
        redactor: Redactor,
    ) -> Result<Self, String> {
        let (known, overlong) = (Arc::default(), Arc::default());
        let lines = Lines::new(stdout, Arc::clone(&overlong));
        let transport = AsyncRwTransport::<RoleClient, _, _>::new(lines, stdin)
            .with_max_line_length(LONGEST_MESSAGE + 1);
        let client = Client {
            known: Arc::clone(&known),
        };
        let service = match serve_client(client, transport).await {
            Ok(service) => service,
            Err(error) => {
                return Err(match group.ended().await {
                    Some(status) => format!("it ended before it was ready ({status})"),
                    // What it said may have a secret of its environment in it.
                    None => redactor.redact(&error.to_string()),
                });
            }
        };
        Ok(Self {
            peer: service.peer().clone(),
            service: Mutex::new(Some(service)),
            group: Mutex::new(Some(group)),
            redactor,
            started: Instant::now(),
            known,
            overlong,
        })
    }

    pub(super) fn is_over(&self) -> bool {
        self.peer.is_transport_closed()
    }

    pub(super) fn lasted(&self) -> Duration {
        self.started.elapsed()
    }

    /// Returns the tools that the program has, as it was asked not long ago.
    pub(crate) async fn found(&self, note: impl FnOnce(&Found)) -> Result<Found, TransportError> {
        self.known.get(self.list(), note).await
    }

    pub(super) async fn list(&self) -> Result<Listing, TransportError> {
        let listing = tokio::time::timeout(LISTED, self.pages()).await;
        listing.unwrap_or_else(|_| {
            let late = ServiceError::Timeout { timeout: LISTED };
            Err(self.unlisted(&late))
        })
    }

    async fn pages(&self) -> Result<Listing, TransportError> {
        let about = self.peer.peer_info();
        let about = about
            .map(|info| json!({ "info": info.server_info, "instructions": info.instructions }));
        let mut about = about.unwrap_or_default();
        let (info, instructions) = (about["info"].take(), about["instructions"].take());
        let mut listing = Listing::new(info, instructions, self.redactor.clone());
        let mut cursor = None;
        loop {
            let request = ListToolsRequest {
                params: Some(PaginatedRequestParams::default().with_cursor(cursor)),
                ..ListToolsRequest::default()
            };
            // Sent past the client's cache: the server shall not choose how long it is believed.
            let page = self
                .peer
                .send_request(ClientRequest::ListToolsRequest(request))
                .await;
            let page = match page {
                Ok(ServerResult::ListToolsResult(page)) => page,
                Ok(_) => return Err(self.unlisted(&ServiceError::UnexpectedResponse)),
                Err(error) => return Err(self.unlisted(&error)),
            };
            let tools = page.tools.iter().map(|tool| json!(tool)).collect();
            listing.add(tools)?;
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(listing);
            }
        }
    }

    /// Calls a tool. If the caller gives up, the program is told so.
    pub(crate) async fn call(
        &self,
        tool: String,
        arguments: Map<String, Value>,
    ) -> Result<Response, TransportError> {
        let params = CallToolRequestParams::new(tool).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        let options = PeerRequestOptions::no_options();
        let sent = self.peer.send_cancellable_request(request, options).await;
        let mut waiting = Waiting(Some(sent.map_err(|error| self.lost(error))?));
        let answer = match &mut waiting.0 {
            Some(handle) => (&mut handle.rx)
                .await
                .unwrap_or(Err(ServiceError::TransportClosed)),
            None => Err(ServiceError::TransportClosed),
        };
        waiting.0 = None;
        let mut message = match answer {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": 1, "result": result }),
            Err(ServiceError::McpError(error)) => {
                json!({ "jsonrpc": "2.0", "id": 1, "error": error })
            }
            Err(error) => return Err(self.lost(error)),
        };
        self.redactor.redact_json(&mut message);
        Ok(response(&message))
    }

    /// Returns why there is no answer to a request that may have been read.
    fn lost(&self, error: ServiceError) -> TransportError {
        if self.overlong.load(Ordering::Acquire) {
            return TransportError::TooLarge {
                cap: LONGEST_MESSAGE,
            };
        }
        match error {
            ServiceError::UnexpectedResponse => unreadable("it is not the result of a tool"),
            error => TransportError::Interrupted(error.into()),
        }
    }

    /// Says that the program did not list its tools, so that none was called.
    fn unlisted(&self, error: &ServiceError) -> TransportError {
        TransportError::Unreachable {
            host: "the MCP server".to_owned(),
            source: self.redactor.redact(&error.to_string()).into(),
        }
    }

    /// Ends the program: closes its input first, as the protocol asks.
    pub(super) async fn stop(&self) {
        if let Some(mut service) = self.service.lock().await.take() {
            // An error means that it has ended.
            let _ = service.close_with_timeout(Duration::from_secs(1)).await;
        }
        if let Some(group) = self.group.lock().await.take() {
            group.end().await;
        }
    }
}

struct Waiting(Option<RequestHandle<RoleClient>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let cancelling = handle.cancel(Some("the caller gave up".to_owned()));
                // There is no one left to tell.
                let _ = tokio::time::timeout(Duration::from_secs(5), cancelling).await;
            });
        }
    }
}
