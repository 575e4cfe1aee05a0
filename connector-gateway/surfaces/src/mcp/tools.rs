//! The tools: the few for discovery, and one for each action.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use plugwright_sdk::host::{Effect, Entry, Registry};
use plugwright_sdk::schema::Schema;
use quick_cache::sync::Cache;
use rmcp::model::{MetaObject, Tool, ToolAnnotations};

use super::discovery;
use super::exposure::Exposure;
use super::schema::{self, Extra, Shape};
use crate::caller::Caller;
use plugwright_engine::lock;

/// Member of a tool's `_meta`: the action's digest in the authority lock.
const DIGEST: &str = "plugwright/digest";

/// The tools of so many actions of a library are kept.
const KEPT: usize = 256;

/// The most actions that one answer lists.
const PAGE: usize = 1_000;

pub(super) struct Tools {
    discovery: Vec<Tool>,
    /// By id.
    own: HashMap<String, Arc<ActionTool>>,
    /// Those of the library's actions that were used last.
    loaded: Cache<String, Arc<ActionTool>>,
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
        let entries = registry.own_actions().iter();
        let tools = entries.map(|entry| (entry.id(), Arc::new(ActionTool::new(entry.clone()))));
        Self {
            discovery: discovery::tools(),
            own: tools.collect(),
            loaded: Cache::new(KEPT),
        }
    }

    /// Returns the tools that a caller is offered: the first ones, or those after the action `after`;
    /// and the action after which the list goes on. None if there is no such action any more.
    pub(super) fn list(
        &self,
        caller: &Caller,
        exposure: Exposure<'_>,
        after: Option<&str>,
    ) -> Option<(Vec<Tool>, Option<String>)> {
        let registry = caller.gateway.registry();
        let listed = exposure
            .lists_actions()
            .then(|| registry.connectors())
            .into_iter();
        let ids = listed.flatten().flat_map(|connector| {
            let names = caller.action_names(connector);
            names.map(|name| format!("{}.{name}", connector.name()))
        });
        let mut ids = ids.filter(|id| exposure.shows_action(id));
        let mut tools: Vec<Tool> = Vec::new();
        match after {
            Some(after) => drop(ids.find(|id| id == after)?),
            None => {
                let shown = |tool: &&Tool| exposure.shows_discovery(&tool.name);
                tools.extend(self.discovery.iter().filter(shown).cloned());
            }
        }
        let mut last = None;
        for id in ids.by_ref().take(PAGE) {
            if let Ok(entry) = registry.find(&id) {
                tools.push(self.of(entry).details().tool.clone());
            }
            last = Some(id);
        }
        Some((tools, ids.next().and(last)))
    }

    pub(super) fn of(&self, entry: Entry) -> Arc<ActionTool> {
        let id = entry.id();
        let known = self.own.get(&id).cloned();
        let known = known.or_else(|| self.loaded.get(&id));
        let is_same = |tool: &Arc<ActionTool>| tool.entry.connector.is_same(&entry.connector);
        known.filter(is_same).unwrap_or_else(|| {
            let tool = Arc::new(ActionTool::new(entry));
            self.loaded.insert(id, Arc::clone(&tool));
            tool
        })
    }

    pub(super) fn discovery(&self, name: &str) -> Option<&Tool> {
        self.discovery.iter().find(|tool| tool.name == name)
    }

    /// Finds an action that the caller may run, by any spelling of its id.
    pub(super) fn action(&self, caller: &Caller, name: &str) -> Option<Arc<ActionTool>> {
        let tool = match self.own.get(name) {
            Some(tool) => Arc::clone(tool),
            None => self.of(caller.gateway.engine().find(&caller.principal, name).ok()?),
        };
        caller.allows(&tool.id).then_some(tool)
    }
}

impl ActionTool {
    fn new(entry: Entry) -> Self {
        Self {
            id: entry.id(),
            entry,
            details: OnceLock::new(),
            input: OnceLock::new(),
        }
    }

    pub(super) fn details(&self) -> &Details {
        self.details.get_or_init(|| Details::of(&self.entry))
    }

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
