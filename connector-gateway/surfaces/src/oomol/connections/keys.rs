//! Accounts that are connected by a key, at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, ConnectorDefinition, Credential};

use super::accounts::Account;
use super::connector;
use super::requests::conflicting;
use crate::body::Kind;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::request::{self, fault, organization};
use crate::oomol::saas::body::Body;
use crate::oomol::{Dialect, bad_segment};
use plugwright_engine::Surface;
use plugwright_engine::connect::personal::{Given, Wish};
use plugwright_engine::connections::credential;
use plugwright_store::Asked;

const API_KEY: [&str; 4] = ["apiKey", "extra", "comment", "alias"];
const VALUES: [&str; 4] = ["values", "extra", "comment", "alias"];

/// What was given, as the connector takes it: the credential and the kind of its scheme.
type Read = fn(
    &'static ConnectorDefinition,
    &mut Body,
    &mut BTreeMap<String, String>,
    &mut Faults,
) -> Option<(Credential, SchemeKind)>;

/// `POST /v1/connections/{service}/connect/api-key`.
pub(super) async fn api_key(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let read: Read = |connector, body, _, faults| {
        let key = body.secret("apiKey")?;
        credential::of_key(connector, "apiKey", key, faults)
    };
    connect(dialect, path, request, &API_KEY, read).await
}

/// `POST /v1/connections/{service}/connect/custom-credential`. Values that the credential does not
/// have are settings of the connection.
pub(super) async fn custom_credential(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let read: Read = |connector, body, settings, faults| {
        let mut values = body.secrets("values")?;
        let known = credential::named_fields(connector).map_or(&[][..], |(_, fields)| fields);
        for setting in connector.settings() {
            let own = known.iter().any(|field| field.name == setting.name);
            if !own && let Some(value) = values.remove(setting.name) {
                settings.insert(setting.name.to_owned(), value.expose().to_owned());
            }
        }
        credential::of_values(connector, "values", values, faults)
    };
    connect(dialect, path, request, &VALUES, read).await
}

async fn connect(
    dialect: Arc<Dialect>,
    path: Result<Path<String>, PathRejection>,
    mut request: Request,
    known: &[&str],
    read: Read,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let principal = dialect.principal(&headers).await?;
    let Path(service) = path.map_err(bad_segment("service"))?;
    let organization = organization(&headers)?;
    let connector = {
        let personal = dialect.gateway.personal(&principal)?;
        connector(&dialect, &principal, personal, &service)?
    };
    let bodies = &dialect.gateway.inner().bodies;
    let mut bytes = request::body(bodies, request, Kind::Small).await?;
    let mut body = Body::read(bodies, &headers, &mut bytes, known)?;
    let (name, label) = (body.alias(), body.text("comment"));
    let mut settings = body.texts("extra").unwrap_or_default();
    let mut faults = Faults::new();
    let credential = read(connector, &mut body, &mut settings, &mut faults);
    faults.extend(body.faults);
    let wrong = connector.check_settings(&settings).into_iter();
    faults.extend(wrong.map(|found| fault(format!("extra.{}", found.param), found.message)));
    if !faults.is_empty() {
        return Err(Failure::invalid(faults, Surface::Action));
    }
    let given = credential.and_then(|(credential, kind)| {
        let auth = connector.auth().iter().find(|auth| auth.kind() == kind)?;
        Some(Given {
            auth,
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
    let wish = Wish {
        organization,
        connector,
        asked: Asked {
            name,
            label,
            settings: given.settings.clone(),
            ..Asked::default()
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
    fresh(&Account::of(&connection, connector))
}
