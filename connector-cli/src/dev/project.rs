//! What `dev` builds and watches, as Cargo describes it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plugwright_sdk::{ActionError, ErrorCode, Hint};
use serde::Deserialize;

use crate::args::DevArguments;
use crate::binary::hide_environment;
use crate::failure::Failure;

/// A package with the binary to build.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) package: String,
    pub(super) binary: String,
    pub(super) features: Vec<String>,
    /// Directories of the package and of the local ones that it depends on.
    pub(super) packages: BTreeSet<PathBuf>,
    /// Where Cargo builds.
    pub(super) target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    source: Option<String>,
    manifest_path: PathBuf,
    features: BTreeMap<String, Vec<String>>,
    targets: Vec<Target>,
    default_run: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
    root: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Project {
    /// Asks Cargo about the package of this directory, or the one that is named.
    pub(super) fn find(arguments: &DevArguments) -> Result<Self, Failure> {
        let metadata = ask()?;
        let package = metadata.package(arguments.package.as_deref())?;
        let serve = package
            .features
            .contains_key("serve")
            .then(|| "serve".to_owned());
        Ok(Self {
            package: package.name.clone(),
            binary: package.binary(arguments.bin.as_deref())?,
            features: arguments.features.iter().cloned().chain(serve).collect(),
            packages: metadata.local(&package.id),
            target: metadata.target_directory.clone(),
        })
    }
}

impl Metadata {
    fn package(&self, name: Option<&str>) -> Result<&Package, Failure> {
        let local = || {
            self.packages
                .iter()
                .filter(|package| package.source.is_none())
        };
        let found = match name {
            Some(name) => local().find(|package| package.name == name),
            None => local().find(|package| Some(&package.id) == self.resolve.root.as_ref()),
        };
        found.ok_or_else(|| {
            let names: Vec<_> = local()
                .filter(|package| package.binaries().next().is_some())
                .map(|package| package.name.as_str())
                .collect();
            let message = match name {
                Some(name) => format!("`{name}` is not a package of this workspace"),
                None => "is required here, as this directory is not a package".to_owned(),
            };
            refused(
                "package",
                &format!("{message}; with a binary: {}", names.join(", ")),
            )
        })
    }

    fn local(&self, id: &str) -> BTreeSet<PathBuf> {
        let nodes: BTreeMap<_, _> = self
            .resolve
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect();
        let packages: BTreeMap<_, _> = self
            .packages
            .iter()
            .filter(|package| package.source.is_none())
            .map(|package| (package.id.as_str(), package))
            .collect();
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if packages.contains_key(id) && seen.insert(id) {
                let dependencies = nodes
                    .get(id)
                    .into_iter()
                    .flat_map(|node| &node.dependencies);
                open.extend(dependencies.map(String::as_str));
            }
        }
        let packages = seen.into_iter().filter_map(|id| packages.get(id));
        packages
            .filter_map(|package| package.manifest_path.parent().map(Path::to_owned))
            .collect()
    }
}

impl Package {
    fn binaries(&self) -> impl Iterator<Item = &str> {
        let targets = self.targets.iter();
        targets
            .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
            .map(|target| target.name.as_str())
    }

    fn binary(&self, name: Option<&str>) -> Result<String, Failure> {
        let all: Vec<_> = self.binaries().collect();
        let list = all.join(", ");
        match (name.or(self.default_run.as_deref()), &all[..]) {
            (Some(name), all) if all.contains(&name) => Ok(name.to_owned()),
            (Some(name), _) => Err(refused(
                "bin",
                &format!("can't be `{name}`; allowed: {list}"),
            )),
            (None, [only]) => Ok((*only).to_owned()),
            (None, []) => Err(refused(
                "package",
                &format!(
                    "`{}` has no binary; add a `src/main.rs` that calls `plugwright::main`",
                    self.name
                ),
            )),
            (None, _) => Err(refused("bin", &format!("is required; allowed: {list}"))),
        }
    }
}

fn refused(param: &str, message: &str) -> Failure {
    Failure::param(&format!("--{param}"), message)
}

fn ask() -> Result<Metadata, Failure> {
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--all-features"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::internal(format!("can't run cargo: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let message = "cargo can't read the package of this directory";
        let error = ActionError::new(ErrorCode::ValidationError, message).with_hint(Hint::Abort);
        return Err(Failure::usage(error).detail(said.trim().to_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        Failure::internal(format!(
            "can't parse the output of `cargo metadata`: {error}"
        ))
    })
}

/// Returns a command of Cargo, without the gateway's tokens, and without what Cargo says of a package to
/// the programs that it runs, such as this one. A build script that reads that (`ring` has one) would run
/// again, and all that depends on it would be built again.
pub(super) fn cargo() -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    hide_environment(&mut command);
    for (name, _) in env::vars_os() {
        if is_of_a_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
}

fn is_of_a_package(variable: &str) -> bool {
    let prefixes = ["CARGO_MANIFEST_", "CARGO_PKG_"];
    variable == "OUT_DIR" || prefixes.iter().any(|prefix| variable.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn a_build_does_not_depend_on_who_runs_it() {
        // Cargo sets these for tests as well.
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
        let command = cargo();
        let hidden: BTreeSet<_> = command
            .get_envs()
            .filter_map(|(name, value)| value.is_none().then_some(name))
            .collect();
        for name in [
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "CARGO_PKG_VERSION_PRE",
        ] {
            assert!(hidden.contains(OsStr::new(name)), "{name}");
        }
        assert!(!hidden.contains(OsStr::new("CARGO")));
        assert!(!hidden.contains(OsStr::new("PATH")));
    }

    fn metadata(root: Option<&str>) -> Metadata {
        let package = |name: &str, binaries: &[&str], source: Option<&str>| Package {
            id: format!("id {name}"),
            name: name.to_owned(),
            source: source.map(str::to_owned),
            manifest_path: format!("/ws/{name}/Cargo.toml").into(),
            features: BTreeMap::new(),
            targets: binaries
                .iter()
                .map(|name| Target {
                    name: (*name).to_owned(),
                    kind: vec!["bin".to_owned()],
                })
                .collect(),
            default_run: None,
        };
        let node = |name: &str, dependencies: &[&str]| Node {
            id: format!("id {name}"),
            dependencies: dependencies
                .iter()
                .map(|name| format!("id {name}"))
                .collect(),
        };
        Metadata {
            packages: vec![
                package("shop", &["shop"], None),
                package("desk", &["a", "b"], None),
                package("sdk", &[], None),
                package("serde", &[], Some("registry")),
            ],
            resolve: Resolve {
                nodes: vec![
                    node("shop", &["sdk", "serde"]),
                    node("desk", &["shop"]),
                    node("sdk", &["serde"]),
                    node("serde", &[]),
                ],
                root: root.map(|name| format!("id {name}")),
            },
            target_directory: "/ws/target".into(),
        }
    }

    #[test]
    fn the_package_is_that_of_the_directory_or_the_named_one() {
        let metadata = metadata(Some("shop"));
        assert_eq!(metadata.package(None).unwrap().name, "shop");
        assert_eq!(metadata.package(Some("desk")).unwrap().name, "desk");
        let failure = metadata.package(Some("serde")).err().unwrap();
        assert!(
            failure
                .error
                .message()
                .contains("with a binary: shop, desk")
        );
        let failure = super::tests::metadata(None).package(None).err().unwrap();
        assert!(failure.error.message().contains("is required here"));
    }

    #[test]
    fn one_binary_needs_no_name() {
        let metadata = metadata(None);
        let of = |package: &str, name: Option<&str>| {
            let package = metadata.package(Some(package)).unwrap();
            package
                .binary(name)
                .map_err(|failure| failure.error.message().to_owned())
        };
        assert_eq!(of("shop", None).unwrap(), "shop");
        assert_eq!(of("desk", Some("b")).unwrap(), "b");
        assert!(of("desk", None).unwrap_err().contains("allowed: a, b"));
        assert!(of("desk", Some("c")).unwrap_err().contains("can't be `c`"));
        assert!(of("sdk", None).unwrap_err().contains("src/main.rs"));
    }

    #[test]
    fn local_packages_are_watched_and_those_of_a_registry_are_not() {
        let local: Vec<_> = metadata(None).local("id desk").into_iter().collect();
        assert_eq!(
            local,
            ["/ws/desk", "/ws/sdk", "/ws/shop"].map(PathBuf::from)
        );
    }
}
