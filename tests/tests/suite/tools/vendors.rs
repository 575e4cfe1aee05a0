//! The vendors' own libraries read the tools: the Python packages `openai`, `anthropic` and
//! `google-genai`, which refuse fields that they do not know, and the npm package `openai`, whose function
//! for strict schemas finds nothing to change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_sdk::tools::Dialect;
use plugwright_sdk::{Value, json};
use plugwright_tests::python;
use plugwright_tests_packages::{npm, run};

use super::tools;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/tools");

fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Writes all tools to a file, and returns it with their number.
fn written(name: &str, dialects: impl Fn(Dialect) -> bool) -> (PathBuf, usize) {
    let all: Vec<Value> = Dialect::ALL
        .into_iter()
        .filter(|dialect| dialects(*dialect))
        .flat_map(|dialect| {
            let tools = tools(dialect).into_iter();
            tools.map(
                move |tool| json!({ "dialect": dialect.as_str(), "definition": tool.definition() }),
            )
        })
        .collect();
    let file = scratch().join(name);
    fs::write(&file, Value::from(all.clone()).to_string()).expect("a file of tools");
    (file, all.len())
}

#[test]
fn clients_of_vendors_read_tools_and_write_them_the_same() {
    let python = python::install("tools", env!("CARGO_TARGET_TMPDIR"));
    let (file, count) = written("tools.json", |_| true);
    let printed = run(Command::new(python)
        .arg(Path::new(SOURCE).join("read.py"))
        .arg(file));
    assert_eq!(printed.trim(), count.to_string());
}

#[test]
fn openai_s_library_has_nothing_to_change_in_strict_tools() {
    let library = npm::unpack("openai", "6.49.0", scratch());
    let (file, count) = written("strict-tools.json", |dialect| {
        dialect.as_str().ends_with("-strict")
    });
    let script = Path::new(SOURCE).join("strict.mjs");
    let printed = run(Command::new("node").arg(script).arg(library).arg(file));
    assert_eq!(printed.trim(), count.to_string());
}
