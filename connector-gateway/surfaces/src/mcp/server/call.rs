//! From the arguments of a tool to a call of an action, with progress on the way.

use std::sync::Arc;

use plugwright_sdk::host::{IdempotencyKey, Progress};
use plugwright_sdk::{ActionError, Value};
use rmcp::RoleServer;
use rmcp::model::{CallToolResult, ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};
use serde_json::Map;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Caller, Server};
use crate::mcp::discovery::Run;
use crate::mcp::read_texts::ReadTexts;
use crate::mcp::reply;
use crate::mcp::schema::{CONNECTION, CURSOR};
use crate::mcp::tools::{ActionTool, Tools};
use crate::members::{checked, read};
use plugwright_engine::Limit;
use plugwright_engine::connections::name_fault;
use plugwright_engine::{Call, CallOptions, ConnectionSelector, Handles, OwnerSelector, Target};
use plugwright_engine::{Outcome, Surface};

/// Members of a request's `_meta`.
const IDEMPOTENCY_KEY: &str = "plugwright/idempotencyKey";
const META_CONNECTION: &str = "plugwright/connection";

/// Reports of progress that may wait to be sent. More are left out: the next one says more.
const WAITING_REPORTS: usize = 32;

/// A call as a client asked for it.
pub(super) struct Wanted<'a> {
    /// The action, as far as it is known and allowed.
    tool: Option<&'a ActionTool>,
    /// Its name as the client wrote it, or its id.
    name: String,
    input: Value,
    connection: Option<String>,
    cursor: Option<String>,
    fields: Vec<String>,
    /// Which texts were read as what they stand for.
    read: ReadTexts,
    /// Arguments that are no parameters of the action.
    extra: Vec<&'static str>,
}

/// Reads the arguments of an action's own tool.
pub(super) fn of_tool(
    tool: &ActionTool,
    mut input: Map<String, Value>,
) -> Result<Wanted<'_>, ActionError> {
    let extra = tool.facts().extra;
    let mut take = |name: &str, is_ours: bool| match is_ours.then(|| input.remove(name)).flatten() {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ActionError::invalid_param(name, "must be a text")),
    };
    let cursor = take(CURSOR, extra.cursor)?;
    let connection = take(CONNECTION, extra.connection)?;
    let mut read = ReadTexts::default();
    read.add(tool.input(), &mut input);
    Ok(Wanted {
        tool: Some(tool),
        name: tool.id.clone(),
        input: Value::Object(input),
        connection,
        cursor,
        fields: Vec::new(),
        read,
        extra: [(CURSOR, extra.cursor), (CONNECTION, extra.connection)]
            .into_iter()
            .filter_map(|(name, is_ours)| is_ours.then_some(name))
            .collect(),
    })
}

/// Reads the arguments of `run_action`. What is not known or not allowed is for the call to say.
pub(super) fn of_arguments<'a>(
    tools: &'a Tools,
    caller: &Caller,
    arguments: Map<String, Value>,
    mut texts: ReadTexts,
) -> Result<Wanted<'a>, ActionError> {
    let Run {
        action,
        mut input,
        connection,
        cursor,
        fields,
    } = checked(read(arguments))?;
    let tool = tools.action(&caller.principal, &action);
    if let Some(tool) = tool {
        texts.add(tool.input(), &mut input);
    }
    Ok(Wanted {
        name: tool.map_or(action, |tool| tool.id.clone()),
        tool,
        input: input.into(),
        connection,
        cursor,
        fields,
        read: texts,
        extra: Vec::new(),
    })
}

/// Makes the call, and tells of its progress if the client wants to know.
pub(super) async fn make(
    server: &Server,
    caller: &Arc<Caller>,
    wanted: Wanted<'_>,
    context: RequestContext<RoleServer>,
) -> Result<CallToolResult, ActionError> {
    let meta_text = |name: &str| match context.meta.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ActionError::invalid_param(
            format!("_meta.{name}"),
            "must be a text",
        )),
    };
    let idempotency_key = meta_text(IDEMPOTENCY_KEY)?
        .map(IdempotencyKey::try_from)
        .transpose()
        .map_err(|error| {
            let param = format!("_meta.{IDEMPOTENCY_KEY}");
            ActionError::invalid_param(param, error.to_string())
        })?;
    let connection = match wanted.connection {
        Some(named) => selector(CONNECTION, &named)?,
        None => match meta_text(META_CONNECTION)? {
            Some(named) => selector(&format!("_meta.{META_CONNECTION}"), &named)?,
            None => ConnectionSelector::Default,
        },
    };
    let gateway = server.tools.gateway();
    let most = gateway.engine().limits().input;
    if caller.bytes_in > most as u64 && !gateway.engine().takes_file(&wanted.name) {
        gateway.inner().bodies.hit(Limit::Input);
        let message = format!("is longer than {most} bytes, and the action takes no file");
        return Err(ActionError::invalid_param("input", message).with_status(413));
    }
    let cancellation = server.cancellation(caller, &context);
    let mut call = Call {
        surface: Surface::Mcp,
        principal: Arc::clone(&caller.principal),
        target: Target::Action {
            name: wanted.name,
            input: Arc::new(wanted.input),
        },
        connection,
        owner: OwnerSelector::Organization(caller.organization.clone()),
        options: CallOptions {
            cursor: wanted.cursor,
            fields: wanted.fields,
            idempotency_key,
            ..CallOptions::default()
        },
        bytes_in: caller.bytes_in,
        trace_context: caller.trace_context.clone(),
        cancellation: Some(cancellation.token()),
        handles: Handles::default(),
    };
    let held = caller.held.clone();
    let work = Box::pin(async {
        match context.meta.get_progress_token() {
            None => gateway.engine().execute_holding(call, held).await,
            Some(token) => {
                let (sender, reports) = mpsc::channel(WAITING_REPORTS);
                call.handles.on_progress = Some(Arc::new(move |progress| {
                    // A report that does not fit is worth less than the call's time.
                    drop(sender.try_send(progress));
                }));
                let tell = tell(reports, &context.peer, token);
                let (outcome, ()) =
                    tokio::join!(gateway.engine().execute_holding(call, held), tell);
                outcome
            }
        }
    });
    let outcome = if server.only_caller.is_some() {
        work.await
    } else {
        // The client has gone: a read stops here, a write goes on by itself.
        let gone = ActionError::new(plugwright_sdk::ErrorCode::Cancelled, "the client has gone");
        context.ct.run_until_cancelled(work).await.ok_or(gone)?
    };
    let outcome = Outcome {
        result: outcome
            .result
            .map_err(|error| error.allow_also(&wanted.extra)),
        ..outcome
    };
    let mut result = render(outcome, wanted.tool);
    wanted.read.tell(&mut result);
    Ok(result)
}

fn render(outcome: Outcome, tool: Option<&ActionTool>) -> CallToolResult {
    reply::render(outcome, tool.map(ActionTool::facts))
}

/// Passes reports on until there are no more. Each must say more than the one before.
async fn tell(
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
        let mut told = ProgressNotificationParam::new(token.clone(), float(report.done));
        if let Some(total) = report.total {
            told = told.with_total(float(total));
        }
        if !report.message.is_empty() {
            told = told.with_message(report.message);
        }
        if let Err(error) = peer.notify_progress(told).await {
            tracing::debug!(%error, "progress could not be told");
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
