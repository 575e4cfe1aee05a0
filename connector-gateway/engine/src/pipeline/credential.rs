//! Credential: the connection that the call names, or the default one, and its secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_sdk::auth::{Scheme, SchemeKind};
use plugwright_sdk::host::{Echo, Redactor};
use plugwright_sdk::{ActionError, Auth, Credential, ErrorCode};
use plugwright_store::{Connection, ConnectionStatus, Owner, Selection, StoreError, Timestamp};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::resolve::Resolved;
use crate::call::{Call, ConnectionSelector, Mode, OwnerSelector};
use crate::outbound::Outbound;
use crate::refresh::Refresher;
use crate::storage::Storage;

/// What a call is made with.
pub(super) struct Picked {
    pub(super) credential: Credential,
    /// Finds the credential's secrets.
    pub(super) redactor: Redactor,
    pub(super) settings: BTreeMap<String, String>,
    /// The stored connection that it comes from.
    pub(super) connection: Option<Arc<Connection>>,
}

impl Picked {
    fn without_connection(credential: Credential) -> Self {
        Self {
            credential,
            redactor: Redactor::default(),
            settings: BTreeMap::new(),
            connection: None,
        }
    }

    pub(super) fn connection_id(&self) -> Option<Uuid> {
        self.connection.as_ref().map(|connection| connection.id)
    }
}

/// The connection that a call is made with, before its credential is read.
pub(super) enum Selected<'a> {
    /// The caller brings the credential.
    Given,
    /// None is needed, or none is there and the provider is not asked.
    Nothing(Credential),
    /// A stored one that this principal may use.
    Stored(&'a Storage, Arc<Connection>),
}

impl Selected<'_> {
    /// Returns the id of a stored connection.
    pub(super) fn connection_id(&self) -> Option<Uuid> {
        match self {
            Self::Stored(_, connection) => Some(connection.id),
            Self::Given | Self::Nothing(_) => None,
        }
    }
}

/// Finds the connection that the call is made with, and checks that the principal may use it. Who
/// may not does not learn what came of an earlier call with it.
pub(super) async fn select<'a>(
    outbound: &Outbound,
    storage: Option<&'a Storage>,
    call: &Call,
    resolved: &Resolved<'_>,
    owner: Option<&Owner>,
) -> Result<Selected<'a>, ActionError> {
    if let ConnectionSelector::Given { .. } = &call.connection {
        return Ok(Selected::Given);
    }
    let schemes = resolved.connector.auth();
    // A connection may be needed for its settings alone.
    if schemes
        .iter()
        .all(|auth| matches!(auth.scheme, Scheme::None))
        && !outbound.base_url_of(resolved.connector).contains('{')
    {
        return Ok(Selected::Nothing(Credential::None));
    }
    let found = match storage {
        Some(storage) => find(storage, call, resolved, owner).await?,
        None => None,
    };
    match (found, call.options.mode) {
        (Some((storage, connection)), _) => Ok(Selected::Stored(storage, connection)),
        (None, Mode::Mock | Mode::Recorded | Mode::DryRun) => {
            Ok(Selected::Nothing(placeholder(resolved)))
        }
        (None, Mode::Live) if optional(schemes) => Ok(Selected::Nothing(Credential::None)),
        (None, Mode::Live) => Err(ActionError::new(
            ErrorCode::AuthRequired,
            nothing_connected(resolved.connector.display_name(), owner),
        )),
    }
}

/// Reads the credential of the connection, and renews it if it has to be.
pub(super) async fn open_selected(
    refresher: Option<&Refresher>,
    call: &Call,
    resolved: &Resolved<'_>,
    owner: Option<&Owner>,
    selected: Selected<'_>,
) -> Result<Picked, ActionError> {
    let schemes = resolved.connector.auth();
    let (storage, connection) = match (selected, &call.connection) {
        (Selected::Stored(storage, connection), _) => (storage, connection),
        (
            Selected::Given,
            ConnectionSelector::Given {
                credential,
                settings,
            },
        ) => {
            return Ok(Picked {
                credential: match call.options.mode {
                    Mode::Live => credential.clone(),
                    Mode::Mock | Mode::Recorded | Mode::DryRun => placeholder(resolved),
                },
                redactor: credential.redactor_under(schemes),
                settings: settings.clone(),
                connection: None,
            });
        }
        (Selected::Given, _) => return Ok(Picked::without_connection(Credential::None)),
        (Selected::Nothing(credential), _) => return Ok(Picked::without_connection(credential)),
    };
    if call.options.mode != Mode::Live {
        return Ok(Picked {
            credential: placeholder(resolved),
            redactor: Redactor::default(),
            settings: connection.settings.clone(),
            connection: Some(connection),
        });
    }
    // An operator's connection is tried again, which may show that it works; an end user is asked
    // to connect again.
    if owner.is_some_and(|owner| owner.project().is_some())
        && connection.status == ConnectionStatus::ReauthRequired
    {
        return Err(ActionError::new(
            ErrorCode::CredentialExpired,
            format!(
                "{} no longer accepts the credential of account `{}`; the user connects it again",
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
    let opened = storage
        .directory
        .opened(&storage.vault, &connection, schemes)?;
    Ok(Picked {
        credential: opened.credential.clone(),
        redactor: opened.redactor.clone(),
        settings: connection.settings.clone(),
        connection: Some(connection),
    })
}

/// Refuses an action that needs more than the account's owner agreed to, before the provider does.
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

fn listed(scopes: &[&str]) -> String {
    let quoted: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    quoted.join(", ")
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

fn optional(schemes: &[Auth]) -> bool {
    schemes.is_empty()
        || schemes
            .iter()
            .any(|auth| matches!(auth.scheme, Scheme::None))
}

fn placeholder(resolved: &Resolved<'_>) -> Credential {
    let scheme = resolved.connector.auth().first();
    scheme.map_or(Credential::None, Auth::placeholder)
}

/// Tells whether the provider refused a call for its credential.
pub(super) fn was_refused(error: Option<&ActionError>) -> bool {
    error.is_some_and(|error| error.code() == ErrorCode::AuthInvalid)
}

/// Renews the credential of a call that the provider refused for it. Tells whether there is another
/// one now.
///
/// # Errors
///
/// As [`Refresher::renew`].
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

/// Notes on the connection what the provider said of its credential, in the background.
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
            updated_at: Timestamp::now(),
            ..Connection::clone(&connection)
        };
        match storage.store.update_connection(&changed).await {
            Ok(_) => storage.directory.forget(),
            // Whoever changed it in the meantime knows better.
            Err(StoreError::Changed(_) | StoreError::NotFound(_)) => {}
            Err(error) => {
                tracing::warn!(connection = %connection.id, %error, "a connection's status could not be stored");
            }
        }
    });
}

/// Finds the connection that the call selects. A named one that does not exist is an error, never
/// another account.
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
    // An organization's connections belong to no provider config.
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
        | ConnectionSelector::Given { .. } => {
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

/// Finds the latest connection that works, or the latest one, of the selections.
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
