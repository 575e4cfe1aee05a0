//! The authority lock: what each action of a binary may do, kept in a file under review.
//!
//! [`Lock::of`] describes the actions that a binary links, [`Lock::to_text`] and [`Lock::parse`] are
//! the file, and [`Lock::changes_to`] names what differs: each [`Change`] has a [`ChangeKind`].

mod action;
mod change;
mod file;
mod inclusion;
mod layout;
mod schema;

use std::collections::BTreeMap;

use plugwright_sdk::host::Registry;

pub use action::{LockedAction, digest};
pub use change::{Aspect, Change, ChangeKind};
pub use file::LockError;

/// What each action of a binary may do, by the action's id.
///
/// ```
/// use plugwright_engine::lock::Lock;
/// use plugwright_sdk::host::Registry;
///
/// let registry = Registry::new([&plugwright_github::CONNECTOR])?;
/// let lock = Lock::of(&registry);
/// let text = lock.to_text();
/// assert_eq!(Lock::parse(&text)?, lock);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// The actions.
    pub actions: BTreeMap<String, LockedAction>,
}

impl Lock {
    /// Describes all actions of a registry.
    pub fn of(registry: &Registry) -> Self {
        Self {
            actions: registry
                .actions()
                .map(|entry| (entry.id(), LockedAction::of(&entry)))
                .collect(),
        }
    }

    /// Names what differs in `new`, action by action.
    pub fn changes_to(&self, new: &Self) -> Vec<Change> {
        change::between(self, new)
    }
}
