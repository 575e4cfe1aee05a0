//! The tools: the few for discovery, and each action as one. Each is made once.

use std::collections::HashMap;
use std::sync::OnceLock;

use plugwright_sdk::host::search::SearchIndex;
use plugwright_sdk::host::{Effect, Entry};
use plugwright_sdk::schema::Schema;
use rmcp::model::{MetaObject, Tool, ToolAnnotations};

use super::discovery;
use super::exposure::Exposure;
use super::schema::{self, Extra, Shape};
use crate::gateway::Gateway;
use plugwright_engine::{Principal, lock};

/// Member of a tool's `_meta`: the action's digest in the authority lock.
const DIGEST: &str = "plugwright/digest";

/// Every tool there is.
pub(super) struct Tools {
    gateway: Gateway,
    discovery: Vec<Tool>,
    actions: Vec<ActionTool>,
    by_id: HashMap<String, usize>,
    index: OnceLock<SearchIndex>,
}

/// An action as a tool. What is known of it is worked out when it is first asked for: a registry of
/// a thousand actions starts as fast as one of ten.
pub(super) struct ActionTool {
    pub(super) id: String,
    pub(super) entry: Entry,
    facts: OnceLock<Facts>,
    input: OnceLock<Schema>,
}

/// What listing and calling need to know of an action.
pub(super) struct Facts {
    pub(super) tool: Tool,
    pub(super) extra: Extra,
    pub(super) shape: Shape,
    /// Whether its output may have files in it.
    pub(super) files: bool,
}

impl Tools {
    pub(super) fn new(gateway: &Gateway) -> Self {
        let actions: Vec<_> = gateway
            .registry()
            .actions()
            .iter()
            .map(|entry| ActionTool {
                id: entry.id(),
                entry: entry.clone(),
                facts: OnceLock::new(),
                input: OnceLock::new(),
            })
            .collect();
        Self {
            gateway: gateway.clone(),
            discovery: discovery::tools(),
            by_id: actions
                .iter()
                .enumerate()
                .map(|(index, tool)| (tool.id.clone(), index))
                .collect(),
            actions,
            index: OnceLock::new(),
        }
    }

    pub(super) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Returns the tools that a caller is offered.
    pub(super) fn list(&self, principal: &Principal, exposure: Exposure<'_>) -> Vec<Tool> {
        let discovery = self
            .discovery
            .iter()
            .filter(|tool| exposure.shows_discovery(&tool.name));
        let actions = self
            .actions
            .iter()
            .filter(|tool| exposure.shows_action(&tool.id))
            .filter(|tool| self.gateway.allows(principal, &tool.id))
            .map(|tool| &tool.facts().tool);
        discovery.chain(actions).cloned().collect()
    }

    /// Returns a tool for discovery.
    pub(super) fn discovery(&self, name: &str) -> Option<&Tool> {
        self.discovery.iter().find(|tool| tool.name == name)
    }

    /// Finds an action that the caller may run, by any spelling of its id.
    pub(super) fn action(&self, principal: &Principal, name: &str) -> Option<&ActionTool> {
        let tool = match self.by_id.get(name) {
            Some(index) => &self.actions[*index],
            None => self.of(&self.gateway.engine().find(name).ok()?)?,
        };
        self.gateway.allows(principal, &tool.id).then_some(tool)
    }

    /// Returns the actions that the caller may run and that have any of these words, the best first.
    pub(super) fn search<'a>(
        &'a self,
        principal: &'a Principal,
        words: &str,
    ) -> impl Iterator<Item = &'a ActionTool> {
        let index = self
            .index
            .get_or_init(|| SearchIndex::new(self.gateway.registry().actions()));
        index
            .search(words)
            .filter_map(|entry| self.of(&entry))
            .filter(|tool| self.gateway.allows(principal, &tool.id))
    }

    fn of(&self, entry: &Entry) -> Option<&ActionTool> {
        let index = self.by_id.get(&entry.id())?;
        self.actions.get(*index)
    }
}

impl ActionTool {
    pub(super) fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::of(&self.entry))
    }

    /// Returns the schema of the action's own input.
    pub(super) fn input(&self) -> &Schema {
        self.input.get_or_init(|| self.entry.action.input_schema())
    }
}

impl Facts {
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

/// Says what an action does to the world. Whatever has no effect that is hinted at is left to the
/// defaults of MCP: they stand for less trust.
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
