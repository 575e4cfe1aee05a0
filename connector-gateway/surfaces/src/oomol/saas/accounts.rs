//! `/v1/saas/connected-accounts`: the accounts of end users.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::Project;
use super::body::user_fault;
use super::view::{ConnectedAccount, Profile};
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{Query, fault};
use crate::oomol::{Dialect, Segment};
use plugwright_engine::Surface;
use plugwright_engine::accounts::{AccountFilter, Accounts};
use plugwright_store::Connection;

/// What a deletion is answered with.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deleted {
    connected_account_id: uuid::Uuid,
    deleted: bool,
}

/// `GET /v1/saas/connected-accounts`: those of one user.
pub(super) async fn list(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let accounts = dialect.gateway.accounts(&principal)?;
    let query = Query::parse(query.as_deref());
    let filter = AccountFilter {
        user: user(&query)?.to_owned(),
        service: query.first("service").map(str::to_owned),
        provider_config: query.first("providerConfigId").map(str::to_owned),
    };
    let found = accounts.list(&filter).await?;
    let mut views = Vec::with_capacity(found.len());
    for account in &found {
        views.push(view(&accounts, account).await?);
    }
    fresh(&views)
}

/// `GET /v1/saas/connected-accounts/{id}`.
pub(super) async fn show(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    Segment(id): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let accounts = dialect.gateway.accounts(&principal)?;
    let account = named(&accounts, &id, query.as_deref()).await?;
    shown(&accounts, &account).await
}

/// `GET /v1/saas/connected-accounts/{id}/profile`.
pub(super) async fn profile(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    Segment(id): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let accounts = dialect.gateway.accounts(&principal)?;
    let account = named(&accounts, &id, query.as_deref()).await?;
    fresh(&Profile::new(&account))
}

/// `DELETE /v1/saas/connected-accounts/{id}`: of a user who is named, so that nobody deletes
/// another user's account by mistake.
pub(super) async fn delete(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    Segment(id): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    user(&Query::parse(query.as_deref()))?;
    let tasks = dialect.gateway.engine().tasks().clone();
    let work = tasks.spawn(async move {
        let accounts = dialect.gateway.accounts(&principal)?;
        let account = named(&accounts, &id, query.as_deref()).await?;
        accounts.delete(&account).await?;
        fresh(&Deleted {
            connected_account_id: account.id,
            deleted: true,
        })
    });
    work.await.unwrap_or_else(|_| Err(Failure::defect()))
}

/// Returns the user that a query names.
fn user(query: &Query) -> Result<&str, Failure> {
    let user = query.first("userId");
    match user_fault(user) {
        None => Ok(user.unwrap_or_default()),
        Some(message) => Err(Failure::invalid(
            vec![fault("userId", message)],
            Surface::Action,
        )),
    }
}

/// Returns the account of a path, of the user and provider config that the query names.
async fn named(
    accounts: &Accounts<'_>,
    id: &str,
    query: Option<&str>,
) -> Result<Connection, Failure> {
    let query = Query::parse(query);
    let (user, config) = (query.first("userId"), query.first("providerConfigId"));
    Ok(accounts.account(id, user, config).await?)
}

async fn view<'c>(
    accounts: &Accounts<'_>,
    account: &'c Connection,
) -> Result<ConnectedAccount<'c>, Failure> {
    let config = accounts.config_of(account).await?;
    let is_active = config.is_some_and(|config| config.active);
    Ok(ConnectedAccount::new(account, is_active))
}

/// Answers with an account.
pub(super) async fn shown(
    accounts: &Accounts<'_>,
    account: &Connection,
) -> Result<Response, Failure> {
    fresh(&view(accounts, account).await?)
}
