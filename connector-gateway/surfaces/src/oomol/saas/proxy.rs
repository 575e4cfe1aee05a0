//! `POST /v1/saas/proxy/{service}`: requests to a connector's API itself, for end users.

use axum::extract::Request;
use axum::response::Response;

use super::execute::EndUser;
use super::failure;
use super::project::{NoQuery, Project};
use crate::members::{Body, Members};
use crate::oomol::calls::{CallRequest, Render};
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, render};
use crate::oomol::proxy::{ProxyBody, options, target};
use crate::oomol::request;
use plugwright_engine::{OwnerSelector, Surface};

pub(super) struct RequestBody {
    who: EndUser,
    request: ProxyBody,
}

impl Body for RequestBody {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            who: EndUser::read(members),
            request: ProxyBody::read(members),
        }
    }
}

/// `POST /v1/saas/proxy/{service}`.
pub(super) async fn call(
    Project(caller, NoQuery): Project,
    Segment(service): Segment,
    request: Request,
) -> Result<Response, Failure> {
    let rendered: Render =
        |outcome, surface, name| render(outcome, surface, name).map_err(failure::of_call);
    CallRequest::serve(caller, service, Surface::Proxy, rendered, request, proxy).await
}

async fn proxy(mut request: CallRequest) -> Result<Response, Failure> {
    let (who, proxied, options) = request.parse(|bodies, headers, _, body, _| {
        let (body, faults) = request::read::<RequestBody>(bodies, headers, body)?;
        let proxied = body.request.request(bodies, faults)?;
        Ok((body.who, proxied, options(headers)?))
    })?;
    let connection = who.connection();
    let (user, service) = (who.user, &request.name);
    let accounts = request.caller.accounts()?;
    let usable = accounts.usable(who.provider.as_ref(), service, &user, &connection);
    let owner = OwnerSelector::EndUser {
        provider_configs: usable.await.map_err(|error| request.named(error))?,
        user,
    };
    request
        .execute(target(proxied), connection, owner, options)
        .await
}
