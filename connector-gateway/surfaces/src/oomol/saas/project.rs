//! Callers with the key of a project.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::caller::Caller;
use crate::members::{Body, Members, read_query};
use crate::oomol::dialect::Dialect;
use crate::oomol::envelope::Failure;
use crate::selectors::Selectors;

/// A caller with a project's key, and the query. Others are rejected before their bodies are read.
///
/// A parameter that is unknown, empty or given twice is refused: an account that a backend asked for
/// in that way would be another user's than it meant.
pub(super) struct Project<Q = NoQuery>(pub(super) Caller, pub(super) Q);

impl<Q: Body> FromRequestParts<Dialect> for Project<Q> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, dialect: &Dialect) -> Result<Self, Failure> {
        let caller = dialect.identify(parts, &Selectors::END_USERS).await?;
        caller.accounts()?;
        let query = read_query(parts.uri.query())?;
        Ok(Self(caller, query))
    }
}

/// A query without parameters.
pub(super) struct NoQuery;

impl Body for NoQuery {
    fn read(_: &mut Members<'_>) -> Self {
        Self
    }
}
