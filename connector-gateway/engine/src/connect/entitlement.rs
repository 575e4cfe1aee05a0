//! Whether whoever made a request may still have it finished.

use plugwright_sdk::ActionError;
use plugwright_store::{ConnectionRequest, Owner, RequestError, Token};
use uuid::Uuid;

use super::finish::failure;
use super::{Connect, code};

/// Says that a request can't be finished, since whoever made it may not any more.
pub(super) fn no_longer() -> RequestError {
    failure(
        code::WITHDRAWN,
        "the token that asked to connect the account was revoked, has expired, or may no longer \
         connect it",
    )
}

impl Connect<'_> {
    /// Tells whether whoever made a request may still have it finished: a token may have been
    /// revoked since, or its grant been narrowed. The operator, and who has no token, always may.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE`.
    pub async fn is_entitled(&self, request: &ConnectionRequest) -> Result<bool, ActionError> {
        let token = request.asked.principal.as_deref().and_then(token_id);
        let Some(id) = token else {
            return Ok(true);
        };
        let now = self.storage.store.now();
        let tokens = self.storage.store.tokens().await?;
        Ok(tokens.iter().any(|token| {
            token.id == id
                && token.revoked_at.is_none()
                && token.expires_at.is_none_or(|end| now < end)
                && grants(token, request)
        }))
    }
}

/// Returns the id of the token that a principal has.
fn token_id(principal: &str) -> Option<Uuid> {
    let (_, id) = principal.split_once(':')?;
    // No token has the nil id, so that what can't be read is entitled to nothing.
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
