//! The choice of dialects.

/// Which dialects of other systems are served over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialects {
    /// OOMOL's: `/v1/actions` and its neighbours.
    pub oomol: bool,
    /// Feelr's: `/v1/{connector}/{action}`, `/v1/tools` and `/status`.
    pub feelr: bool,
    /// Alumia's: `/api/v1/connectors` and `/api/v1/connections`.
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
