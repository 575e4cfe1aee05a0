//! Where commands run: in this process, or at a gateway.

use plugwright_sdk::Cassette;
use plugwright_sdk::host::search::SearchIndex;
use plugwright_sdk::host::{Entry, Registry};
use serde_json::Value;

use crate::args::GatewayArguments;
use crate::card::{Card, Profile};
use crate::client::{self, Client};
use crate::failure::{Failure, Stop};
use crate::remote::{self, Remote};
use crate::{command_line, list, run};

/// Where commands run.
pub(crate) enum Place {
    /// In this process, with the connectors that it has.
    Here(Registry),
    /// At a gateway, with the connectors that it has and the token may call.
    There(Remote),
}

/// What a name stands for.
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
    /// Finds out where commands are to run.
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

    /// Returns the actions that have the words, the best first.
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

    /// Finds what a name stands for: a connector, or an action in any spelling.
    pub(crate) fn subject(&self, name: &str) -> Result<Subject, Stop> {
        match self {
            // A connector's name is never a spelling of an action, which has two parts or more.
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

/// Asks a gateway for an action, by any spelling of its name.
pub(crate) async fn described(client: &Client, name: &str) -> Result<Card, Failure> {
    let answer = client.get(&["actions", name], &[]).await?;
    Card::read(&answer["data"]).ok_or_else(|| odd(client))
}

/// Asks for the names of the connectors.
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
    client.strange("it says something else of actions than a gateway does")
}
