//! Actions as a process holds them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Action, ActionDefinition};

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
