//! Step `deny`: the dependencies against deny.toml.

use anyhow::{Context as _, Result, bail};
use xshell::{Shell, cmd};

use crate::tool::DENY;

pub(super) fn run(sh: &Shell) -> Result<()> {
    DENY.provide(sh)?;
    let unexplained = exceptions_without_reason(&sh.read_file("deny.toml")?)?;
    if !unexplained.is_empty() {
        bail!(
            "deny.toml accepts these without a `reason`: {}",
            unexplained.join(", ")
        );
    }
    // Warnings are exceptions that nothing needs any more.
    cmd!(
        sh,
        "cargo deny --workspace --all-features --locked check --deny warnings bans licenses sources"
    )
    .run()
    .context("a dependency is not acceptable: choose another, or state the reason in deny.toml")
}

/// The accepted duplicates that do not say why, which cargo-deny lets pass.
fn exceptions_without_reason(settings: &str) -> Result<Vec<String>> {
    let settings: toml::Table = settings.parse().context("deny.toml is not valid TOML")?;
    let skipped = settings.get("bans").and_then(|bans| bans.get("skip"));
    let entries = skipped
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten();
    Ok(entries
        .filter(|entry| entry.get("reason").is_none())
        .map(ToString::to_string)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_exceptions_that_do_not_say_why() {
        let settings = r#"
            [bans]
            skip = ["syn@2", { crate = "base64@0.22" }, { crate = "rand@0.8", reason = "sqlx" }]
        "#;

        assert_eq!(
            exceptions_without_reason(settings).unwrap(),
            [r#""syn@2""#, r#"{ crate = "base64@0.22" }"#]
        );
    }
}
