//! Authentication of callers.

use std::sync::Arc;

use plugwright_sdk::{ActionError, ErrorCode};
use subtle::ConstantTimeEq as _;

use plugwright_engine::Principal;
use plugwright_engine::Storage;
use plugwright_engine::tokens;
use plugwright_store::Timestamp;
use plugwright_store::TokenHash;

/// The callers that are accepted, apart from those with tokens in the store.
pub(super) struct Access {
    operator: Option<TokenHash>,
    /// The principal without a token, on a development server.
    anonymous: Option<Arc<Principal>>,
    operator_principal: Arc<Principal>,
}

impl Access {
    /// `operator` is the hash of the operator's token; `anonymous` accepts callers without a token.
    pub(super) fn new(operator: Option<TokenHash>, anonymous: bool) -> Self {
        Self {
            operator,
            anonymous: anonymous.then(|| Arc::new(Principal::anonymous())),
            operator_principal: Arc::new(Principal::operator()),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.anonymous.is_some()
    }

    pub(super) async fn authenticate(
        &self,
        storage: Option<&Storage>,
        token: Option<&str>,
    ) -> Result<Arc<Principal>, ActionError> {
        let Some(token) = token else {
            return self.anonymous.clone().ok_or_else(|| {
                unauthorized("a token is required: send it as `Authorization: Bearer TOKEN`")
            });
        };
        let hash = tokens::hash(token);
        if let Some(operator) = &self.operator
            && bool::from(operator.ct_eq(&hash))
        {
            return Ok(Arc::clone(&self.operator_principal));
        }
        let known = match storage {
            Some(storage) => storage
                .directory
                .token(&*storage.store, &hash)
                .await
                .map_err(ActionError::from)?,
            None => None,
        };
        let known = known.ok_or_else(|| unauthorized("the token is unknown"))?;
        if known.revoked {
            return Err(unauthorized("the token was revoked"));
        }
        if known.expires_at.is_some_and(|end| end <= Timestamp::now()) {
            return Err(unauthorized("the token has expired"));
        }
        Ok(Arc::clone(&known.principal))
    }
}

fn unauthorized(message: &str) -> ActionError {
    ActionError::new(ErrorCode::Unauthorized, message)
}
