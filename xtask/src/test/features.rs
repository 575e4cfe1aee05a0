//! Step `features`: each published crate with no feature and with each one alone. With the default
//! ones the step `package` builds it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::command::{self, cargo};
use crate::order;
use crate::tool::CLIPPY;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    CLIPPY.provide()?;
    for package in order::of(workspace.published())? {
        for feature in builds(&package.features) {
            // What it needs is linted by itself, before it.
            let mut command = cargo(["clippy", "--locked", "--no-deps", "--no-default-features"]);
            command.args(["--package", &package.name]);
            if let Some(feature) = feature {
                command.args(["--features", feature]);
            }
            // Clippy can refuse the warnings of this repository's code without building the
            // dependencies again.
            command::run(command.args(["--", "--deny", "warnings"]))?;
        }
    }
    Ok(())
}

/// The features to build with, `None` for none, leaving out those that give the same build as one
/// before them or as the default ones.
fn builds(features: &BTreeMap<String, Vec<String>>) -> Vec<Option<&str>> {
    let mut seen = BTreeSet::from([turned_on("default", features)]);
    let alone = features.keys().map(|feature| Some(feature.as_str()));
    [None]
        .into_iter()
        .chain(alone)
        .filter(|feature| {
            let on = feature.map_or_else(BTreeSet::new, |name| turned_on(name, features));
            seen.insert(on)
        })
        .collect()
}

/// All that a feature turns on, itself included. `default` is left out: no code asks for it.
fn turned_on<'a>(
    feature: &'a str,
    features: &'a BTreeMap<String, Vec<String>>,
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![feature];
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(features.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    found.remove("default");
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(features: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        features
            .iter()
            .map(|(name, on)| {
                (
                    String::from(*name),
                    on.iter().copied().map(String::from).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn builds_with_no_feature_and_with_each_alone() {
        let features = features(&[
            ("default", &["live"]),
            ("json", &[]),
            ("live", &["dep:reqwest"]),
            ("testing", &["json"]),
        ]);

        assert_eq!(builds(&features), [None, Some("json"), Some("testing")]);
    }

    #[test]
    fn leaves_out_features_that_give_the_same_build() {
        let no_default = features(&[("live", &["dep:reqwest"])]);
        let empty_default = features(&[("default", &[]), ("live", &[])]);
        let default_is_live = features(&[("default", &["live"]), ("live", &[])]);
        let circle = features(&[("a", &["b"]), ("b", &["a"])]);

        assert_eq!(builds(&no_default), [Some("live")]);
        assert_eq!(builds(&empty_default), [Some("live")]);
        assert_eq!(builds(&default_is_live), [None]);
        assert_eq!(builds(&circle), [Some("a")]);
    }
}
