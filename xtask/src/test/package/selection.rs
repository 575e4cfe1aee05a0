//! The features that a crate is built with.

use std::collections::{BTreeMap, BTreeSet};

/// The arguments for the default features, for none and for each alone, leaving out those that give
/// the same build as one before them.
pub(super) fn each(features: &BTreeMap<String, Vec<String>>) -> Vec<Vec<&str>> {
    let default = turned_on("default", features);
    // Left in where it turns nothing on, so that the build is that of a crate that depends on this one.
    let without_default: &[_] = if default.is_empty() {
        &[]
    } else {
        &["--no-default-features"]
    };
    let mut seen = BTreeSet::from([default]);
    let mut selections = vec![vec![]];
    let alone = features.keys().map(|feature| Some(feature.as_str()));
    for feature in [None].into_iter().chain(alone) {
        let on = feature.map_or_else(BTreeSet::new, |name| turned_on(name, features));
        if seen.insert(on) {
            let mut selection = without_default.to_vec();
            selection.extend(
                feature
                    .into_iter()
                    .flat_map(|feature| ["--features", feature]),
            );
            selections.push(selection);
        }
    }
    selections
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
        each(&features)
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
