//! Credential: selects the named or default connection and opens its secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_sdk::auth::{CredentialHeaders, NeededScope, Scheme, SchemeKind};
use plugwright_sdk::host::{Echo, Redactor};
use plugwright_sdk::{ActionError, Auth, Credential, ErrorCode};
use plugwright_store::{Connection, ConnectionStatus, Owner, Selection, StoreError};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::caller_credential::CallerCredential;
use super::resolve::Resolved;
use crate::call::{Call, ConnectionSelector, Mode, OwnerSelector};
use crate::outbound::Outbound;
use crate::refresh::Refresher;
use crate::storage::Storage;

pub(super) struct CallCredential {
    pub(super) credential: Credential,
    /// The caller's own, which replace it.
    pub(super) headers: Option<CredentialHeaders>,
    pub(super) redactor: Redactor,
    pub(super) settings: BTreeMap<String, String>,
    pub(super) connection: Option<Arc<Connection>>,
    /// Whose it is: the id of the connection, or what stands for the caller's own.
    pub(super) account: Option<Uuid>,
}

impl CallCredential {
    fn without_connection(credential: Credential) -> Self {
        Self {
            credential,
            headers: None,
            redactor: Redactor::default(),
            settings: BTreeMap::new(),
            connection: None,
            account: None,
        }
    }

    fn of_caller(
        own: CallerCredential,
        connection: Option<&Connection>,
        selector: &ConnectionSelector,
    ) -> Self {
        let settings = match (connection, selector) {
            (Some(connection), _) => connection.settings.clone(),
            (None, ConnectionSelector::Credential { settings, .. }) => settings.clone(),
            (None, _) => BTreeMap::new(),
        };
        let account = own.account(connection.map(|connection| connection.id));
        let headers = own.into_headers();
        Self {
            redactor: headers.redactor(),
            headers: Some(headers),
            settings,
            account: Some(account),
            ..Self::without_connection(Credential::None)
        }
    }
}

/// The connection of a call, before its credential is opened.
pub(super) enum SelectedConnection<'a> {
    /// The caller brings the credential.
    Given,
    /// The caller brings the credential in headers. The connection has settings alone.
    Headers(CallerCredential, Option<Arc<Connection>>),
    /// None is needed, or there is none and the call is not sent.
    Nothing(Credential),
    /// A stored one that this principal may use.
    Stored(&'a Storage, Arc<Connection>),
}

impl SelectedConnection<'_> {
    /// Returns whose credential it is: the id of a stored connection, or what stands for the caller's
    /// own.
    pub(super) fn account(&self) -> Option<Uuid> {
        match self {
            Self::Stored(_, connection) => Some(connection.id),
            Self::Headers(own, connection) => {
                Some(own.account(connection.as_ref().map(|connection| connection.id)))
            }
            Self::Given | Self::Nothing(_) => None,
        }
    }
}

/// Selects the call's connection and checks that the principal may use it, before the outcome of an
/// earlier call with it can be returned.
pub(super) async fn select<'a>(
    outbound: &Outbound,
    storage: Option<&'a Storage>,
    call: &Call,
    resolved: &Resolved<'_>,
    owner: Option<&Owner>,
) -> Result<SelectedConnection<'a>, ActionError> {
    if let Some(own) = CallerCredential::of(call, resolved) {
        let has_settings = outbound.base_url_of(resolved.connector).contains('{');
        let is_named = !matches!(call.connection, ConnectionSelector::Default);
        let found = match storage {
            Some(storage) if has_settings || is_named => {
                find(storage, call, resolved, owner).await?
            }
            _ => None,
        };
        let connection = found.map(|(_, connection)| connection);
        return Ok(SelectedConnection::Headers(own, connection));
    }
    if let ConnectionSelector::Credential { .. } = &call.connection {
        return Ok(SelectedConnection::Given);
    }
    // A connection may be needed for its settings alone.
    if resolved.schemes().all(is_none) && !needs_settings(outbound, resolved) {
        return Ok(SelectedConnection::Nothing(Credential::None));
    }
    let found = match storage {
        Some(storage) => find(storage, call, resolved, owner).await?,
        None => None,
    };
    match (found, call.options.mode) {
        (Some((storage, connection)), _) => Ok(SelectedConnection::Stored(storage, connection)),
        (None, Mode::Mock | Mode::Recorded | Mode::DryRun) => {
            Ok(SelectedConnection::Nothing(placeholder(resolved)))
        }
        (None, Mode::Live) if optional(resolved) => {
            Ok(SelectedConnection::Nothing(Credential::None))
        }
        (None, Mode::Live) => Err(ActionError::new(
            ErrorCode::AuthRequired,
            nothing_connected(resolved.connector.display_name(), owner),
        )),
    }
}

/// Opens the connection's credential, refreshing it if needed.
pub(super) async fn open_selected(
    refresher: Option<&Refresher>,
    call: &Call,
    resolved: &Resolved<'_>,
    owner: Option<&Owner>,
    selected: SelectedConnection<'_>,
) -> Result<CallCredential, ActionError> {
    let schemes = resolved.connector.auth();
    let (storage, connection) = match (selected, &call.connection) {
        (SelectedConnection::Stored(storage, connection), _) => (storage, connection),
        (SelectedConnection::Headers(own, connection), selector) => {
            let connection = connection.as_deref();
            return Ok(CallCredential::of_caller(own, connection, selector));
        }
        (
            SelectedConnection::Given,
            ConnectionSelector::Credential {
                credential,
                settings,
            },
        ) => {
            return Ok(CallCredential {
                credential: match call.options.mode {
                    Mode::Live => credential.clone(),
                    Mode::Mock | Mode::Recorded | Mode::DryRun => placeholder(resolved),
                },
                redactor: credential.redactor_under(schemes),
                settings: settings.clone(),
                ..CallCredential::without_connection(Credential::None)
            });
        }
        (SelectedConnection::Given, _) => {
            return Ok(CallCredential::without_connection(Credential::None));
        }
        (SelectedConnection::Nothing(credential), _) => {
            return Ok(CallCredential::without_connection(credential));
        }
    };
    let account = Some(connection.id);
    if call.options.mode != Mode::Live {
        return Ok(CallCredential {
            settings: connection.settings.clone(),
            connection: Some(connection),
            account,
            ..CallCredential::without_connection(placeholder(resolved))
        });
    }
    // An operator's connection is tried again, which may show that it works; an end user is asked
    // to reconnect.
    if owner.is_some_and(|owner| owner.project().is_some())
        && connection.status == ConnectionStatus::ReauthRequired
    {
        return Err(ActionError::new(
            ErrorCode::CredentialExpired,
            format!(
                "{} no longer accepts the credential of account `{}`; the user must reconnect it",
                resolved.connector.display_name(),
                connection.name
            ),
        ));
    }
    check_scopes(resolved, &connection)?;
    let connection = match refresher {
        Some(refresher) if connection.scheme == SchemeKind::OAuth2 => {
            refresher.fresh(connection).await?
        }
        _ => connection,
    };
    let client = async || match refresher {
        Some(refresher) => {
            let connector = resolved.connector;
            refresher.client_secret(connector, &connection).await
        }
        None => Ok(None),
    };
    let opened = storage
        .directory
        .opened(&storage.vault, &connection, schemes, client)
        .await?;
    Ok(CallCredential {
        credential: opened.credential.clone(),
        headers: None,
        redactor: opened.redactor.clone(),
        settings: connection.settings.clone(),
        connection: Some(connection),
        account,
    })
}

/// Rejects an action that needs more scopes than were granted, before the provider does.
fn check_scopes(resolved: &Resolved<'_>, connection: &Connection) -> Result<(), ActionError> {
    let (Some(action), Some(granted)) = (resolved.action, &connection.scopes) else {
        return Ok(());
    };
    let Some(scheme) = resolved.connector.oauth2() else {
        return Ok(());
    };
    let needed = action.entry.action.scopes();
    let missing = scheme.missing_scopes(granted, &needed);
    if missing.is_empty() {
        return Ok(());
    }
    Err(ActionError::new(
        ErrorCode::ScopeMissing,
        format!(
            "`{}` needs {}, which connection `{}` was not granted; connect the account again and \
             ask for {}",
            action.id,
            listed(&missing),
            connection.name,
            if missing.len() == 1 { "it" } else { "them" },
        ),
    ))
}

fn listed(scopes: &[NeededScope<'_>]) -> String {
    let quoted = |scope: &NeededScope<'_>| {
        let names = scope.alternatives();
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        names.join(" or ")
    };
    let scopes: Vec<_> = scopes.iter().map(quoted).collect();
    scopes.join(", ")
}

fn nothing_connected(display_name: &str, owner: Option<&Owner>) -> String {
    match owner {
        Some(Owner::Organization(name)) => format!(
            "{display_name} has no connection in organization `{}`; connect an account, or name \
             another connection",
            Echo(name)
        ),
        Some(Owner::User { user, .. }) => {
            format!(
                "the user `{}` has not connected an account of {display_name}",
                Echo(user)
            )
        }
        None => format!("{display_name} has no connection"),
    }
}

fn is_none(auth: &Auth<'_>) -> bool {
    matches!(auth.scheme, Scheme::None)
}

fn needs_settings(outbound: &Outbound, resolved: &Resolved<'_>) -> bool {
    let base_url = outbound.base_url_of(resolved.connector);
    let needs = || {
        let settings = resolved.connector.settings_at(base_url);
        settings.iter().any(|setting| setting.required)
    };
    base_url.contains('{') && needs()
}

fn optional(resolved: &Resolved<'_>) -> bool {
    let mut schemes = resolved.schemes().peekable();
    schemes.peek().is_none() || schemes.any(is_none)
}

fn placeholder(resolved: &Resolved<'_>) -> Credential {
    let scheme = resolved.schemes().next();
    scheme.map_or(Credential::None, Auth::placeholder)
}

/// Returns whether the provider rejected the call's credential.
pub(super) fn was_refused(error: Option<&ActionError>) -> bool {
    error.is_some_and(|error| error.code() == ErrorCode::AuthInvalid)
}

/// Renews the credential that the provider rejected. Returns whether there is a new one, or as
/// [`Refresher::renew`] why not.
pub(super) async fn renewed(
    refresher: Option<&Refresher>,
    call: &Call,
    connection: Option<&Arc<Connection>>,
) -> Result<bool, ActionError> {
    match (connection, refresher) {
        (Some(connection), Some(refresher)) if call.options.mode == Mode::Live => {
            refresher.renew(connection).await
        }
        _ => Ok(false),
    }
}

/// Stores on the connection whether the provider accepted its credential, in the background.
pub(super) fn learn(
    storage: Option<&Storage>,
    tasks: &TaskTracker,
    connection: &Arc<Connection>,
    error: Option<&ActionError>,
) {
    let status = match (was_refused(error), error, connection.status) {
        (true, _, ConnectionStatus::Active) => ConnectionStatus::ReauthRequired,
        (false, None, ConnectionStatus::ReauthRequired) => ConnectionStatus::Active,
        _ => return,
    };
    let Some(storage) = storage.cloned() else {
        return;
    };
    let connection = Arc::clone(connection);
    tasks.spawn(async move {
        let changed = Connection {
            status,
            updated_at: storage.store.now(),
            ..Connection::clone(&connection)
        };
        match storage.store.update_connection(&changed).await {
            Ok(_) => storage.directory.forget(),
            // A concurrent change takes precedence.
            Err(StoreError::Changed(_) | StoreError::NotFound(_)) => {}
            Err(error) => {
                tracing::warn!(connection = %connection.id, %error, "a connection's status could not be stored");
            }
        }
    });
}

/// Finds the selected connection. A named one that does not exist is an error, never another
/// account.
async fn find<'a>(
    storage: &'a Storage,
    call: &Call,
    resolved: &Resolved<'_>,
    owner: Option<&Owner>,
) -> Result<Option<(&'a Storage, Arc<Connection>)>, ActionError> {
    let connector = resolved.connector.name();
    let Some(owner) = owner else {
        return Ok(None);
    };
    // An organization's connections have no provider config.
    let provider_configs = match &call.owner {
        OwnerSelector::Organization(_) => vec![None],
        OwnerSelector::EndUser {
            provider_configs, ..
        } => provider_configs.iter().copied().map(Some).collect(),
    };
    let found = match &call.connection {
        ConnectionSelector::Id(id) => {
            let found = storage.directory.connection(&*storage.store, *id).await;
            found.map(|found| {
                found.filter(|found| {
                    found.owner == *owner
                        && found.connector == connector
                        && provider_configs.contains(&found.provider_config)
                })
            })
        }
        ConnectionSelector::Named(_)
        | ConnectionSelector::Default
        | ConnectionSelector::Credential { .. } => {
            let name = match &call.connection {
                ConnectionSelector::Named(name) => Some(name.clone()),
                _ => None,
            };
            let selections = provider_configs
                .into_iter()
                .map(|provider_config| Selection {
                    owner: owner.clone(),
                    connector: connector.to_owned(),
                    provider_config,
                    name: name.clone(),
                });
            best(storage, selections).await
        }
    };
    let found = found.map_err(ActionError::from)?;
    let Some(connection) = found else {
        let display_name = resolved.connector.display_name();
        return match &call.connection {
            ConnectionSelector::Named(name) => Err(not_found(format!(
                "{display_name} has no connection named `{}`",
                Echo(name)
            ))),
            ConnectionSelector::Id(id) => Err(not_found(format!(
                "{display_name} has no connection with the id {id}"
            ))),
            _ => Ok(None),
        };
    };
    let granted = call.principal.grant.connections.as_deref();
    if granted.is_some_and(|granted| !granted.contains(&connection.id)) {
        return Err(ActionError::new(
            ErrorCode::ConnectionNotAllowed,
            format!("the token may not use connection `{}`", connection.name),
        ));
    }
    Ok(Some((storage, connection)))
}

/// Returns the latest working connection of the selections, or the latest.
async fn best(
    storage: &Storage,
    selections: impl Iterator<Item = Selection>,
) -> Result<Option<Arc<Connection>>, StoreError> {
    let mut best: Option<Arc<Connection>> = None;
    let rank = |connection: &Connection| {
        let works = connection.status == ConnectionStatus::Active;
        (works, connection.created_at, connection.id)
    };
    for selection in selections {
        let found = storage.directory.find(&*storage.store, &selection).await?;
        if let Some(found) = found
            && best.as_ref().is_none_or(|other| rank(other) < rank(&found))
        {
            best = Some(found);
        }
    }
    Ok(best)
}

fn not_found(message: String) -> ActionError {
    ActionError::new(ErrorCode::ConnectionNotFound, message)
}
