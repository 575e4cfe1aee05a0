//! The actions of a connector of the catalog, loaded one by one.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use moka::sync::Cache;
use plugwright_import::{ImportedAction, OnCompiled};
use plugwright_sdk::host::{ActionSource, Effect, Invocation, Returns};
use plugwright_sdk::param::ParamDefinition;
use plugwright_sdk::schema::Schema;
use plugwright_sdk::{Action, ActionError, ErrorCode, Result, Value};
use serde_json::json;

use crate::pack::Pack;

/// Loaded actions with their validators may take so much memory, in bytes.
const KEPT: u64 = 32 << 20;

/// What an action takes in memory for each byte of its JSON: the values of that, and a compiled
/// validator.
const GROWTH: usize = 12;

/// What it takes besides.
const BASE: usize = 2 << 10;

/// The actions that were loaded last, by the place of their connector and their own.
#[derive(Clone)]
pub(crate) struct LoadedActions(Arc<Cache<(usize, usize), Loaded>>);

#[derive(Clone)]
struct Loaded {
    action: Arc<dyn Action>,
    weight: u32,
}

pub(crate) struct PackedActions {
    /// What no other connector of the catalog has.
    pub(crate) slot: usize,
    pub(crate) connector: String,
    pub(crate) pack: Arc<Pack>,
    pub(crate) loaded: LoadedActions,
}

impl LoadedActions {
    pub(crate) fn new() -> Self {
        let weight = |_: &_, loaded: &Loaded| loaded.weight;
        let cache = Cache::builder().max_capacity(KEPT).weigher(weight);
        Self(Arc::new(cache.build()))
    }

    /// Returns what weighs an action again when it has compiled the patterns of its input.
    fn weighing(&self, key: (usize, usize)) -> OnCompiled {
        // The cache has the action, which has this.
        let cache = Arc::downgrade(&self.0);
        Box::new(move |bytes| {
            if let Some(cache) = cache.upgrade()
                && let Some(loaded) = cache.get(&key)
            {
                let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
                let weight = loaded.weight.saturating_add(bytes);
                cache.insert(key, Loaded { weight, ..loaded });
            }
        })
    }
}

impl PackedActions {
    fn read(&self, index: usize) -> io::Result<Loaded> {
        let mut reader = self.pack.reader()?;
        let (action, length) = reader.action(index)?;
        let (definitions, more) = reader.definitions(|find| action.input_definitions(find))?;
        let (pack, connector) = (Arc::clone(&self.pack), self.connector.clone());
        let of_output = move |action: &ImportedAction| {
            let read = pack
                .reader()
                .and_then(|mut reader| reader.definitions(|find| action.output_definitions(find)));
            let (definitions, _) = read.unwrap_or_else(|error| {
                let id = format!("{connector}.{}", action.name);
                tracing::error!(action = id, %error, "the schema of an output can't be read");
                Default::default()
            });
            Arc::new(definitions)
        };
        Ok(Loaded {
            action: action.into_action(
                definitions,
                Box::new(of_output),
                self.pack.credential(),
                self.loaded.weighing((self.slot, index)),
            ),
            weight: u32::try_from(BASE + GROWTH * (length + more)).unwrap_or(u32::MAX),
        })
    }
}

impl ActionSource for PackedActions {
    fn len(&self) -> usize {
        self.pack.len()
    }

    fn outline(&self, index: usize) -> Option<(&str, Effect)> {
        self.pack.outline(index)
    }

    fn load(&self, index: usize) -> Option<Arc<dyn Action>> {
        let (name, effect) = self.pack.outline(index)?;
        let key = (self.slot, index);
        if let Some(loaded) = self.loaded.0.get(&key) {
            return Some(loaded.action);
        }
        match self.read(index) {
            Ok(loaded) => {
                self.loaded.0.insert(key, loaded.clone());
                Some(loaded.action)
            }
            Err(error) => {
                let id = format!("{}.{name}", self.connector);
                tracing::error!(action = id, %error, "an action can't be loaded");
                Some(Arc::new(UnreadableAction {
                    name: name.to_owned(),
                    effect,
                    message: format!("the definition of `{id}` can't be read: {error}"),
                }))
            }
        }
    }
}

struct UnreadableAction {
    name: String,
    effect: Effect,
    message: String,
}

impl Action for UnreadableAction {
    fn name(&self) -> &str {
        &self.name
    }

    fn title(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn description(&self) -> &str {
        &self.message
    }

    fn effect(&self) -> Effect {
        self.effect
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

    fn decode(&self, _: Value) -> Result<Invocation> {
        Err(ActionError::new(ErrorCode::InternalError, &*self.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_compiles_counts() {
        let loaded = LoadedActions::new();
        for index in 0..10 {
            let action = UnreadableAction {
                name: "pets.list".to_owned(),
                effect: Effect::Read,
                message: String::new(),
            };
            let action: Arc<dyn Action> = Arc::new(action);
            loaded.0.insert(
                (0, index),
                Loaded {
                    action,
                    weight: 1_000,
                },
            );
            loaded.weighing((0, index))(8 << 20);
        }
        loaded.0.run_pending_tasks();
        assert!(loaded.0.weighted_size() <= KEPT);
        assert!((1..10).contains(&loaded.0.entry_count()));
        let weighing = loaded.weighing((0, 0));
        drop(loaded);
        weighing(1);
    }
}
