//! The set of connectors that a process has, found by any spelling of an action's name.

mod library;
mod spelling;
mod unknown;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::action::{ActionHandle, Effect};
use crate::auth::Auth;
use crate::connector::Connector;
use crate::echo::Echo;
use crate::nearest;

pub use library::Library;
pub(crate) use spelling::{SLUGS, normalize};
use unknown::NEAREST;
pub use unknown::UnknownAction;

/// The connectors of a process and their actions.
///
/// An action is found in constant time by any of its spellings: dotted (`todo.tasks.list`), snake
/// (`todo.tasks_list`), slug (`todo.list-tasks`, `todo.create-task`) and tool name
/// (`todo_tasks_list`).
/// ```
/// use plugwright_sdk::host::Registry;
/// use plugwright_sdk::{Action, ActionContext, ConnectorDefinition, Result, Value, action, actions};
///
/// /// Lists the open tasks of a project.
/// #[action("tasks.list", read, get = "/tasks")]
/// async fn list(cx: &ActionContext) -> Result<Value>;
///
/// static TODO: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .actions(actions![list]);
///
/// let registry = Registry::new([&TODO])?;
/// let found = registry.find("todo.list-tasks")?;
/// assert_eq!(found.id(), "todo.tasks.list");
/// assert_eq!(found.action.title(), "List tasks");
///
/// let unknown = registry.find("todo.task.list").unwrap_err();
/// assert_eq!(unknown.to_string(), "no action is named `todo.task.list`; did you mean `todo.tasks.list`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A [`Library`] adds connectors that are loaded when they are needed. One that has the name of
/// another connector is not seen.
#[derive(Debug, Default)]
pub struct Registry {
    connectors: Vec<Connector>,
    entries: Vec<Entry>,
    by_spelling: HashMap<String, usize>,
    library: Option<Arc<dyn Library>>,
    left_out: HashSet<String>,
}

/// An action in a registry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The connector that it belongs to.
    pub connector: Connector,
    /// The action.
    pub action: ActionHandle,
}

impl Entry {
    /// Returns the actions of a connector.
    pub fn all_of(connector: &Connector) -> impl Iterator<Item = Self> {
        connector.actions().map(|action| Self {
            connector: connector.clone(),
            action,
        })
    }

    fn at(connector: &Connector, index: usize) -> Option<Self> {
        Some(Self {
            connector: connector.clone(),
            action: connector.action_at(index)?,
        })
    }

    /// Returns the id, `<connector>.<name>`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.connector.name(), self.action.name())
    }

    /// Returns the auth schemes that the action takes, the preferred one first.
    pub fn schemes(&self) -> impl Iterator<Item = &Auth<'_>> {
        self.connector.schemes_at(self.action.schemes())
    }

    /// Returns the name under which agents see it: only letters, digits and `_`.
    pub fn tool_name(&self) -> String {
        tool_name(&self.id())
    }
}

/// Two connectors can't be in one registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two connectors have the same name.
    #[error("two connectors are named `{0}`; a registry takes each name once")]
    DuplicateConnector(String),
    /// Two actions have the same tool name.
    #[error("actions `{0}` and `{1}` are spellings of one name; leave one of the connectors out")]
    SameSpelling(String, String),
}

impl Registry {
    /// Puts connectors together.
    ///
    /// # Errors
    ///
    /// If two connectors have the same name, or two actions the same tool name.
    pub fn new<C: Into<Connector>>(
        connectors: impl IntoIterator<Item = C>,
    ) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for connector in connectors {
            registry.add(connector.into())?;
        }
        Ok(registry)
    }

    fn add(&mut self, connector: Connector) -> Result<(), RegistryError> {
        if self.own(connector.name()).is_some() {
            return Err(RegistryError::DuplicateConnector(
                connector.name().to_owned(),
            ));
        }
        let first = self.entries.len();
        for entry in Entry::all_of(&connector) {
            let index = self.entries.len();
            if let Some(other) = self.by_spelling.insert(entry.tool_name(), index) {
                return Err(RegistryError::SameSpelling(
                    self.entries[other].id(),
                    entry.id(),
                ));
            }
            self.entries.push(entry);
        }
        // After all names: a slug never hides a name, nor does one with a singular hide another.
        for make in SLUGS {
            for (index, entry) in self.entries.iter().enumerate().skip(first) {
                if let Some(slug) = make(entry.action.name()) {
                    let key = normalize(&format!("{}.{slug}", connector.name()));
                    self.by_spelling.entry(key).or_insert(index);
                }
            }
        }
        self.connectors.push(connector);
        Ok(())
    }

    /// Adds the connectors of a library.
    #[must_use]
    pub fn with_library(mut self, library: Arc<dyn Library>) -> Self {
        self.library = Some(library);
        self
    }

    /// Leaves out the connectors of these names.
    #[must_use]
    pub fn without(self, is_left_out: impl Fn(&str) -> bool) -> Self {
        let kept = self.connectors.iter();
        let kept = kept.filter(|connector| !is_left_out(connector.name()));
        // They were in one registry already, so their names can't clash.
        let mut registry = Self::new(kept).unwrap_or_default();
        let names = self.library.iter().flat_map(|library| library.names());
        registry.left_out = names
            .filter(|name| is_left_out(name))
            .map(str::to_owned)
            .chain(self.left_out.iter().cloned())
            .collect();
        registry.library = self.library;
        registry
    }

    /// Returns the library, if there is one.
    pub fn library(&self) -> Option<&Arc<dyn Library>> {
        self.library.as_ref()
    }

    /// Returns a number that changes when the library's connectors do.
    pub fn generation(&self) -> u64 {
        self.library
            .as_ref()
            .map_or(0, |library| library.generation())
    }

    /// Returns the connectors that are no library's, in the order in which they were given.
    pub fn own_connectors(&self) -> &[Connector] {
        &self.connectors
    }

    /// Returns the actions that are no library's.
    pub fn own_actions(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the connectors: its own in the order in which they were given, then those of the
    /// library by name.
    pub fn connectors(&self) -> impl Iterator<Item = &Connector> {
        let library = self.library.as_deref();
        let names = self.library_names();
        let others = names.filter_map(move |name| library?.connector(name));
        self.connectors.iter().chain(others)
    }

    /// Returns the names of the connectors, in the order of [`connectors`](Self::connectors); loads
    /// none.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.connectors.iter().map(Connector::name);
        own.chain(self.library_names())
    }

    fn library_names(&self) -> impl Iterator<Item = &str> {
        let names = self.library.iter().flat_map(|library| library.names());
        names.filter(|name| !self.hides(name))
    }

    fn hides(&self, name: &str) -> bool {
        self.left_out.contains(name) || self.own(name).is_some()
    }

    fn own(&self, name: &str) -> Option<&Connector> {
        self.connectors
            .iter()
            .find(|connector| connector.name() == name)
    }

    /// Returns the connector of this name.
    pub fn connector(&self, name: &str) -> Option<&Connector> {
        if let Some(connector) = self.own(name) {
            return Some(connector);
        }
        let library = self.library.as_deref()?;
        (!self.left_out.contains(name)).then(|| library.connector(name))?
    }

    /// Returns whether there is a connector of this name; loads none.
    pub fn has_connector(&self, name: &str) -> bool {
        self.own(name).is_some() || self.is_of_library(name)
    }

    /// Returns whether the connector of this name is the library's; loads none.
    pub fn is_of_library(&self, name: &str) -> bool {
        let library = self.library.as_ref();
        library.is_some_and(|library| library.has(name) && !self.hides(name))
    }

    /// Returns all actions; those of a library are loaded one by one.
    pub fn actions(&self) -> impl Iterator<Item = Entry> {
        let library = self.connectors().skip(self.connectors.len());
        self.entries
            .iter()
            .cloned()
            .chain(library.flat_map(Entry::all_of))
    }

    /// Returns the number of actions.
    pub fn action_count(&self) -> usize {
        self.connectors().map(Connector::action_count).sum()
    }

    /// Returns the effect of the action with this id, without loading it.
    pub fn effect_of(&self, id: &str) -> Option<Effect> {
        let (connector, name) = id.split_once('.')?;
        let connector = self.connector(connector)?;
        let index = connector.action_index(name)?;
        connector.outline_at(index).map(|(_, effect)| effect)
    }

    /// Finds an action by any spelling of its id. Upper case counts as a word of its own, so that
    /// `setTopic` finds `set_topic`.
    ///
    /// # Errors
    ///
    /// With the nearest names if there is no such action; with none for a name of more than
    /// [`LONGEST_NAME`](nearest::LONGEST_NAME) bytes, which is not looked for. Of a library, only the
    /// names of the connector that is named count as near.
    pub fn find(&self, name: &str) -> Result<Entry, UnknownAction> {
        if name.len() > nearest::LONGEST_NAME {
            return Err(self.not_looked_for(name));
        }
        if let Some(index) = self.by_spelling.get(&normalize(name)) {
            return Ok(self.entries[*index].clone());
        }
        if let Some(entry) = self.find_in_library(name) {
            return Ok(entry);
        }
        let mut ids: Vec<_> = self.entries.iter().map(Entry::id).collect();
        let connector = connector_of(name);
        if self.own(connector).is_none()
            && let Some(connector) = self.connector(connector)
        {
            let names = connector.outline().map(|(name, _)| name);
            ids.extend(names.map(|name| format!("{}.{name}", connector.name())));
        }
        Err(UnknownAction {
            name: name.to_owned(),
            nearest: nearest::names(name, ids.iter().map(String::as_str), NEAREST)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            connector_known: self.has_connector(connector),
        })
    }

    fn find_in_library(&self, name: &str) -> Option<Entry> {
        self.library.as_ref()?;
        // Connectors' names have no `.`, and most callers use the exact id.
        if let Some((connector, action)) = name.split_once('.')
            && let Some(connector) = self.connector(connector)
            && let Some(index) = connector.action_index(action)
        {
            return Entry::at(connector, index);
        }
        let spelling = normalize(name);
        let mut ends = spelling.match_indices('_').map(|(at, _)| at);
        ends.find_map(|end| {
            // They have no `_` either.
            let connector = spelling[..end].replace('_', "-");
            let is_known = self.has_connector(&connector);
            let connector = is_known.then(|| self.connector(&connector))??;
            let index = connector.spelled(&spelling[end + 1..])?;
            Entry::at(connector, index)
        })
    }

    /// Says that a name is unknown without looking for ones that are near to it.
    pub fn not_looked_for(&self, name: &str) -> UnknownAction {
        UnknownAction {
            name: Echo(name).to_string(),
            nearest: Vec::new(),
            connector_known: self.has_connector(connector_of(name)),
        }
    }
}

fn connector_of(action: &str) -> &str {
    action.split(['.', '/']).next().unwrap_or_default()
}

/// Returns the name under which agents see an action of this id: only letters, digits and `_`.
///
/// ```
/// assert_eq!(plugwright_sdk::host::tool_name("github.issues.list"), "github_issues_list");
/// ```
pub fn tool_name(id: &str) -> String {
    normalize(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::action::{ActionDefinition, ActionInfo};
    use crate::connector::ConnectorDefinition;
    use crate::error::{ActionError, ErrorCode};
    use crate::result::Returns;

    const fn action(name: &'static str) -> ActionDefinition {
        let info = ActionInfo {
            name,
            description: "Does nothing",
            ..ActionInfo::STAND_IN
        };
        ActionDefinition::new(info, Returns::Single, || json!({}), |_| None)
    }

    static LIST: ActionDefinition = action("issues.list");
    static TOPIC: ActionDefinition = action("channels.set_topic");
    static HUB: ConnectorDefinition =
        ConnectorDefinition::new("hub", "Hub", "1.0.0").actions(&[&LIST, &TOPIC]);

    #[test]
    fn finds_an_action_by_every_spelling() {
        let registry = Registry::new([&HUB]).unwrap();
        for name in [
            "hub.issues.list",
            "hub.issues_list",
            "hub.list-issues",
            "hub_issues_list",
            "hub/issues.list",
            "hub.issues-list",
            "hub.listIssue",
        ] {
            assert_eq!(
                registry.find(name).unwrap().id(),
                "hub.issues.list",
                "{name}"
            );
        }
        assert_eq!(
            registry.find("hub.channels.setTopic").unwrap().id(),
            "hub.channels.set_topic"
        );
    }

    #[test]
    fn names_the_nearest_on_a_miss() {
        let registry = Registry::new([&HUB]).unwrap();
        let unknown = registry.find("hub.issue.list").unwrap_err();
        assert_eq!(
            unknown.nearest.first().map(String::as_str),
            Some("hub.issues.list")
        );
        assert_eq!(ActionError::from(unknown).code(), ErrorCode::ActionNotFound);
        assert_eq!(
            ActionError::from(registry.find("nope.a.b").unwrap_err()).code(),
            ErrorCode::ConnectorNotFound
        );
    }

    #[test]
    fn only_names_that_are_visible_are_offered() {
        static A: ActionDefinition = action("a.get");
        static B: ActionDefinition = action("b.get");
        static C: ActionDefinition = action("c.get");
        static D: ActionDefinition = action("d.get");
        static POST: ActionDefinition = action("a.post");
        static ALIKE: ConnectorDefinition =
            ConnectorDefinition::new("t", "T", "1.0.0").actions(&[&A, &B, &C, &D, &POST]);
        let registry = Registry::new([&ALIKE]).unwrap();
        let unknown = registry.find("t.a.gett").unwrap_err();
        let message = unknown.to_string();
        assert!(message.contains("did you mean `t.a.get`, "), "{message}");
        assert_eq!(message.matches("get`").count(), 3);
        assert_eq!(
            unknown.among(|id| id == "t.a.post").to_string(),
            "no action is named `t.a.gett`; did you mean `t.a.post`?"
        );
    }

    #[test]
    fn a_name_that_nothing_can_have_is_cut_and_has_no_nearest() {
        let registry = Registry::new([&HUB]).unwrap();
        let unknown = registry
            .find(&format!("hub.issues.{}", "list".repeat(1 << 20)))
            .unwrap_err();
        assert!(unknown.nearest.is_empty());
        assert_eq!(unknown.name.chars().count(), 100);
        let error = ActionError::from(unknown);
        assert_eq!(error.code(), ErrorCode::ActionNotFound);
        assert!(error.message().len() < 200, "{error}");
        let longest = "x".repeat(nearest::LONGEST_NAME);
        assert!(registry.find(&longest).unwrap_err().to_string().len() < 200);
    }

    #[test]
    fn refuses_the_same_connector_twice() {
        let error = Registry::new([&HUB, &HUB]).unwrap_err();
        assert_eq!(error, RegistryError::DuplicateConnector("hub".to_owned()));
    }
}
