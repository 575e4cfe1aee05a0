//! Creating requests to connect an account.

use std::time::Duration;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo, Faults, nearest};
use plugwright_sdk::{ActionError, Auth, Availability, ErrorCode};
use uuid::Uuid;

use super::finish::failure;
use super::{Connect, code, is_without_a_person};
use crate::connections::check;
use crate::limits::Limit;
use crate::projects::return_uri_problem;
use plugwright_store::{
    Connection, ConnectionRequest, Owner, Quota, RequestDetails, RequestStatus, Selection,
    StoreError,
};

const LIFE: Duration = Duration::from_mins(10);

/// A project has so many times as many open requests as another principal: they are its users'.
const TIMES_FOR_PROJECTS: usize = 100;

const MOST_SCOPES: usize = 200;

/// A request to create.
pub struct NewRequest {
    /// The principal whose limit it counts toward.
    pub budget: String,
    /// The owner of the account.
    pub owner: Owner,
    /// The connector.
    pub connector: Connector,
    /// Details of the request.
    pub details: RequestDetails,
    /// The connection to reconnect.
    pub again: Option<Connection>,
    /// Whether this request replaces open ones of the same principal, owner and connector, and how
    /// many of these stay.
    pub supersedes: Option<usize>,
}

impl Connect<'_> {
    /// Creates a request that a person completes in a browser. If no person is needed (client
    /// credentials), it is complete when this returns.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` for invalid details; `CONFLICT` for a name that is in use;
    /// `PROVIDER_NOT_CONFIGURED` if there is no way to connect; `RATE_LIMITED` if too many are
    /// open.
    pub async fn start(&self, new: NewRequest) -> Result<ConnectionRequest, ActionError> {
        if !needs_nobody(&new.connector) {
            self.check_public_url()?;
        }
        self.prepare(new).await
    }

    /// Creates a request that may be completed without a browser.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), except that no public URL is needed.
    pub async fn prepare(&self, new: NewRequest) -> Result<ConnectionRequest, ActionError> {
        let NewRequest {
            budget,
            owner,
            connector,
            details,
            again,
            supersedes,
        } = new;
        let connector = &connector;
        available(connector)?;
        let faults = self.faults(&owner, connector, &details).await?;
        if !faults.is_empty() {
            return Err(ActionError::invalid(faults));
        }
        self.ways(connector, details.provider_config).await?;
        if again.is_none() {
            self.name_is_free(&owner, connector, &details).await?;
        }
        let now = self.storage.store.now();
        let request = ConnectionRequest {
            id: Uuid::new_v4(),
            owner,
            connector: connector.name().to_owned(),
            connection: again.map_or_else(Uuid::new_v4, |connection| connection.id),
            details,
            status: RequestStatus::Initiated,
            error: None,
            browser: None,
            expires_at: now.after(LIFE),
            created_at: now,
            updated_at: now,
        };
        let superseded = supersedes.map(|_| {
            let message = "another request to connect the same account was made";
            failure(code::SUPERSEDED, message)
        });
        let open = self.limits.open_requests;
        let quota = Quota {
            principal: &budget,
            most: match request.owner.project() {
                Some(_) => open.saturating_mul(TIMES_FOR_PROJECTS),
                None => open,
            },
            beside: supersedes.unwrap_or_default(),
        };
        let store = &self.storage.store;
        let created = store.create_request(&request, superseded.as_ref(), quota);
        if let Err(error) = created.await {
            if let StoreError::TooMany(_) = error {
                self.hits.add(Limit::ConnectRequests);
            }
            return Err(error.into());
        }
        if needs_nobody(connector) {
            return self.grant_itself(request, connector).await;
        }
        Ok(request)
    }

    /// Returns the schemes by which a connector's accounts can be connected.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if OAuth is the only one and not set up; `VALIDATION_ERROR` if the
    /// connector has none.
    pub async fn ways<'c>(
        &self,
        connector: &'c Connector,
        provider_config: Option<Uuid>,
    ) -> Result<Vec<&'c Auth<'c>>, ActionError> {
        has_accounts(connector)?;
        let registrations = self.registrations;
        let mut ways = Vec::new();
        let mut unset = None;
        for auth in connector.auth() {
            match auth.scheme {
                Scheme::None => {}
                Scheme::OAuth2(_) => match registrations.find(connector, provider_config).await {
                    Ok(_) => ways.push(auth),
                    Err(error) => unset = Some(error),
                },
                _ => ways.push(auth),
            }
        }
        // OAuth comes before keys, which people have to copy.
        ways.sort_by_key(|auth| !matches!(auth.scheme, Scheme::OAuth2(_)));
        match unset {
            Some(error) if ways.is_empty() => Err(error),
            _ => Ok(ways),
        }
    }

    async fn faults(
        &self,
        owner: &Owner,
        connector: &Connector,
        details: &RequestDetails,
    ) -> Result<Faults, ActionError> {
        let mut faults = Faults::new();
        check::name(details.name.as_deref(), &mut faults);
        if let Some(uri) = &details.return_uri
            && let Some(message) = self.return_uri_fault(owner, uri).await?
        {
            faults.note("returnUri", message);
        }
        if details
            .scopes
            .as_ref()
            .is_some_and(|scopes| scopes.len() > MOST_SCOPES)
        {
            faults.note(
                "scopes",
                format_args!("must have at most {MOST_SCOPES} entries"),
            );
            return Ok(faults);
        }
        let declared = connector.oauth2().map_or(&[][..], |scheme| scheme.scopes);
        for scope in details.scopes.iter().flatten() {
            if faults.is_full() {
                faults.stop();
                break;
            }
            if declared.iter().all(|known| known.name != scope) {
                let names = declared.iter().map(|known| known.name);
                let near = nearest::did_you_mean(scope, names.clone()).unwrap_or_else(|| {
                    let list = (!declared.is_empty()).then(|| faults.list(names)).flatten();
                    list.map_or_else(String::new, |list| format!("; allowed: {list}"))
                });
                faults.note(
                    "scopes",
                    format_args!(
                        "has `{}`, which is not a scope of the connector{near}",
                        Echo(scope)
                    ),
                );
            }
        }
        // A person may still enter missing settings.
        let base_url = self.outbound.base_url_of(connector);
        let known = connector.settings_at(base_url);
        let may_follow = |name: &str| {
            known.iter().any(|setting| setting.name == name) && !details.settings.contains_key(name)
        };
        let mut wrong = connector.check_settings_at(base_url, &details.settings);
        wrong.retain(|found| !may_follow(&found.param));
        faults.append(wrong.renamed(|name| format!("settings.{name}")));
        Ok(faults)
    }

    /// Returns what is wrong with a URL to return to.
    pub async fn return_uri_fault(
        &self,
        owner: &Owner,
        uri: &str,
    ) -> Result<Option<String>, ActionError> {
        let allowed = match owner.project() {
            Some(id) => match self.storage.store.project(id).await? {
                Some(project) => project.return_uris,
                None => Vec::new(),
            },
            None => self.limits.return_uris.clone(),
        };
        let is_project = owner.project().is_some();
        Ok(return_uri_problem(uri, &allowed, is_project))
    }

    async fn name_is_free(
        &self,
        owner: &Owner,
        connector: &Connector,
        details: &RequestDetails,
    ) -> Result<(), ActionError> {
        let Some(name) = &details.name else {
            return Ok(());
        };
        let selection = Selection {
            owner: owner.clone(),
            connector: connector.name().to_owned(),
            provider_config: None,
            name: Some(name.clone()),
        };
        match self.storage.store.find_connection(&selection).await? {
            None => Ok(()),
            Some(_) => Err(ActionError::new(
                ErrorCode::Conflict,
                format!(
                    "`{name}` is in use: there is a connection to {} of that name",
                    connector.display_name()
                ),
            )),
        }
    }
}

/// Fails for a connector that has no accounts.
pub(super) fn has_accounts(connector: &Connector) -> Result<(), ActionError> {
    let schemes = connector.auth();
    if schemes
        .iter()
        .all(|auth| matches!(auth.scheme, Scheme::None))
    {
        return Err(ActionError::new(
            ErrorCode::ValidationError,
            format!(
                "{} needs no authentication, so there is nothing to connect",
                connector.display_name()
            ),
        ));
    }
    Ok(())
}

/// Returns whether the gateway obtains a connector's credentials itself.
fn needs_nobody(connector: &Connector) -> bool {
    let mut schemes = connector
        .auth()
        .iter()
        .filter(|auth| !matches!(auth.scheme, Scheme::None))
        .peekable();
    schemes.peek().is_some() && schemes.all(is_without_a_person)
}

fn available(connector: &Connector) -> Result<(), ActionError> {
    match connector.availability() {
        Availability::Available => Ok(()),
        Availability::ComingSoon => Err(ActionError::new(
            ErrorCode::PolicyDenied,
            format!(
                "{} is announced and can't be used yet",
                connector.display_name()
            ),
        )),
    }
}
