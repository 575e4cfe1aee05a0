//! The gateway's OAuth clients: `connectors.<name>.oauth`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use plugwright_sdk::Secret;
use serde_json::{Value, json};
use toml::de::DeValue;

use super::error::Fault;
use super::form::{Form, Hidden, HttpUrl, Maybe};
use super::source::{Source, Sources};
use super::{Config, OAuthConfig};

/// A client id.
struct Id;

impl Form for Id {
    type Value = String;
    const TAKES: &'static str = "an id of printable ASCII characters without spaces";

    fn from_text(text: &str) -> Result<String, String> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("must be {}, not `{text}`", Self::TAKES));
        }
        Ok(text.to_owned())
    }

    fn show(value: &String) -> Value {
        json!(value)
    }
}

/// Returns the environment variable.
pub(super) fn variable(connector: &str, member: &str) -> String {
    let name = format!("PLUGWRIGHT_CONNECTORS_{connector}_OAUTH_{member}");
    name.replace('-', "_").to_ascii_uppercase()
}

pub(super) fn key(connector: &str, member: &str) -> String {
    format!("connectors.{connector}.oauth.{member}")
}

/// Reads a member from the file.
pub(super) fn read_member(
    config: &mut OAuthConfig,
    connector: &str,
    member: &str,
    value: &DeValue<'_>,
) -> Result<(), String> {
    match member {
        "client_id" => config.client_id = Maybe::<Id>::from_file(value)?,
        "authorization_url" => config.authorization_url = Maybe::<HttpUrl>::from_file(value)?,
        "token_url" => config.token_url = Maybe::<HttpUrl>::from_file(value)?,
        "revocation_url" => config.revocation_url = Maybe::<HttpUrl>::from_file(value)?,
        "client_secret" => {
            return Err(format!(
                "is a secret and can't be set in the file; set {} in the environment",
                variable(connector, member)
            ));
        }
        _ => {
            return Err("is not an OAuth setting; expected `client_id`, `authorization_url`, `token_url` or `revocation_url`".to_owned());
        }
    }
    Ok(())
}

/// Reads client ids and secrets from the environment.
pub(super) fn apply_environment(
    environment: &BTreeMap<String, OsString>,
    connectors: &[&str],
    config: &mut Config,
    sources: &mut Sources,
    faults: &mut Vec<Fault>,
) {
    for connector in connectors {
        let mut read = |member: &str, apply: fn(&mut OAuthConfig, &str) -> Result<(), String>| {
            let variable = variable(connector, member);
            // Scripts unset a variable by making it empty.
            let Some(value) = environment.get(&variable).filter(|it| !it.is_empty()) else {
                return;
            };
            let own = config.connectors.entry((*connector).to_owned());
            let read = match value.to_str() {
                Some(text) => apply(&mut own.or_default().oauth, text),
                None => Err("must be UTF-8".to_owned()),
            };
            let (key, source) = (key(connector, member), Source::Environment(variable));
            match read {
                Ok(()) => sources.set(&key, source),
                Err(problem) => faults.push(Fault {
                    key,
                    source,
                    problem,
                }),
            }
        };
        read("client_id", |oauth, text| {
            oauth.client_id = Maybe::<Id>::from_text(text)?;
            Ok(())
        });
        read("client_secret", |oauth, text| {
            oauth.client_secret = Hidden::<1>::from_text(text)?;
            Ok(())
        });
    }
}

/// Checks settings that depend on each other.
pub(super) fn check(config: &Config, sources: &Sources, faults: &mut Vec<Fault>) {
    for (connector, own) in &config.connectors {
        let mut fault = |member: &str, problem: String| {
            let key = key(connector, member);
            faults.push(Fault {
                source: sources.of(&key),
                key,
                problem,
            });
        };
        let oauth = &own.oauth;
        if oauth.client_secret.is_some() && oauth.client_id.is_none() {
            let id = key(connector, "client_id");
            fault("client_secret", format!("requires `{id}`"));
        }
        // Codes and tokens must not be sent to another server than the one that issued them.
        for (member, url) in [
            ("authorization_url", &oauth.authorization_url),
            ("revocation_url", &oauth.revocation_url),
        ] {
            if url.is_some() && oauth.token_url.is_none() {
                let token_url = key(connector, "token_url");
                fault(member, format!("requires `{token_url}`"));
            }
        }
    }
}

/// Returns keys and values without secrets, or nothing if none is set.
pub(super) fn rows(connector: &str, oauth: &OAuthConfig) -> Vec<(String, Value)> {
    let OAuthConfig {
        client_id,
        client_secret,
        authorization_url,
        token_url,
        revocation_url,
    } = oauth;
    let urls = [authorization_url, token_url, revocation_url];
    if client_id.is_none() && client_secret.is_none() && urls.iter().all(|url| url.is_none()) {
        return Vec::new();
    }
    let url = Maybe::<HttpUrl>::show;
    let secret: &Option<Secret> = client_secret;
    [
        ("client_id", json!(client_id)),
        ("client_secret", Hidden::<1>::show(secret)),
        ("authorization_url", url(authorization_url)),
        ("token_url", url(token_url)),
        ("revocation_url", url(revocation_url)),
    ]
    .into_iter()
    .map(|(member, value)| (key(connector, member), value))
    .collect()
}
