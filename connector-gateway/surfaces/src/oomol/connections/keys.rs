//! Accounts that are connected by a key, at once.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::response::Response;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::{Connector, Faults};
use plugwright_sdk::{Credential, Secret};
use serde_json::json;

use super::accounts::Account;
use super::{AUTH_TYPE_MISMATCH, SETTINGS, conflicting, connector};
use crate::caller::Caller;
use crate::members::{Body, Kind, LABEL, Members};
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{organization, receive};
use crate::oomol::saas::body::{ALIAS, SECRET, alias, extra, secrets};
use plugwright_engine::connect::personal::AccountRequest;
use plugwright_engine::connections::credential::{self, CheckedCredential};
use plugwright_store::RequestDetails;

/// An account and its secret: a key, or values by name.
pub(super) struct NewAccount<const NAMED: bool> {
    name: Option<String>,
    label: Option<String>,
    settings: BTreeMap<String, String>,
    secret: Option<SubmittedSecret>,
}

enum SubmittedSecret {
    Key(Secret),
    Values(BTreeMap<String, Secret>),
}

impl<const NAMED: bool> Body for NewAccount<NAMED> {
    fn read(members: &mut Members<'_>) -> Self {
        const KEY: Kind<Secret> = SECRET.schema(|_| json!({ "type": "string" }));
        Self {
            name: alias(members, ALIAS),
            label: members.text("comment", LABEL),
            settings: extra(members, SETTINGS),
            secret: if NAMED {
                secrets(members, "values").map(SubmittedSecret::Values)
            } else {
                members.required("apiKey", KEY).map(SubmittedSecret::Key)
            },
        }
    }
}

impl<const NAMED: bool> NewAccount<NAMED> {
    /// Returns the credential as the connector takes it, and the kind of its scheme. Values that the
    /// credential does not have are settings of the connection.
    fn credential(
        &mut self,
        connector: &Connector,
        base_url: &str,
        faults: &mut Faults,
    ) -> Option<(Credential, SchemeKind)> {
        let mut values = match self.secret.take()? {
            SubmittedSecret::Key(key) => {
                return credential::of_key(connector, "apiKey", key, faults);
            }
            SubmittedSecret::Values(values) => values,
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
pub(super) async fn connect<const NAMED: bool>(
    caller: Caller,
    Segment(service): Segment,
    request: Request,
) -> Result<Response, Failure> {
    let organization = organization(request.headers())?;
    let personal = caller.personal()?;
    let connector = connector(&caller, personal, &service)?.clone();
    let base_url = personal.connect.base_url(&connector).to_owned();
    let (mut account, found) = receive::<NewAccount<NAMED>>(&caller, request).await?;
    let mut faults = Faults::new();
    let credential = account.credential(&connector, &base_url, &mut faults);
    faults.append(found);
    let NewAccount {
        name,
        label,
        settings,
        ..
    } = account;
    for fault in connector.check_settings_at(&base_url, &settings) {
        faults.note(format_args!("extra.{}", fault.param), fault.message);
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let (credential, scheme) = credential.ok_or_else(|| {
        let (status, code, _) = AUTH_TYPE_MISMATCH;
        let name = connector.display_name();
        Failure::own(
            status,
            code,
            format!("{name} takes no credential of this kind"),
        )
    })?;
    let given = CheckedCredential {
        scheme,
        credential,
        settings: settings.clone(),
    };
    let wish = AccountRequest {
        organization,
        connector: connector.clone(),
        details: RequestDetails {
            name,
            label,
            settings,
            ..RequestDetails::default()
        },
        again: None,
        // Each key is an attempt of its own, which ends at once.
        supersedes: false,
    };
    let work = caller.run_to_end(|caller| async move {
        let personal = caller.personal()?;
        personal.connect_by_key(wish, given).await
    });
    let connection = work.await.map_err(conflicting)?;
    fresh(&Account::new(&connection, &connector))
}
