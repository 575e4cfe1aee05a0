//! Which crate depends on which: as the book draws it, and as Cargo knows it.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

const CHAPTER: &str = include_str!("../../../docs/src/layers.md");

/// What only a binary that serves has.
const SERVERS: [&str; 4] = ["axum", "rmcp", "askama", "sqlx"];

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo)
        .args(arguments)
        .arg("--offline")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "cargo {arguments:?}: {error}");
    String::from_utf8(done.stdout).unwrap()
}

/// Returns the crates of the drawing with how far down each stands.
fn drawn() -> BTreeMap<String, usize> {
    let (_, rest) = CHAPTER.split_once("```text\n").unwrap();
    let (drawing, _) = rest.split_once("```").unwrap();
    let mut layers = BTreeMap::new();
    for (depth, line) in drawing.lines().enumerate() {
        for word in line.split_whitespace() {
            if word == "plugwright" || word.starts_with("plugwright-") {
                let before = layers.insert(word.to_owned(), depth);
                assert_eq!(before, None, "`{word}` is drawn twice");
            }
        }
    }
    layers
}

/// Returns the crates of the product with the crates of the workspace that each depends on, whatever
/// features are on.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let published = |package: &&Value| package["publish"].is_null();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .filter(published)
        .map(|package| {
            let of_workspace =
                |dependency: &&Value| dependency["kind"] != "dev" && dependency["path"].is_string();
            let dependencies = package["dependencies"].as_array().unwrap();
            let names = dependencies.iter().filter(of_workspace);
            let names = names.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
            (
                package["name"].as_str().unwrap().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

/// Returns the names of the crates that a package is built from.
fn built_from(arguments: &[&str]) -> Vec<String> {
    let tree = ["tree", "--edges", "normal,build", "--prefix", "none"];
    let text = cargo(&[&tree, arguments].concat());
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

fn servers_in(names: &[String]) -> Vec<&str> {
    let has = |server: &&str| {
        let below = format!("{server}-");
        names
            .iter()
            .any(|name| name == server || name.starts_with(&below))
    };
    SERVERS.into_iter().filter(has).collect()
}

#[test]
fn the_book_draws_each_crate_that_is_published() {
    let drawn: Vec<_> = drawn().into_keys().collect();
    let published: Vec<_> = dependencies().into_keys().collect();
    assert_eq!(drawn, published);
}

#[test]
fn arrows_point_downwards() {
    let layers = drawn();
    for (package, dependencies) in dependencies() {
        for dependency in dependencies {
            assert!(
                layers[&dependency] > layers[&package],
                "{package} depends on {dependency}, which docs/src/layers.md does not draw below it"
            );
        }
    }
}

#[test]
fn the_engine_is_built_without_databases_and_servers() {
    let names = built_from(&["--package", "plugwright-engine"]);
    assert!(names.iter().any(|name| name == "plugwright-egress"));
    assert_eq!(servers_in(&names), [""; 0]);
    assert!(names.iter().all(|name| !name.starts_with("utoipa")));
}

#[test]
fn a_binary_without_serve_is_built_without_databases_and_servers() {
    let own = ["--package", "plugwright", "--no-default-features"];
    let with_check = ["--features", "check"];
    let names = built_from(&[&own[..], &with_check].concat());
    assert_eq!(servers_in(&names), [""; 0]);
    let with_serve = ["--features", "serve"];
    let names = built_from(&[&own[..], &with_serve].concat());
    assert_eq!(servers_in(&names), SERVERS);
}
