//! The gateway: what surfaces, command lines and tests call.

use std::sync::Arc;

use plugwright_sdk::{ActionError, Registry};

use crate::call::Call;
use crate::outcome::Outcome;
use crate::principal::Principal;
use crate::store::Connection;

/// Executes the actions of a registry for principals. Clones share everything.
#[derive(Clone)]
pub struct Gateway {
    registry: Arc<Registry>,
}

impl Gateway {
    /// Returns the connectors and actions.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Finds out who calls, from the token of a request.
    ///
    /// # Errors
    ///
    /// `UNAUTHORIZED` for a missing, unknown, expired or revoked token; `UNAVAILABLE` if the store
    /// can't be asked.
    pub async fn authenticate(&self, token: Option<&str>) -> Result<Arc<Principal>, ActionError> {
        todo!("{}", token.is_some())
    }

    /// Tells whether the deployment and the principal's grant allow an action at all, so that
    /// lists show only what can be called.
    pub fn allows(&self, principal: &Principal, action: &str) -> bool {
        todo!("{action} {}", principal.id)
    }

    /// Makes a call.
    pub async fn execute(&self, call: Call) -> Outcome {
        todo!("{:?}", call.surface)
    }

    /// Returns the connections that a principal may use, of the organization that it names or of
    /// its first one, by connector and name.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` for an organization that it may not use; `UNAVAILABLE`.
    pub async fn usable_connections(
        &self,
        principal: &Principal,
        organization: Option<&str>,
        connector: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        todo!("{} {organization:?} {connector:?}", principal.id)
    }
}
