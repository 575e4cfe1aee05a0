//! Gives crates outside of the workspace the workspace's features of other people's crates, so that
//! what it has built of these can be used.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{folder, root};

/// A package as `cargo tree` names it: `name v1.2.3`, and what was built.
type Package = String;

/// The features that a package is built with, for what it is built.
#[derive(Default)]
struct Selection {
    /// For the crates themselves.
    crates: BTreeMap<Package, String>,
    /// For macros and build scripts.
    builds: BTreeMap<Package, String>,
}

/// One line of `cargo tree`.
struct Line {
    depth: usize,
    package: Package,
    is_macro: bool,
    features: String,
}

fn tree(edges: &str) -> Vec<Line> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "--locked",
            "--workspace",
            "--all-features",
        ])
        .args([
            "--prefix", "depth", "--format", "|{p}|{f}", "--edges", edges,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| {
        let mut parts = line.trim_end_matches(" (*)").split('|');
        let depth = parts.next()?.parse().ok()?;
        let package = parts.next()?;
        Some(Line {
            depth,
            package: package.replace(" (proc-macro)", ""),
            is_macro: package.contains(" (proc-macro)"),
            features: parts.next()?.to_owned(),
        })
    });
    lines.collect()
}

/// Each line with the one that it stands below.
fn with_parents(lines: &[Line]) -> impl Iterator<Item = (&Line, Option<usize>, usize)> {
    let mut open: Vec<usize> = Vec::new();
    lines.iter().enumerate().map(move |(index, line)| {
        open.truncate(line.depth);
        let parent = open.last().copied();
        open.push(index);
        (line, parent, index)
    })
}

fn selection() -> Selection {
    let without_builds = tree("normal,dev");
    let edges: BTreeSet<_> = with_parents(&without_builds)
        .filter_map(|(line, parent, _)| Some((&without_builds[parent?].package, &line.package)))
        .collect();
    let all = tree("normal,dev,build");
    let mut selection = Selection::default();
    let mut builds = vec![false; all.len()];
    for (line, parent, index) in with_parents(&all) {
        let of_build = parent.is_some_and(|parent| {
            builds[parent] || !edges.contains(&(&all[parent].package, &line.package))
        });
        builds[index] = of_build || line.is_macro;
        // The workspace's own crates have a path.
        if !line.package.contains(" (") {
            let selected = if builds[index] {
                &mut selection.builds
            } else {
                &mut selection.crates
            };
            selected.insert(line.package.clone(), line.features.clone());
        }
    }
    selection
}

/// Makes a crate depend on one that asks for all third parties of the workspace with their features.
pub(crate) fn share_features(krate: &Path, unified: &Path) {
    let manifest = krate.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let table = "\n[dependencies]\n";
    let unified = unified.display();
    let shared = text.replace(
        table,
        &format!("{table}unified = {{ path = \"{unified}\" }}\n"),
    );
    assert_ne!(shared, text);
    fs::write(manifest, shared).unwrap();
}

/// Writes the crate that asks for them, for a test of this name.
pub(crate) fn krate(test: &str) -> PathBuf {
    // A folder of its own, so that it is a member of no crate's workspace.
    let krate = folder(&format!("unified-{test}"));
    let selection = selection();
    let mut manifest =
        "[workspace]\n\n[package]\nname = \"unified\"\nedition = \"2024\"\n".to_owned();
    for (table, packages) in [
        ("dependencies", selection.crates),
        ("build-dependencies", selection.builds),
    ] {
        writeln!(manifest, "\n[{table}]").unwrap();
        for (package, features) in packages {
            let (name, version) = package.split_once(" v").unwrap();
            let version = version.split('+').next().unwrap();
            let features: Vec<_> = features.split(',').filter(|one| !one.is_empty()).collect();
            let key = format!("{name}-{}", version.replace('.', "-"));
            writeln!(
                manifest,
                "{key} = {{ package = \"{name}\", version = \"={version}\", \
                 default-features = false, features = {features:?} }}"
            )
            .unwrap();
        }
    }
    fs::create_dir_all(krate.join("src")).unwrap();
    fs::write(krate.join("Cargo.toml"), manifest).unwrap();
    fs::write(
        krate.join("src/lib.rs"),
        "//! Only its dependencies matter.\n",
    )
    .unwrap();
    krate
}
