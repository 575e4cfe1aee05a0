//! The set of connectors that a process has, found by any spelling of an action's name.

use std::collections::HashMap;
use std::fmt;

use crate::action::ActionHandle;
use crate::auth::Auth;
use crate::connector::Connector;
use crate::echo::Echo;
use crate::error::{ActionError, ErrorCode};
use crate::nearest;

/// The connectors of a process and their actions.
///
/// An action is found in constant time by any of its spellings: dotted (`todo.tasks.list`), snake
/// (`todo.tasks_list`), slug (`todo.list-tasks`) and tool name (`todo_tasks_list`).
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
#[derive(Debug, Default)]
pub struct Registry {
    connectors: Vec<Connector>,
    entries: Vec<Entry>,
    by_spelling: HashMap<String, usize>,
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

/// No action has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAction {
    /// The name asked for, cut if nothing can have it.
    pub name: String,
    /// Names that look like it, the likeliest first.
    pub nearest: Vec<String>,
    connector_known: bool,
}

impl fmt::Display for UnknownAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no action is named `{}`", Echo(&self.name))?;
        f.write_str(&nearest::question(&self.nearest).unwrap_or_default())
    }
}

impl std::error::Error for UnknownAction {}

impl From<UnknownAction> for ActionError {
    fn from(unknown: UnknownAction) -> Self {
        let code = if unknown.connector_known {
            ErrorCode::ActionNotFound
        } else {
            ErrorCode::ConnectorNotFound
        };
        Self::new(code, unknown.to_string())
    }
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
        if self.connector(connector.name()).is_some() {
            return Err(RegistryError::DuplicateConnector(
                connector.name().to_owned(),
            ));
        }
        let first = self.entries.len();
        for action in connector.actions() {
            let entry = Entry {
                connector: connector.clone(),
                action,
            };
            let index = self.entries.len();
            if let Some(other) = self.by_spelling.insert(entry.tool_name(), index) {
                return Err(RegistryError::SameSpelling(
                    self.entries[other].id(),
                    entry.id(),
                ));
            }
            self.entries.push(entry);
        }
        // After all names: a slug never hides a name.
        for (index, entry) in self.entries.iter().enumerate().skip(first) {
            if let Some(slug) = slug(entry.action.name()) {
                let key = normalize(&format!("{}.{slug}", connector.name()));
                self.by_spelling.entry(key).or_insert(index);
            }
        }
        self.connectors.push(connector);
        Ok(())
    }

    /// Returns the connectors, in the order in which they were given.
    pub fn connectors(&self) -> &[Connector] {
        &self.connectors
    }

    /// Returns the connector of this name.
    pub fn connector(&self, name: &str) -> Option<&Connector> {
        self.connectors
            .iter()
            .find(|connector| connector.name() == name)
    }

    /// Returns all actions.
    pub fn actions(&self) -> &[Entry] {
        &self.entries
    }

    /// Finds an action by any spelling of its id. Upper case counts as a word of its own, so that
    /// `setTopic` finds `set_topic`.
    ///
    /// # Errors
    ///
    /// With the nearest names if there is no such action; with none for a name of more than
    /// [`LONGEST_NAME`](nearest::LONGEST_NAME) bytes, which is not looked for.
    pub fn find(&self, name: &str) -> Result<Entry, UnknownAction> {
        if name.len() > nearest::LONGEST_NAME {
            return Err(self.not_looked_for(name));
        }
        if let Some(index) = self.by_spelling.get(&normalize(name)) {
            return Ok(self.entries[*index].clone());
        }
        let ids: Vec<_> = self.entries.iter().map(Entry::id).collect();
        Err(UnknownAction {
            name: name.to_owned(),
            nearest: nearest::names(name, ids.iter().map(String::as_str), 3)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            connector_known: self.has_connector_of(name),
        })
    }

    /// Says that a name is unknown without looking for ones that are near to it.
    pub fn not_looked_for(&self, name: &str) -> UnknownAction {
        UnknownAction {
            name: Echo(name).to_string(),
            nearest: Vec::new(),
            connector_known: self.has_connector_of(name),
        }
    }

    fn has_connector_of(&self, action: &str) -> bool {
        let connector = action.split(['.', '/']).next().unwrap_or_default();
        self.connector(connector).is_some()
    }
}

/// Returns the name under which agents see an action of this id: only letters, digits and `_`.
///
/// ```
/// assert_eq!(plugwright_sdk::host::tool_name("github.issues.list"), "github_issues_list");
/// ```
pub fn tool_name(id: &str) -> String {
    normalize(id)
}

/// Brings all spellings of a name to one: words in lower case with `_` between.
fn normalize(name: &str) -> String {
    let mut normal = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        match letter {
            '.' | '-' | '/' => normal.push('_'),
            upper if upper.is_ascii_uppercase() => {
                // `setTopic` is how some systems spell `set_topic`.
                if normal
                    .chars()
                    .next_back()
                    .is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                {
                    normal.push('_');
                }
                normal.push(upper.to_ascii_lowercase());
            }
            other => normal.push(other),
        }
    }
    normal
}

/// Makes `list-issues` from `issues.list`.
fn slug(name: &str) -> Option<String> {
    let (resource, verb) = name.rsplit_once('.')?;
    Some(format!("{verb}-{resource}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::action::{ActionDefinition, ActionInfo};
    use crate::connector::ConnectorDefinition;
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
