//! Writes the book's pages about the bundled connectors, from their definitions.
//!
//! The binary writes each page (`plugwright show <connector> --output markdown`); this task puts
//! them where the book has them, and lists them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::command::{cargo, output};
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

/// Writes the pages, or checks them.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = Workspace::load()?.root;
    env::set_current_dir(&root)?;
    let book = Path::new("docs/src");
    let pages = pages(&Program::BuiltByCargo)?;
    if arguments.check {
        return check(book, &pages);
    }
    fs::create_dir_all(book.join(FOLDER))?;
    for page in &pages {
        let path = book.join(&page.path);
        if fs::read_to_string(&path).is_ok_and(|old| old == page.text) {
            continue;
        }
        fs::write(&path, &page.text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote {}", path.display());
    }
    for stray in strays(book, &pages)? {
        println!("of no bundled connector: {stray}");
    }
    Ok(())
}

/// Fails unless the book's pages are what the binary of the workspace's tests writes. Where these
/// were built nothing is built again.
pub(crate) fn check_all() -> Result<()> {
    let messages = output(&mut cargo([
        "test",
        "--workspace",
        "--all-features",
        "--locked",
        "--no-run",
        "--message-format",
        "json-render-diagnostics",
    ]))?;
    let binary = String::from_utf8(messages)?
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .find_map(|built: Built| built.binary("plugwright"))
        .context("cargo built no `plugwright`")?;
    check(Path::new("docs/src"), &pages(&Program::At(binary))?)
}

/// What cargo says of something that it built.
#[derive(Deserialize)]
struct Built {
    target: Target,
    profile: Profile,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Profile {
    /// Whether it is the tests of the target and not the target.
    test: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Built {
    fn binary(self, name: &str) -> Option<PathBuf> {
        let is_it = self.target.name == name
            && self.target.kind.iter().any(|kind| kind == "bin")
            && !self.profile.test;
        self.executable.filter(|_| is_it)
    }
}

/// How the binary is started.
enum Program {
    /// By cargo, which builds it if it has to.
    BuiltByCargo,
    At(PathBuf),
}

fn check(book: &Path, pages: &[Page]) -> Result<()> {
    let mut faults: Vec<_> = pages
        .iter()
        .filter(|page| {
            !fs::read_to_string(book.join(&page.path)).is_ok_and(|text| text == page.text)
        })
        .map(|page| format!("{} is not what the definition says", page.path))
        .collect();
    faults.extend(
        strays(book, pages)?
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

const FOLDER: &str = "connectors";

fn pages(program: &Program) -> Result<Vec<Page>> {
    let actions: Vec<Action> = serde_json::from_slice(&program.run(&["list", "--output", "json"])?)
        .context("cannot read what `plugwright list` printed")?;
    let mut names: Vec<_> = actions.into_iter().map(|action| action.connector).collect();
    names.dedup();
    let mut connectors = Vec::new();
    let mut pages = Vec::new();
    for name in names {
        let shown = program.run(&["show", &name, "--output", "json"])?;
        connectors.push(
            serde_json::from_slice(&shown)
                .with_context(|| format!("cannot read what `plugwright show {name}` printed"))?,
        );
        let text = program.run(&["show", &name, "--output", "markdown"])?;
        pages.push(Page {
            path: format!("{FOLDER}/{name}.md"),
            text: String::from_utf8(text)?,
        });
    }
    pages.push(Page {
        path: format!("{FOLDER}.md"),
        text: index(&connectors),
    });
    Ok(pages)
}

impl Program {
    /// What the binary prints.
    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let by_cargo = [
            "run",
            "--quiet",
            "--locked",
            "--package",
            "plugwright",
            "--",
        ];
        match self {
            Self::BuiltByCargo => output(&mut cargo(by_cargo.iter().chain(arguments))),
            Self::At(binary) => output(Command::new(binary).args(arguments)),
        }
    }
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
fn strays(book: &Path, pages: &[Page]) -> Result<Vec<String>> {
    let folder = book.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut strays = Vec::new();
    for file in fs::read_dir(&folder)? {
        let path = format!("{FOLDER}/{}", file?.file_name().to_string_lossy());
        if pages.iter().all(|page| page.path != path) {
            strays.push(path);
        }
    }
    strays.sort();
    Ok(strays)
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
        let book = env::temp_dir().join(format!("pages-{}", std::process::id()));
        fs::create_dir_all(book.join(FOLDER)).unwrap();
        let page = || Page {
            path: "connectors/a.md".to_owned(),
            text: "new".to_owned(),
        };
        let told = |pages: &[Page]| check(&book, pages).map_err(|error| error.to_string());

        let missing = told(&[page()]).unwrap_err();
        fs::write(book.join("connectors/a.md"), "new").unwrap();
        let same = told(&[page()]);
        fs::write(book.join("connectors/a.md"), "old").unwrap();
        let old = told(&[page()]).unwrap_err();
        let stray = told(&[]).unwrap_err();
        fs::remove_dir_all(&book).unwrap();

        assert_eq!(same, Ok(()));
        for fault in [missing, old] {
            assert!(fault.starts_with("connectors/a.md is not what"), "{fault}");
        }
        assert!(stray.starts_with("connectors/a.md is of no"), "{stray}");
    }
}
