//! Metadata of actions and connectors, from a registry or a gateway.

use plugwright_sdk::Auth;
use plugwright_sdk::auth::{NeededScope, Scheme};
use plugwright_sdk::host::{Connector, Effect, Entry, ReconcileBy, Returns, tool_name};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// Metadata of an action.
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

/// Metadata of a connector.
#[derive(Clone, Debug)]
pub(crate) struct ConnectorInfo {
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) version: String,
    pub(crate) base_url: String,
    /// Additional hosts: names and base URLs.
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) auth: Vec<AuthMethod>,
    pub(crate) categories: Vec<String>,
    pub(crate) homepage_url: Option<String>,
    pub(crate) availability: Value,
}

/// A method to authenticate.
#[derive(Clone, Debug)]
pub(crate) struct AuthMethod {
    pub(crate) kind: String,
    pub(crate) label: String,
    /// Endpoints and scopes, only for OAuth 2.
    pub(crate) oauth2: Option<Value>,
}

impl From<&Connector> for ConnectorInfo {
    fn from(connector: &Connector) -> Self {
        Self {
            name: connector.name().to_owned(),
            display_name: connector.display_name().to_owned(),
            description: connector.description().to_owned(),
            version: connector.version().to_owned(),
            base_url: connector.base_url().to_owned(),
            hosts: connector
                .hosts()
                .iter()
                .map(|host| (host.name.to_owned(), host.base_url.to_owned()))
                .collect(),
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

impl From<&Auth<'_>> for AuthMethod {
    fn from(auth: &Auth<'_>) -> Self {
        let oauth2 = match &auth.scheme {
            Scheme::OAuth2(oauth2) => {
                let scopes = oauth2.scopes.iter();
                let scopes: Vec<_> = scopes
                    .map(|scope| json!({ "name": scope.name, "description": scope.description }))
                    .collect();
                Some(json!({
                    "authorization_endpoint": oauth2.authorization_endpoint,
                    "token_endpoint": oauth2.token_endpoint,
                    "scopes": scopes,
                }))
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

impl ConnectorInfo {
    /// Parses a gateway's description of a connector; `None` if it is malformed.
    pub(crate) fn read(provider: &Value) -> Option<Self> {
        let text = |name: &str| provider[name].as_str().map(str::to_owned);
        let host = |host: &Value| {
            let part = |name: &str| host[name].as_str().map(str::to_owned);
            Some((part("name")?, part("baseUrl")?))
        };
        let hosts = provider["hosts"].as_array()?.iter();
        let categories = provider["categories"].as_array()?.iter();
        Some(Self {
            name: text("service")?,
            display_name: text("displayName")?,
            description: text("description")?,
            version: text("version")?,
            base_url: text("baseUrl")?,
            hosts: hosts.map(host).collect::<Option<_>>()?,
            auth: {
                let methods = provider["auth"].as_array()?.iter();
                methods.map(AuthMethod::read).collect::<Option<_>>()?
            },
            categories: categories
                .map(|category| category["id"].as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
            homepage_url: text("homepageUrl"),
            availability: provider["availability"].clone(),
        })
    }
}

impl AuthMethod {
    fn read(method: &Value) -> Option<Self> {
        let oauth2 = method.get("tokenEndpoint").map(|endpoint| {
            json!({
                "authorization_endpoint": method["authorizationEndpoint"],
                "token_endpoint": endpoint,
                "scopes": method["scopes"],
            })
        });
        Some(Self {
            kind: method["kind"].as_str()?.to_owned(),
            label: method["label"].as_str()?.to_owned(),
            oauth2,
        })
    }
}
