//! Whether a request may still be completed.

use plugwright_sdk::ActionError;
use plugwright_store::{ConnectionRequest, Owner, RequestError, StoreError, Token};
use uuid::Uuid;

use super::finish::failure;
use super::{Connect, code};

/// The error of a request whose creator may no longer connect the account.
pub(super) fn no_longer() -> RequestError {
    failure(
        code::WITHDRAWN,
        "the token that requested the connection was revoked, has expired, or may no longer \
         connect it, or what it was for was deleted or made inactive",
    )
}

impl Connect<'_> {
    /// Returns whether a request may still be completed: its organization or provider config may have
    /// been deleted since or made inactive, and its creator's token may have been revoked or its grant
    /// narrowed. The operator and callers without a token may do what they could.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE`.
    pub async fn is_entitled(&self, request: &ConnectionRequest) -> Result<bool, ActionError> {
        if !self.has_place(request).await? {
            return Ok(false);
        }
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

    async fn has_place(&self, request: &ConnectionRequest) -> Result<bool, StoreError> {
        let store = &self.storage.store;
        if let Some(id) = request.details.provider_config {
            let config = store.provider_config(id).await?;
            return Ok(config.is_some_and(|config| config.active));
        }
        let Some(name) = request.owner.organization() else {
            return Ok(true);
        };
        let known = store.organizations().await?;
        Ok(known.iter().any(|known| known.name == name))
    }
}

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
