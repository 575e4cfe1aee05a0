//! Writes the book's pages about the bundled connectors, from their definitions.
//!
//! The binary writes each page (`plugwright show <connector> --output markdown`); this task puts
//! them where the book has them, and lists them.

use std::env::consts::EXE_SUFFIX;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use xshell::{Shell, cmd};

use crate::workspace::Workspace;

/// What the caller asks of `cargo xtask pages`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Writes nothing, and fails if a page is not what would be written.
    #[arg(long)]
    check: bool,
}

/// What the index says of a connector.
#[derive(Debug, Deserialize)]
struct Connector {
    name: String,
    display_name: String,
    description: String,
    actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
struct Action {
    connector: String,
}

/// A file of the book, relative to its source folder.
#[derive(Debug)]
struct Page {
    path: String,
    text: String,
}

/// The source folder of the book, and the folder of the pages in it.
const BOOK: &str = "docs/src";
const FOLDER: &str = "connectors";

/// Writes the pages, or checks them.
pub(crate) fn run(sh: &Shell, workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    cmd!(sh, "cargo build --quiet --locked --package plugwright").run()?;
    let pages = pages(sh, &binary(workspace))?;
    if arguments.check {
        return check(sh, Path::new(BOOK), &pages);
    }
    for page in &pages {
        let path = Path::new(BOOK).join(&page.path);
        if sh.read_file(&path).is_ok_and(|old| old == page.text) {
            continue;
        }
        sh.write_file(&path, &page.text)?;
        println!("wrote {}", path.display());
    }
    for stray in strays(sh, Path::new(BOOK), &pages)? {
        println!("of no bundled connector: {stray}");
    }
    Ok(())
}

/// Fails unless the book's pages are what the binary of the workspace's tests writes. Where these
/// were built nothing is built again.
pub(crate) fn check_all(sh: &Shell, workspace: &Workspace) -> Result<()> {
    let build = "--workspace --all-features --locked --no-run".split(' ');
    cmd!(sh, "cargo test --quiet {build...}").run()?;
    check(sh, Path::new(BOOK), &pages(sh, &binary(workspace))?)
}

/// The binary that cargo built last.
fn binary(workspace: &Workspace) -> PathBuf {
    workspace
        .target
        .join(format!("debug/plugwright{EXE_SUFFIX}"))
}

fn check(sh: &Shell, book: &Path, pages: &[Page]) -> Result<()> {
    let is_same = |page: &Page| {
        let text = sh.read_file(book.join(&page.path));
        text.is_ok_and(|text| text == page.text)
    };
    let mut faults: Vec<_> = pages
        .iter()
        .filter(|page| !is_same(page))
        .map(|page| format!("{} is not what the definition says", page.path))
        .collect();
    faults.extend(
        strays(sh, book, pages)?
            .into_iter()
            .map(|stray| format!("{stray} is of no bundled connector")),
    );
    if faults.is_empty() {
        return Ok(());
    }
    bail!(
        "{}; `cargo xtask pages` writes the pages",
        faults.join(", ")
    )
}

fn pages(sh: &Shell, binary: &Path) -> Result<Vec<Page>> {
    let actions: Vec<Action> = json(&cmd!(sh, "{binary} list --output json").read()?)?;
    let mut names: Vec<_> = actions.into_iter().map(|action| action.connector).collect();
    names.dedup();
    let mut connectors = Vec::new();
    let mut pages = Vec::new();
    for name in names {
        connectors.push(json(
            &cmd!(sh, "{binary} show {name} --output json").read()?,
        )?);
        let text = cmd!(sh, "{binary} show {name} --output markdown").output()?;
        pages.push(Page {
            path: format!("{FOLDER}/{name}.md"),
            text: String::from_utf8(text.stdout)?,
        });
    }
    pages.push(Page {
        path: format!("{FOLDER}.md"),
        text: index(&connectors),
    });
    Ok(pages)
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).context("cannot read what `plugwright` printed")
}

fn index(connectors: &[Connector]) -> String {
    let mut text = "\
<!-- Made from the connectors' definitions by `cargo xtask pages`. -->

# Connectors

These connectors come with the binary. Each page is made from the connector's definition, as
`plugwright show <connector> --output markdown` prints it.

| Connector | Actions | What it is |
| --- | --: | --- |
"
    .to_owned();
    for connector in connectors {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| [{}]({FOLDER}/{}.md) | {} | {} |",
            cell(&connector.display_name),
            connector.name,
            connector.actions.len(),
            cell(&connector.description),
        );
    }
    text
}

/// Names and descriptions of connectors are short and plain; a mark in one is escaped all the same.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for letter in text.chars() {
        if "\\`*_[]<>|".contains(letter) {
            cell.push('\\');
        }
        cell.push(letter);
    }
    cell
}

/// Pages in the connectors' folder that nothing writes.
fn strays(sh: &Shell, book: &Path, pages: &[Page]) -> Result<Vec<String>> {
    let folder = book.join(FOLDER);
    if !sh.path_exists(&folder) {
        return Ok(Vec::new());
    }
    let files = sh.read_dir(&folder)?;
    let names = files.iter().filter_map(|file| file.file_name());
    let paths = names.map(|name| format!("{FOLDER}/{}", name.display()));
    let is_stray = |path: &String| pages.iter().all(|page| page.path != *path);
    Ok(paths.filter(is_stray).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_links_each_connector() {
        let connector = Connector {
            name: "shop".to_owned(),
            display_name: "Shop | store".to_owned(),
            description: "Things".to_owned(),
            actions: Vec::new(),
        };
        assert!(
            index(&[connector])
                .ends_with("| [Shop \\| store](connectors/shop.md) | 0 | Things |\n")
        );
    }

    #[test]
    fn a_page_that_differs_and_a_stray_one_are_faults() {
        let sh = Shell::new().unwrap();
        let book = sh.create_temp_dir().unwrap();
        let book = book.path();
        let page = || Page {
            path: "connectors/a.md".to_owned(),
            text: "new".to_owned(),
        };
        let told = |pages: &[Page]| check(&sh, book, pages).map_err(|error| error.to_string());

        let missing = told(&[page()]).unwrap_err();
        sh.write_file(book.join("connectors/a.md"), "new").unwrap();
        let same = told(&[page()]);
        sh.write_file(book.join("connectors/a.md"), "old").unwrap();
        let old = told(&[page()]).unwrap_err();
        let stray = told(&[]).unwrap_err();

        assert_eq!(same, Ok(()));
        for fault in [missing, old] {
            assert!(fault.starts_with("connectors/a.md is not what"), "{fault}");
        }
        assert!(stray.starts_with("connectors/a.md is of no"), "{stray}");
    }
}
