//! `POST /v1/saas/connected-accounts/...`: three ways of connecting an account.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use plugwright_sdk::host::Faults;

use super::accounts::shown;
use super::body::{ALIAS, SECRET, USER, alias, extra, provider, secrets};
use super::{Project, requests};
use crate::body::Kind as BodyKind;
use crate::members::{Body, Kind, Members, TEXT};
use crate::oomol::Dialect;
use crate::oomol::envelope::Failure;
use crate::oomol::request;
use plugwright_engine::accounts::{Link, NewAccount, Secrets};

const NEW_ALIAS: Kind<String> = ALIAS
    .about("Name of the account among the user's accounts; without it, the first that is free.");

impl Body for Link {
    fn read(members: &mut Members<'_>) -> Self {
        let return_uri = TEXT
            .about("Where the browser goes in the end: below one of the project's return URIs.");
        Self {
            user: members.required("userId", USER).unwrap_or_default(),
            provider: provider(members),
            alias: alias(members, NEW_ALIAS),
            return_uri: members.text("returnUri", return_uri),
        }
    }
}

/// An account by the user's key.
pub(super) struct ByKey(NewAccount);

impl Body for ByKey {
    fn read(members: &mut Members<'_>) -> Self {
        let key = members.required("apiKey", SECRET);
        let extra = extra(members, "");
        Self(given(members, key.map(|key| Secrets::Key { key, extra })))
    }
}

/// An account by the values that the connector asks for.
pub(super) struct ByValues(NewAccount);

impl Body for ByValues {
    fn read(members: &mut Members<'_>) -> Self {
        let values = secrets(members, "values");
        Self(given(members, values.map(Secrets::Values)))
    }
}

fn given(members: &mut Members<'_>, secrets: Option<Secrets>) -> NewAccount {
    NewAccount {
        user: members.required("userId", USER).unwrap_or_default(),
        provider: provider(members),
        alias: alias(members, NEW_ALIAS),
        secrets,
    }
}

/// `POST /v1/saas/connected-accounts/link`.
pub(super) async fn link(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    request: Request,
) -> Result<Response, Failure> {
    let (link, faults) = read(&dialect, request).await?;
    let accounts = dialect.gateway.accounts(&principal)?;
    let request = accounts.link(link, faults).await?;
    requests::shown(&dialect, &request).await
}

/// `POST /v1/saas/connected-accounts/api-key`.
pub(super) async fn api_key(
    State(dialect): State<Arc<Dialect>>,
    project: Project,
    request: Request,
) -> Result<Response, Failure> {
    let (ByKey(given), faults) = read(&dialect, request).await?;
    store(dialect, project, given, faults).await
}

/// `POST /v1/saas/connected-accounts/custom-credential`.
pub(super) async fn custom_credential(
    State(dialect): State<Arc<Dialect>>,
    project: Project,
    request: Request,
) -> Result<Response, Failure> {
    let (ByValues(given), faults) = read(&dialect, request).await?;
    store(dialect, project, given, faults).await
}

async fn read<T: Body>(dialect: &Dialect, mut request: Request) -> Result<(T, Faults), Failure> {
    let headers = std::mem::take(request.headers_mut());
    let bodies = &dialect.gateway.inner().bodies;
    let mut body = request::body(bodies, request, BodyKind::Small).await?;
    request::read(bodies, &headers, &mut body)
}

async fn store(
    dialect: Arc<Dialect>,
    Project(principal): Project,
    given: NewAccount,
    faults: Faults,
) -> Result<Response, Failure> {
    let tasks = dialect.gateway.engine().tasks().clone();
    // It goes on if the client goes away: half a change is worse than one too many.
    let work = tasks.spawn(async move {
        let accounts = dialect.gateway.accounts(&principal)?;
        let account = accounts.connect_given(given, faults).await?;
        shown(&accounts, &account).await
    });
    work.await.unwrap_or_else(|_| Err(Failure::defect()))
}
