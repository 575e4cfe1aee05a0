//! Where commands find and run actions: in this process or on a gateway.

use plugwright_catalog::{SearchIndex, SearchQuery};
use plugwright_sdk::host::{Connector, Entry, Registry};
use serde::Deserialize as _;
use serde_json::Value;

use crate::args::{GatewayArguments, SearchArguments};
use crate::client::{self, Client};
use crate::failure::{Failure, Stop};
use crate::info::{ActionInfo, ConnectorInfo};
use crate::remote::{self, Remote};
use crate::{command_line, lookup};

/// Where commands find and run actions.
pub(crate) enum Backend {
    /// In this process, with its own connectors.
    Local(Registry),
    /// On a gateway, with the connectors that the token may call.
    Remote(Remote),
}

pub(crate) enum Subject {
    Action {
        info: Box<ActionInfo>,
        example: String,
    },
    Connector {
        profile: Box<ConnectorInfo>,
        actions: Vec<ActionInfo>,
    },
}

impl Backend {
    pub(crate) fn new(
        registry: impl FnOnce() -> Result<Registry, Failure>,
        arguments: &GatewayArguments,
    ) -> Result<Self, Failure> {
        Ok(match remote::for_caller(arguments)? {
            Some(remote) => Self::Remote(remote),
            None => Self::Local(registry()?),
        })
    }

    /// Calls back with each action, without its schemas: those of a large catalog have no room in memory.
    pub(crate) fn each_action(
        &self,
        connector: Option<&str>,
        mut show: impl FnMut(ActionInfo) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        match self {
            Self::Local(registry) => entries(registry, connector)?
                .try_for_each(|entry| show(ActionInfo::without_schemas(&entry))),
            Self::Remote(_) => self.actions(connector)?.into_iter().try_for_each(show),
        }
    }

    pub(crate) fn actions(&self, connector: Option<&str>) -> Result<Vec<ActionInfo>, Stop> {
        match self {
            Self::Local(registry) => {
                let entries = entries(registry, connector)?;
                Ok(entries.map(|entry| ActionInfo::from(&entry)).collect())
            }
            Self::Remote(remote) => client::with(remote, "v1", async |client| {
                let known = services(client).await?;
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let wanted = match connector {
                    Some(name) if known.contains(&name) => vec![name],
                    Some(name) => return Err(lookup::unknown_connector(name, &known)),
                    None => known,
                };
                let mut actions = Vec::new();
                for service in wanted {
                    actions.extend(of_service(client, service).await?);
                }
                Ok(actions)
            }),
        }
    }

    pub(crate) fn search(&self, arguments: &SearchArguments) -> Result<Vec<ActionInfo>, Stop> {
        let words = arguments.words.join(" ");
        match self {
            Self::Local(_) if arguments.ready => {
                let message = "needs a gateway, which has the accounts: use --gateway or a profile";
                Err(Failure::param("--ready", message).into())
            }
            Self::Local(registry) => {
                if let Some(name) = &arguments.connector {
                    lookup::connector(registry, name)?;
                }
                let connectors: Vec<_> = arguments.connector.iter().map(String::as_str).collect();
                let query = SearchQuery {
                    connectors: (!connectors.is_empty()).then_some(&connectors),
                    effects: (!arguments.effect.is_empty()).then_some(&arguments.effect),
                    ..SearchQuery::new(&words).limit(arguments.limit)
                };
                let found = SearchIndex::new(registry).search(query);
                let found = found.map_err(|error| Failure::internal(error.to_string()))?;
                let entries = found.iter().filter_map(|id| registry.find(id).ok());
                Ok(entries.map(|entry| ActionInfo::from(&entry)).collect())
            }
            Self::Remote(remote) => client::with(remote, "v1", async |client| {
                let mut query = vec![
                    ("q", Some(words)),
                    ("limit", Some(arguments.limit.to_string())),
                    ("service", arguments.connector.clone()),
                    ("authenticated", arguments.ready.then(|| "true".to_owned())),
                ];
                let effects = arguments.effect.iter();
                query.extend(effects.map(|effect| ("effect", Some(effect.to_string()))));
                let found = client.get(&["actions", "search"], &query).await?;
                actions(client, &found["data"])
            }),
        }
    }

    /// Finds a connector by name, or an action in any spelling.
    pub(crate) fn subject(&self, name: &str) -> Result<Subject, Stop> {
        match self {
            // Action names have at least two parts, so they never clash with a connector's name.
            Self::Local(registry) => match registry.connector(name) {
                Some(connector) => Ok(Subject::Connector {
                    profile: Box::new(connector.into()),
                    actions: entries(registry, Some(name))?
                        .map(|entry| ActionInfo::from(&entry))
                        .collect(),
                }),
                None => {
                    let found = lookup::action(registry, name).map_err(|failure| {
                        let known: Vec<_> = registry.names().collect();
                        lookup::or_connector(failure, name, &known)
                    })?;
                    Ok(of_entry(&found)?)
                }
            },
            Self::Remote(remote) => client::with(remote, "v1", async |client| {
                let known = services(client).await?;
                if known.iter().any(|known| known == name) {
                    return Ok(Subject::Connector {
                        profile: profile(client, name).await?.into(),
                        actions: of_service(client, name).await?,
                    });
                }
                let info = described(client, name).await.map_err(|failure| {
                    let known: Vec<_> = known.iter().map(String::as_str).collect();
                    lookup::or_connector(failure, name, &known)
                })?;
                Ok(Subject::Action {
                    example: command_line::example_of(&info, &[]),
                    info: info.into(),
                })
            }),
        }
    }
}

fn entries<'r>(
    registry: &'r Registry,
    connector: Option<&str>,
) -> Result<Box<dyn Iterator<Item = Entry> + 'r>, Failure> {
    let only = connector
        .map(|name| lookup::connector(registry, name))
        .transpose()?;
    Ok(match only {
        Some(connector) => Box::new(Entry::all_of(connector)),
        None => Box::new(registry.actions()),
    })
}

fn of_entry(entry: &Entry) -> Result<Subject, Failure> {
    let cassettes = lookup::cassettes(&entry.connector)?;
    let info = ActionInfo::from(entry);
    Ok(Subject::Action {
        example: command_line::example_of(&info, &cassettes),
        info: info.into(),
    })
}

/// Fetches the description of an action, in any spelling.
pub(crate) async fn described(client: &Client, name: &str) -> Result<ActionInfo, Failure> {
    let answer = client.get(&["actions", name], &[]).await?;
    ActionInfo::read(&answer["data"]).ok_or_else(|| malformed(client))
}

pub(crate) async fn require_connector(client: &Client, name: &str) -> Result<(), Failure> {
    let known = services(client).await?;
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    if known.contains(&name) {
        Ok(())
    } else {
        Err(lookup::unknown_connector(name, &known))
    }
}

/// Returns what a gateway tells of a connector; it has no actions.
pub(crate) async fn connector(client: &Client, name: &str) -> Result<Connector, Failure> {
    require_connector(client, name).await?;
    let told = profile(client, name).await?;
    Connector::new(told.into(), Vec::new()).map_err(|_| malformed(client))
}

async fn services(client: &Client) -> Result<Vec<String>, Failure> {
    let answer = client.get(&["actions"], &[]).await?;
    let services = answer["data"].as_array().ok_or_else(|| malformed(client))?;
    let name = |service: &Value| service["service"].as_str().map(str::to_owned);
    let names: Option<_> = services.iter().map(name).collect();
    names.ok_or_else(|| malformed(client))
}

async fn of_service(client: &Client, service: &str) -> Result<Vec<ActionInfo>, Failure> {
    let query = [("service", Some(service.to_owned()))];
    let answer = client.get(&["actions"], &query).await?;
    actions(client, &answer["data"])
}

async fn profile(client: &Client, service: &str) -> Result<ConnectorInfo, Failure> {
    let query = [("service", Some(service.to_owned()))];
    let answer = client.get(&["providers"], &query).await?;
    ConnectorInfo::deserialize(&answer["data"][0]).map_err(|_| malformed(client))
}

fn actions(client: &Client, list: &Value) -> Result<Vec<ActionInfo>, Failure> {
    let list = list.as_array().ok_or_else(|| malformed(client))?;
    let actions: Option<_> = list.iter().map(ActionInfo::read).collect();
    actions.ok_or_else(|| malformed(client))
}

fn malformed(client: &Client) -> Failure {
    client.not_a_gateway("its catalog is malformed")
}
