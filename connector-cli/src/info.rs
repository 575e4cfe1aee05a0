//! Metadata of actions and connectors, from a registry or a gateway.

use plugwright_sdk::Auth;
use plugwright_sdk::auth::{NeededScope, Scheme};
use plugwright_sdk::host::{
    AuthParts, Connector, ConnectorParts, Effect, Entry, HostParts, ReconcileBy, Returns,
    SchemeParts, tool_name,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActionInfo {
    #[serde(rename = "service")]
    pub(crate) connector: String,
    /// Name within the connector.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) effect: Effect,
    pub(crate) idempotent: bool,
    pub(crate) returns: Returns,
    #[serde(default, deserialize_with = "known")]
    pub(crate) reconciles_by: Option<ReconcileBy>,
    pub(crate) deprecated: Option<String>,
    /// All of these are needed, of each any one.
    #[serde(skip)]
    pub(crate) scopes: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) input_schema: Value,
    #[serde(default)]
    pub(crate) output_schema: Value,
}

impl From<&Entry> for ActionInfo {
    fn from(entry: &Entry) -> Self {
        Self {
            input_schema: entry.action.input_schema(),
            output_schema: entry.action.output_schema(),
            ..Self::without_schemas(entry)
        }
    }
}

impl ActionInfo {
    /// Reads what a list shows; schemas can be large.
    pub(crate) fn without_schemas(Entry { connector, action }: &Entry) -> Self {
        Self {
            connector: connector.name().to_owned(),
            name: action.name().to_owned(),
            title: action.title().into_owned(),
            description: action.description().to_owned(),
            effect: action.effect(),
            idempotent: action.idempotent(),
            returns: action.returns(),
            reconciles_by: action.reconciles_by(),
            deprecated: action.deprecated().map(str::to_owned),
            scopes: action.scopes().into_iter().map(alternatives).collect(),
            input_schema: Value::Null,
            output_schema: Value::Null,
        }
    }

    pub(crate) fn id(&self) -> String {
        format!("{}.{}", self.connector, self.name)
    }

    /// Returns the name that agents see.
    pub(crate) fn tool_name(&self) -> String {
        tool_name(&self.id())
    }

    /// Parses a gateway's description of an action; `None` if it is malformed.
    pub(crate) fn read(metadata: &Value) -> Option<Self> {
        let scopes = match metadata["scopeAlternatives"].as_array() {
            Some(scopes) => scopes.iter().map(texts).collect(),
            None => texts(&metadata["requiredScopes"])
                .into_iter()
                .map(|scope| vec![scope])
                .collect(),
        };
        let info = Self::deserialize(metadata).ok()?;
        Some(Self { scopes, ..info })
    }
}

/// Reads a value that a newer gateway may have other names for.
fn known<'de, D: Deserializer<'de>>(source: D) -> Result<Option<ReconcileBy>, D::Error> {
    let value = Value::deserialize(source)?;
    Ok(ReconcileBy::deserialize(value).ok())
}

fn alternatives(scope: NeededScope<'_>) -> Vec<String> {
    let names = scope.alternatives();
    names.map(str::to_owned).collect()
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// As a gateway describes a connector, and with other names as it is printed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
pub(crate) struct ConnectorInfo {
    #[serde(rename(deserialize = "service"))]
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) version: String,
    pub(crate) base_url: String,
    pub(crate) hosts: Vec<HostInfo>,
    pub(crate) auth: Vec<AuthMethod>,
    #[serde(deserialize_with = "ids")]
    categories: Vec<String>,
    pub(crate) homepage_url: Option<String>,
    #[serde(default)]
    availability: Value,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
pub(crate) struct HostInfo {
    pub(crate) name: String,
    pub(crate) base_url: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct AuthMethod {
    pub(crate) kind: String,
    pub(crate) label: String,
    #[serde(flatten)]
    oauth2: Option<OAuth2Info>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
struct OAuth2Info {
    #[serde(default)]
    authorization_endpoint: Value,
    token_endpoint: Value,
    #[serde(default)]
    scopes: Value,
}

fn ids<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Category {
        id: String,
    }
    let categories = Vec::<Category>::deserialize(source)?;
    Ok(categories.into_iter().map(|it| it.id).collect())
}

impl From<&Connector> for ConnectorInfo {
    fn from(connector: &Connector) -> Self {
        let hosts = connector.hosts().iter().map(|host| HostInfo {
            name: host.name.to_owned(),
            base_url: host.base_url.to_owned(),
        });
        Self {
            name: connector.name().to_owned(),
            display_name: connector.display_name().to_owned(),
            description: connector.description().to_owned(),
            version: connector.version().to_owned(),
            base_url: connector.base_url().to_owned(),
            hosts: hosts.collect(),
            auth: connector.auth().iter().map(AuthMethod::from).collect(),
            categories: connector
                .categories()
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
            homepage_url: connector.homepage_url().map(str::to_owned),
            availability: json!(connector.availability()),
        }
    }
}

impl From<ConnectorInfo> for ConnectorParts {
    /// Returns as much of a connector as it takes to ask for a credential.
    fn from(info: ConnectorInfo) -> Self {
        let hosts = info.hosts.into_iter().map(|host| HostParts {
            name: host.name,
            base_url: host.base_url,
        });
        Self {
            name: info.name,
            display_name: info.display_name,
            base_url: info.base_url,
            hosts: hosts.collect(),
            auth: info
                .auth
                .into_iter()
                .filter_map(AuthMethod::parts)
                .collect(),
            ..Self::default()
        }
    }
}

impl AuthMethod {
    /// Returns the scheme, without what only requests to the provider need; `None` for OAuth, and for one
    /// of a newer gateway.
    fn parts(self) -> Option<AuthParts> {
        let scheme = match self.kind.as_str() {
            "none" => SchemeParts::None,
            "api_key" => SchemeParts::ApiKeyHeader {
                name: String::new(),
            },
            "bearer_token" => SchemeParts::BearerToken {
                prefix: String::new(),
            },
            "basic" => SchemeParts::Basic {
                plain_username: false,
            },
            "custom" => SchemeParts::Custom { fields: Vec::new() },
            _ => return None,
        };
        let label = self.label;
        Some(AuthParts { label, scheme })
    }
}

impl From<&Auth<'_>> for AuthMethod {
    fn from(auth: &Auth<'_>) -> Self {
        let oauth2 = match &auth.scheme {
            Scheme::OAuth2(oauth2) => {
                let scopes = oauth2.scopes.iter();
                Some(OAuth2Info {
                    authorization_endpoint: json!(oauth2.authorization_endpoint),
                    token_endpoint: oauth2.token_endpoint.into(),
                    scopes: scopes
                        .map(|it| json!({ "name": it.name, "description": it.description }))
                        .collect(),
                })
            }
            _ => None,
        };
        Self {
            kind: auth.kind().to_string(),
            label: auth.label.to_owned(),
            oauth2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_tells_enough_of_a_connector_to_ask_for_a_credential() {
        let told = json!({
            "service": "lamps", "displayName": "Lamps", "description": "", "version": "1",
            "baseUrl": "https://{site}.example.com", "hosts": [], "categories": [],
            "homepageUrl": null,
            "auth": [
                { "kind": "oauth2", "label": "OAuth 2", "tokenEndpoint": "https://example.com/token" },
                { "kind": "bearer_token", "label": "Token" },
                { "kind": "basic", "label": "Password" },
                { "kind": "newer", "label": "?" },
            ],
        });
        let info = ConnectorInfo::deserialize(&told).unwrap();
        let connector = Connector::new(info.into(), Vec::new()).unwrap();
        let kinds: Vec<_> = connector
            .auth()
            .iter()
            .map(|it| it.kind().as_str())
            .collect();
        assert_eq!(
            (connector.name(), connector.display_name()),
            ("lamps", "Lamps")
        );
        assert_eq!(kinds, ["bearer_token", "basic"]);
        assert_eq!(connector.settings()[0].name, "site");
    }
}
