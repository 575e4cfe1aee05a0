//! The tools with which an agent finds and runs any action for few tokens: search, describe, run.

use plugwright_catalog::SearchQuery;
use plugwright_sdk::host::{Connector, Effect};
use plugwright_sdk::schema::concise;
use plugwright_sdk::{ActionError, Availability, Value};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, json};

use super::server::Client;
use crate::caller::{Named, runs_without_credential};
use crate::members::{Body, FLAG, Kind, Members, OBJECT, TEXT, TEXTS, arguments, checked, read};
use plugwright_engine::patterns::DISCOVERY_TOOLS;
use plugwright_store::Connection;

pub(super) const SEARCH: &str = DISCOVERY_TOOLS[0];
pub(super) const DESCRIBE: &str = DISCOVERY_TOOLS[1];
pub(super) const RUN: &str = DISCOVERY_TOOLS[2];
pub(super) const CONNECTIONS: &str = DISCOVERY_TOOLS[3];

const USUAL_HITS: usize = 10;
const MOST_HITS: usize = 50;

struct Search {
    words: String,
    connector: Option<String>,
    effects: Option<Vec<Effect>>,
    ready: bool,
    limit: usize,
}

impl Body for Search {
    fn read(members: &mut Members<'_>) -> Self {
        let words = NAME.about("What to do, such as `close issue`.");
        let connector = TEXT.about("Only this service, such as `github`.");
        let effects = EFFECTS.about("Only actions with these effects.");
        let ready = FLAG.about("Only actions that can be run now, without connecting an account.");
        let limit = Kind::new(
            "a whole number from 1 to 50",
            |_| json!({ "type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": USUAL_HITS }),
            |value| {
                let number = usize::try_from(value.as_u64()?).ok()?;
                (1..=MOST_HITS).contains(&number).then_some(number)
            },
        );
        Self {
            words: members.required("query", words).unwrap_or_default(),
            connector: members.optional("connector", connector),
            effects: members.optional("effects", effects),
            ready: members.optional("ready", ready).unwrap_or_default(),
            limit: members.optional("limit", limit).unwrap_or(USUAL_HITS),
        }
    }
}

struct Describe {
    action: String,
}

impl Body for Describe {
    fn read(members: &mut Members<'_>) -> Self {
        let action = NAME.about("Id from search_actions, such as `github.issues.list`.");
        Self {
            action: members.required("action", action).unwrap_or_default(),
        }
    }
}

/// The arguments of `run_action`.
pub(super) struct Run {
    pub(super) action: String,
    pub(super) input: Map<String, Value>,
    pub(super) connection: Option<String>,
    pub(super) cursor: Option<String>,
    pub(super) fields: Vec<String>,
}

impl Body for Run {
    fn read(members: &mut Members<'_>) -> Self {
        let input = OBJECT.about("As describe_action says.");
        let connection = TEXT.about("Name or id from list_connections, if not the default.");
        let fields = TEXTS.about("Keeps only these fields of the result, such as `user.login`.");
        Self {
            action: members.required("action", NAME).unwrap_or_default(),
            input: members.optional("input", input).unwrap_or_default(),
            connection: members.optional("connection", connection),
            cursor: members.optional("cursor", TEXT),
            fields: members.optional("fields", fields).unwrap_or_default(),
        }
    }
}

struct ListConnections {
    connector: Option<String>,
}

impl Body for ListConnections {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            connector: members.optional("connector", TEXT),
        }
    }
}

const EFFECTS: Kind<Vec<Effect>> = Kind::new(
    "a list of `read`, `write` and `destructive`, with at least one",
    |_| {
        let names = Effect::ALL.iter().map(|effect| effect.as_str());
        let names: Vec<_> = names.collect();
        json!({ "type": "array", "items": { "enum": names, "type": "string" }, "minItems": 1 })
    },
    |value| {
        let effects: Vec<Effect> = serde_json::from_value(value).ok()?;
        (!effects.is_empty()).then_some(effects)
    },
);

const NAME: Kind<String> = TEXT
    .must("a string that is not blank")
    .read(|value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    });

/// Returns the tools, in the order in which they are used.
pub(super) fn tools() -> Vec<Tool> {
    let reading = |title: &str| {
        ToolAnnotations::with_title(title)
            .read_only(true)
            .open_world(false)
    };
    vec![
        tool::<Search>(
            SEARCH,
            "Finds actions of connected services (such as GitHub or Todoist) by words. Start here, \
             then use describe_action, then run_action.",
            reading("Search actions"),
        ),
        tool::<Describe>(
            DESCRIBE,
            "Describes what an action does and takes, with the JSON Schema of its input. Call it before \
             the first run_action of an action.",
            reading("Describe action"),
        ),
        tool::<Run>(
            RUN,
            "Runs an action. A list comes in pages: if the response has a `cursor`, call again with \
             it for the next. An error says what to correct.",
            ToolAnnotations::with_title("Run action")
                .read_only(false)
                .destructive(true)
                .open_world(true),
        ),
        tool::<ListConnections>(
            CONNECTIONS,
            "Lists the accounts that actions can use. Only needed to use an account other than the default.",
            reading("List connections"),
        ),
    ]
}

fn tool<T: Body>(
    name: &'static str,
    description: &'static str,
    annotations: ToolAnnotations,
) -> Tool {
    let mut tool = Tool::new(name, description, arguments::<T>());
    tool.annotations = Some(annotations);
    tool
}

/// `search_actions`: ids with what they do, the best first.
pub(super) async fn search(
    client: &Client,
    arguments: Map<String, Value>,
) -> Result<Value, ActionError> {
    let Search {
        words,
        connector,
        effects,
        ready,
        limit,
    } = checked(read(arguments))?;
    let engine = client.caller.gateway.engine();
    engine.check_search("query", &words)?;
    let caller = &client.caller;
    let connector = narrowed(client, connector.as_deref())?;
    let connectors: Vec<_> = connector.into_iter().map(Connector::name).collect();
    let connections = client.connections(None).await?;
    let query = SearchQuery {
        connectors: (!connectors.is_empty()).then_some(&connectors),
        effects: effects.as_deref(),
        ..SearchQuery::new(&words).limit(limit)
    };
    let is_ready = |connector: &Connector| is_ready(connector, &connections);
    let hits = if ready {
        caller.search_ready(query, &connections, is_ready)?
    } else {
        caller.search(query)?
    };
    let hits: Vec<_> = hits
        .iter()
        .map(|entry| {
            json!({
                "action": entry.id(),
                "title": entry.action.title(),
                "effect": entry.action.effect(),
                "ready": is_ready(&entry.connector),
            })
        })
        .collect();
    Ok(json!({ "actions": hits }))
}

fn narrowed<'c>(
    client: &'c Client,
    connector: Option<&str>,
) -> Result<Option<&'c Connector>, ActionError> {
    connector
        .map(|name| client.caller.narrowed("connector", name))
        .transpose()
}

/// Returns whether the actions of a connector can be run now, as far as connections are concerned.
fn is_ready(connector: &Connector, connections: &[Connection]) -> bool {
    let is_connected = connections
        .iter()
        .any(|connection| connection.connector == connector.name());
    connector.availability() == Availability::Available
        && (is_connected || runs_without_credential(connector))
}

/// `describe_action`: what an action does and takes.
pub(super) async fn describe(
    client: &Client,
    arguments: Map<String, Value>,
) -> Result<Value, ActionError> {
    let Describe { action } = checked(read(arguments))?;
    let Named { entry, connection } = client.find(&action).await?;
    let action = &entry.action;
    let (id, connections) = match connection {
        // Whoever runs it by this name uses that connection.
        Some(name) => (format!("{name}.{}", action.name()), Vec::new()),
        None => {
            let connector = entry.connector.name();
            (entry.id(), client.connections(Some(connector)).await?)
        }
    };
    let mut described = json!({
        "action": id,
        "title": action.title(),
        "description": action.description(),
        "effect": action.effect(),
        "idempotent": action.idempotent(),
        "returns": action.returns(),
        "input": concise(&action.input_schema()),
    });
    if let Some(by) = action.reconciles_by() {
        described["reconciles_by"] = json!(by);
    }
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

/// `list_connections`: the accounts that actions can use.
pub(super) async fn list_connections(
    client: &Client,
    arguments: Map<String, Value>,
) -> Result<Value, ActionError> {
    let ListConnections { connector } = checked(read(arguments))?;
    let connector = narrowed(client, connector.as_deref())?.map(Connector::name);
    let connections = client.connections(connector).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_arguments_is_told_at_once() {
        let Value::Object(given) = json!({ "query": "", "limit": 51, "conector": "shop" }) else {
            panic!("an object");
        };
        let error = checked(read::<Search>(given)).err().unwrap();
        let params: Vec<_> = error.faults().iter().map(|fault| &*fault.param).collect();
        assert_eq!(params, ["conector", "query", "limit"]);
        assert!(
            error.message().contains("did you mean `connector`?"),
            "{error}"
        );
        let Value::Object(given) = json!({ "action": "a.b", "cursor": null, "input": null }) else {
            panic!("an object");
        };
        let run: Run = checked(read(given)).ok().unwrap();
        assert_eq!((run.cursor, run.input), (None, Map::new()));
    }

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
