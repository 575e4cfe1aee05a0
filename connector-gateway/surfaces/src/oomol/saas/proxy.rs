//! `POST /v1/saas/proxy/{service}`: requests to a connector's API itself, for end users.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::body::Body;
use super::execute::Who;
use super::failure;
use crate::body::{Kind, Received};
use crate::oomol::envelope::{Failure, render};
use crate::oomol::{Dialect, bad_segment, proxy, request};
use crate::request::trace_context;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::{Call, CallOptions, Handles, OwnerSelector, Target};

const MEMBERS: [&str; 4] = ["userId", "providerConfigId", "connectedAccountId", "alias"];

/// `POST /v1/saas/proxy/{service}`.
pub(super) async fn call(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let principal = dialect.principal(&headers).await?;
    // Who has no key of a project sends no body either.
    dialect.gateway.accounts(&principal)?;
    let Path(service) = path.map_err(bad_segment("service"))?;
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
    let known = [&MEMBERS[..], &proxy::MEMBERS].concat();
    let bodies = &dialect.gateway.inner().bodies;
    let mut body = Body::read(bodies, &headers, &mut received, &known).map_err(named)?;
    let who = Who::take(&mut body, None);
    let (members, faults) = body.rest();
    let request = proxy::read(bodies, members, faults).map_err(named)?;
    let usable = accounts
        .usable(who.provider.as_ref(), &service, &who.user, &who.connection)
        .await;
    let provider_configs = usable.map_err(|error| named(error.into()))?;
    let call = Call {
        surface: Surface::Proxy,
        target: Target::Proxy {
            connector: service.clone(),
            request: Box::new(request),
        },
        connection: who.connection,
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
