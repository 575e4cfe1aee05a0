//! The order in which crates can be published and checked.

use anyhow::{Result, bail};

use crate::workspace::Package;

/// Puts each crate behind those that it needs.
pub(crate) fn of<'a>(packages: impl Iterator<Item = &'a Package>) -> Result<Vec<&'a Package>> {
    let mut waiting: Vec<_> = packages.collect();
    waiting.sort_by(|left, right| left.name.cmp(&right.name));
    let mut ordered: Vec<&Package> = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |package: &Package| {
            package
                .needs()
                .all(|name| waiting.iter().all(|other| other.name != name))
        };
        let Some(ready) = waiting.iter().position(|package| is_ready(package)) else {
            let names: Vec<_> = waiting.iter().map(|package| &*package.name).collect();
            bail!("these crates need each other: {}", names.join(", "));
        };
        ordered.push(waiting.remove(ready));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, needs: &[&str]) -> Package {
        let dependencies: Vec<_> = needs
            .iter()
            .map(|name| serde_json::json!({ "name": name, "kind": null, "path": "somewhere" }))
            .collect();
        serde_json::from_value(serde_json::json!({
            "name": name, "version": "1.0.0", "manifest_path": "Cargo.toml", "publish": null,
            "features": {}, "keywords": [], "categories": [], "dependencies": dependencies,
        }))
        .expect("it is as Cargo prints it")
    }

    #[test]
    fn what_a_crate_needs_comes_before_it() {
        let packages = [
            package("cli", &["github", "sdk"]),
            package("github", &["sdk"]),
            package("sdk", &["macros"]),
            package("macros", &[]),
        ];
        let names: Vec<_> = of(packages.iter())
            .expect("there is an order")
            .iter()
            .map(|package| package.name.clone())
            .collect();
        assert_eq!(names, ["macros", "sdk", "github", "cli"]);
    }

    #[test]
    fn crates_that_need_each_other_are_named() {
        let packages = [package("a", &["b"]), package("b", &["a"])];
        let error = of(packages.iter()).expect_err("there is no order");
        assert_eq!(error.to_string(), "these crates need each other: a, b");
    }
}
