//! What a task found wrong.

use anyhow::{Result, ensure};

/// Fails with all that was found, a line each, if there is anything.
pub(crate) fn none(found: &[String], problem: &str) -> Result<()> {
    ensure!(found.is_empty(), "{problem}\n  {}", found.join("\n  "));
    Ok(())
}
