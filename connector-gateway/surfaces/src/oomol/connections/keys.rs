//! Accounts that are connected by a key, at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::{Connector, Faults};
use plugwright_sdk::{ActionError, Credential, Secret};
use serde_json::json;

use super::accounts::Account;
use super::requests::conflicting;
use super::{SETTINGS, connector};
use crate::body::Kind as BodyKind;
use crate::members::{Body, Kind, Members, TEXT};
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{self, fault, organization};
use crate::oomol::saas::body::{ALIAS, SECRET, alias, extra, secrets};
use crate::oomol::{Caller, Dialect, Segment};
use plugwright_engine::Surface;
use plugwright_engine::connect::personal::{AccountRequest, KeyInput};
use plugwright_engine::connections::credential;
use plugwright_store::RequestDetails;

/// An account to be connected.
pub(super) struct NewAccount {
    name: Option<String>,
    label: Option<String>,
    settings: BTreeMap<String, String>,
    secret: Option<Offered>,
}

/// What was given as the credential.
enum Offered {
    Key(Secret),
    Values(BTreeMap<String, Secret>),
}

fn account(
    members: &mut Members<'_>,
    secret: fn(&mut Members<'_>) -> Option<Offered>,
) -> NewAccount {
    NewAccount {
        name: alias(members, ALIAS),
        label: members.text("comment", TEXT),
        settings: extra(members, SETTINGS),
        secret: secret(members),
    }
}

/// An account by its key.
pub(super) struct ByKey(NewAccount);

impl Body for ByKey {
    fn read(members: &mut Members<'_>) -> Self {
        const KEY: Kind<Secret> = SECRET.schema(|_| json!({ "type": "string" }));
        Self(account(members, |members| {
            members.required("apiKey", KEY).map(Offered::Key)
        }))
    }
}

impl From<ByKey> for NewAccount {
    fn from(ByKey(account): ByKey) -> Self {
        account
    }
}

/// An account by named values.
pub(super) struct ByValues(NewAccount);

impl Body for ByValues {
    fn read(members: &mut Members<'_>) -> Self {
        Self(account(members, |members| {
            secrets(members, "values").map(Offered::Values)
        }))
    }
}

impl From<ByValues> for NewAccount {
    fn from(ByValues(account): ByValues) -> Self {
        account
    }
}

impl NewAccount {
    /// Returns the credential as the connector takes it, and the kind of its scheme. Values that the
    /// credential does not have are settings of the connection.
    fn credential(
        &mut self,
        connector: &Connector,
        base_url: &str,
        faults: &mut Faults,
    ) -> Option<(Credential, SchemeKind)> {
        let mut values = match self.secret.take()? {
            Offered::Key(key) => return credential::of_key(connector, "apiKey", key, faults),
            Offered::Values(values) => values,
        };
        let known = credential::named_fields(connector).map_or(&[][..], |(_, fields)| fields);
        for setting in connector.settings_at(base_url) {
            let own = known.iter().any(|field| field.name == setting.name);
            if !own && let Some(value) = values.remove(setting.name) {
                let value = value.expose().to_owned();
                self.settings.insert(setting.name.to_owned(), value);
            }
        }
        credential::of_values(connector, "values", values, faults)
    }
}

/// `POST /v1/connections/{service}/connect/api-key` and `../custom-credential`.
pub(super) async fn connect<T: Body + Into<NewAccount>>(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(service): Segment,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let organization = organization(&headers)?;
    let (connector, base_url) = {
        let personal = dialect.gateway.personal(&principal)?;
        let connector = connector(&dialect, &principal, personal, &service)?.clone();
        let base_url = personal.connect.base_url(&connector).to_owned();
        (connector, base_url)
    };
    let bodies = &dialect.gateway.inner().bodies;
    let mut bytes = request::body(bodies, request, BodyKind::Small).await?;
    let (body, found) = request::read::<T>(bodies, &headers, &mut bytes)?;
    let mut account: NewAccount = body.into();
    let mut faults = Faults::new();
    let credential = account.credential(&connector, &base_url, &mut faults);
    faults.append(found);
    let NewAccount {
        name,
        label,
        settings,
        ..
    } = account;
    let wrong = connector
        .check_settings_at(&base_url, &settings)
        .into_iter();
    faults.extend(wrong.map(|found| fault(format!("extra.{}", found.param), found.message)));
    if !faults.is_empty() {
        return Err(Failure::invalid(faults, Surface::Action));
    }
    let given = credential.and_then(|(credential, kind)| {
        let taken = connector.auth().iter().any(|auth| auth.kind() == kind);
        taken.then_some(KeyInput {
            scheme: kind,
            credential,
            settings,
        })
    });
    let given = given.ok_or_else(|| {
        let message = format!(
            "{} takes no credential of this kind",
            connector.display_name()
        );
        Failure::own(400, "app_auth_type_mismatch", message)
    })?;
    let wish = AccountRequest {
        organization,
        connector: connector.clone(),
        details: RequestDetails {
            name,
            label,
            settings: given.settings.clone(),
            ..RequestDetails::default()
        },
        again: None,
        supersedes: true,
    };
    let work = {
        let gateway = dialect.gateway.clone();
        async move {
            let personal = gateway.personal(&principal)?;
            personal.connect_by_key(wish, given).await
        }
    };
    let connected: Result<_, ActionError> = dialect.gateway.engine().run_to_end(work).await;
    let connection = connected.map_err(conflicting)?;
    fresh(&Account::of(&connection, &connector))
}
