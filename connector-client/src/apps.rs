//! What is connected.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalog::with_query;
use crate::connector::Connector;
use crate::error::Error;

/// Reads what is connected. [`Connector::apps`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Apps<'c>(pub(crate) &'c Connector);

/// A connection.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectedApp {
    /// Id.
    pub id: String,
    /// Its connector.
    pub service: String,
    /// Whether it can be used, such as `active`.
    #[serde(default)]
    pub status: Option<String>,
    /// The name that calls choose it by.
    #[serde(default, rename(deserialize = "alias"))]
    pub connection_name: Option<String>,
    /// What else the gateway says of it.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Apps<'_> {
    /// Returns the connections that the key may use.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn list(&self) -> Result<Vec<ConnectedApp>, Error> {
        let apps: Option<_> = self.0.get(self.0.url("/apps", None)?, None).await?;
        Ok(apps.unwrap_or_default())
    }

    /// Returns the connections to one connector.
    ///
    /// # Errors
    ///
    /// If the request fails, or there is no such connector.
    pub async fn list_by_service(&self, service: &str) -> Result<Vec<ConnectedApp>, Error> {
        let url = self.0.url("/apps/services", Some(service))?;
        let apps: Option<_> = self.0.get(url, None).await?;
        Ok(apps.unwrap_or_default())
    }

    /// Returns which of these connectors have a connection.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn authenticated(&self, services: &[&str]) -> Result<Vec<String>, Error> {
        let url = self.0.url("/apps/authenticated", None)?;
        let query = services.iter().map(|service| ("service", *service));
        self.0.get(with_query(url, query), None).await
    }
}
