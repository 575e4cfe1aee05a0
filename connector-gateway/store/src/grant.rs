//! Grants of callers.

use std::num::NonZeroU32;
use std::time::Duration;

use plugwright_sdk::host::{Echo, Effect};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::{DEFAULT_ORGANIZATION, Patterns};

/// What a principal may do. The deployment's policy must allow a call as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Grant {
    /// Allowed actions.
    pub actions: Patterns,
    /// Forbidden actions, even if `actions` contains them.
    pub blocked_actions: Patterns,
    /// Allowed effects.
    #[serde(deserialize_with = "effects")]
    #[schemars(with = "Vec<Effect>")]
    pub effects: Vec<Effect>,
    /// Ids of allowed connections; absent for all of the organizations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Vec<Uuid>>,
    /// Connectors whose API may be called directly, through the proxy.
    pub proxies: Patterns,
    /// Connectors whose accounts may be connected and disconnected, in those organizations.
    pub connect: Patterns,
    /// Organizations whose connections may be used; the first is the default.
    pub organizations: Vec<String>,
    /// The rate limit; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// Tools that MCP clients see: ids of actions and names of discovery tools; absent for the
    /// latter. It restricts what is listed, not what may be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcp_tools: Option<Patterns>,
}

impl Default for Grant {
    /// Allows every action with every connection of the default organization, and no proxy.
    fn default() -> Self {
        Self {
            actions: Patterns::all(),
            blocked_actions: Patterns::default(),
            effects: Effect::ALL.to_vec(),
            connections: None,
            proxies: Patterns::default(),
            connect: Patterns::default(),
            organizations: vec![DEFAULT_ORGANIZATION.to_owned()],
            rate_limit: None,
            mcp_tools: None,
        }
    }
}

impl Grant {
    /// Allows everything in every organization.
    pub fn everything() -> Self {
        Self {
            proxies: Patterns::all(),
            connect: Patterns::all(),
            organizations: vec!["*".to_owned()],
            ..Self::default()
        }
    }
}

/// A rate limit. Bursts up to the whole number of calls are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RateLimit {
    /// Calls.
    pub calls: NonZeroU32,
    /// Time, in seconds.
    pub per_seconds: NonZeroU32,
}

impl RateLimit {
    /// Returns the period.
    pub fn period(self) -> Duration {
        Duration::from_secs(self.per_seconds.get().into())
    }
}

/// Reads effects by their names on the wire.
fn effects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Effect>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let effect = |text: &String| {
        text.parse::<Effect>().map_err(|_| {
            let text = Echo(text);
            D::Error::custom(format!(
                "`{text}` is not an effect: use read, write or destructive"
            ))
        })
    };
    texts.iter().map(effect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_that_says_nothing_allows_actions_and_no_proxy() {
        let grant: Grant = serde_json::from_str("{}").unwrap();
        assert_eq!(grant, Grant::default());
        assert!(grant.actions.matches("github.issues.list"));
        assert!(!grant.proxies.matches("github"));
        assert_eq!(grant.organizations, ["default"]);
    }

    #[test]
    fn a_misspelled_member_or_effect_is_refused() {
        let error = serde_json::from_str::<Grant>(r#"{"action":["*"]}"#).unwrap_err();
        assert!(
            error.to_string().contains("unknown field `action`"),
            "{error}"
        );
        let error = serde_json::from_str::<Grant>(r#"{"effects":["reed"]}"#).unwrap_err();
        assert!(
            error.to_string().contains("use read, write or destructive"),
            "{error}"
        );
    }

    #[test]
    fn a_grant_reads_back_as_it_was_written() {
        let grant = Grant {
            rate_limit: Some(RateLimit {
                calls: NonZeroU32::MIN,
                per_seconds: NonZeroU32::MIN,
            }),
            connections: Some(vec![Uuid::nil()]),
            mcp_tools: Some(Patterns::all()),
            ..Grant::everything()
        };
        let json = serde_json::to_string(&grant).unwrap();
        assert_eq!(serde_json::from_str::<Grant>(&json).unwrap(), grant);
    }
}
