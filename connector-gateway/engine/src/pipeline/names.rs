//! Checks the length of names in calls, before anything is compared with them.

use plugwright_sdk::host::{Echo, Entry, UnknownAction};
use plugwright_sdk::{ActionError, ErrorCode};

use crate::call::{Call, ConnectionSelector, Target};
use crate::catalog::{Catalog, unknown_connector};
use crate::limits::Limit;
use crate::metrics::LimitHits;

/// Rejects names that are too long.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    /// Longest name, in bytes.
    pub(crate) longest: usize,
    pub(crate) catalog: &'a Catalog,
    pub(crate) hits: &'a LimitHits,
}

impl Names<'_> {
    fn is_too_long(self, name: &str) -> bool {
        let is_too_long = name.len() > self.longest;
        if is_too_long {
            self.hits.add(Limit::Name);
        }
        is_too_long
    }

    /// Rejects a call with a name that nothing can have.
    pub(super) fn check(self, call: &Call) -> Result<(), ActionError> {
        if let ConnectionSelector::Named(name) = &call.connection
            && self.is_too_long(name)
        {
            return Err(ActionError::new(
                ErrorCode::ConnectionNotFound,
                format!("no connection is named `{}`", Echo(name)),
            ));
        }
        let registry = self.catalog.registry();
        match &call.target {
            Target::Action { name, .. } if self.is_too_long(name) => {
                Err(registry.not_looked_for(name).into())
            }
            // Connectors are few, and their names are compared as a whole.
            Target::Proxy { connector, .. }
                if self.is_too_long(connector) && !registry.has_connector(connector) =>
            {
                Err(unknown_connector("connector", connector, []))
            }
            _ => Ok(()),
        }
    }

    /// Finds an action by any spelling of its id, or the nearest names unless it is too long.
    pub(crate) fn find(self, name: &str) -> Result<Entry, UnknownAction> {
        let registry = self.catalog.registry();
        if self.is_too_long(name) {
            return Err(registry.not_looked_for(name));
        }
        registry.find(name)
    }
}
