//! What must be true before crates are published.

use std::collections::BTreeSet;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::tool::{PUBLIC_API, SEMVER_CHECKS};
use crate::workspace::{Package, Workspace};

/// What a check found.
pub(super) enum Finding {
    Done(String),
    Open(String),
}

pub(super) fn tag(package: &Package) -> String {
    format!("v{}", package.version)
}

/// All checks with what they found.
pub(super) fn all(
    sh: &Shell,
    workspace: &Workspace,
    crates: &[&Package],
) -> Result<Vec<(&'static str, Finding)>> {
    let tags = cmd!(sh, "git tag --list v* --sort=-version:refname").read()?;
    let tags: Vec<_> = tags.lines().collect();
    let changelog = sh.read_file("CHANGELOG.md")?;
    Ok(vec![
        ("Work tree", work_tree(sh)?),
        ("Versions", versions(crates, &tags)),
        ("Changelog", dated(&changelog, crates)),
        ("Compatibility", compatibility(sh, crates, &tags)?),
        ("Public API", public_api(sh, workspace, crates)?),
    ])
}

fn work_tree(sh: &Shell) -> Result<Finding> {
    let changed = cmd!(sh, "git status --porcelain").read()?;
    Ok(match changed.lines().count() {
        0 => Finding::Done("clean".to_owned()),
        count => Finding::Open(format!("{count} files differ from the last commit")),
    })
}

/// All crates share one version, which no release has had.
fn versions(crates: &[&Package], tags: &[&str]) -> Finding {
    let versions: BTreeSet<_> = crates.iter().map(|package| &*package.version).collect();
    let used = crates
        .iter()
        .map(|package| tag(package))
        .find(|tag| tags.contains(&&**tag));
    match (Vec::from_iter(versions).as_slice(), used) {
        (_, Some(tag)) => Finding::Open(format!("{tag} is released; choose the next version")),
        ([version], None) => Finding::Done(format!("{version} for all")),
        (versions, None) => Finding::Open(format!("they differ: {}", versions.join(", "))),
    }
}

/// The changelog has a section with a date for the version.
fn dated(changelog: &str, crates: &[&Package]) -> Finding {
    let Some(version) = crates.first().map(|package| &package.version) else {
        return Finding::Open("there is nothing to publish".to_owned());
    };
    let heading = format!("## [{version}] - ");
    if changelog.lines().any(|line| line.starts_with(&heading)) {
        Finding::Done(format!("has {version}"))
    } else {
        Finding::Open(format!(
            "has no section `{heading}YYYY-MM-DD`; rename `## [Unreleased]`"
        ))
    }
}

/// Nothing breaks callers of the release before, unless the version says so.
fn compatibility(sh: &Shell, crates: &[&Package], tags: &[&str]) -> Result<Finding> {
    let Some(baseline) = tags.first() else {
        return Ok(Finding::Done(
            "this is the first release; there is nothing to compare with".to_owned(),
        ));
    };
    SEMVER_CHECKS.provide(sh)?;
    let mut broken = Vec::new();
    for package in crates {
        let name = &*package.name;
        let check = cmd!(
            sh,
            "cargo semver-checks --package {name} --baseline-rev {baseline}"
        );
        if check.run().is_err() {
            broken.push(name);
        }
    }
    Ok(if broken.is_empty() {
        Finding::Done(format!("keeps to {baseline}"))
    } else {
        Finding::Open(format!("differs from {baseline}: {}", broken.join(", ")))
    })
}

/// Writes what each crate offers to a file, for a person to read.
fn public_api(sh: &Shell, workspace: &Workspace, crates: &[&Package]) -> Result<Finding> {
    PUBLIC_API.provide(sh)?;
    let folder = workspace.target.join("public-api");
    let mut counts = Vec::new();
    for package in crates {
        let name = &package.name;
        // The listing comes from rustdoc's JSON, which stable toolchains give when asked this way.
        let listing = cmd!(sh, "cargo public-api --all-features -sss --package {name}")
            .env("RUSTC_BOOTSTRAP", "1")
            .read()?;
        counts.push(format!("{name} {}", listing.lines().count()));
        sh.write_file(folder.join(format!("{name}.txt")), listing)?;
    }
    Ok(Finding::Done(format!(
        "listed in {} ({} items)",
        folder
            .strip_prefix(&workspace.root)
            .unwrap_or(&folder)
            .display(),
        counts.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(version: &str) -> Package {
        serde_json::from_value(serde_json::json!({
            "name": "sdk", "version": version, "manifest_path": "Cargo.toml", "publish": null,
            "features": {}, "keywords": [], "categories": [], "dependencies": [],
        }))
        .expect("it is as Cargo prints it")
    }

    fn open(finding: Finding) -> Option<String> {
        match finding {
            Finding::Done(_) => None,
            Finding::Open(text) => Some(text),
        }
    }

    #[test]
    fn a_version_is_one_for_all_and_new() {
        let (first, second) = (package("1.0.0"), package("1.1.0"));
        assert_eq!(open(versions(&[&first, &first], &["v0.9.0"])), None);
        let differing = open(versions(&[&first, &second], &[]));
        assert_eq!(differing.as_deref(), Some("they differ: 1.0.0, 1.1.0"));
        let released = open(versions(&[&second], &["v1.1.0", "v1.0.0"]));
        assert!(released.is_some_and(|text| text.starts_with("v1.1.0 is released")));
    }

    #[test]
    fn a_changelog_names_the_version_and_its_day() {
        let package = package("1.0.0");
        assert_eq!(open(dated("## [1.0.0] - 2030-01-31\n", &[&package])), None);
        for text in ["## [Unreleased]\n", "## [1.0.0]\n", "see [1.0.0] - 2030"] {
            assert!(open(dated(text, &[&package])).is_some(), "{text}");
        }
    }
}
