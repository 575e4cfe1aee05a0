//! `/v1/saas/connection-requests`: how far requests to connect have come.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::Project;
use super::view::RequestView;
use crate::connect::paths;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::{Dialect, Segment};
use plugwright_engine::accounts::AccountError;
use plugwright_engine::connect::Standing;
use plugwright_store::ConnectionRequest;

/// `GET /v1/saas/connection-requests/{id}`.
pub(super) async fn show(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let accounts = dialect.gateway.accounts(&principal)?;
    let request = accounts.request(&id).await?;
    shown(&dialect, &request).await
}

/// Answers with a request.
pub(super) async fn shown(
    dialect: &Dialect,
    request: &ConnectionRequest,
) -> Result<Response, Failure> {
    let connect = dialect.gateway.connect()?;
    let standing = connect.standing(request);
    let account = match standing {
        Standing::Connected => connect.connection(request.connection).await?,
        Standing::Initiated | Standing::Failed | Standing::Expired => None,
    };
    let page = paths::page(&connect, request.id).map_err(AccountError::from)?;
    fresh(&RequestView::new(
        request,
        standing,
        &page,
        account.as_ref(),
    ))
}
