//! What a manifest must say before its crate is fit for crates.io.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::workspace::Package;

/// What is missing, each with the line that mends it.
pub(super) fn faults(package: &Package) -> Result<Vec<String>> {
    let text = fs::read_to_string(&package.manifest_path).context("cannot read it")?;
    let manifest: toml::Table = text.parse().context("it is not valid TOML")?;
    let mut faults = Vec::new();
    if !takes_workspace_lints(&manifest) {
        faults.push(
            "it does not take the workspace's lints: add `[lints]` `workspace = true`".to_owned(),
        );
    }
    if package.is_published() {
        faults.extend(publication_faults(package));
    }
    Ok(faults)
}

fn takes_workspace_lints(manifest: &toml::Table) -> bool {
    let workspace = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"));
    workspace.and_then(toml::Value::as_bool) == Some(true)
}

fn publication_faults(package: &Package) -> Vec<String> {
    let metadata = package.metadata.as_ref();
    let docs_rs = metadata.and_then(|metadata| metadata.pointer("/docs/rs"));
    let required = [
        (
            package.description.is_some(),
            "description: add `description = \"...\"`",
        ),
        (
            package.license.is_some(),
            "licence: add `license.workspace = true`",
        ),
        (
            package.repository.is_some(),
            "repository: add `repository.workspace = true`",
        ),
        (
            package.rust_version.is_some(),
            "minimum Rust version: add `rust-version.workspace = true`",
        ),
        (
            !package.keywords.is_empty(),
            "keywords: add `keywords = [...]`, at most five",
        ),
        (
            !package.categories.is_empty(),
            "categories: add `categories = [...]`, with slugs of crates.io",
        ),
        (
            docs_rs.is_some_and(Value::is_object),
            "docs.rs settings: add `[package.metadata.docs.rs]` `all-features = true`",
        ),
    ];
    let missing = required.into_iter().filter(|(is_there, _)| !is_there);
    let mut faults: Vec<_> = missing.map(|(_, what)| format!("no {what}")).collect();
    match &package.readme {
        None => faults.push("no README: add `readme = \"README.md\"`".to_owned()),
        Some(readme) if !package.folder().join(readme).is_file() => {
            faults.push(format!(
                "the README {} does not exist: write it",
                readme.display()
            ));
        }
        Some(_) => {}
    }
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(fields: &Value) -> Package {
        let mut package = json!({
            "name": "plugwright-acme",
            "version": "0.1.0",
            "manifest_path": concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
            "features": {},
            "keywords": [],
            "categories": [],
        });
        for (name, value) in fields.as_object().unwrap() {
            package[name] = value.clone();
        }
        serde_json::from_value(package).unwrap()
    }

    #[test]
    fn names_all_that_a_published_crate_lacks_at_once() {
        let faults = faults(&package(&json!({ "readme": "NONE.md" }))).unwrap();

        assert_eq!(
            faults,
            [
                "no description: add `description = \"...\"`",
                "no licence: add `license.workspace = true`",
                "no repository: add `repository.workspace = true`",
                "no minimum Rust version: add `rust-version.workspace = true`",
                "no keywords: add `keywords = [...]`, at most five",
                "no categories: add `categories = [...]`, with slugs of crates.io",
                "no docs.rs settings: add `[package.metadata.docs.rs]` `all-features = true`",
                "the README NONE.md does not exist: write it",
            ]
        );
    }

    #[test]
    fn asks_only_for_the_lints_of_a_crate_that_stays_here() {
        assert!(
            faults(&package(&json!({ "publish": [] })))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn asks_for_the_lints_of_the_workspace() {
        for manifest in [
            "",
            "[lints]\nworkspace = false",
            "[lints.rust]\nmissing_docs = \"warn\"",
        ] {
            assert!(
                !takes_workspace_lints(&manifest.parse().unwrap()),
                "{manifest}"
            );
        }
    }
}
