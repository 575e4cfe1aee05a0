//! `POST /v1/saas/proxy/{service}`: requests to a connector's API itself, for end users.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::execute::Who;
use super::{Project, failure};
use crate::body::{Kind, Received};
use crate::members::{Body, Members};
use crate::oomol::envelope::{Failure, render};
use crate::oomol::proxy::ProxyBody;
use crate::oomol::{Dialect, Segment, request};
use crate::request::trace_context;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::{Call, CallOptions, Handles, OwnerSelector, Target};

/// A request for an end user.
pub(super) struct RequestBody {
    who: Who,
    request: ProxyBody,
}

impl Body for RequestBody {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            who: Who::read(members),
            request: ProxyBody::read(members),
        }
    }
}

/// `POST /v1/saas/proxy/{service}`.
pub(super) async fn call(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    Segment(service): Segment,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let gateway = dialect.gateway.clone();
    let bodies = &gateway.inner().bodies;
    let body = request::body(bodies, request, Kind::Input).await?;
    let called = |body| called(dialect, principal, service, headers, body);
    bodies.serve(body, called).await?
}

async fn called(
    dialect: Arc<Dialect>,
    principal: Arc<Principal>,
    service: String,
    headers: HeaderMap,
    mut received: Received,
) -> Result<Response, Failure> {
    let accounts = dialect.gateway.accounts(&principal)?;
    let named = |failure: Failure| failure.with_service(service.clone());
    let bodies = &dialect.gateway.inner().bodies;
    let (RequestBody { who, request }, faults) =
        request::read(bodies, &headers, &mut received).map_err(named)?;
    let request = request.request(bodies, faults).map_err(named)?;
    let connection = who.connection();
    let usable = accounts
        .usable(who.provider.as_ref(), &service, &who.user, &connection)
        .await;
    let provider_configs = usable.map_err(|error| named(error.into()))?;
    let call = Call {
        surface: Surface::Proxy,
        target: Target::Proxy {
            connector: service.clone(),
            request: Box::new(request),
        },
        connection,
        owner: OwnerSelector::EndUser {
            user: who.user,
            provider_configs,
        },
        options: CallOptions {
            idempotency_key: request::idempotency_key(&headers).map_err(named)?,
            ..CallOptions::default()
        },
        bytes_in: received.length() as u64,
        trace_context: trace_context(&headers),
        cancellation: None,
        handles: Handles::default(),
        principal: Arc::clone(&principal),
    };
    let outcome = dialect
        .gateway
        .engine()
        .execute_holding(call, received.into_held())
        .await;
    render(&outcome, Surface::Proxy, &service).map_err(failure::of_call)
}
