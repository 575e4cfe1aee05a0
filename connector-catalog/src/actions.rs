//! The actions of a connector of the catalog, loaded one by one.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use plugwright_import::{ImportedAction, OnCompiled};
use plugwright_sdk::host::{ActionSource, Effect, Invocation, Returns};
use plugwright_sdk::param::ParamDefinition;
use plugwright_sdk::schema::Schema;
use plugwright_sdk::{Action, ActionError, ErrorCode, Result, Value};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::json;

use crate::pack::{Pack, may_pass};

/// Loaded actions with their validators may take so much memory, in bytes.
const KEPT: u64 = 32 << 20;

/// How many are expected: so few that the cache is one piece, and a large action has room.
const EXPECTED: usize = 32;

/// What an action takes in memory for each byte of its JSON: the values of that, and a compiled
/// validator.
const GROWTH: usize = 12;

/// What it takes besides.
const BASE: usize = 2 << 10;

/// The actions that were loaded last, by the place of their connector and their own.
#[derive(Clone)]
pub(crate) struct LoadedActions(Arc<Cache<(usize, usize), Loaded, Weight>>);

#[derive(Clone)]
struct Loaded {
    action: Arc<dyn Action>,
    weight: u64,
}

#[derive(Clone)]
struct Weight;

impl Weighter<(usize, usize), Loaded> for Weight {
    fn weight(&self, _: &(usize, usize), loaded: &Loaded) -> u64 {
        loaded.weight
    }
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
        Self(Arc::new(Cache::with_weighter(EXPECTED, KEPT, Weight)))
    }

    /// Returns what weighs an action again when it has compiled the patterns of its input.
    fn weighing(&self, key: (usize, usize)) -> OnCompiled {
        // The cache has the action, which has this.
        let cache = Arc::downgrade(&self.0);
        Box::new(move |bytes| {
            if let Some(cache) = cache.upgrade()
                && let Some(loaded) = cache.get(&key)
            {
                let weight = loaded.weight.saturating_add(bytes as u64);
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
            weight: (BASE + GROWTH * (length + more)) as u64,
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
                let may_pass = may_pass(&error);
                // The system's text is for the log.
                let why = if may_pass {
                    " at the moment".to_owned()
                } else {
                    format!(": {error}")
                };
                Some(Arc::new(UnreadableAction {
                    name: name.to_owned(),
                    effect,
                    message: format!("the definition of `{id}` can't be read{why}"),
                    may_pass,
                }))
            }
        }
    }
}

struct UnreadableAction {
    name: String,
    effect: Effect,
    message: String,
    may_pass: bool,
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

    fn is_stand_in(&self) -> bool {
        true
    }

    fn decode(&self, _: Value) -> Result<Invocation> {
        Err(if self.may_pass {
            let error = ActionError::new(ErrorCode::Unavailable, &*self.message);
            error.with_retry_after(Duration::from_secs(1))
        } else {
            ActionError::new(ErrorCode::InternalError, &*self.message)
        })
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
                may_pass: false,
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
        assert!(loaded.0.weight() <= KEPT);
        assert!((1..10).contains(&loaded.0.len()));
        let weighing = loaded.weighing((0, 0));
        drop(loaded);
        weighing(1);
    }
}
