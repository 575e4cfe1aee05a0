//! What the deployment decides about a gateway, whoever calls.

use plugwright_sdk::host::Effect;

use crate::policy::Patterns;

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

/// Which dialects of other systems are served over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialects {
    /// That of OOMOL's clients: `/v1/actions` and its neighbours.
    pub oomol: bool,
    /// That of Feelr: `/v1/{connector}/{action}`, `/v1/tools` and `/status`.
    pub feelr: bool,
    /// That of Alumia: `/api/v1/connectors` and `/api/v1/connections`.
    pub alumia: bool,
}

impl Default for Dialects {
    fn default() -> Self {
        Self {
            oomol: true,
            feelr: true,
            alumia: true,
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
