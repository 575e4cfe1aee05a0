//! The features that a crate is built with.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::Package;

/// The features of this workspace's packages that others of them turn on, as `package/feature`.
pub(super) fn turned_on_by_others<'a>(
    packages: impl IntoIterator<Item = &'a Package>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for package in packages {
        let named = package.features.values().flatten();
        found.extend(named.filter(|one| one.contains('/')).cloned());
        let dependencies = package.dependencies.iter();
        for dependency in dependencies.filter(|one| one.kind.is_none()) {
            let features = dependency.features.iter();
            found.extend(features.map(|feature| format!("{}/{feature}", dependency.name)));
        }
    }
    found
}

/// The arguments for the default features, for none and for each alone, leaving out those that give
/// the same build as one before them.
///
/// Features that each only add a package are taken together. Left out are those that are built where
/// they are named: those of dependencies, which the crate's code does not name, and those that a crate
/// of the workspace turns on, of which `is_built_elsewhere` tells.
pub(super) fn each(
    features: &BTreeMap<String, Vec<String>>,
    is_named: impl Fn(&str) -> bool,
    is_built_elsewhere: impl Fn(&str) -> bool,
) -> Vec<Vec<&str>> {
    let default = turned_on("default", features);
    // Left in where it turns nothing on, so that the build is that of a crate that depends on this one.
    let without_default: &[_] = if default.is_empty() {
        &[]
    } else {
        &["--no-default-features"]
    };
    let own = features.iter();
    let own = own.filter(|(name, _)| *name != "default" && !is_built_elsewhere(name));
    let (packages, others): (Vec<_>, Vec<_>) = own.partition(|(_, on)| adds_a_package(on));
    let alone = others
        .into_iter()
        .filter(|(name, on)| is_named(name) || on.iter().any(|one| one.starts_with("dep:")))
        .map(|(name, _)| vec![name.as_str()]);
    // What only adds a package changes nothing else, so that the default features show as much.
    let packages: Vec<_> = packages
        .into_iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !default.contains(name))
        .collect();
    let mut seen = BTreeSet::from([default]);
    let mut selections = vec![vec![]];
    for chosen in [vec![], packages].into_iter().chain(alone) {
        let on = chosen.iter().flat_map(|name| turned_on(name, features));
        if seen.insert(on.collect()) {
            let chosen = chosen.into_iter().flat_map(|name| ["--features", name]);
            selections.push(without_default.iter().copied().chain(chosen).collect());
        }
    }
    selections
}

fn adds_a_package(on: &[String]) -> bool {
    matches!(on, [one] if one.starts_with("dep:"))
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

    fn selections(features: &[(&str, &[&str])]) -> Vec<String> {
        let features = features
            .iter()
            .map(|(name, on)| {
                let on = on.iter().copied().map(String::from).collect();
                (String::from(*name), on)
            })
            .collect();
        each(
            &features,
            |name| name != "unnamed",
            |name| name == "elsewhere",
        )
        .iter()
        .map(|words| words.join(" "))
        .collect()
    }

    const NONE: &str = "--no-default-features";

    #[test]
    fn builds_with_the_default_features_with_none_and_with_each_alone() {
        let selections = selections(&[
            ("default", &["live"]),
            ("json", &[]),
            ("live", &["dep:reqwest"]),
            ("testing", &["json"]),
        ]);
        let alone = |feature| format!("{NONE} --features {feature}");

        let expected = [
            String::new(),
            NONE.to_owned(),
            alone("json"),
            alone("testing"),
        ];
        assert_eq!(selections, expected);
    }

    #[test]
    fn features_that_only_add_a_package_are_built_together() {
        let selections = selections(&[("a", &["dep:a"]), ("b", &["dep:b"]), ("c", &["b"])]);
        assert_eq!(
            selections,
            ["", "--features a --features b", "--features c"]
        );
    }

    #[test]
    fn leaves_out_features_of_dependencies_that_no_code_names() {
        let features: &[(&str, &[&str])] = &[("named", &["sdk/x"]), ("unnamed", &["sdk/y"])];
        assert_eq!(selections(features), ["", "--features named"]);
    }

    #[test]
    fn leaves_out_what_is_built_elsewhere() {
        assert_eq!(
            selections(&[
                ("elsewhere", &["dep:a", "b/c"]),
                ("here", &["dep:a", "b/c"])
            ]),
            ["", "--features here"]
        );
        let named = selections(&[("default", &["a"]), ("a", &["dep:a"]), ("b", &["dep:b"])]);
        assert_eq!(named, ["", NONE, "--no-default-features --features b"]);
    }

    #[test]
    fn what_others_turn_on_is_in_features_and_in_dependencies() {
        let package: Package = serde_json::from_value(serde_json::json!({
            "name": "gateway",
            "version": "1.0.0",
            "manifest_path": "/Cargo.toml",
            "features": { "postgres": ["store/postgres", "dep:x"] },
            "keywords": [],
            "categories": [],
            "dependencies": [
                { "name": "sdk", "kind": null, "features": ["live"], "uses_default_features": true },
                { "name": "sdk", "kind": "dev", "features": ["testing"], "uses_default_features": true },
            ],
        }))
        .unwrap();
        let found = turned_on_by_others([&package]);
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            ["sdk/live", "store/postgres"]
        );
    }

    #[test]
    fn leaves_out_features_that_give_the_same_build() {
        let live = "--features live";

        assert_eq!(selections(&[("live", &["dep:reqwest"])]), ["", live]);
        assert_eq!(selections(&[("default", &[]), ("live", &[])]), ["", live]);
        assert_eq!(
            selections(&[("default", &["live"]), ("live", &[])]),
            ["", NONE]
        );
        assert_eq!(
            selections(&[("a", &["b"]), ("b", &["a"])]),
            ["", "--features a"]
        );
    }
}
