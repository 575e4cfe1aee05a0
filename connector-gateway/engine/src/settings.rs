//! What the deployment decides about calls, whoever makes them.

use plugwright_sdk::host::Effect;
use plugwright_store::Patterns;

/// What the deployment allows at all, whoever calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Actions that may run.
    pub actions: Patterns,
    /// Actions that may not run, though `actions` has them.
    pub blocked_actions: Patterns,
    /// Effects that may be had.
    pub effects: Vec<Effect>,
    /// Connectors whose API may be called directly, by tokens that are granted it.
    pub proxies: Patterns,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            actions: Patterns::all(),
            blocked_actions: Patterns::default(),
            effects: vec![Effect::Read, Effect::Write, Effect::Destructive],
            proxies: Patterns::all(),
        }
    }
}

/// What happens when an action's output does not fit its schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputCheck {
    /// Nobody looks.
    Off,
    /// The log has a warning. The first sixteen outputs of each action are looked at, then every
    /// sixty-fourth: a schema that has drifted shows, and calls hardly pay.
    #[default]
    Warn,
    /// Every output is looked at, and the call fails.
    Enforce,
}
