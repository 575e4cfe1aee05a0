//! The source of a crate for the operations of an OpenAPI document.

use std::fs;
use std::path::Path;

use plugwright_generate::{Report, Settings, generate};
use plugwright_import::openapi::{self, Examples};
use plugwright_import::read;

use super::Content;
use super::files;
use super::name::ConnectorName;
use super::source::Source;
use crate::failure::Failure;
use crate::output::{count, escape};

pub(super) fn content(
    name: &ConnectorName,
    path: &Path,
    operations: &[String],
    base_url: Option<String>,
    source: &Source,
) -> Result<Content, Failure> {
    let refused = |problem: String| {
        let message = format!("(`{}`) can't be used: {}", path.display(), escape(&problem));
        Failure::param("--openapi", message)
    };
    let bytes = fs::read(path).map_err(|error| refused(error.to_string()))?;
    let document = read(&bytes).map_err(|error| refused(error.to_string()))?;
    if openapi::is_graphql(&document) {
        let message = "it is a GraphQL schema, of which no crate is written; `plugwright import` makes \
                       a connector of it";
        return Err(refused(message.to_owned()));
    }
    let settings = openapi::Settings {
        base_url,
        ..openapi::Settings::named(name.as_str())
    };
    let imported = openapi::import(&document, &settings);
    let imported = imported.map_err(|error| refused(error.to_string()))?;
    let examples = Examples::new(&document).map_err(|error| refused(error.to_string()))?;
    let about = &imported.connector.source;
    let settings = Settings {
        operations: operations.to_vec(),
        document: format!("{} {}", about.title, about.version)
            .trim()
            .to_owned(),
    };
    let generated = generate(&imported.connector, &examples, &settings);
    let generated = generated.map_err(|error| refused(error.to_string()))?;
    let mut files = files::around(name, &generated.title, source, &generated.dependencies);
    files.extend(generated.files);
    files.sort();
    let action = generated.report.actions.first();
    Ok(Content {
        files,
        action: action.map_or_else(String::new, |action| action.name.clone()),
        notes: notes(&generated.report),
    })
}

fn notes(report: &Report) -> Vec<String> {
    let shown = report.actions.iter().filter(|action| action.has_example);
    let mut notes = vec![format!(
        "{}, {} with an example of the document",
        count(report.actions.len(), "action"),
        shown.count()
    )];
    for (operation, reason) in &report.left_out {
        notes.push(format!("left out: {operation}: {reason}"));
    }
    for action in &report.actions {
        for reason in &action.left_out {
            notes.push(format!("left out of {}: {reason}", action.name));
        }
    }
    for (name, reasons) in &report.types {
        for reason in reasons {
            notes.push(format!("left out of {name}: {reason}"));
        }
    }
    notes.iter().map(|note| escape(note)).collect()
}
