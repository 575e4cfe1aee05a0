//! How accounts of end users are connected.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{ConnectedAccount, ConnectionRequest, ProjectConnector};
use crate::error::Error;
use crate::options::setters;
use crate::secret::Secret;

/// Connects accounts of an end user. [`ProjectConnector::connect`] and
/// [`ProjectUser::connect`](super::ProjectUser::connect) make one.
#[derive(Clone, Copy, Debug)]
pub struct Connect<'p> {
    pub(super) project: &'p ProjectConnector,
    pub(super) user: &'p str,
}

/// Which of a project's provider configs an account is connected with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The active one of a connector, such as `github`.
    Service(String),
    /// One by its id, for projects that have several for a connector.
    Config(String),
}

impl Provider {
    /// Names a provider config by its id.
    pub fn config(id: impl Into<String>) -> Self {
        Self::Config(id.into())
    }

    fn member(&self) -> (&'static str, &str) {
        match self {
            Self::Service(service) => ("service", service),
            Self::Config(id) => ("providerConfigId", id),
        }
    }
}

impl From<&str> for Provider {
    fn from(service: &str) -> Self {
        Self::Service(service.to_owned())
    }
}

impl From<String> for Provider {
    fn from(service: String) -> Self {
        Self::Service(service)
    }
}

/// An account that its owner connects in the browser.
#[derive(Clone, Debug)]
pub struct OAuthConnect {
    provider: Provider,
    connection_name: Option<String>,
    return_uri: Option<String>,
}

impl OAuthConnect {
    /// Makes a request for a connector, or with [`Provider::config`] for a provider config.
    pub fn new(provider: impl Into<Provider>) -> Self {
        Self {
            provider: provider.into(),
            connection_name: None,
            return_uri: None,
        }
    }

    setters! {
        /// Sets the name that calls choose the account by; by default the gateway makes one.
        connection_name(name: impl Into<String>) connection_name = Some(name.into());
        /// Sets where the browser goes in the end.
        return_uri(uri: impl Into<String>) return_uri = Some(uri.into());
    }
}

/// An account that is connected by the user's own key of the provider.
#[derive(Clone, Debug)]
pub struct ApiKeyConnect {
    provider: Provider,
    connection_name: Option<String>,
    api_key: Secret,
    extra: Option<BTreeMap<String, String>>,
}

impl ApiKeyConnect {
    /// Makes a request for a connector, or with [`Provider::config`] for a provider config.
    pub fn new(provider: impl Into<Provider>, api_key: impl Into<Secret>) -> Self {
        Self {
            provider: provider.into(),
            connection_name: None,
            api_key: api_key.into(),
            extra: None,
        }
    }

    /// Sets the name that calls choose the account by; by default the gateway makes one.
    #[must_use]
    pub fn connection_name(mut self, name: impl Into<String>) -> Self {
        self.connection_name = Some(name.into());
        self
    }

    /// Sets a setting of the connection, such as a region.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let extra = self.extra.get_or_insert_default();
        extra.insert(name.into(), value.into());
        self
    }
}

/// An account that is connected by the fields of its connector.
#[derive(Clone, Debug)]
pub struct CustomCredentialConnect {
    provider: Provider,
    connection_name: Option<String>,
    values: BTreeMap<String, Secret>,
}

impl CustomCredentialConnect {
    /// Makes a request for a connector, or with [`Provider::config`] for a provider config.
    pub fn new(provider: impl Into<Provider>) -> Self {
        Self {
            provider: provider.into(),
            connection_name: None,
            values: BTreeMap::new(),
        }
    }

    /// Sets the name that calls choose the account by; by default the gateway makes one.
    #[must_use]
    pub fn connection_name(mut self, name: impl Into<String>) -> Self {
        self.connection_name = Some(name.into());
        self
    }

    /// Sets a field or a setting.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }
}

impl Connect<'_> {
    /// Begins to connect an account by OAuth, or by a form of the gateway if the connector has none.
    /// Send the user to the request's `authorization_url`, and wait with
    /// [`wait_for_connection`](ProjectConnector::wait_for_connection).
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn oauth(&self, request: &OAuthConnect) -> Result<ConnectionRequest, Error> {
        let OAuthConnect {
            provider,
            connection_name,
            return_uri,
        } = request;
        self.send("link", provider, connection_name.as_deref(), |body| {
            body.extend(
                return_uri
                    .as_deref()
                    .map(|uri| ("returnUri", Member::Text(uri))),
            );
        })
        .await
    }

    /// Connects an account by a key. It can be used at once.
    ///
    /// # Errors
    ///
    /// If the request fails, or the provider refuses the key.
    pub async fn api_key(&self, request: &ApiKeyConnect) -> Result<ConnectedAccount, Error> {
        let ApiKeyConnect {
            provider,
            connection_name,
            api_key,
            extra,
        } = request;
        self.send("api-key", provider, connection_name.as_deref(), |body| {
            body.push(("apiKey", Member::Text(api_key.expose())));
            body.extend(
                extra
                    .as_ref()
                    .map(|extra| ("extra", Member::Settings(extra))),
            );
        })
        .await
    }

    /// Connects an account by the fields of its connector. It can be used at once.
    ///
    /// # Errors
    ///
    /// If the request fails, or the provider refuses the credential.
    pub async fn custom_credential(
        &self,
        request: &CustomCredentialConnect,
    ) -> Result<ConnectedAccount, Error> {
        let CustomCredentialConnect {
            provider,
            connection_name,
            values,
        } = request;
        self.send(
            "custom-credential",
            provider,
            connection_name.as_deref(),
            |body| {
                body.push(("values", Member::Secrets(values)));
            },
        )
        .await
    }

    async fn send<'b, T: DeserializeOwned>(
        &'b self,
        path: &str,
        provider: &'b Provider,
        connection_name: Option<&'b str>,
        add: impl FnOnce(&mut Vec<(&'static str, Member<'b>)>),
    ) -> Result<T, Error> {
        let (selector, value) = provider.member();
        let mut body = vec![
            ("userId", Member::Text(self.user)),
            (selector, Member::Text(value)),
        ];
        body.extend(connection_name.map(|name| ("alias", Member::Text(name))));
        add(&mut body);
        let path = format!("/saas/connected-accounts/{path}");
        self.project.post(&path, &Members(body)).await
    }
}

enum Member<'b> {
    Text(&'b str),
    Settings(&'b BTreeMap<String, String>),
    Secrets(&'b BTreeMap<String, Secret>),
}

struct Members<'b>(Vec<(&'static str, Member<'b>)>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Settings(settings) => settings.serialize(serializer),
            Self::Secrets(secrets) => {
                serializer.collect_map(secrets.iter().map(|(name, value)| (name, value.expose())))
            }
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.member().1)
    }
}
