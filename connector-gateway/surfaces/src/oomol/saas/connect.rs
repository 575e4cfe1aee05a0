//! `POST /v1/saas/connected-accounts/...`: three ways to connect an account.

use axum::extract::Request;
use axum::response::Response;

use super::accounts::shown;
use super::body::{ALIAS, SECRET, USER, alias, extra, provider, secrets};
use super::project::{NoQuery, Project};
use super::requests;
use crate::members::{Body, Kind, Members, TEXT};
use crate::oomol::envelope::Failure;
use crate::oomol::request::receive;
use plugwright_engine::accounts::{Link, NewAccount, Secrets};

const NEW_ALIAS: Kind<String> =
    ALIAS.about("Name of the account among the user's accounts; by default the first free one.");

impl Body for Link {
    fn read(members: &mut Members<'_>) -> Self {
        let return_uri = TEXT.about(
            "Where the browser returns to in the end: below one of the project's return URIs.",
        );
        Self {
            user: members.required("userId", USER).unwrap_or_default(),
            provider: provider(members),
            alias: alias(members, NEW_ALIAS),
            return_uri: members.text("returnUri", return_uri),
        }
    }
}

/// An account and its secrets: the user's key, or the values that the connector asks for by name.
pub(super) struct BySecret<const NAMED: bool>(NewAccount);

impl<const NAMED: bool> Body for BySecret<NAMED> {
    fn read(members: &mut Members<'_>) -> Self {
        let secrets = if NAMED {
            secrets(members, "values").map(Secrets::Values)
        } else {
            let key = members.required("apiKey", SECRET);
            let extra = extra(members, "");
            key.map(|key| Secrets::Key { key, extra })
        };
        Self(NewAccount {
            user: members.required("userId", USER).unwrap_or_default(),
            provider: provider(members),
            alias: alias(members, NEW_ALIAS),
            secrets,
        })
    }
}

/// `POST /v1/saas/connected-accounts/link`.
pub(super) async fn link(
    Project(caller, NoQuery): Project,
    request: Request,
) -> Result<Response, Failure> {
    let (link, faults) = receive(&caller, request).await?;
    let request = caller.accounts()?.link(link, faults).await?;
    requests::shown(&caller, &request).await
}

/// `POST /v1/saas/connected-accounts/api-key` and `../custom-credential`.
pub(super) async fn by_secret<const NAMED: bool>(
    Project(caller, NoQuery): Project,
    request: Request,
) -> Result<Response, Failure> {
    let (BySecret::<NAMED>(given), faults) = receive(&caller, request).await?;
    let work = caller.run_to_end(|caller| async move {
        let accounts = caller.accounts()?;
        let account = accounts.connect_given(given, faults).await?;
        shown(&accounts, &account).await
    });
    work.await
}
