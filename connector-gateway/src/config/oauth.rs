//! The gateway's OAuth clients: `connectors.<name>.oauth`.

use serde_json::{Value, json};

use super::Config;
use super::error::Fault;
use super::form::Form;
use super::source::Sources;

pub(super) struct ClientId;

impl Form for ClientId {
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

/// Checks settings that depend on each other.
pub(super) fn check(config: &Config, sources: &Sources, faults: &mut Vec<Fault>) {
    for (connector, own) in &config.connectors {
        let oauth = &own.oauth;
        let key = |member: &str| format!("connectors.{connector}.oauth.{member}");
        // Codes and tokens must not be sent to another server than the one that issued them.
        for (member, is_set, needed, has_needed) in [
            (
                "client_secret",
                oauth.client_secret.is_some(),
                "client_id",
                oauth.client_id.is_some(),
            ),
            (
                "authorization_url",
                oauth.endpoints.authorization.is_some(),
                "token_url",
                oauth.endpoints.token.is_some(),
            ),
            (
                "revocation_url",
                oauth.endpoints.revocation.is_some(),
                "token_url",
                oauth.endpoints.token.is_some(),
            ),
        ] {
            if is_set && !has_needed {
                faults.push(Fault {
                    key: key(member),
                    source: sources.of(&key(member)),
                    problem: format!("requires `{}`", key(needed)),
                });
            }
        }
    }
}
