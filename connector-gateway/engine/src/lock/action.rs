//! What the lock holds of one action.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plugwright_sdk::Auth;
use plugwright_sdk::auth::{KeyPlace, Scheme};
use plugwright_sdk::host::{Connector, Effect, Entry, Returns};
use plugwright_sdk::schema::Schema;
use serde_json::json;

use crate::connect::sha256;

/// What an action may do, takes and returns, and what it says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedAction {
    /// Its effect.
    pub effect: Effect,
    /// Whether a call may be repeated.
    pub idempotent: bool,
    /// The OAuth scopes that it needs.
    pub scopes: BTreeSet<String>,
    /// The auth schemes that it takes, if not all of its connector's.
    pub auth: Option<BTreeSet<String>>,
    /// Where its connector sends requests, tokens and people, without paths.
    pub hosts: BTreeSet<String>,
    /// Whether it returns one thing or a list.
    pub returns: Returns,
    /// Its display name.
    pub title: String,
    /// What it does, for people and agents.
    pub description: String,
    /// Why it should no longer be used.
    pub deprecated: Option<String>,
    /// The schema of its input.
    pub input: Schema,
    /// The schema of its output.
    pub output: Schema,
}

impl LockedAction {
    /// Describes an action.
    pub fn of(Entry { connector, action }: &Entry) -> Self {
        let mut input = action.input_schema();
        let mut output = action.output_schema();
        input.sort_all_objects();
        output.sort_all_objects();
        Self {
            effect: action.effect(),
            idempotent: action.idempotent(),
            scopes: action.scopes().iter().map(ToString::to_string).collect(),
            auth: action
                .schemes()
                .map(|places| connector.schemes_at(Some(places)).map(scheme).collect()),
            hosts: hosts(connector),
            returns: action.returns(),
            title: action.title().into_owned(),
            description: action.description().to_owned(),
            deprecated: action.deprecated().map(str::to_owned),
            input,
            output,
        }
    }

    /// Returns the SHA-256 of all this as canonical JSON: members in the order of their names, no
    /// white space.
    pub fn digest(&self) -> String {
        let mut all = json!({
            "effect": self.effect,
            "idempotent": self.idempotent,
            "scopes": self.scopes,
            "hosts": self.hosts,
            "returns": self.returns,
            "title": self.title,
            "description": self.description,
            "deprecated": self.deprecated,
            "input": self.input,
            "output": self.output,
        });
        if let Some(auth) = &self.auth {
            all["auth"] = json!(auth);
        }
        all.sort_all_objects();
        let hash = sha256(&[all.to_string().as_bytes()]);
        hash.iter().fold("sha256:".to_owned(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Returns the digest of an action, as the lock has it.
pub fn digest(entry: &Entry) -> String {
    LockedAction::of(entry).digest()
}

/// Names an auth scheme, with where its key goes.
fn scheme(auth: &Auth<'_>) -> String {
    let place = match auth.scheme {
        Scheme::ApiKey(KeyPlace::Header(name) | KeyPlace::Query(name)) => format!(" in {name}"),
        _ => String::new(),
    };
    format!("{}: {}{place}", auth.kind(), auth.label)
}

/// Returns every place that a connector sends requests, tokens or people to.
fn hosts(connector: &Connector) -> BTreeSet<String> {
    let own = [connector.base_url()].into_iter();
    let further = connector.hosts().iter().map(|host| host.base_url);
    let endpoints = connector.auth().iter().flat_map(|auth| match &auth.scheme {
        Scheme::OAuth2(oauth2) => [
            oauth2.authorization_endpoint,
            Some(oauth2.token_endpoint),
            oauth2.revocation.map(|revocation| revocation.endpoint),
        ],
        _ => [None; 3],
    });
    own.chain(further)
        .chain(endpoints.flatten())
        .filter(|url| !url.is_empty())
        .map(|url| origin(url).to_owned())
        .collect()
}

/// Cuts a URL, or a template of one, before its path.
fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[authority..].find(['/', '?', '#']);
    end.map_or(url, |end| &url[..authority + end])
}

pub(super) fn effect(text: &str) -> Option<Effect> {
    text.parse().ok()
}

pub(super) fn returns(text: &str) -> Option<Returns> {
    [Returns::Single, Returns::List]
        .into_iter()
        .find(|returns| json!(returns) == text)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::actions;
    use plugwright_sdk::host::Registry;
    use plugwright_sdk::{Auth, ConnectorDefinition, scope};

    use super::*;

    #[test]
    fn an_origin_is_all_before_the_path() {
        for (url, expected) in [
            ("https://api.example.com/v1", "https://api.example.com"),
            (
                "https://api.example.com:8443",
                "https://api.example.com:8443",
            ),
            (
                "https://{site}.example.com/rest",
                "https://{site}.example.com",
            ),
            ("{base_url}/api", "{base_url}"),
            ("https://example.com?x=/", "https://example.com"),
        ] {
            assert_eq!(origin(url), expected);
        }
    }

    #[test]
    fn hosts_are_those_of_requests_tokens_and_people() {
        static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("a", "A", "1.0.0")
            .base_url("https://api.example.com/v1")
            .hosts(&[plugwright_sdk::host("uploads", "https://up.example.com/x")])
            .auth(&[Auth::oauth2(
                "https://example.com/authorize",
                "https://token.example.com/token",
                &[scope("a", "All")],
            )])
            .actions(actions![]);
        let hosts: Vec<_> = hosts(&Connector::from(&CONNECTOR)).into_iter().collect();
        assert_eq!(
            hosts,
            [
                "https://api.example.com",
                "https://example.com",
                "https://token.example.com",
                "https://up.example.com",
            ]
        );
    }

    #[test]
    fn a_digest_is_of_the_whole_action() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let entry = registry.find("github.issues.list").unwrap();
        let action = LockedAction::of(&entry);
        let before = digest(&entry);
        assert_eq!(before, action.digest());
        assert_eq!(before.len(), "sha256:".len() + 64);
        let edits: [fn(&mut LockedAction); 12] = [
            |action| action.effect = Effect::Write,
            |action| action.idempotent = false,
            |action| action.scopes.extend(["x".to_owned()]),
            |action| action.auth = Some(BTreeSet::new()),
            |action| action.auth = Some(["x".to_owned()].into()),
            |action| action.hosts.extend(["x".to_owned()]),
            |action| action.returns = Returns::Single,
            |action| action.title.push('x'),
            |action| action.description.push('x'),
            |action| action.deprecated = Some("x".to_owned()),
            |action| action.input["x"] = json!(1),
            |action| action.output["x"] = json!(1),
        ];
        for edit in edits {
            let mut other = action.clone();
            edit(&mut other);
            assert_ne!(other.digest(), before);
        }
    }
}
