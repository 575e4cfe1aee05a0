//! Step `tools`: all tools at the start, so that a missing one doesn't end a long run late.

use anyhow::Result;

use crate::tool::{self, CLIPPY, DENY, NEXTEST, RUSTFMT};

pub(super) fn run() -> Result<()> {
    for tool in [RUSTFMT, CLIPPY, NEXTEST, DENY] {
        tool.provide()?;
    }
    tool::provide_node()?;
    tool::provide_postgres()?;
    tool::provide_faketime()?;
    tool::provide_browser()?;
    tool::provide_python()
}
