//! Callers with the key of a project.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::caller::Caller;
use crate::oomol::dialect::Dialect;
use crate::oomol::envelope::Failure;
use crate::selectors::Selectors;

/// A caller with a project's key. Others are rejected before their bodies are read.
pub(super) struct Project(pub(super) Caller);

impl FromRequestParts<Dialect> for Project {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, dialect: &Dialect) -> Result<Self, Failure> {
        let caller = dialect.identify(parts, &Selectors::END_USERS).await?;
        caller.accounts()?;
        Ok(Self(caller))
    }
}
