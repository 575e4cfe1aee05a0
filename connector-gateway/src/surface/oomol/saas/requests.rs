//! `/v1/saas/connection-requests`: how far requests to connect have come.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::view::RequestView;
use crate::accounts::{AccountError, Accounts};
use crate::connect::{Connect, Standing};
use crate::store::ConnectionRequest;
use crate::surface::connect::paths;
use crate::surface::oomol::Dialect;
use crate::surface::oomol::bad_segment;
use crate::surface::oomol::envelope::{Failure, fresh};

/// `GET /v1/saas/connection-requests/{id}`.
pub(super) async fn show(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let principal = dialect.principal(&headers).await?;
    let accounts = Accounts::of(&dialect.gateway, &principal)?;
    let Path(id) = path.map_err(bad_segment("id"))?;
    let request = accounts.request(&id).await?;
    shown(&dialect, &request).await
}

/// Answers with a request.
pub(super) async fn shown(
    dialect: &Dialect,
    request: &ConnectionRequest,
) -> Result<Response, Failure> {
    let connect = Connect::of(dialect.gateway.inner())?;
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
