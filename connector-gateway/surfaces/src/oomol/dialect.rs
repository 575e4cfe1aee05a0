//! What handlers of this dialect need, and what they read from the path.

use std::sync::Arc;

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::catalog::Catalog;
use super::envelope::Failure;
use super::request::fault;
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::selectors::Selectors;

#[derive(Clone)]
pub(super) struct Dialect {
    pub(super) gateway: Gateway,
    pub(super) catalog: Arc<Catalog>,
}

impl Dialect {
    pub(super) async fn identify(
        &self,
        parts: &Parts,
        served: &Selectors,
    ) -> Result<Caller, Failure> {
        let caller = Caller::of_request(&self.gateway, &parts.headers, &parts.extensions).await?;
        served.check(&parts.headers, parts.uri.query())?;
        Ok(caller)
    }
}

impl FromRequestParts<Dialect> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, dialect: &Dialect) -> Result<Self, Failure> {
        dialect.identify(parts, &Selectors::OOMOL).await
    }
}

/// The parameter of the path. Extract it after the caller, who must be identified first.
pub(super) struct Segment(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segment)) => Ok(Self(segment)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(match error.kind() {
                ErrorKind::InvalidUtf8InPathParam { key } => {
                    let message = "must be percent-encoded UTF-8, one segment of the path";
                    Failure::invalid(fault(key, message))
                }
                _ => Failure::defect(),
            }),
            Err(_) => Err(Failure::defect()),
        }
    }
}

/// Makes the failure for a connector that does not exist, or that the caller does not see.
pub(super) fn unknown_service(caller: &Caller, service: &str) -> Failure {
    caller.unknown_connector("service", service).into()
}
