//! `GET /v1/providers`: the connectors.

use std::borrow::Cow;
use std::collections::HashSet;

use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::auth::{OAuth2, Scheme, Scope};
use plugwright_sdk::host::{Connector, Host, capitalized};
use plugwright_sdk::{Auth, Availability};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use super::catalog::auth_types;
use super::envelope::{Failure, revalidated};
use super::request::Query;
use crate::caller::Caller;
use crate::icons;
use crate::view::view;

view! {
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct Provider<'a>(
        connector: &'a Connector,
        action_count: usize,
        gateway: Option<&Url>,
    ) {
        service: &'a str = connector.name(),
        display_name: &'a str = connector.display_name(),
        description: &'a str = connector.description(),
        version: &'a str = connector.version(),
        icon_url: Option<Cow<'a, str>> = match connector.icon_url() {
            Some(url) => Some(url.into()),
            None => gateway.map(|gateway| icons::url(gateway, connector.name()).into()),
        },
        homepage_url: Option<&'a str> = connector.homepage_url(),
        categories: Vec<Category<'a>> = {
            let ids = connector.categories().iter();
            ids.map(|id| Category::new(id)).collect()
        },
        auth_types: Vec<&'static str> = auth_types(connector),
        action_count: usize = action_count,
        availability: Availability = connector.availability(),
        base_url: &'a str = connector.base_url(),
        hosts: Vec<OtherHost<'a>> = connector.hosts().iter().map(OtherHost::new).collect(),
        auth: Vec<Method<'a>> = connector.auth().iter().map(Method::of).collect(),
    }
}

view! {
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct OtherHost<'a>(host: &Host<'a>) {
        name: &'a str = host.name,
        base_url: &'a str = host.base_url,
    }
}

view! {
    /// A way to authenticate, in the SDK's words.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "AuthMethod")]
    struct Method<'a>(auth: &Auth<'a>, oauth2: Option<&OAuth2<'a>>) {
        kind: &'static str = auth.kind().as_str(),
        label: &'a str = auth.label,
        #[serde(skip_serializing_if = "Option::is_none")]
        authorization_endpoint: Option<&'a str> =
            oauth2.and_then(|oauth2| oauth2.authorization_endpoint),
        #[serde(skip_serializing_if = "Option::is_none")]
        token_endpoint: Option<&'a str> = oauth2.map(|oauth2| oauth2.token_endpoint),
        #[serde(skip_serializing_if = "Option::is_none")]
        scopes: Option<Vec<OneScope<'a>>> =
            oauth2.map(|oauth2| oauth2.scopes.iter().map(OneScope::new).collect()),
    }
}

impl<'a> Method<'a> {
    fn of(auth: &Auth<'a>) -> Self {
        match &auth.scheme {
            Scheme::OAuth2(oauth2) => Self::new(auth, Some(oauth2)),
            _ => Self::new(auth, None),
        }
    }
}

view! {
    #[derive(Serialize, JsonSchema)]
    struct OneScope<'a>(scope: &Scope<'a>) {
        name: &'a str = scope.name,
        description: &'a str = scope.description,
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Category<'a> {
    id: &'a str,
    display_name: String,
}

/// `GET /v1/providers`: all, or those that `service` names and that have the text `q` in their
/// names, categories or kinds of credentials.
pub(super) async fn list(
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Query::parse(query.as_deref());
    query.only(&["service", "q"])?;
    let names: HashSet<_> = query.all("service").collect();
    let providers: Vec<_> = caller
        .connectors_of(&names)
        .map(|connector| {
            let actions = caller.action_names(connector).count();
            Provider::new(connector, actions, caller.gateway.public_url())
        })
        .filter(|provider| query.first("q").is_none_or(|text| provider.has(text)))
        .collect();
    revalidated(&headers, &providers)
}

impl Provider<'_> {
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

impl<'a> Category<'a> {
    /// Makes `Developer tools` of `developer-tools`.
    fn new(id: &'a str) -> Self {
        Self {
            id,
            display_name: capitalized(&id.replace('-', " ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway() -> Url {
        Url::parse("https://tools.example").unwrap()
    }

    fn github() -> Connector {
        Connector::from(&plugwright_github::CONNECTOR)
    }

    #[test]
    fn a_provider_has_what_the_clients_expect_of_it() {
        let github = github();
        let mut provider = Provider::new(&github, 7, Some(&gateway()));
        provider.version = "[version]";
        insta::assert_json_snapshot!(provider);
    }

    #[test]
    fn a_text_is_found_in_names_categories_and_kinds_of_credentials() {
        let github = github();
        let provider = Provider::new(&github, 7, Some(&gateway()));
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
