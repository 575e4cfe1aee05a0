//! Connectors and actions, with precomputed facts for calls.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use plugwright_sdk::host::{Connector, Echo, Effect, Entry, Registry, UnknownAction, nearest};
use plugwright_sdk::schema::Schema;
use plugwright_sdk::{ActionError, ErrorCode, Value};
use quick_cache::sync::Cache;

use crate::output_check::{Checked, OutputCheck};

const KEPT: usize = 256;

/// The registry's actions with precomputed facts for calls.
#[derive(Debug)]
pub struct Catalog {
    registry: Arc<Registry>,
    facts: HashMap<String, ActionFacts>,
    /// Those of the library's actions that were called last.
    loaded: Cache<String, Arc<ActionFacts>>,
}

/// Keeps the facts of a library's action as long as a call needs them.
pub(crate) type HeldFacts = OnceLock<Arc<ActionFacts>>;

/// Facts about an action, computed once.
#[derive(Debug)]
pub(crate) struct ActionFacts {
    pub(crate) id: String,
    pub(crate) entry: Entry,
    pub(crate) effect: Effect,
    pub(crate) repeatable: bool,
    /// Of the library.
    generation: u64,
    input_schema: OnceLock<Arc<Schema>>,
    takes_file: OnceLock<bool>,
    output_schema: OnceLock<Arc<Schema>>,
    /// `None` if the schema does not compile.
    output_check: OnceLock<Option<OutputCheck>>,
    outputs: AtomicU32,
}

impl ActionFacts {
    fn new(entry: Entry, generation: u64) -> Self {
        let effect = entry.action.effect();
        Self {
            id: entry.id(),
            effect,
            repeatable: effect == Effect::Read || entry.action.idempotent(),
            entry,
            generation,
            input_schema: OnceLock::new(),
            takes_file: OnceLock::new(),
            output_schema: OnceLock::new(),
            output_check: OnceLock::new(),
            outputs: AtomicU32::new(0),
        }
    }

    /// Checks an output against its schema; `is_strict` is whether a large one is checked too.
    pub(crate) fn check_output(&self, data: &Value, is_strict: bool) -> Checked {
        let check = self.output_check.get_or_init(|| {
            OutputCheck::of(&self.output_schema())
                .inspect_err(|error| {
                    tracing::error!(action = self.id, %error, "an output schema can't be compiled");
                })
                .ok()
        });
        match check {
            Some(check) => check.check(data, is_strict),
            None => Checked::Unknown,
        }
    }

    /// Counts an output; returns whether it is one of those to check.
    pub(crate) fn is_sampled(&self) -> bool {
        let count = self.outputs.fetch_add(1, Ordering::Relaxed);
        count < 16 || count.is_multiple_of(64)
    }

    pub(crate) fn input_schema(&self) -> Arc<Schema> {
        let schema = || Arc::new(self.entry.action.input_schema());
        Arc::clone(self.input_schema.get_or_init(schema))
    }

    fn takes_file(&self) -> bool {
        let schema = self.input_schema();
        *self.takes_file.get_or_init(|| has_file(&schema))
    }

    pub(crate) fn output_schema(&self) -> Arc<Schema> {
        let schema = || Arc::new(self.entry.action.output_schema());
        Arc::clone(self.output_schema.get_or_init(schema))
    }
}

impl Catalog {
    pub(crate) fn new(registry: Registry) -> Self {
        let facts = registry.own_actions().iter().map(|entry| {
            let facts = ActionFacts::new(entry.clone(), 0);
            (facts.id.clone(), facts)
        });
        Self {
            facts: facts.collect(),
            loaded: Cache::new(KEPT),
            registry: Arc::new(registry),
        }
    }

    /// Returns the connectors and actions.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Returns the connectors and actions, shared.
    pub fn shared_registry(&self) -> Arc<Registry> {
        Arc::clone(&self.registry)
    }

    /// Returns the effect of the action with this id.
    pub fn effect_of(&self, id: &str) -> Option<Effect> {
        match self.facts.get(id) {
            Some(facts) => Some(facts.effect),
            None => self.registry.effect_of(id),
        }
    }

    /// Returns whether the input of an action, by any spelling of its name, may contain a file.
    pub fn takes_file(&self, name: &str) -> bool {
        let held = HeldFacts::new();
        self.action(name, &held).is_ok_and(ActionFacts::takes_file)
    }

    /// Returns the schema of the input of an action, by any spelling of its name.
    pub fn input_schema(&self, name: &str) -> Option<Arc<Schema>> {
        let held = HeldFacts::new();
        self.action(name, &held).ok().map(ActionFacts::input_schema)
    }

    /// Returns whether the input of any action may contain a file; that of a library is not looked
    /// through.
    pub fn takes_files(&self) -> bool {
        let library = self.registry.library();
        library.is_some_and(|library| library.names().next().is_some())
            || self.facts.values().any(ActionFacts::takes_file)
    }

    /// Finds an action by any spelling of its name, or the nearest names; `held` keeps the facts of a
    /// library's action.
    pub(crate) fn action<'c>(
        &'c self,
        name: &str,
        held: &'c HeldFacts,
    ) -> Result<&'c ActionFacts, UnknownAction> {
        // Most callers use the exact id, which needs no search.
        if let Some(facts) = self.facts.get(name) {
            return Ok(facts);
        }
        let generation = self.registry.generation();
        if let Some(facts) = self.loaded.get(name)
            && facts.generation == generation
        {
            return Ok(held.get_or_init(|| facts));
        }
        let entry = self.registry.find(name)?;
        if let Some(facts) = self.facts.get(&entry.id()) {
            return Ok(facts);
        }
        let facts = Arc::new(ActionFacts::new(entry, generation));
        if !facts.entry.action.is_stand_in() {
            self.loaded.insert(facts.id.clone(), Arc::clone(&facts));
        }
        Ok(held.get_or_init(|| facts))
    }

    /// Finds a connector.
    ///
    /// # Errors
    ///
    /// `CONNECTOR_NOT_FOUND`, with the nearest name.
    pub fn connector(&self, name: &str) -> Result<&Connector, ActionError> {
        connector(&self.registry, name)
    }
}

pub(crate) fn connector<'r>(
    registry: &'r Registry,
    name: &str,
) -> Result<&'r Connector, ActionError> {
    registry
        .connector(name)
        .ok_or_else(|| unknown_connector("connector", name, registry.names()))
}

/// The error for a name that is none of the connectors visible to a caller, whose names are `known`;
/// `noun` is what the caller's surface calls connectors.
pub fn unknown_connector<'a>(
    noun: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> ActionError {
    let message = format!("no {noun} is named `{}`{}", Echo(name), near(name, known));
    ActionError::new(ErrorCode::ConnectorNotFound, message)
}

/// Suggests the most similar of some connectors, if there is one.
pub(crate) fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest::did_you_mean(name, known).unwrap_or_default()
}

/// Returns whether a schema has a place for a file: a string with a media type.
fn has_file(schema: &Value) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(has_file),
        Value::Object(members) => {
            members
                .get("contentMediaType")
                .is_some_and(Value::is_string)
                || members.values().any(has_file)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use plugwright_sdk::Action;
    use plugwright_sdk::host::{ActionSource, ConnectorParts, Invocation, Library, Returns};
    use plugwright_sdk::json;
    use plugwright_sdk::param::ParamDefinition;

    use super::*;

    struct Lamps {
        is_stand_in: bool,
    }

    impl Action for Lamps {
        fn name(&self) -> &'static str {
            "lamps.list"
        }

        fn title(&self) -> Cow<'_, str> {
            "Lamps".into()
        }

        fn description(&self) -> &'static str {
            "Lists lamps."
        }

        fn effect(&self) -> Effect {
            Effect::Read
        }

        fn returns(&self) -> Returns {
            Returns::Single
        }

        fn params(&self) -> Vec<ParamDefinition> {
            Vec::new()
        }

        fn input_schema(&self) -> Schema {
            json!({ "type": "object" })
        }

        fn output_schema(&self) -> Schema {
            json!({})
        }

        fn is_stand_in(&self) -> bool {
            self.is_stand_in
        }

        fn decode(&self, _: Value) -> Result<Invocation, ActionError> {
            Err(ActionError::new(ErrorCode::Unavailable, "not now"))
        }
    }

    /// Loads a stand-in once, then the action.
    #[derive(Default)]
    struct Source(AtomicU32);

    impl ActionSource for Source {
        fn len(&self) -> usize {
            1
        }

        fn outline(&self, index: usize) -> Option<(&str, Effect)> {
            (index == 0).then_some(("lamps.list", Effect::Read))
        }

        fn load(&self, _: usize) -> Option<Arc<dyn Action>> {
            let is_stand_in = self.0.fetch_add(1, Ordering::Relaxed) == 0;
            Some(Arc::new(Lamps { is_stand_in }))
        }
    }

    #[derive(Debug)]
    struct Shop(Connector);

    impl Library for Shop {
        fn names(&self) -> Box<dyn Iterator<Item = &str> + Send + '_> {
            Box::new(["shop"].into_iter())
        }

        fn has(&self, name: &str) -> bool {
            name == "shop"
        }

        fn connector(&self, name: &str) -> Option<&Connector> {
            (name == "shop").then_some(&self.0)
        }

        fn generation(&self) -> u64 {
            1
        }
    }

    #[test]
    fn an_action_that_could_not_be_loaded_is_not_kept() {
        let parts = ConnectorParts {
            name: "shop".to_owned(),
            ..ConnectorParts::default()
        };
        let shop = Connector::lazy(parts, Arc::new(Source::default()), None).unwrap();
        let catalog = Catalog::new(Registry::default().with_library(Arc::new(Shop(shop))));
        let is_stand_in = || {
            let held = HeldFacts::new();
            let facts = catalog.action("shop.lamps.list", &held).unwrap();
            facts.entry.action.is_stand_in()
        };
        assert!(is_stand_in());
        assert!(!is_stand_in());
    }

    #[test]
    fn actions_that_take_files_are_known() {
        let catalog = Catalog::new(Registry::new([&plugwright_github::CONNECTOR]).unwrap());
        assert!(catalog.takes_files());
        assert!(!catalog.takes_file("github.issues.create"));
        assert!(!catalog.takes_file("github.nothing"));
        let upload = catalog.facts.values().find(|facts| facts.takes_file());
        assert!(catalog.takes_file(&upload.unwrap().id.replace('.', "_")));
    }
}
