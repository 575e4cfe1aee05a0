//! `/v1/saas/connected-accounts`: the accounts of end users.

use axum::extract::RawQuery;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::body::user_fault;
use super::project::Project;
use super::view::{ConnectedAccount, Profile};
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{Query, fault};
use plugwright_engine::accounts::{AccountFilter, Accounts};
use plugwright_store::Connection;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Deleted")]
pub(super) struct Deletion {
    connected_account_id: uuid::Uuid,
    deleted: bool,
}

/// `GET /v1/saas/connected-accounts`: those of one user.
pub(super) async fn list(
    Project(caller): Project,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Query::parse(query.as_deref());
    let filter = AccountFilter {
        user: user(&query)?.to_owned(),
        service: query.first("service").map(str::to_owned),
        provider_config: query.first("providerConfigId").map(str::to_owned),
    };
    let accounts = caller.accounts()?;
    let found = accounts.list(&filter).await?;
    let mut views = Vec::with_capacity(found.len());
    for account in &found {
        views.push(view(&accounts, account).await?);
    }
    fresh(&views)
}

/// `GET /v1/saas/connected-accounts/{id}`.
pub(super) async fn show(
    Project(caller): Project,
    Segment(id): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let accounts = caller.accounts()?;
    shown(&accounts, &find(&accounts, &id, query).await?).await
}

/// `GET /v1/saas/connected-accounts/{id}/profile`.
pub(super) async fn profile(
    Project(caller): Project,
    Segment(id): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let account = find(&caller.accounts()?, &id, query).await?;
    fresh(&Profile::new(&account))
}

/// `DELETE /v1/saas/connected-accounts/{id}`. It must name the user, so that nobody deletes another
/// user's account by mistake.
pub(super) async fn delete(
    Project(caller): Project,
    Segment(id): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    user(&Query::parse(query.as_deref()))?;
    let work = caller.run_to_end(|caller| async move {
        let accounts = caller.accounts()?;
        let account = find(&accounts, &id, query).await?;
        accounts.delete(&account).await?;
        fresh(&Deletion {
            connected_account_id: account.id,
            deleted: true,
        })
    });
    work.await
}

fn user(query: &Query) -> Result<&str, Failure> {
    let user = query.first("userId");
    match user_fault(user) {
        None => Ok(user.unwrap_or_default()),
        Some(message) => Err(Failure::invalid(fault("userId", message))),
    }
}

async fn find(
    accounts: &Accounts<'_>,
    id: &str,
    query: Option<String>,
) -> Result<Connection, Failure> {
    let query = Query::parse(query.as_deref());
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

pub(super) async fn shown(
    accounts: &Accounts<'_>,
    account: &Connection,
) -> Result<Response, Failure> {
    fresh(&view(accounts, account).await?)
}
