//! The tools with which a model finds and runs any of many actions: search, describe, run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plugwright_tools::{Dialect, Tool};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Tools;
use super::listed::{CURSOR, USE_MOCK, cursor_schema, mock_schema};
use super::reply::ToolReply;
use crate::action::Subject;
use crate::catalog::{ActionMetadata, Effect, SearchQuery};
use crate::error::{Error, ErrorCode};

const SEARCH: &str = "search_actions";
const DESCRIBE: &str = "describe_action";
const RUN: &str = "run_action";

/// Hits that a model is told of.
const HITS: usize = 10;
/// Hits that are looked at: some may not be selected.
const MOST_HITS: u32 = 50;
/// Actions that are kept after they were described.
const KEPT: usize = 256;

#[derive(Debug)]
pub(super) struct Discovery {
    search: Tool,
    describe: Tool,
    run: Tool,
    /// By the names that models call them.
    known: Mutex<HashMap<String, Arc<ActionMetadata>>>,
}

#[derive(Deserialize)]
struct Search {
    query: String,
    connector: Option<String>,
}

#[derive(Deserialize)]
struct Describe {
    action: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    action: String,
    #[serde(default)]
    input: Value,
    cursor: Option<String>,
    fields: Option<Vec<String>>,
    use_mock: Option<bool>,
}

impl Discovery {
    pub(super) fn new(dialect: Dialect, mocks: bool) -> Result<Self, Error> {
        let text = |about: &str| json!({ "type": "string", "description": about });
        let object = |properties: Value, required: &[&str]| {
            json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            })
        };
        let tool = |name: &str, about: &str, schema: &Value| {
            Tool::new(dialect, name, about, schema)
                .map_err(|error| Error::new(ErrorCode::ClientUnsupported, error.to_string()))
        };
        let mut run = json!({
            "action": text("Id from search_actions."),
            "input": { "type": "object", "description": "As describe_action says." },
            CURSOR: cursor_schema(),
            "fields": {
                "type": "array",
                "items": { "type": "string" },
                "description": "Keeps only these fields of the result, such as `user.login`.",
            },
        });
        if mocks {
            run[USE_MOCK] = mock_schema();
        }
        Ok(Self {
            search: tool(
                SEARCH,
                "Finds actions of connected services by words. Start here, then use \
                 describe_action, then run_action.",
                &object(
                    json!({
                        "query": text("What to do, such as `close issue`."),
                        "connector": text("Only this service, such as `github`."),
                    }),
                    &["query"],
                ),
            )?,
            describe: tool(
                DESCRIBE,
                "Describes what an action does and takes, with the JSON Schema of its input. Call it \
                 before the first run_action of an action.",
                &object(
                    json!({ "action": text("Id from search_actions, such as `github.issues.list`.") }),
                    &["action"],
                ),
            )?,
            run: tool(
                RUN,
                "Runs an action. A list comes in pages: if the result has a `cursor`, call again \
                 with it for the next. An error says what to correct.",
                &object(run, &["action", "input"]),
            )?,
            known: Mutex::default(),
        })
    }

    pub(super) fn definitions(&self) -> Vec<Value> {
        let tools = [&self.search, &self.describe, &self.run];
        tools.map(|tool| tool.definition().clone()).into()
    }

    pub(super) async fn run<S: Subject>(
        &self,
        tools: &Tools<S>,
        name: &str,
        arguments: Value,
    ) -> ToolReply {
        let done = match name {
            SEARCH => self.search(tools, self.search.input(arguments)).await,
            DESCRIBE => self.describe(tools, self.describe.input(arguments)).await,
            RUN => self.run_action(tools, self.run.input(arguments)).await,
            _ => Ok(ToolReply::unknown_tool(name, tools.token_budget)),
        };
        done.unwrap_or_else(|error| {
            // Nothing but the catalog was asked.
            ToolReply::failure(error, Some(Effect::Read), tools.token_budget)
        })
    }

    async fn search<S: Subject>(
        &self,
        tools: &Tools<S>,
        arguments: Value,
    ) -> Result<ToolReply, Error> {
        let Search { query, connector } = read(arguments)?;
        let mut search = SearchQuery::new().limit(MOST_HITS);
        let service = connector.as_deref().or(tools.selection.service());
        if let Some(service) = service {
            search = search.service(service);
        }
        let hits = tools.source.catalog().search(&query, &search).await?;
        let hits = hits.into_iter().map(ActionMetadata::from);
        let hits = hits.filter(|action| tools.selection.has(action)).take(HITS);
        let hits: Vec<_> = hits
            .map(|action| {
                let mut hit = json!({ "action": action.id });
                for name in ["title", "effect", "authenticated"] {
                    if let Some(value) = action.more.get(name) {
                        hit[name] = value.clone();
                    }
                }
                if !action.more.contains_key("title") {
                    hit["description"] = json!(action.description);
                }
                hit
            })
            .collect();
        let found = json!({ "actions": hits });
        Ok(ToolReply::own(&found, tools.token_budget))
    }

    async fn describe<S: Subject>(
        &self,
        tools: &Tools<S>,
        arguments: Value,
    ) -> Result<ToolReply, Error> {
        let Describe { action } = read(arguments)?;
        let action = self.find(tools, &action).await?;
        let mut described = json!({ "action": action.id, "description": action.description });
        for name in ["effect", "returns", "deprecated"] {
            if let Some(value) = action.more.get(name) {
                described[name] = value.clone();
            }
        }
        described["input"] = action.input_schema.clone();
        Ok(ToolReply::own(&described, tools.token_budget))
    }

    async fn run_action<S: Subject>(
        &self,
        tools: &Tools<S>,
        arguments: Value,
    ) -> Result<ToolReply, Error> {
        let Run {
            action,
            input,
            cursor,
            fields,
            use_mock,
        } = read(arguments)?;
        let found = self.find(tools, &action).await?;
        let input = match input {
            Value::Null => Value::Object(Map::new()),
            input => input,
        };
        let mut action = tools.action(&found.id).input(input).cursor(cursor);
        action = action.fields(fields.unwrap_or_default());
        if use_mock == Some(true) && tools.mocks {
            action = action.mock();
        }
        Ok(tools.send(action, found.is_list(), found.effect()).await)
    }

    /// Finds an action that is selected, by any spelling that the gateway knows.
    async fn find<S: Subject>(
        &self,
        tools: &Tools<S>,
        name: &str,
    ) -> Result<Arc<ActionMetadata>, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(name).cloned();
        let action = match found {
            Some(action) => action,
            None => Arc::new(tools.source.catalog().action(name).await?),
        };
        if !tools.selection.has(&action) {
            let message = format!("`{name}` is not one of the actions that can be run here");
            return Err(Error::new(ErrorCode::ActionNotAllowed, message));
        }
        let mut known = known();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(name.to_owned(), Arc::clone(&action));
        Ok(action)
    }
}

/// Reads what a model gave for one of these tools.
fn read<'de, T: Deserialize<'de>>(arguments: Value) -> Result<T, Error> {
    T::deserialize(arguments)
        .map_err(|error| Error::new(ErrorCode::InvalidInput, error.to_string()))
}
