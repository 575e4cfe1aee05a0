//! Actions as a process holds them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Action, ActionDefinition, Effect};

/// An action that a process has, compiled in or made at run time. Clones share it.
#[derive(Clone)]
pub struct ActionHandle(Repr);

#[derive(Clone)]
enum Repr {
    Compiled(&'static ActionDefinition),
    Made(Arc<dyn Action>),
}

impl Deref for ActionHandle {
    type Target = dyn Action;

    fn deref(&self) -> &Self::Target {
        match &self.0 {
            Repr::Compiled(definition) => *definition,
            Repr::Made(action) => &**action,
        }
    }
}

impl From<&'static ActionDefinition> for ActionHandle {
    fn from(definition: &'static ActionDefinition) -> Self {
        Self(Repr::Compiled(definition))
    }
}

impl From<Arc<dyn Action>> for ActionHandle {
    fn from(action: Arc<dyn Action>) -> Self {
        Self(Repr::Made(action))
    }
}

impl fmt::Debug for ActionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ActionHandle").field(&self.name()).finish()
    }
}

/// The actions of a connector that was made at run time, loaded one by one.
pub trait ActionSource: Send + Sync {
    /// Returns the number of actions.
    fn len(&self) -> usize;

    /// Returns whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns name and effect of an action, which costs no loading; `None` past the end.
    fn outline(&self, index: usize) -> Option<(&str, Effect)>;

    /// Loads an action; `None` past the end. One that can't be loaded is an action that fails with
    /// the reason.
    fn load(&self, index: usize) -> Option<Arc<dyn Action>>;
}

impl ActionSource for Vec<Arc<dyn Action>> {
    fn len(&self) -> usize {
        self.len()
    }

    fn outline(&self, index: usize) -> Option<(&str, Effect)> {
        let action = self.get(index)?;
        Some((action.name(), action.effect()))
    }

    fn load(&self, index: usize) -> Option<Arc<dyn Action>> {
        self.get(index).cloned()
    }
}
