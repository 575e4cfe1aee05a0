//! `/v1/saas/connection-requests`: how far requests to connect have come.

use axum::response::Response;

use super::project::{NoQuery, Project};
use super::view::RequestView;
use crate::caller::Caller;
use crate::connect::paths;
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
use plugwright_engine::accounts::AccountError;
use plugwright_engine::connect::Standing;
use plugwright_store::ConnectionRequest;

/// `GET /v1/saas/connection-requests/{id}`.
pub(super) async fn show(
    Project(caller, NoQuery): Project,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let request = caller.accounts()?.request(&id).await?;
    shown(&caller, &request).await
}

pub(super) async fn shown(
    caller: &Caller,
    request: &ConnectionRequest,
) -> Result<Response, Failure> {
    let connect = caller.gateway.connect()?;
    let standing = connect.standing(request);
    let account = match standing {
        Standing::Connected => connect.connection(request.connection).await?,
        Standing::Initiated | Standing::Failed | Standing::Expired => None,
    };
    let page = paths::page(&connect, request.id).map_err(AccountError::from)?;
    let account = account.as_ref();
    fresh(&RequestView::new(request, standing, &page, account))
}
