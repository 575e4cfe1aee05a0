//! OAuth clients, managed by the operator.

use plugwright_sdk::host::{Connector, Echo, Fault, Faults, Registry};
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use plugwright_store::{ClientOf, OAuthClient, RecordKind, StoreError, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{OAuthConfig, Registrations};
use crate::tokens::valid;

/// Longest client id and secret, in characters.
pub const LONGEST_TEXT: usize = 4000;

/// An OAuth client to store. What could not be parsed is `None` and among the faults.
#[derive(Debug, Default)]
pub struct NewClient {
    /// The client's id.
    pub id: Option<String>,
    /// `None` for a public client.
    pub secret: Option<Secret>,
}

/// Where an OAuth client comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientSource {
    /// Stored by the operator.
    Store,
    /// The configuration file or the environment.
    Configuration,
}

/// An OAuth client without its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OAuthClient")]
pub struct ClientEntry {
    connector: String,
    /// The provider config that it belongs to; `None` if it is the operator's for the connector.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_config_id: Option<Uuid>,
    source: ClientSource,
    client_id: String,
    /// Whether it has a secret; public clients have none.
    has_secret: bool,
    /// Whether it is used: a stored client takes precedence over a configured one.
    in_use: bool,
    /// When it was stored.
    updated_at: Option<Timestamp>,
}

impl ClientEntry {
    fn stored(client: OAuthClient) -> Self {
        Self {
            connector: client.connector,
            provider_config_id: client.provider_config,
            source: ClientSource::Store,
            client_id: client.client_id,
            has_secret: client.secret.is_some(),
            in_use: true,
            updated_at: Some(client.updated_at),
        }
    }
}

/// The gateway's OAuth clients.
pub struct OAuthClients<'a> {
    /// Where registrations are stored and looked up.
    pub registrations: Registrations<'a>,
    /// The connectors.
    pub registry: &'a Registry,
}

impl OAuthClients<'_> {
    /// Returns all clients by connector, without secrets: the operator's, then the configured one,
    /// then those of provider configs.
    pub async fn list(&self) -> Result<Vec<ClientEntry>, ActionError> {
        let configured = self.registrations.configured;
        let stored = self.registrations.store.oauth_clients().await?;
        let mut entries: Vec<_> = stored.into_iter().map(ClientEntry::stored).collect();
        let known = |name: &&String| self.registry.has_connector(name);
        for connector in configured.keys().filter(known) {
            let config = &configured[connector];
            let is_of = |entry: &ClientEntry| {
                entry.provider_config_id.is_none() && entry.connector == *connector
            };
            let in_use = !entries.iter().any(is_of);
            entries.extend(from_configuration(connector, config, in_use));
        }
        entries.sort_by(|one, other| {
            let order = |it: &ClientEntry| {
                let from_file = it.source == ClientSource::Configuration;
                (it.provider_config_id, from_file)
            };
            (&one.connector, order(one)).cmp(&(&other.connector, order(other)))
        });
        Ok(entries)
    }

    /// Returns the client that a provider config uses, without its secret.
    pub async fn of_config(
        &self,
        config: Uuid,
        connector: &str,
    ) -> Result<Option<ClientEntry>, ActionError> {
        let stored = self.registrations.stored(connector, Some(config)).await?;
        if let Some(client) = stored {
            return Ok(Some(ClientEntry::stored(client)));
        }
        let configured = self.registrations.configured.get(connector);
        Ok(configured.and_then(|config| from_configuration(connector, config, true)))
    }

    /// Stores the operator's client for a connector, replacing the present one.
    pub async fn set_of_connector(
        &self,
        connector: &str,
        new: NewClient,
        faults: Faults,
    ) -> Result<ClientEntry, ActionError> {
        let Some(known) = self.registry.connector(connector) else {
            return Err(ActionError::new(
                ErrorCode::NotFound,
                format!("there is no connector `{}`", Echo(connector)),
            ));
        };
        self.set(known, None, new, faults).await
    }

    /// Stores a provider config's own client, replacing the present one.
    pub async fn set_of_config(
        &self,
        id: Uuid,
        new: NewClient,
        faults: Faults,
    ) -> Result<ClientEntry, ActionError> {
        let config = self.registrations.store.provider_config(id).await?;
        let config = config.ok_or_else(|| RecordKind::ProviderConfig.missing(id))?;
        let Some(connector) = self.registry.connector(&config.connector) else {
            return Err(ActionError::new(
                ErrorCode::Conflict,
                format!("this gateway has no connector `{}`", config.connector),
            ));
        };
        self.set(connector, Some(id), new, faults).await
    }

    async fn set(
        &self,
        connector: &Connector,
        provider_config: Option<Uuid>,
        new: NewClient,
        mut faults: Faults,
    ) -> Result<ClientEntry, ActionError> {
        if connector.oauth2().is_none() {
            faults.push(Fault {
                param: "connector".to_owned(),
                message: format!("can't be `{}`, which doesn't use OAuth", connector.name()),
            });
        }
        let secret = new.secret.as_ref().map(Secret::expose);
        check(new.id.as_deref(), secret, &mut faults);
        let client_id = valid(faults, new.id)?;
        let id = Uuid::new_v4();
        let client = OAuthClient {
            id,
            connector: connector.name().to_owned(),
            provider_config,
            client_id,
            secret: secret
                .map(|text| self.registrations.vault.seal(id, text.as_bytes()))
                .transpose()?,
            updated_at: Timestamp::now(),
        };
        match (
            self.registrations.store.put_oauth_client(&client).await,
            provider_config,
        ) {
            (Err(StoreError::NotFound(_)), Some(config)) => {
                Err(RecordKind::ProviderConfig.missing(config))
            }
            (Err(error), _) => Err(error.into()),
            (Ok(()), _) => Ok(ClientEntry::stored(client)),
        }
    }

    /// Deletes a stored client.
    pub async fn delete(&self, of: ClientOf<'_>) -> Result<(), ActionError> {
        let deleted = match of {
            // No column can contain this.
            ClientOf::Connector(connector) if connector.contains('\0') => {
                Err(StoreError::NotFound(RecordKind::OAuthClient))
            }
            of => self.registrations.store.delete_oauth_client(of).await,
        };
        match deleted {
            Err(StoreError::NotFound(_)) => Err(ActionError::new(
                ErrorCode::NotFound,
                match of {
                    ClientOf::Connector(connector) => {
                        format!("no OAuth client is stored for the connector `{connector}`")
                    }
                    ClientOf::ProviderConfig(id) => {
                        format!("the provider config `{id}` has no OAuth client of its own")
                    }
                },
            )),
            other => Ok(other?),
        }
    }
}

fn from_configuration(connector: &str, config: &OAuthConfig, in_use: bool) -> Option<ClientEntry> {
    Some(ClientEntry {
        connector: connector.to_owned(),
        provider_config_id: None,
        source: ClientSource::Configuration,
        client_id: config.client_id.clone()?,
        has_secret: config.client_secret.is_some(),
        in_use,
        updated_at: None,
    })
}

fn check(id: Option<&str>, secret: Option<&str>, faults: &mut Faults) {
    let long = |text: &str| text.len() > LONGEST_TEXT;
    let printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(id) = id
        && (id.is_empty() || long(id) || !printable(id))
    {
        faults.note(
            "clientId",
            format_args!("must be 1 to {LONGEST_TEXT} printable ASCII characters without spaces"),
        );
    }
    // RFC 6749, appendix A.2.
    let in_line = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if let Some(secret) = secret
        && (secret.is_empty() || secret.trim() != secret || long(secret) || !in_line(secret))
    {
        faults.note(
            "clientSecret",
            format_args!(
                "must be 1 to {LONGEST_TEXT} printable ASCII characters, without spaces at the start or end; omit it for a public client"
            ),
        );
    }
}
