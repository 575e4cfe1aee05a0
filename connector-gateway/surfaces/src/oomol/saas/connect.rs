//! `POST /v1/saas/connected-accounts/...`: three ways of connecting an account.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use super::accounts::shown;
use super::body::Body;
use super::requests;
use crate::body::Kind;
use crate::oomol::Dialect;
use crate::oomol::envelope::Failure;
use crate::oomol::request;
use plugwright_engine::Principal;
use plugwright_engine::accounts::{Given, Link, Secrets};

const LINK: [&str; 5] = [
    "userId",
    "service",
    "providerConfigId",
    "alias",
    "returnUri",
];
const API_KEY: [&str; 6] = [
    "userId",
    "service",
    "providerConfigId",
    "alias",
    "apiKey",
    "extra",
];
const VALUES: [&str; 5] = ["userId", "service", "providerConfigId", "alias", "values"];

/// `POST /v1/saas/connected-accounts/link`.
pub(super) async fn link(
    State(dialect): State<Arc<Dialect>>,
    request: Request,
) -> Result<Response, Failure> {
    let (principal, mut body) = read(&dialect, request, &LINK).await?;
    let link = Link {
        user: body.user(),
        provider: body.provider(),
        alias: body.alias(),
        return_uri: body.text("returnUri"),
    };
    let accounts = dialect.gateway.accounts(&principal)?;
    let request = accounts.link(link, body.faults).await?;
    requests::shown(&dialect, &request).await
}

/// `POST /v1/saas/connected-accounts/api-key`.
pub(super) async fn api_key(
    State(dialect): State<Arc<Dialect>>,
    request: Request,
) -> Result<Response, Failure> {
    let (principal, mut body) = read(&dialect, request, &API_KEY).await?;
    let key = body.secret("apiKey");
    let extra = body.texts("extra").unwrap_or_default();
    let secrets = key.map(|key| Secrets::Key { key, extra });
    store(dialect, principal, body, secrets).await
}

/// `POST /v1/saas/connected-accounts/custom-credential`.
pub(super) async fn custom_credential(
    State(dialect): State<Arc<Dialect>>,
    request: Request,
) -> Result<Response, Failure> {
    let (principal, mut body) = read(&dialect, request, &VALUES).await?;
    let secrets = body.secrets("values").map(Secrets::Values);
    store(dialect, principal, body, secrets).await
}

async fn read(
    dialect: &Dialect,
    mut request: Request,
    known: &[&str],
) -> Result<(Arc<Principal>, Body), Failure> {
    let headers = std::mem::take(request.headers_mut());
    let principal = dialect.principal(&headers).await?;
    // Who has no key of a project sends no body either.
    dialect.gateway.accounts(&principal)?;
    let bodies = &dialect.gateway.inner().bodies;
    let mut body = request::body(bodies, request, Kind::Small).await?;
    Ok((principal, Body::read(bodies, &headers, &mut body, known)?))
}

async fn store(
    dialect: Arc<Dialect>,
    principal: Arc<Principal>,
    mut body: Body,
    secrets: Option<Secrets>,
) -> Result<Response, Failure> {
    let given = Given {
        user: body.user(),
        provider: body.provider(),
        alias: body.alias(),
        secrets,
    };
    let tasks = dialect.gateway.engine().tasks().clone();
    // It goes on if the client goes away: half a change is worse than one too many.
    let work = tasks.spawn(async move {
        let accounts = dialect.gateway.accounts(&principal)?;
        let account = accounts.connect_given(given, body.faults).await?;
        shown(&accounts, &account).await
    });
    work.await.unwrap_or_else(|_| Err(Failure::defect()))
}
