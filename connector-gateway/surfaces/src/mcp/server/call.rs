//! Calls of actions: from the arguments of a tool to its result, with progress notifications.

use std::sync::Arc;

use plugwright_sdk::host::{IdempotencyKey, Progress};
use plugwright_sdk::{ActionError, ErrorCode, Value};
use rmcp::RoleServer;
use rmcp::model::{CallToolResult, ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};
use serde_json::Map;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Client, Server};
use crate::mcp::coercion::Coercions;
use crate::mcp::discovery::Run;
use crate::mcp::reply;
use crate::mcp::schema::{CONNECTION, CURSOR};
use crate::mcp::tools::{ActionTool, Tools};
use crate::members::{checked, read};
use plugwright_engine::connections::name_fault;
use plugwright_engine::{
    Call, CallOptions, ConnectionSelector, Handles, Limit, Outcome, OwnerSelector, Surface, Target,
};

/// Members of a request's `_meta`.
const IDEMPOTENCY_KEY: &str = "plugwright/idempotencyKey";
const META_CONNECTION: &str = "plugwright/connection";

/// How many progress reports may wait to be sent. Others are dropped, as a later one supersedes them.
const WAITING_REPORTS: usize = 32;

pub(super) struct ToolCall {
    /// The action, if it is known and allowed.
    tool: Option<Arc<ActionTool>>,
    /// Its name as the client wrote it, or its id.
    name: String,
    input: Value,
    connection: Option<String>,
    cursor: Option<String>,
    fields: Vec<String>,
    coerced: Coercions,
    /// Arguments that are no parameters of the action.
    extra: Vec<&'static str>,
}

impl ToolCall {
    /// Reads the arguments of an action's own tool.
    pub(super) fn of_action(
        tool: Arc<ActionTool>,
        mut input: Map<String, Value>,
    ) -> Result<Self, ActionError> {
        let extra = tool.details().extra;
        let mut take = |name: &str, is_ours: bool| {
            let value = is_ours.then(|| input.remove(name)).flatten();
            text(value, || name.to_owned())
        };
        let cursor = take(CURSOR, extra.cursor)?;
        let connection = take(CONNECTION, extra.connection)?;
        let mut coerced = Coercions::default();
        coerced.add(tool.input(), &mut input);
        Ok(Self {
            name: tool.id.clone(),
            tool: Some(tool),
            input: input.into(),
            connection,
            cursor,
            fields: Vec::new(),
            coerced,
            extra: [(CURSOR, extra.cursor), (CONNECTION, extra.connection)]
                .into_iter()
                .filter_map(|(name, is_ours)| is_ours.then_some(name))
                .collect(),
        })
    }

    /// Reads the arguments of `run_action`. The call itself rejects an unknown or forbidden action.
    pub(super) async fn of_run(
        tools: &Tools,
        client: &Client,
        arguments: Map<String, Value>,
        mut coerced: Coercions,
    ) -> Result<Self, ActionError> {
        let Run {
            action,
            mut input,
            connection,
            cursor,
            fields,
        } = checked(read(arguments))?;
        let (tool, name) = match tools.action(&client.caller, &action) {
            Some(tool) => {
                let id = tool.id.clone();
                (Some(tool), id)
            }
            // The call itself says why there is none.
            None => match client.find(&action).await {
                Ok(named) => (Some(tools.of(named.entry)), action),
                Err(_) => (None, action),
            },
        };
        if let Some(tool) = &tool {
            coerced.add(tool.input(), &mut input);
        }
        Ok(Self {
            name,
            tool,
            input: input.into(),
            connection,
            cursor,
            fields,
            coerced,
            extra: Vec::new(),
        })
    }

    /// Makes the call, and notifies the client of its progress if it wants to know.
    pub(super) async fn execute(
        self,
        server: &Server,
        client: &Client,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ActionError> {
        let meta = |name: &str| {
            let value = context.meta.get(name).cloned();
            text(value, || format!("_meta.{name}"))
        };
        let idempotency_key = meta(IDEMPOTENCY_KEY)?
            .map(IdempotencyKey::try_from)
            .transpose()
            .map_err(|error| {
                let param = format!("_meta.{IDEMPOTENCY_KEY}");
                ActionError::invalid_param(param, error.to_string())
            })?;
        let connection = match self.connection {
            Some(named) => selector(CONNECTION, &named)?,
            None => match meta(META_CONNECTION)? {
                Some(named) => selector(&format!("_meta.{META_CONNECTION}"), &named)?,
                None => ConnectionSelector::Default,
            },
        };
        let gateway = &client.caller.gateway;
        let engine = gateway.engine();
        let most = engine.limits().input;
        let action = self.tool.as_ref().map_or(&self.name, |tool| &tool.id);
        if client.bytes_in > most as u64 && !engine.takes_file(action) {
            gateway.inner().bodies.hit(Limit::Input);
            let message = format!("is longer than {most} bytes, and the action takes no file");
            return Err(ActionError::invalid_param("input", message).with_status(413));
        }
        let (given_up, _entry) = server.cancellation(client, &context);
        let mut call = Call {
            surface: Surface::Mcp,
            principal: Arc::clone(&client.caller.principal),
            target: Target::Action {
                name: self.name,
                input: Arc::new(self.input),
            },
            connection,
            owner: OwnerSelector::Organization(client.organization.clone()),
            options: CallOptions {
                cursor: self.cursor,
                fields: self.fields,
                idempotency_key,
                ..CallOptions::default()
            },
            bytes_in: client.bytes_in,
            trace_context: client.trace_context.clone(),
            cancellation: None,
            given_up: Some(given_up),
            handles: Handles::default(),
        };
        let held = client.held.clone();
        let work = Box::pin(async {
            match context.meta.get_progress_token() {
                None => engine.execute_holding(call, held).await,
                Some(token) => {
                    let (sender, reports) = mpsc::channel(WAITING_REPORTS);
                    call.handles.on_progress = Some(Arc::new(move |progress| {
                        // The call doesn't wait for room.
                        drop(sender.try_send(progress));
                    }));
                    let notify = notify(reports, &context.peer, token);
                    let (outcome, ()) = tokio::join!(engine.execute_holding(call, held), notify);
                    outcome
                }
            }
        });
        let outcome = if server.only_client.is_some() {
            work.await
        } else {
            // When the client disconnects, a read stops here and a write goes on by itself.
            let gone = ActionError::new(ErrorCode::Cancelled, "the client disconnected");
            context.ct.run_until_cancelled(work).await.ok_or(gone)?
        };
        let outcome = Outcome {
            result: outcome
                .result
                .map_err(|error| error.allow_also(&self.extra)),
            ..outcome
        };
        let mut result = reply::render(outcome, self.tool.as_deref().map(ActionTool::details));
        self.coerced.report(&mut result);
        Ok(result)
    }
}

/// Reads a text that may be missing or null.
fn text(
    value: Option<Value>,
    param: impl FnOnce() -> String,
) -> Result<Option<String>, ActionError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ActionError::invalid_param(param(), "must be a string")),
    }
}

/// Sends reports until there are no more. Each must have more progress than the one before.
async fn notify(
    mut reports: mpsc::Receiver<Progress>,
    peer: &Peer<RoleServer>,
    token: ProgressToken,
) {
    let mut before = None;
    while let Some(report) = reports.recv().await {
        if before.is_some_and(|before| report.done <= before) {
            continue;
        }
        before = Some(report.done);
        let mut params = ProgressNotificationParam::new(token.clone(), float(report.done));
        if let Some(total) = report.total {
            params = params.with_total(float(total));
        }
        if !report.message.is_empty() {
            params = params.with_message(report.message);
        }
        if let Err(error) = peer.notify_progress(params).await {
            tracing::debug!(%error, "a progress notification was not sent");
            return;
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of steps are far below 2^53"
)]
fn float(count: u64) -> f64 {
    count as f64
}

/// Reads the name or the id of a connection.
fn selector(param: &str, text: &str) -> Result<ConnectionSelector, ActionError> {
    if let Ok(id) = Uuid::try_parse(text) {
        return Ok(ConnectionSelector::Id(id));
    }
    match name_fault(text) {
        None => Ok(ConnectionSelector::Named(text.to_owned())),
        Some(fault) => Err(ActionError::invalid_param(param, fault)),
    }
}
