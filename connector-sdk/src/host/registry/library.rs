//! Connectors that are loaded when they are needed.

use std::any::Any;
use std::fmt;

use crate::connector::Connector;

/// Connectors beside those that a process is built of, such as the imported ones of a catalog on
/// disk. They may change while the process runs.
///
/// What was returned stays valid: a connector that was replaced or removed meanwhile is what it was.
pub trait Library: Any + fmt::Debug + Send + Sync {
    /// Returns the names of the connectors, in order; loads none.
    fn names(&self) -> Box<dyn Iterator<Item = &str> + Send + '_>;

    /// Returns whether there is a connector of this name; loads none.
    fn has(&self, name: &str) -> bool;

    /// Returns the connector of this name. One that can't be read is as good as none; the library
    /// logs why.
    fn connector(&self, name: &str) -> Option<&Connector>;

    /// Returns a number that changes when the connectors do.
    fn generation(&self) -> u64;
}
