//! Postman collections of packages of npm, and `postman-collection`, which resolves their requests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_import::openapi::Examples;
use plugwright_import::{BodyEncoding, BodySource, ImportedAction, ParameterPlace};
use plugwright_sdk::{Value, json};
use plugwright_tests_packages::{npm, scratch};
use serde_json::Map;

use crate::judge::Judge;

/// Packages with collections: name, version, folder. Their licences are Apache-2.0 (the first two) and
/// MIT.
const PACKAGES: [(&str, &str, &str); 3] = [
    ("newman", "3.10.0", "test"),
    ("postman-combine-collections", "1.1.2", "samples"),
    ("postman-to-openapi", "1.7.3", "test/resources/input"),
];

/// What stands in place of a value that a collection does not have.
const VALUE: &str = "v";

pub fn collections() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (name, version, folder) in PACKAGES {
        below(
            &npm::unpack(name, version, &scratch()).join(folder),
            &mut found,
        );
    }
    found.retain(|path| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let schema = ["json/collection/v2.0.0", "json/collection/v2.1.0"];
        text.starts_with('{') && schema.iter().any(|version| text.contains(version))
    });
    found.sort_unstable();
    found
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the package") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "json") {
            found.push(path);
        }
    }
}

/// Starts the program that resolves requests.
pub fn resolver() -> Judge {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("postman");
    let folder = npm::install(&source, &scratch());
    Judge::start(Command::new("node").arg("judge.mjs").current_dir(folder))
}

/// Returns the input that a collection shows for an operation.
pub fn shown(action: &ImportedAction, examples: &Examples<'_>) -> Value {
    let shown = examples.of(&action.operation);
    let mut input = Map::new();
    for parameter in &action.request.parameters {
        if action.defaults.contains_key(&parameter.input) {
            continue;
        }
        let stated = shown
            .parameters
            .iter()
            .find(|(place, name, _)| *place == parameter.place && *name == parameter.name);
        let is_list = action.input["properties"][&parameter.input]["type"] == "array";
        let value = match stated {
            Some((_, _, value)) => value.clone(),
            None if is_list => json!([VALUE]),
            None => VALUE.into(),
        };
        // A name that is empty or a path to elsewhere is refused.
        let value = match value.as_str() {
            Some("" | "." | "..") if parameter.place == ParameterPlace::Path => VALUE.into(),
            _ => value,
        };
        input.insert(parameter.input.clone(), value);
    }
    let Some(body) = &action.request.body else {
        return input.into();
    };
    let file = "data:text/plain;base64,aGVsbG8=";
    match &body.source {
        BodySource::Member(name) => {
            let value = match (body.encoding, shown.body) {
                (BodyEncoding::Binary, _) => file.into(),
                (_, Some(value)) => value,
                (BodyEncoding::Text, None) => VALUE.into(),
                (_, None) => json!({}),
            };
            input.insert(name.clone(), value);
        }
        BodySource::Members(fields) => {
            for field in fields {
                let value = shown.body.as_ref().and_then(|body| body.get(&field.name));
                let value = value.cloned().or_else(|| field.file.then(|| file.into()));
                input.extend(value.map(|value| (field.input.clone(), value)));
            }
        }
    }
    input.into()
}
