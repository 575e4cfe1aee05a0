//! A workspace beside the checkout's: the same crates, of which links lead to the checkout, and further ones.
//!
//! Cargo takes a crate at the same place below its workspace, with the same features, for the same one, so that
//! nothing that is built already is built again for the further crates.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{cargo, folder, root, well};

/// The workspace's members that are published may be asked for by further crates.
struct Member {
    name: String,
    folder: String,
    features: Vec<String>,
}

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
    let arguments =
        "tree --offline --locked --workspace --all-features --prefix depth --format |{p}|{f}";
    let arguments: Vec<_> = arguments.split(' ').chain(["--edges", edges]).collect();
    let text = well(&cargo(root(), &arguments));
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

/// The workspace's crates that others can depend on.
fn members() -> Vec<Member> {
    let arguments = "metadata --no-deps --offline --locked --format-version 1";
    let arguments: Vec<_> = arguments.split(' ').collect();
    let metadata: Value = serde_json::from_str(&well(&cargo(root(), &arguments))).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let published = packages.filter(|package| package["publish"].is_null());
    published
        .map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap());
            let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
            let features = package["features"].as_object().unwrap();
            Member {
                name: package["name"].as_str().unwrap().to_owned(),
                folder: folder.to_str().unwrap().to_owned(),
                features: features.keys().cloned().collect(),
            }
        })
        .collect()
}

/// A workspace that further crates can join.
pub(crate) struct Annex {
    root: PathBuf,
    all: String,
}

impl Annex {
    /// Makes the workspace for a test. All crates have all features, but for those of the command line that
    /// are named.
    pub(crate) fn new(test: &str, without: &[&str]) -> Self {
        let annex = folder(&format!("annex-{test}"));
        for entry in fs::read_dir(root()).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            let is_own = ["Cargo.toml", "Cargo.lock", "target"]
                .map(OsStr::new)
                .contains(&&*name);
            if !is_own && !name.to_string_lossy().starts_with('.') {
                symlink(entry.path(), annex.join(name)).unwrap();
            }
        }
        let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let joined = manifest.replacen("members = [", "members = [\"further/*\", ", 1);
        assert_ne!(joined, manifest);
        fs::write(annex.join("Cargo.toml"), joined).unwrap();
        // The versions of the checkout, so that nothing is looked up.
        fs::copy(root().join("Cargo.lock"), annex.join("Cargo.lock")).unwrap();
        // One name for each test, as all annexes are built in one target directory.
        let all = format!("all-of-{test}");
        let krate = annex.join("further").join(&all);
        fs::create_dir_all(krate.join("src")).unwrap();
        fs::write(krate.join("Cargo.toml"), asking_for_all(&all, without)).unwrap();
        fs::write(
            krate.join("src/lib.rs"),
            "//! Only its dependencies matter.\n",
        )
        .unwrap();
        Self { root: annex, all }
    }

    /// Returns the folder of the workspace, which looks like the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder for further crates.
    pub(crate) fn further(&self) -> PathBuf {
        self.root.join("further")
    }

    /// Lets a crate of that folder join, as its manifest says how, with all that is built already.
    pub(crate) fn join(&self, krate: &Path) {
        let manifest = krate.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let joined = text.replace("\n[workspace]\n", "\n");
        assert_ne!(joined, text);
        // Profiles are those of the workspace.
        let (joined, _) = joined.split_once("\n[profile.").unwrap_or((&joined, ""));
        let table = "\n[dependencies]\n";
        let all = &self.all;
        let asking = joined.replace(
            table,
            &format!("{table}{all} = {{ path = \"../{all}\" }}\n"),
        );
        assert_ne!(asking, joined);
        fs::write(manifest, asking).unwrap();
    }
}

/// The manifest of a crate that asks for all crates with all features, so that Cargo selects the same as for
/// the whole workspace.
fn asking_for_all(name: &str, without: &[&str]) -> String {
    let mut manifest =
        format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n");
    for Member {
        name,
        folder,
        mut features,
    } in members()
    {
        if name == "plugwright" {
            features.retain(|feature| feature != "default" && !without.contains(&&**feature));
        }
        writeln!(
            manifest,
            "{name} = {{ path = \"../../{folder}\", default-features = false, features = {features:?} }}"
        )
        .unwrap();
    }
    let selection = selection();
    for (table, packages) in [
        ("", selection.crates),
        ("[build-dependencies]\n", selection.builds),
    ] {
        manifest.push_str(table);
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
    manifest
}
