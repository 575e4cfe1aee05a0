//! The tools: the few for discovery, and one for each action.

use std::collections::HashMap;
use std::sync::OnceLock;

use plugwright_sdk::host::{Effect, Entry, Registry};
use plugwright_sdk::schema::Schema;
use rmcp::model::{MetaObject, Tool, ToolAnnotations};

use super::discovery;
use super::exposure::Exposure;
use super::schema::{self, Extra, Shape};
use crate::caller::Caller;
use plugwright_engine::lock;

/// Member of a tool's `_meta`: the action's digest in the authority lock.
const DIGEST: &str = "plugwright/digest";

/// All tools.
pub(super) struct Tools {
    discovery: Vec<Tool>,
    /// By id.
    actions: HashMap<String, ActionTool>,
}

/// An action as a tool. Its details are worked out when they are first needed: a registry of a
/// thousand actions starts as fast as one of ten.
pub(super) struct ActionTool {
    pub(super) id: String,
    pub(super) entry: Entry,
    details: OnceLock<Details>,
    input: OnceLock<Schema>,
}

/// What listing and calling need to know of an action.
pub(super) struct Details {
    pub(super) tool: Tool,
    pub(super) extra: Extra,
    pub(super) shape: Shape,
    /// Whether its output may contain files.
    pub(super) files: bool,
}

impl Tools {
    pub(super) fn new(registry: &Registry) -> Self {
        let actions = registry.actions().iter().map(|entry| {
            let tool = ActionTool {
                id: entry.id(),
                entry: entry.clone(),
                details: OnceLock::new(),
                input: OnceLock::new(),
            };
            (entry.id(), tool)
        });
        Self {
            discovery: discovery::tools(),
            actions: actions.collect(),
        }
    }

    /// Returns the tools that a caller is offered.
    pub(super) fn list(&self, caller: &Caller, exposure: Exposure<'_>) -> Vec<Tool> {
        let discovery = self.discovery.iter();
        let discovery = discovery.filter(|tool| exposure.shows_discovery(&tool.name));
        let entries = caller.gateway.registry().actions().iter();
        let actions = entries
            .filter_map(|entry| self.actions.get(&entry.id()))
            .filter(|tool| exposure.shows_action(&tool.id) && caller.allows(&tool.id))
            .map(|tool| &tool.details().tool);
        discovery.chain(actions).cloned().collect()
    }

    /// Returns a tool for discovery.
    pub(super) fn discovery(&self, name: &str) -> Option<&Tool> {
        self.discovery.iter().find(|tool| tool.name == name)
    }

    /// Finds an action that the caller may run, by any spelling of its id.
    pub(super) fn action(&self, caller: &Caller, name: &str) -> Option<&ActionTool> {
        let tool = match self.actions.get(name) {
            Some(tool) => tool,
            None => {
                let entry = caller.gateway.engine().find(name).ok()?;
                self.actions.get(&entry.id())?
            }
        };
        caller.allows(&tool.id).then_some(tool)
    }
}

impl ActionTool {
    pub(super) fn details(&self) -> &Details {
        self.details.get_or_init(|| Details::of(&self.entry))
    }

    /// Returns the schema of the action's own input.
    pub(super) fn input(&self) -> &Schema {
        self.input.get_or_init(|| self.entry.action.input_schema())
    }
}

impl Details {
    fn of(entry: &Entry) -> Self {
        let action = &entry.action;
        let (input, extra, rules) = schema::input(entry);
        let (output, shape) = schema::output(entry);
        let mut description = action.description().to_owned();
        let deprecated = action
            .deprecated()
            .map(|reason| format!("Deprecated: {reason}"));
        for sentence in rules.into_iter().chain(deprecated) {
            description.push(' ');
            description.push_str(&sentence);
        }
        let mut tool = Tool::new(entry.tool_name(), "", input);
        tool.description = Some(description.into());
        let files = schema::has_file(&action.output_schema());
        tool.output_schema = Some(output.into());
        tool.annotations = Some(annotations(entry));
        let digest = (DIGEST.to_owned(), lock::digest(entry).into());
        tool.meta = Some(MetaObject([digest].into_iter().collect()));
        Self {
            tool,
            extra,
            shape,
            files,
        }
    }
}

/// Describes the effect of an action. Hints that are left out have MCP's defaults, which assume the
/// worst.
fn annotations(entry: &Entry) -> ToolAnnotations {
    let action = &entry.action;
    let title = action.title().into_owned();
    let all = ToolAnnotations::with_title(title).open_world(true);
    match action.effect() {
        Effect::Read => all.read_only(true),
        effect => all
            .read_only(false)
            .destructive(effect == Effect::Destructive)
            .idempotent(action.idempotent()),
    }
}
