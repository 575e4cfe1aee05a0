//! Actions, each as one tool.

use std::collections::HashMap;

use plugwright_tools::{Dialect, Loss, Tool, names};
use serde_json::{Map, Value, json};

use crate::catalog::{ActionMetadata, Effect};

pub(super) const CURSOR: &str = "cursor";
pub(super) const USE_MOCK: &str = "useMock";

/// An action as a tool of a model.
#[derive(Clone, Debug)]
pub struct ActionTool {
    action_id: String,
    tool: Tool,
    effect: Option<Effect>,
    is_list: bool,
    /// Whether it has [`CURSOR`], which the action has not.
    cursor: bool,
    /// Whether it has [`USE_MOCK`].
    mock: bool,
}

/// An action that can't be a tool of a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OmittedAction {
    /// The action.
    pub action_id: String,
    /// Why not.
    pub reason: String,
}

#[derive(Debug)]
pub(super) struct Listed {
    pub(super) tools: Vec<ActionTool>,
    pub(super) omitted: Vec<OmittedAction>,
    by_name: HashMap<String, usize>,
}

pub(super) struct Input {
    pub(super) action: Value,
    pub(super) cursor: Option<String>,
    pub(super) mock: bool,
}

impl Listed {
    pub(super) fn new(actions: Vec<ActionMetadata>, dialect: Dialect, mocks: bool) -> Self {
        let names = names(actions.iter().map(|action| action.id.as_str()));
        let mut listed = Self {
            tools: Vec::with_capacity(actions.len()),
            omitted: Vec::new(),
            by_name: HashMap::with_capacity(actions.len()),
        };
        for (name, action) in names.into_iter().zip(actions) {
            match ActionTool::new(dialect, &name, &action, mocks) {
                Ok(tool) => {
                    listed.by_name.insert(name, listed.tools.len());
                    listed.tools.push(tool);
                }
                Err(reason) => listed.omitted.push(OmittedAction {
                    action_id: action.id,
                    reason,
                }),
            }
        }
        listed
    }

    pub(super) fn find(&self, name: &str) -> Option<&ActionTool> {
        self.by_name.get(name).map(|index| &self.tools[*index])
    }
}

impl ActionTool {
    fn new(
        dialect: Dialect,
        name: &str,
        action: &ActionMetadata,
        mocks: bool,
    ) -> Result<Self, String> {
        let mut schema = action.input_schema.clone();
        let is_list = action.is_list();
        let cursor = is_list && add(&mut schema, CURSOR, cursor_schema());
        let mock = mocks && add(&mut schema, USE_MOCK, mock_schema());
        let mut description = action.description.clone().unwrap_or_default();
        if let Some(reason) = action.more.get("deprecated").and_then(Value::as_str) {
            description.push_str(" Deprecated: ");
            description.push_str(reason);
        }
        let tool = Tool::new(dialect, name, &description, &schema);
        Ok(Self {
            action_id: action.id.clone(),
            tool: tool.map_err(|error| error.to_string())?,
            effect: action.effect(),
            is_list,
            cursor,
            mock,
        })
    }

    /// Returns the action's id.
    pub fn action_id(&self) -> &str {
        &self.action_id
    }

    /// Returns the name of the tool.
    pub fn name(&self) -> &str {
        self.tool.name()
    }

    /// Returns the definition in the form of the dialect.
    pub fn definition(&self) -> &Value {
        self.tool.definition()
    }

    /// Returns what the action's schema says and the definition can't.
    pub fn losses(&self) -> &[Loss] {
        self.tool.losses()
    }

    /// Returns what the action does to what the provider keeps, if the gateway says so.
    pub fn effect(&self) -> Option<Effect> {
        self.effect
    }

    pub(super) fn is_list(&self) -> bool {
        self.is_list
    }

    pub(super) fn input(&self, arguments: Value) -> Input {
        let mut action = self.tool.input(arguments);
        let mut take = |name: &str, wanted: bool| {
            let members = action.as_object_mut().filter(|_| wanted);
            members.and_then(|members| members.remove(name))
        };
        let cursor = take(CURSOR, self.cursor);
        let mock = take(USE_MOCK, self.mock);
        Input {
            cursor: cursor.and_then(|cursor| cursor.as_str().map(str::to_owned)),
            mock: mock == Some(Value::Bool(true)),
            action,
        }
    }
}

pub(super) fn cursor_schema() -> Value {
    let description = "`cursor` of the page before, for the next page of the same input.";
    json!({ "type": "string", "description": description })
}

pub(super) fn mock_schema() -> Value {
    let description = "Returns sample data, and calls nothing.";
    json!({ "type": "boolean", "description": description })
}

/// Adds a parameter to the schema of an action's input, unless the action has one of this name.
fn add(schema: &mut Value, name: &str, parameter: Value) -> bool {
    let Some(schema) = schema.as_object_mut() else {
        return false;
    };
    let properties = schema
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    match properties.as_object_mut() {
        Some(properties) if !properties.contains_key(name) => {
            properties.insert(name.to_owned(), parameter);
            true
        }
        _ => false,
    }
}
