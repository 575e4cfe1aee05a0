//! The deployment's settings for calls.

use plugwright_sdk::host::Effect;
use plugwright_store::Patterns;

/// What the deployment allows, whoever calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Allowed actions.
    pub actions: Patterns,
    /// Forbidden actions, even if `actions` contains them.
    pub blocked_actions: Patterns,
    /// Allowed effects.
    pub effects: Vec<Effect>,
    /// Connectors whose API may be called directly, by tokens with that grant.
    pub proxies: Patterns,
    /// Whether a caller's own headers may take the place of a connection's credential.
    pub caller_credentials: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            actions: Patterns::all(),
            blocked_actions: Patterns::default(),
            effects: Effect::ALL.to_vec(),
            proxies: Patterns::all(),
            caller_credentials: true,
        }
    }
}

plugwright_sdk::__spelled! {
    /// What happens if an action's output does not match its schema.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum OutputCheck {
        /// Outputs are not checked.
        Off = "off",
        /// A warning is logged. The first sixteen outputs of each action are checked, then every
        /// sixty-fourth: enough to notice a change of the provider, at little cost. One whose check would
        /// take too many steps is logged as not checked.
        #[default]
        Warn = "warn",
        /// Every output is checked, and the call fails; also if the check would take too many steps.
        Enforce = "enforce",
    }
}
