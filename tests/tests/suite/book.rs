//! What the book shows is what the code is: tables, files, cassettes and links.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use plugwright_gateway::Inputs;
use plugwright_sdk::param::Format;
use plugwright_sdk::{Cassette, ErrorCode, Value};

/// Where the chapters are, seen from this package.
const CHAPTERS: &str = "../docs/src";

fn chapter(name: &str) -> String {
    let path = Path::new(CHAPTERS).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all chapters, with their folder.
fn chapters() -> BTreeSet<String> {
    let names = |folder: &Path| -> Vec<String> {
        fs::read_dir(folder)
            .expect("the book has chapters")
            .map(|entry| entry.expect("they can be listed").file_name())
            .map(|name| name.into_string().expect("their names are text"))
            .collect()
    };
    let book = Path::new(CHAPTERS);
    names(book)
        .into_iter()
        .flat_map(|name| match book.join(&name) {
            folder if folder.is_dir() => names(&folder)
                .iter()
                .map(|below| format!("{name}/{below}"))
                .collect(),
            _ => vec![name],
        })
        // Pictures are no chapters.
        .filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "md"))
        .collect()
}

/// A block of code.
struct Block {
    language: String,
    /// The file that it shows, named on a line of its own before it.
    file: Option<String>,
    text: String,
}

fn blocks(chapter: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = chapter.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            let file = before
                .strip_prefix('`')
                .and_then(|name| name.strip_suffix("`:"));
            blocks.push(Block {
                language: language.to_owned(),
                file: file.map(str::to_owned),
                text: text.join("\n"),
            });
            before = "";
        } else if !line.is_empty() {
            before = line;
        }
    }
    blocks
}

/// The rows of a table whose first cell is code, below a heading.
fn rows<'a>(chapter: &'a str, heading: &str) -> Vec<&'a str> {
    chapter
        .lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with("| `"))
        .collect()
}

#[test]
fn the_table_of_error_codes_is_that_of_the_code() {
    let rows_of_code: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| {
            let (hint, status) = (code.default_hint(), code.default_status());
            format!("| `{code}` | {hint} | {status} | {} |", code.meaning())
        })
        .collect();

    assert_eq!(rows(&chapter("errors.md"), "## Codes"), rows_of_code);
}

#[test]
fn the_page_of_limits_has_each_limit() {
    let chapter = chapter("limits.md");
    for setting in plugwright_gateway::SETTINGS {
        if let Some(limit) = setting.key.strip_prefix("limits.") {
            let row = format!("| `{limit}` |");
            assert!(chapter.contains(&row), "limits.md has no row of {limit}");
        }
    }
}

#[test]
fn the_table_of_formats_has_each_format() {
    let chapter = chapter("parameters.md");
    let names: Vec<_> = rows(&chapter, "### Formats")
        .into_iter()
        .filter_map(|row| row.split('`').nth(1))
        .collect();

    let formats: Vec<_> = Format::ALL.iter().map(|format| format.as_str()).collect();
    assert_eq!(names, formats);
}

/// The macros list the keys that they know in the message about one that they do not, which a case
/// of its own pins.
#[test]
fn the_tables_of_keys_have_what_the_macros_know() {
    let of_actions = include_str!("../../crates/ui/tests/ui/fail/action_key_unknown.stderr");
    let of_params = include_str!("../../crates/ui/tests/ui/fail/param_key_unknown.stderr");
    let macros = include_str!("../../../connector-macros/src/lib.rs").replace("/// ", "");
    for (text, heading, message) in [
        (&chapter("actions.md"), "## The attribute", of_actions),
        (&chapter("parameters.md"), "## Keys", of_params),
        (&macros, "# Keys of `#[action(..)]`", of_actions),
        (&macros, "# Keys of `#[param(..)]`", of_params),
    ] {
        let listed: BTreeSet<_> = rows(text, heading)
            .iter()
            .filter_map(|row| row.split(" | ").next())
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .map(key_of)
            .collect();
        let (_, known) = message
            .split_once("allowed here: ")
            .expect("the message lists the keys");
        let known: BTreeSet<_> = known.lines().next().unwrap_or("").split(", ").collect();
        assert_eq!(listed, known, "{heading}");
    }
}

/// The key at the start of `key = value` or `key(..)`.
fn key_of(code: &str) -> &str {
    code.split([' ', '(']).next().unwrap_or_default()
}

#[test]
fn the_first_action_shows_files_that_are_compiled_and_tested() {
    let crates = Path::new("crates");
    let mut shown = 0;
    for block in blocks(&chapter("first-action.md")) {
        let Some(file) = block.file else { continue };
        let path = match file.strip_prefix("todo-cli/") {
            Some(file) => crates.join("todo-cli").join(file),
            None => crates.join("todo").join(&file),
        };
        let real =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if block.language == "toml" {
            assert_eq!(manifest(&block.text), manifest(&real), "{file}");
        } else {
            assert_eq!(block.text, real.trim_end(), "{file}");
        }
        shown += 1;
    }
    assert_eq!(shown, 8);
}

/// What a manifest of the book and one of the workspace have in common: the package's name, and
/// the dependencies with their features.
fn manifest(text: &str) -> Vec<(String, Vec<String>)> {
    let manifest: toml::Table = text.parse().expect("a manifest is TOML");
    let mut found = Vec::new();
    let name = manifest["package"]["name"]
        .as_str()
        .expect("a name is text");
    found.push((name.to_owned(), Vec::new()));
    for table in ["dependencies", "dev-dependencies"] {
        let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else {
            continue;
        };
        for (name, dependency) in dependencies {
            // The tests of the workspace's crates need more than the book shows.
            if name == "trycmd" {
                continue;
            }
            let mut options: Vec<_> = ["features", "default-features"]
                .iter()
                .filter_map(|option| Some(format!("{option} = {}", dependency.get(option)?)))
                .collect();
            options.insert(0, table.to_owned());
            found.push((name.clone(), options));
        }
    }
    found
}

#[test]
fn blocks_of_json_and_toml_are_what_they_are_said_to_be() {
    let mut cassettes = 0;
    for name in chapters() {
        for block in blocks(&chapter(&name)) {
            match block.language.as_str() {
                "json" => {
                    let document: Value = serde_json::from_str(&block.text)
                        .unwrap_or_else(|error| panic!("{name}: {error}"));
                    if document.get("exchanges").is_some() {
                        Cassette::parse(&name, &block.text)
                            .unwrap_or_else(|error| panic!("{error}"));
                        cassettes += 1;
                    }
                }
                "toml" => drop(
                    block
                        .text
                        .parse::<toml::Table>()
                        .unwrap_or_else(|error| panic!("{name}: {error}")),
                ),
                _ => {}
            }
        }
    }
    assert!(cassettes > 1, "{cassettes}");
}

#[test]
fn configurations_are_what_a_gateway_takes() {
    let mut loaded = 0;
    for name in ["configuration.md", "access.md"] {
        for block in blocks(&chapter(name)) {
            if block.language != "toml" {
                continue;
            }
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("plugwright.toml");
            fs::write(&file, &block.text).expect("a file");
            let inputs = Inputs {
                file: Some(file),
                connectors: vec!["github".to_owned(), "hackernews".to_owned()],
                ..Inputs::default()
            };
            inputs
                .load()
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            loaded += 1;
        }
    }
    assert_eq!(loaded, 2);
}

/// Commands are run by tests beside their binaries, which name the chapters that they run.
#[test]
fn chapters_with_commands_are_run() {
    let with_commands: Vec<_> = chapters()
        .into_iter()
        .filter(|name| {
            let blocks = blocks(&chapter(name));
            blocks.iter().any(|block| block.language == "console")
        })
        .collect();

    assert_eq!(with_commands, ["command-line.md", "first-action.md"]);
}

#[test]
fn every_chapter_is_in_the_summary_and_every_link_leads_somewhere() {
    let mut linked = BTreeSet::from(["SUMMARY.md".to_owned()]);
    for name in chapters() {
        let text = chapter(&name);
        for target in links(&text) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match name.rsplit_once('/') {
                _ if file.is_empty() => name.clone(),
                Some((folder, _)) => format!("{folder}/{file}"),
                None => file.to_owned(),
            };
            let path = PathBuf::from(CHAPTERS).join(&file);
            assert!(path.exists(), "{name} links to {target}");
            if !anchor.is_empty() {
                let anchors = anchors(&chapter(&file));
                assert!(anchors.contains(anchor), "{name} links to {target}");
            }
            if name == "SUMMARY.md" {
                linked.insert(file);
            }
        }
    }
    assert_eq!(linked, chapters());
}

#[test]
fn every_chapter_says_first_which_of_four_kinds_it_is() {
    let summary = chapter("SUMMARY.md");
    let parts: Vec<_> = summary.split("\n# ").collect();
    let [front, parts @ ..] = parts.as_slice() else {
        panic!("the summary is empty");
    };
    assert_eq!(links(front).collect::<Vec<_>>(), ["introduction.md"]);
    let kinds = [
        ("Tutorials", "This tutorial "),
        ("How-to guides", "This guide "),
        ("Reference", "This chapter "),
        ("Explanation", "This chapter "),
    ];
    assert_eq!(parts.len(), kinds.len());
    for (part, (title, opening)) in parts.iter().zip(kinds) {
        assert!(part.starts_with(&format!("{title}\n")), "{part}");
        for name in links(part) {
            let text = chapter(name);
            // Programs write these.
            if text.starts_with("<!--") || text.starts_with("{{#include") {
                continue;
            }
            let first = text.lines().skip(1).find(|line| !line.is_empty());
            assert!(
                first.is_some_and(|line| line.starts_with(opening)),
                "{name} must start with `{opening}`"
            );
        }
    }
}

/// The targets of links within the book.
fn links(chapter: &str) -> impl Iterator<Item = &str> {
    // Between two backticks is code.
    chapter
        .split('`')
        .step_by(2)
        .flat_map(|text| text.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
}

/// The anchors of a chapter's headings, as mdBook makes them.
fn anchors(chapter: &str) -> BTreeSet<String> {
    chapter
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim())
        .map(|heading| {
            heading
                .to_lowercase()
                .chars()
                .filter_map(|letter| match letter {
                    ' ' => Some('-'),
                    _ if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter),
                    _ => None,
                })
                .collect()
        })
        .collect()
}
