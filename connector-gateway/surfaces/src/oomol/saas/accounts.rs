//! `/v1/saas/connected-accounts`: the accounts of end users.

use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::body::USER;
use super::project::Project;
use super::view::{ConnectedAccount, Profile};
use crate::members::{Body, Kind, Members, TEXT};
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
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
    Project(caller, filter): Project<AccountFilter>,
) -> Result<Response, Failure> {
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
    Project(caller, only): Project<Only>,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let accounts = caller.accounts()?;
    shown(&accounts, &only.find(&accounts, &id).await?).await
}

/// `GET /v1/saas/connected-accounts/{id}/profile`.
pub(super) async fn profile(
    Project(caller, only): Project<Only>,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let account = only.find(&caller.accounts()?, &id).await?;
    fresh(&Profile::new(&account))
}

/// `DELETE /v1/saas/connected-accounts/{id}`. It must name the user, so that nobody deletes another
/// user's account by mistake.
pub(super) async fn delete(
    Project(caller, OfUser(only)): Project<OfUser>,
    Segment(id): Segment,
) -> Result<Response, Failure> {
    let work = caller.run_to_end(|caller| async move {
        let accounts = caller.accounts()?;
        let account = only.find(&accounts, &id).await?;
        accounts.delete(&account).await?;
        fresh(&Deletion {
            connected_account_id: account.id,
            deleted: true,
        })
    });
    work.await
}

impl Body for AccountFilter {
    fn read(members: &mut Members<'_>) -> Self {
        let service = NAME.about("Only of this connector.");
        Self {
            user: members.required("userId", THE_USER).unwrap_or_default(),
            service: members.optional("service", service),
            provider_config: members.optional("providerConfigId", CONFIG),
        }
    }
}

/// Whose account it must be.
pub(super) struct Only {
    user: Option<String>,
    provider_config: Option<String>,
}

impl Body for Only {
    fn read(members: &mut Members<'_>) -> Self {
        let user = USER.about("Only if it is this user's.");
        Self {
            user: members.optional("userId", user),
            provider_config: members.optional("providerConfigId", CONFIG),
        }
    }
}

impl Only {
    async fn find(&self, accounts: &Accounts<'_>, id: &str) -> Result<Connection, Failure> {
        let (user, config) = (self.user.as_deref(), self.provider_config.as_deref());
        Ok(accounts.account(id, user, config).await?)
    }
}

/// Whose account it must be, with the user.
pub(super) struct OfUser(Only);

impl Body for OfUser {
    fn read(members: &mut Members<'_>) -> Self {
        Self(Only {
            user: members.required("userId", THE_USER),
            provider_config: members.optional("providerConfigId", CONFIG),
        })
    }
}

const THE_USER: Kind<String> = USER.about("The user.");

const CONFIG: Kind<String> = NAME.about("Only of this provider config.");

const NAME: Kind<String> = TEXT
    .must("a string that is not empty")
    .schema(|_| json!({ "type": "string", "minLength": 1 }))
    .read(|value| match value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    });

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::read_query;
    use crate::oomol::saas::project::NoQuery;

    fn refused<Q: Body>(query: &str) -> String {
        match read_query::<Q>(Some(query)) {
            Ok(_) => panic!("`{query}` is served"),
            Err(error) => error.message().to_owned(),
        }
    }

    #[test]
    fn a_user_who_is_named_wrongly_is_no_filter() {
        for name in ["userid", "user_id", "externalUserId", "user"] {
            let query = format!("{name}=u");
            let message = refused::<Only>(&query);
            assert!(message.contains("is not a parameter"), "{message}");
            refused::<AccountFilter>(&format!("userId=u&{query}"));
            refused::<OfUser>(&format!("userId=u&{query}"));
        }
        for query in [
            "userId=",
            "userId=u&userId=u",
            "userId=a&userId=b",
            "userId=u&providerConfigId=",
        ] {
            refused::<Only>(query);
            refused::<AccountFilter>(query);
            refused::<OfUser>(query);
        }
        refused::<AccountFilter>("userId=u&service=");
        refused::<AccountFilter>("service=tri");
        refused::<OfUser>("providerConfigId=c");
        assert_eq!(
            refused::<NoQuery>("userId=u"),
            "`userId` is not a parameter; this takes none"
        );
        let only = read_query::<Only>(Some("userId=u&providerConfigId=c")).unwrap();
        assert_eq!(only.user.as_deref(), Some("u"));
        assert!(read_query::<Only>(None).unwrap().user.is_none());
        read_query::<NoQuery>(Some("")).unwrap();
    }
}
