//! Which packages are built together.

use std::collections::BTreeMap;

use crate::workspace::{Dependency, Package};

/// Features of a dependency, and whether its default ones are among them.
type Wanted<'a> = (bool, &'a [String]);

/// Returns packages in groups that one build can check.
///
/// In one build, a crate can borrow what another one asks for. So those of a group have no features of
/// their own, depend on the same packages of the workspace, and ask for the same features of whatever
/// they share.
pub(super) fn of<'p>(packages: &[&'p Package]) -> Vec<Vec<&'p Package>> {
    let mut groups: Vec<Vec<&Package>> = Vec::new();
    for package in packages {
        let fitting = groups
            .iter_mut()
            .find(|group| group.iter().all(|other| fit(package, other)));
        match fitting {
            Some(group) => group.push(package),
            None => groups.push(vec![package]),
        }
    }
    groups
}

fn fit(one: &Package, other: &Package) -> bool {
    let others = wanted(other);
    let mut wanted = wanted(one).into_iter();
    one.features.is_empty()
        && other.features.is_empty()
        && own(one) == own(other)
        && wanted.all(|(name, wanted)| others.get(name).is_none_or(|other| *other == wanted))
}

fn own(package: &Package) -> Vec<&str> {
    let own = normal(package).filter(|one| one.path.is_some());
    own.map(|one| one.name.as_str()).collect()
}

fn wanted(package: &Package) -> BTreeMap<&str, Wanted<'_>> {
    let wanted = normal(package).map(|one| {
        let features = (one.uses_default_features, &*one.features);
        (one.name.as_str(), features)
    });
    wanted.collect()
}

fn normal(package: &Package) -> impl Iterator<Item = &Dependency> {
    let all = package.dependencies.iter();
    all.filter(|dependency| dependency.kind.is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn package(name: &str, features: &Value, dependencies: &[(&str, &[&str])]) -> Package {
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|(name, features)| {
                json!({
                    "name": name,
                    "kind": null,
                    "features": features,
                    "uses_default_features": true,
                    "path": name.starts_with("own").then_some("/own"),
                })
            })
            .collect();
        serde_json::from_value(json!({
            "name": name,
            "version": "1.0.0",
            "manifest_path": "/Cargo.toml",
            "features": features,
            "keywords": [],
            "categories": [],
            "dependencies": dependencies,
        }))
        .unwrap()
    }

    #[test]
    fn packages_that_can_borrow_nothing_are_together() {
        let none = json!({});
        let packages = [
            package("a", &none, &[("own-sdk", &[]), ("url", &[])]),
            package(
                "b",
                &none,
                &[("own-sdk", &[]), ("url", &[]), ("uuid", &["v5"])],
            ),
            package(
                "other-features",
                &none,
                &[("own-sdk", &[]), ("url", &["serde"])],
            ),
            package("of-another", &none, &[("own-sdk", &[]), ("own-store", &[])]),
            package("with-features", &json!({ "live": [] }), &[("own-sdk", &[])]),
            package("c", &none, &[("own-sdk", &[])]),
        ];
        let packages: Vec<_> = packages.iter().collect();
        let groups: Vec<Vec<_>> = of(&packages)
            .iter()
            .map(|group| group.iter().map(|one| one.name.as_str()).collect())
            .collect();
        assert_eq!(
            groups,
            [
                vec!["a", "b", "c"],
                vec!["other-features"],
                vec!["of-another"],
                vec!["with-features"],
            ]
        );
    }
}
