//! `GET /v1/providers`: the connectors.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{Auth, Availability};
use schemars::JsonSchema;
use serde::Serialize;

use super::catalog::auth_types;
use super::envelope::{Failure, revalidated};
use super::request::Query;
use super::{Caller, Dialect};

/// A connector.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provider<'a> {
    service: &'a str,
    display_name: &'a str,
    description: &'a str,
    version: &'a str,
    icon_url: Option<&'a str>,
    homepage_url: Option<&'a str>,
    categories: Vec<Category<'a>>,
    auth_types: Vec<&'static str>,
    action_count: usize,
    availability: Availability,
    base_url: &'a str,
    hosts: Vec<OtherHost<'a>>,
    auth: Vec<Method<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OtherHost<'a> {
    name: &'a str,
    base_url: &'a str,
}

/// A way to authenticate, in the SDK's words.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuthMethod")]
struct Method<'a> {
    kind: &'static str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<OneScope<'a>>>,
}

#[derive(Serialize, JsonSchema)]
struct OneScope<'a> {
    name: &'a str,
    description: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Category<'a> {
    id: &'a str,
    display_name: String,
}

/// `GET /v1/providers`: those of the services that `service` names, each time it stands there, and
/// that have the text `q` in their names, categories or kinds of credentials.
pub(super) async fn list(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Query::parse(query.as_deref());
    let wanted: Vec<_> = query.all("service").collect();
    let providers: Vec<_> = dialect
        .catalog
        .connectors()
        .filter(|connector| wanted.is_empty() || wanted.contains(&connector.name()))
        .filter_map(|connector| {
            let count = dialect
                .catalog
                .of_service(connector.name())
                .filter(|card| dialect.gateway.allows(&principal, card.id()))
                .count();
            (count > 0).then(|| Provider::new(connector, count))
        })
        .filter(|provider| query.first("q").is_none_or(|text| provider.has(text)))
        .collect();
    revalidated(&headers, &providers)
}

impl<'a> Provider<'a> {
    fn new(connector: &'a Connector, action_count: usize) -> Self {
        Self {
            service: connector.name(),
            display_name: connector.display_name(),
            description: connector.description(),
            version: connector.version(),
            icon_url: connector.icon_url(),
            homepage_url: connector.homepage_url(),
            categories: connector
                .categories()
                .iter()
                .map(|id| Category::new(id))
                .collect(),
            auth_types: auth_types(connector),
            action_count,
            availability: connector.availability(),
            base_url: connector.base_url(),
            hosts: connector
                .hosts()
                .iter()
                .map(|host| OtherHost {
                    name: host.name,
                    base_url: host.base_url,
                })
                .collect(),
            auth: connector.auth().iter().map(Method::of).collect(),
        }
    }

    fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let categories = self
            .categories
            .iter()
            .flat_map(|category| [category.id, &category.display_name]);
        [self.service, self.display_name]
            .into_iter()
            .chain(categories)
            .chain(self.auth_types.iter().copied())
            .any(|place| place.to_lowercase().contains(&text))
    }
}

impl<'a> Method<'a> {
    fn of(auth: &Auth<'a>) -> Self {
        let oauth2 = match &auth.scheme {
            Scheme::OAuth2(oauth2) => Some(oauth2),
            _ => None,
        };
        Self {
            kind: auth.kind().as_str(),
            label: auth.label,
            authorization_endpoint: oauth2.and_then(|oauth2| oauth2.authorization_endpoint),
            token_endpoint: oauth2.map(|oauth2| oauth2.token_endpoint),
            scopes: oauth2.map(|oauth2| {
                let scopes = oauth2.scopes.iter();
                scopes
                    .map(|scope| OneScope {
                        name: scope.name,
                        description: scope.description,
                    })
                    .collect()
            }),
        }
    }
}

impl<'a> Category<'a> {
    /// Makes `Developer tools` of `developer-tools`.
    fn new(id: &'a str) -> Self {
        let words = id.replace('-', " ");
        let mut letters = words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Self {
            id,
            display_name: first.chain(letters.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github() -> Connector {
        Connector::from(&plugwright_github::CONNECTOR)
    }

    #[test]
    fn a_provider_has_what_the_clients_expect_of_it() {
        let github = github();
        let mut provider = Provider::new(&github, 7);
        provider.version = "[version]";
        insta::assert_json_snapshot!(provider);
    }

    #[test]
    fn a_text_is_found_in_names_categories_and_kinds_of_credentials() {
        let github = github();
        let provider = Provider::new(&github, 7);
        for text in [
            "hub",
            "GITHUB",
            "developer-tools",
            "Developer Tools",
            "api_key",
        ] {
            assert!(provider.has(text), "{text}");
        }
        assert!(!provider.has("slack"));
    }
}
