//! The tools by which an agent finds and runs any action, for few tokens: search, describe, run.

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{Action as _, ActionError, Availability, ErrorCode, Value};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, json};

use super::arguments::Arguments;
use super::server::Caller;
use super::tools::{ActionTool, Tools};
use plugwright_store::Connection;

pub(super) const SEARCH: &str = "search_actions";
pub(super) const DESCRIBE: &str = "describe_action";
pub(super) const RUN: &str = "run_action";
pub(super) const CONNECTIONS: &str = "list_connections";

const USUAL_HITS: usize = 10;
const MOST_HITS: usize = 50;

/// Returns the tools, in the order in which they are used.
pub(super) fn tools() -> Vec<Tool> {
    let reading = |title: &str| {
        ToolAnnotations::with_title(title)
            .read_only(true)
            .open_world(false)
    };
    vec![
        tool(
            SEARCH,
            "Finds actions of connected services (such as GitHub or Todoist) by words. Start here, \
             then use describe_action, then run_action.",
            json!({
                "query": { "type": "string", "description": "What to do, such as `close issue`." },
                "connector": { "type": "string", "description": "Only this service, such as `github`." },
                "limit": { "type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": USUAL_HITS },
            }),
            &["query"],
            reading("Search actions"),
        ),
        tool(
            DESCRIBE,
            "Tells what an action does and takes, with the JSON Schema of its input. Read it before \
             the first run_action of an action.",
            json!({
                "action": { "type": "string", "description": "Id from search_actions, such as `github.issues.list`." },
            }),
            &["action"],
            reading("Describe action"),
        ),
        tool(
            RUN,
            "Runs an action. A list comes in pages: if the answer has a `cursor`, call again with it \
             for the next. An error says what to correct.",
            json!({
                "action": { "type": "string" },
                "input": { "type": "object", "description": "As describe_action says." },
                "connection": { "type": "string", "description": "Name or id from list_connections, if not the default." },
                "cursor": { "type": "string" },
                "fields": {
                    "type": "array",
                    "items": { "type": "string" },
                    "description": "Keeps only these fields of the answer, such as `user.login`.",
                },
            }),
            &["action"],
            ToolAnnotations::with_title("Run action")
                .read_only(false)
                .destructive(true)
                .open_world(true),
        ),
        tool(
            CONNECTIONS,
            "Lists the accounts that actions can use. Needed only to use another than the default.",
            json!({ "connector": { "type": "string" } }),
            &[],
            reading("List connections"),
        ),
    ]
}

fn tool(
    name: &'static str,
    description: &'static str,
    properties: Value,
    required: &[&str],
    annotations: ToolAnnotations,
) -> Tool {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    let mut tool = Tool::new(name, description, schema);
    tool.annotations = Some(annotations);
    tool
}

/// `search_actions`: ids with what they do, the best first.
pub(super) async fn search(
    tools: &Tools,
    caller: &Caller,
    mut arguments: Arguments,
) -> Result<Value, ActionError> {
    let words = arguments.required_text("query");
    let connector = arguments.text("connector");
    let limit = arguments.count("limit", MOST_HITS).unwrap_or(USUAL_HITS);
    arguments.finish()?;
    tools.gateway().engine().check_search("query", &words)?;
    let connections = connections(tools, caller, None).await?;
    let hits: Vec<_> = tools
        .search(&caller.principal, &words)
        .filter(|tool| {
            let own = tool.entry.connector.name();
            connector.as_deref().is_none_or(|only| only == own)
        })
        .take(limit)
        .map(|tool| {
            json!({
                "action": tool.id,
                "title": tool.entry.action.title(),
                "effect": tool.entry.action.effect(),
                "ready": is_ready(tool, &connections),
            })
        })
        .collect();
    Ok(json!({ "actions": hits }))
}

/// Tells whether an action could be run now, as far as connections are concerned.
fn is_ready(tool: &ActionTool, connections: &[Connection]) -> bool {
    let connector = tool.entry.connector;
    let schemes = connector.auth();
    let free = schemes.is_empty()
        || schemes
            .iter()
            .any(|auth| matches!(auth.scheme, Scheme::None));
    let connected = connections
        .iter()
        .any(|connection| connection.connector == connector.name());
    connector.availability() == Availability::Available && (free || connected)
}

/// `describe_action`: what an action does and takes.
pub(super) async fn describe(
    tools: &Tools,
    caller: &Caller,
    mut arguments: Arguments,
) -> Result<Value, ActionError> {
    let name = arguments.required_text("action");
    arguments.finish()?;
    let tool = find(tools, caller, &name)?;
    let action = tool.entry.action;
    let connector = tool.entry.connector.name();
    let connections = connections(tools, caller, Some(connector)).await?;
    let mut described = json!({
        "action": tool.id,
        "title": action.title(),
        "description": action.description(),
        "effect": action.effect(),
        "idempotent": action.idempotent(),
        "returns": action.returns(),
        "input": action.input_schema(),
    });
    if let Some(reason) = action.deprecated() {
        described["deprecated"] = reason.into();
    }
    if !action.scopes().is_empty() {
        described["scopes"] = json!(action.scopes());
    }
    if !connections.is_empty() {
        let names = connections.iter().map(|connection| &*connection.name);
        described["connections"] = names.collect();
    }
    Ok(described)
}

/// Finds an action that the caller may run; the nearest names are of such ones too.
fn find<'a>(tools: &'a Tools, caller: &Caller, name: &str) -> Result<&'a ActionTool, ActionError> {
    if let Some(tool) = tools.action(&caller.principal, name) {
        return Ok(tool);
    }
    let gateway = tools.gateway();
    Err(match gateway.engine().find(name) {
        Ok(_) => ActionError::new(
            ErrorCode::ActionNotFound,
            format!("no action is named `{}`", Echo(name)),
        ),
        Err(mut unknown) => {
            let visible = |id: &String| gateway.allows(&caller.principal, id);
            unknown.nearest.retain(visible);
            unknown.into()
        }
    })
}

/// `list_connections`: the accounts that actions can use.
pub(super) async fn list_connections(
    tools: &Tools,
    caller: &Caller,
    mut arguments: Arguments,
) -> Result<Value, ActionError> {
    let connector = arguments.text("connector");
    arguments.finish()?;
    let connections = connections(tools, caller, connector.as_deref()).await?;
    let listed: Vec<_> = connections
        .iter()
        .map(|connection| {
            let account = connection.account.as_ref();
            json!({
                "connector": connection.connector,
                "name": connection.name,
                "id": connection.id,
                "default": connection.is_default,
                "status": connection.status,
                "account": account.map(|account| &account.label),
            })
        })
        .collect();
    Ok(json!({ "connections": listed }))
}

async fn connections(
    tools: &Tools,
    caller: &Caller,
    connector: Option<&str>,
) -> Result<Vec<Connection>, ActionError> {
    tools
        .gateway()
        .usable_connections(&caller.principal, caller.organization.as_deref(), connector)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tools_for_discovery_cost_an_agent_at_most_900_tokens() {
        let listed = serde_json::to_string(&json!({ "tools": tools() })).unwrap();
        let tokens = tiktoken_rs::o200k_base()
            .unwrap()
            .encode_ordinary(&listed)
            .len();
        assert!(tokens <= 900, "{tokens} tokens: {listed}");
        // Neither is it a list without them.
        assert!(tokens > 200, "{tokens} tokens: {listed}");
    }
}
