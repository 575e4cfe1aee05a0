//! A name that no action has.

use std::fmt;

use crate::echo::Echo;
use crate::error::{ActionError, ErrorCode};
use crate::nearest;

/// So many of the nearest names are offered, and so many are known: a caller may not see some.
const OFFERED: usize = 3;
pub(super) const NEAREST: usize = 20;

/// No action has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAction {
    /// The name asked for, cut if nothing can have it.
    pub name: String,
    /// Names that look like it, the likeliest first. The message offers three of them at most.
    pub nearest: Vec<String>,
    pub(super) connector_known: bool,
}

impl UnknownAction {
    /// Leaves those of the nearest names that a caller may see.
    #[must_use]
    pub fn among(mut self, is_visible: impl Fn(&str) -> bool) -> Self {
        self.nearest.retain(|id| is_visible(id));
        self
    }
}

impl fmt::Display for UnknownAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no action is named `{}`", Echo(&self.name))?;
        let offered = &self.nearest[..self.nearest.len().min(OFFERED)];
        f.write_str(&nearest::question(offered).unwrap_or_default())
    }
}

impl std::error::Error for UnknownAction {}

impl From<UnknownAction> for ActionError {
    fn from(unknown: UnknownAction) -> Self {
        let code = if unknown.connector_known {
            ErrorCode::ActionNotFound
        } else {
            ErrorCode::ConnectorNotFound
        };
        Self::new(code, unknown.to_string())
    }
}
