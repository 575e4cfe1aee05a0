//! Whether the creator of a request may still have it completed.

use plugwright_sdk::ActionError;
use plugwright_store::{ConnectionRequest, Owner, RequestError, Token};
use uuid::Uuid;

use super::finish::failure;
use super::{Connect, code};

/// The error of a request whose creator may no longer connect the account.
pub(super) fn no_longer() -> RequestError {
    failure(
        code::WITHDRAWN,
        "the token that requested the connection was revoked, has expired, or may no longer \
         connect it",
    )
}

impl Connect<'_> {
    /// Returns whether the creator of a request may still have it completed: its token may have
    /// been revoked or its grant narrowed since. Always true for the operator and callers without a
    /// token.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE`.
    pub async fn is_entitled(&self, request: &ConnectionRequest) -> Result<bool, ActionError> {
        let token = request.details.principal.as_deref().and_then(token_id);
        let Some(id) = token else {
            return Ok(true);
        };
        let store = &self.storage.store;
        Ok(store.token(id).await?.is_some_and(|token| {
            token.revoked_at.is_none()
                && token.expires_at.is_none_or(|end| store.now() < end)
                && grants(&token, request)
        }))
    }
}

/// Returns the id of a principal's token.
fn token_id(principal: &str) -> Option<Uuid> {
    let (_, id) = principal.split_once(':')?;
    // No token has the nil id, so an unreadable id is entitled to nothing.
    Some(Uuid::try_parse(id).unwrap_or_default())
}

fn grants(token: &Token, request: &ConnectionRequest) -> bool {
    let grant = &token.grant;
    let is_of_owner = match &request.owner {
        Owner::Organization(name) => {
            let mut organizations = grant.organizations.iter();
            let mut connections = grant.connections.iter();
            token.project.is_none()
                && organizations.any(|granted| granted == "*" || granted == name)
                && connections.all(|granted| granted.contains(&request.connection))
        }
        Owner::User { project, .. } => token.project == Some(*project),
    };
    is_of_owner && grant.connect.matches(&request.connector)
}
