//! What a gateway can do: connectors, actions and their schemas.

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::connector::Connector;
use crate::error::Error;
use crate::http::{Call, Http, Key};
use crate::options::Limits;

/// Reads what a gateway can do. [`Connector::catalog`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Catalog<'c>(pub(crate) &'c Connector);

/// An action.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ActionMetadata {
    /// Id that it is called by, such as `github.issues.list`.
    pub id: String,
    /// Its connector.
    pub service: String,
    /// Name for people.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// OAuth scopes that it needs.
    #[serde(default, deserialize_with = "nullable")]
    pub required_scopes: Vec<String>,
    /// Permissions at the provider that it needs.
    #[serde(default)]
    pub provider_permissions: Value,
    /// Actions that usually follow.
    #[serde(default, deserialize_with = "follow_ups")]
    pub follow_up_actions: Vec<String>,
    /// The actions that start, watch and cancel it, if it runs in the background.
    #[serde(default)]
    pub async_lifecycle: Option<Value>,
    /// JSON Schema (2020-12) of the input.
    pub input_schema: Value,
    /// JSON Schema (2020-12) of the output.
    pub output_schema: Value,
    /// What else the gateway says of it, such as `effect`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl ActionMetadata {
    /// Returns what the action does to what the provider keeps, if the gateway says so.
    pub fn effect(&self) -> Option<Effect> {
        self.more.get("effect")?.as_str().and_then(Effect::parse)
    }

    pub(crate) fn is_list(&self) -> bool {
        self.more
            .get("returns")
            .is_some_and(|returns| returns == "list")
    }
}

impl From<SearchHit> for ActionMetadata {
    fn from(hit: SearchHit) -> Self {
        Self {
            id: hit.id,
            service: hit.service,
            name: hit.name,
            description: hit.description,
            required_scopes: Vec::new(),
            provider_permissions: Value::Null,
            follow_up_actions: Vec::new(),
            async_lifecycle: None,
            input_schema: hit.input_schema,
            output_schema: hit.output_schema,
            more: hit.more,
        }
    }
}

/// An action that was found.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SearchHit {
    /// Id that it is called by.
    pub id: String,
    /// Its connector.
    pub service: String,
    /// Name for people.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// JSON Schema (2020-12) of the input.
    pub input_schema: Value,
    /// JSON Schema (2020-12) of the output.
    pub output_schema: Value,
    /// What else the gateway says of it, such as `authenticated`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A connector.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProviderMetadata {
    /// Id, which is what precedes the first dot of its actions.
    pub service: String,
    /// Name for people.
    pub display_name: String,
    /// Where its icon is.
    #[serde(default)]
    pub icon_url: Option<String>,
    /// Its home page.
    #[serde(default)]
    pub homepage_url: Option<String>,
    /// What it is about.
    #[serde(default, deserialize_with = "nullable")]
    pub categories: Vec<ProviderCategory>,
    /// How its accounts are connected: `no_auth`, `api_key`, `custom_credential`, `oauth2`.
    #[serde(default, deserialize_with = "nullable")]
    pub auth_types: Vec<String>,
    /// What else the gateway says of it.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What a connector is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProviderCategory {
    /// Id.
    pub id: String,
    /// Name for people.
    pub display_name: String,
}

/// Which connectors are wanted; by default all.
#[derive(Clone, Debug, Default)]
pub struct ProviderQuery {
    services: Vec<String>,
    text: Option<String>,
}

impl ProviderQuery {
    /// Makes a query for all connectors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a connector that is wanted.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.services.push(service.into());
        self
    }

    /// Sets a text that the connector must have.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

/// What an action does to what the provider keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Creates or changes something.
    Write,
    /// Deletes something, or changes it beyond recall.
    Destructive,
}

impl Effect {
    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Read, Self::Write, Self::Destructive];
        all.into_iter().find(|effect| effect.as_str() == text)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

/// Which actions are searched for, beside the text.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    service: Option<String>,
    effects: Vec<Effect>,
    authenticated: bool,
    limit: Option<u32>,
}

impl SearchQuery {
    /// Makes a query for ten actions of any connector.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the connector.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// Adds an effect that is wanted. The default is any.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// Leaves out actions that can't be called before an account is connected.
    #[must_use]
    pub fn authenticated(mut self) -> Self {
        self.authenticated = true;
        self
    }

    /// Sets how many are wanted, at most 50.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// What a gateway is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether it is well.
    pub ok: bool,
    /// Its kind, such as `plugwright`.
    pub runtime: String,
}

impl Catalog<'_> {
    /// Returns an action with its schemas.
    ///
    /// # Errors
    ///
    /// If the request fails; if there is no such action, the message has near names.
    pub async fn action(&self, id: &str) -> Result<ActionMetadata, Error> {
        let url = self.0.url("/actions", Some(id))?;
        self.0.get(url, Some(id)).await
    }

    /// Returns the actions of a connector.
    ///
    /// # Errors
    ///
    /// If the request fails, or there is no such connector.
    pub async fn actions(&self, service: &str) -> Result<Vec<ActionMetadata>, Error> {
        self.list("/actions", [("service", service)]).await
    }

    /// Returns the ids of the connectors that have actions.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn services(&self) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        struct Service {
            service: String,
        }
        let services: Vec<Service> = self.list("/actions", []).await?;
        Ok(services.into_iter().map(|entry| entry.service).collect())
    }

    /// Returns connectors.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn providers(&self, query: &ProviderQuery) -> Result<Vec<ProviderMetadata>, Error> {
        let services = query
            .services
            .iter()
            .map(|service| ("service", service.as_str()));
        let text = query.text.iter().map(|text| ("q", text.as_str()));
        self.list("/providers", services.chain(text)).await
    }

    /// Searches actions; the best come first.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn search(&self, text: &str, query: &SearchQuery) -> Result<Vec<SearchHit>, Error> {
        let limit = query.limit.map(|limit| limit.to_string());
        let service = query
            .service
            .iter()
            .map(|service| ("service", service.as_str()));
        let limit = limit.iter().map(|limit| ("limit", limit.as_str()));
        let effects = query.effects.iter();
        let effects = effects.map(|effect| ("effect", effect.as_str()));
        let authenticated = query.authenticated.then_some(("authenticated", "true"));
        let query = [("q", text)].into_iter().chain(service).chain(limit);
        self.list("/actions/search", query.chain(effects).chain(authenticated))
            .await
    }

    async fn list<'q, T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        query: impl IntoIterator<Item = (&'q str, &'q str)>,
    ) -> Result<Vec<T>, Error> {
        let url = with_query(self.0.url(path, None)?, query);
        let items: Option<Vec<T>> = self.0.get(url, None).await?;
        Ok(items.unwrap_or_default())
    }
}

impl Http {
    pub(crate) async fn health(&self, limits: Limits) -> Result<Health, Error> {
        let call = Call {
            method: Method::GET,
            url: self.url("/health", None)?,
            headers: HeaderMap::new(),
            body: None,
            action: None,
            limits,
            key: Key::None,
        };
        Ok(self.send(call).await?.data)
    }
}

pub(crate) fn with_query<'q>(
    mut url: Url,
    query: impl IntoIterator<Item = (&'q str, &'q str)>,
) -> Url {
    let mut query = query.into_iter().peekable();
    if query.peek().is_some() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    source: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(source)?.unwrap_or_default())
}

/// Reads ids, and ids in objects: gateways differ here.
fn follow_ups<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum FollowUp {
        Id(String),
        Wrapped {
            #[serde(rename = "actionId")]
            action_id: String,
        },
    }
    let found: Vec<FollowUp> = nullable(source)?;
    let ids = found.into_iter().map(|follow_up| match follow_up {
        FollowUp::Id(id) | FollowUp::Wrapped { action_id: id } => id,
    });
    Ok(ids.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_an_action_of_either_kind_of_gateway() {
        let mut action = json!({
            "id": "a.b", "service": "a", "name": "B", "inputSchema": {}, "outputSchema": {},
            "followUpActions": ["a.c"], "effect": "read",
        });
        let hosted: ActionMetadata = serde_json::from_value(action.clone()).unwrap();
        action["followUpActions"] = json!([{ "actionId": "a.c" }]);
        action["requiredScopes"] = json!(null);
        let own: ActionMetadata = serde_json::from_value(action).unwrap();
        assert_eq!(hosted, own);
        assert_eq!(own.follow_up_actions, ["a.c"]);
        assert_eq!(own.more["effect"], "read");
    }
}
