//! Where commands find and run actions: in this process or on a gateway.

use plugwright_sdk::search::SearchIndex;
use plugwright_sdk::{Cassette, Entry, Registry};
use serde_json::Value;

use crate::args::GatewayArguments;
use crate::card::{Card, Profile};
use crate::client::{self, Client};
use crate::failure::{Failure, Stop};
use crate::remote::{self, Remote};
use crate::{command_line, list, run};

/// Where commands find and run actions.
pub(crate) enum Place {
    /// In this process, with its own connectors.
    Here(Registry),
    /// On a gateway, with the connectors that the token may call.
    There(Remote),
}

/// What a name refers to.
pub(crate) enum Subject {
    Action {
        card: Box<Card>,
        example: String,
    },
    Connector {
        profile: Box<Profile>,
        actions: Vec<Card>,
    },
}

impl Place {
    /// Chooses the backend that the arguments ask for.
    pub(crate) fn new(registry: Registry, arguments: &GatewayArguments) -> Result<Self, Failure> {
        Ok(match remote::of_caller(arguments)? {
            Some(remote) => Self::There(remote),
            None => Self::Here(registry),
        })
    }

    /// Returns all actions, or those of one connector.
    pub(crate) fn actions(&self, connector: Option<&str>) -> Result<Vec<Card>, Stop> {
        match self {
            Self::Here(registry) => Ok(of_registry(registry, connector)?),
            Self::There(remote) => client::with(remote, "v1", async |client| {
                let known = services(client).await?;
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let wanted = match connector {
                    Some(name) if known.contains(&name) => vec![name],
                    Some(name) => return Err(list::unknown_connector(name, &known)),
                    None => known,
                };
                let mut cards = Vec::new();
                for service in wanted {
                    cards.extend(of_service(client, service).await?);
                }
                Ok(cards)
            }),
        }
    }

    /// Searches actions, best match first.
    pub(crate) fn search(&self, words: &str, limit: usize) -> Result<Vec<Card>, Stop> {
        match self {
            Self::Here(registry) => {
                let index = SearchIndex::new(registry.actions());
                Ok(index.search(words).take(limit).map(Card::from).collect())
            }
            Self::There(remote) => client::with(remote, "v1", async |client| {
                let query = [
                    ("q", Some(words.to_owned())),
                    ("limit", Some(limit.to_string())),
                ];
                let found = client.get(&["actions", "search"], &query).await?;
                cards(client, &found["data"])
            }),
        }
    }

    /// Finds a connector by name, or an action in any spelling.
    pub(crate) fn subject(&self, name: &str) -> Result<Subject, Stop> {
        match self {
            // Action names have at least two parts, so they never clash with a connector's name.
            Self::Here(registry) => match registry.connector(name) {
                Some(connector) => Ok(Subject::Connector {
                    profile: Box::new(connector.into()),
                    actions: of_registry(registry, Some(name))?,
                }),
                None => Ok(of_entry(run::find(registry, name)?)?),
            },
            Self::There(remote) => client::with(remote, "v1", async |client| {
                if services(client).await?.iter().any(|known| known == name) {
                    return Ok(Subject::Connector {
                        profile: profile(client, name).await?.into(),
                        actions: of_service(client, name).await?,
                    });
                }
                let card = described(client, name).await?;
                Ok(Subject::Action {
                    example: command_line::example_of(&card, &[]),
                    card: card.into(),
                })
            }),
        }
    }
}

fn of_registry(registry: &Registry, connector: Option<&str>) -> Result<Vec<Card>, Failure> {
    let only = connector
        .map(|name| list::connector(registry, name))
        .transpose()?;
    let entries = registry.actions().iter().copied();
    Ok(entries
        .filter(|entry| only.is_none_or(|only| std::ptr::eq(only, entry.connector)))
        .map(Card::from)
        .collect())
}

fn of_entry(entry: Entry) -> Result<Subject, Failure> {
    let cassettes = Cassette::shipped(entry.connector.cassettes())
        .map_err(|error| Failure::internal(error.to_string()))?;
    let card = Card::from(entry);
    Ok(Subject::Action {
        example: command_line::example_of(&card, &cassettes),
        card: card.into(),
    })
}

/// Fetches the description of an action, in any spelling.
pub(crate) async fn described(client: &Client, name: &str) -> Result<Card, Failure> {
    let answer = client.get(&["actions", name], &[]).await?;
    Card::read(&answer["data"]).ok_or_else(|| odd(client))
}

/// Fetches the names of the connectors.
async fn services(client: &Client) -> Result<Vec<String>, Failure> {
    let answer = client.get(&["actions"], &[]).await?;
    let services = answer["data"].as_array().ok_or_else(|| odd(client))?;
    let name = |service: &Value| service["service"].as_str().map(str::to_owned);
    let names: Option<_> = services.iter().map(name).collect();
    names.ok_or_else(|| odd(client))
}

async fn of_service(client: &Client, service: &str) -> Result<Vec<Card>, Failure> {
    let query = [("service", Some(service.to_owned()))];
    let answer = client.get(&["actions"], &query).await?;
    cards(client, &answer["data"])
}

async fn profile(client: &Client, service: &str) -> Result<Profile, Failure> {
    let query = [("service", Some(service.to_owned()))];
    let answer = client.get(&["providers"], &query).await?;
    Profile::read(&answer["data"][0]).ok_or_else(|| odd(client))
}

fn cards(client: &Client, list: &Value) -> Result<Vec<Card>, Failure> {
    let list = list.as_array().ok_or_else(|| odd(client))?;
    let cards: Option<_> = list.iter().map(Card::read).collect();
    cards.ok_or_else(|| odd(client))
}

fn odd(client: &Client) -> Failure {
    client.not_a_gateway("its catalog is malformed")
}
