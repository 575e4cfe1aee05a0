//! `import`: connectors of OpenAPI documents.

mod fetch;
mod report;
mod source;

use std::fs;
use std::path::Path;

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{Directory, Overlay, read};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::Value;

use crate::args::{DetailFormat, ImportArguments};
use crate::failure::{Failure, Stop};
use crate::output::{self, count, note};
use source::{Document, Sources};

/// A document with what became of it.
struct Done {
    document: Document,
    result: Result<Imported, String>,
}

/// Imports a document or those of a directory, and prints the report.
pub(crate) fn import(compiled: &[Connector], arguments: &ImportArguments) -> Result<(), Stop> {
    let data = arguments.data.directory();
    let sources = Sources::new(arguments);
    let documents = source::documents(&arguments.source, &data)?;
    for (option, given) in [
        ("name", arguments.name.is_some()),
        ("overlay", arguments.overlay.is_some()),
    ] {
        if documents.len() > 1 && given {
            let message = "is for one document, and the directory has several";
            return Err(Failure::usage(ActionError::invalid_param(option, message)).into());
        }
    }
    let overlay = arguments.overlay.as_deref().map(overlay).transpose()?;
    let directory = Directory::of(&data);
    let mut done: Vec<Done> = Vec::new();
    for document in documents {
        let result = sources.read(&document).and_then(|(value, notes)| {
            let mut imported = one(
                compiled,
                &directory,
                &value,
                &done,
                overlay.as_ref(),
                arguments,
            )?;
            imported.report.notes.extend(notes);
            Ok(imported)
        });
        if documents_show_progress(&done) {
            note(&format!("imported {}", count(done.len() + 1, "document")));
        }
        done.push(Done { document, result });
    }
    let text = match arguments.output {
        DetailFormat::Text => done
            .iter()
            .map(|done| report::text(done, arguments.report))
            .collect(),
        DetailFormat::Json => {
            output::json::pretty(&done.iter().map(report::object).collect::<Value>())
        }
    };
    output::print(&text)?;
    let failed = done.iter().filter(|done| done.result.is_err()).count();
    if failed > 0 && failed == done.len() {
        let message = match done.as_slice() {
            [
                Done {
                    result: Err(problem),
                    ..
                },
            ] => problem.clone(),
            _ => "no document could be imported".to_owned(),
        };
        let error = ActionError::new(ErrorCode::ValidationError, message);
        return Err(Failure::usage(error).into());
    }
    Ok(())
}

/// Reads an overlay.
fn overlay(path: &Path) -> Result<Overlay, Failure> {
    let read = || -> Result<Overlay, String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let value = read(&bytes).map_err(|error| error.to_string())?;
        Overlay::from_value(value).map_err(|error| error.to_string())
    };
    read().map_err(|problem| {
        let message = format!("`{}` can't be used: {problem}", path.display());
        Failure::usage(ActionError::invalid_param("overlay", message))
    })
}

fn documents_show_progress(done: &[Done]) -> bool {
    !done.is_empty() && (done.len() + 1).is_multiple_of(100)
}

fn one(
    compiled: &[Connector],
    directory: &Directory,
    document: &Value,
    done: &[Done],
    overlay: Option<&Overlay>,
    arguments: &ImportArguments,
) -> Result<Imported, String> {
    let mut settings = Settings {
        name: arguments.name.clone(),
        base_url: arguments.base_url.clone(),
        ..Settings::default()
    };
    let name = openapi::name(document, &settings).map_err(|error| error.to_string())?;
    let is_taken = |name: &str| {
        compiled.iter().any(|known| known.name() == name)
            || done.iter().any(|done| {
                let made = done.result.as_ref();
                made.is_ok_and(|made| made.connector.parts.name == name)
            })
    };
    let name = match arguments.name {
        Some(_) if is_taken(&name) => {
            return Err(format!(
                "the binary has a connector `{name}`; choose another name"
            ));
        }
        Some(_) => name,
        None if !is_taken(&name) => name,
        // Fewer connectors than this fit into memory.
        None => (2..=u32::MAX)
            .map(|number| format!("{name}-{number}"))
            .find(|name| !is_taken(name))
            .unwrap_or(name),
    };
    // A damaged file is replaced.
    if let Ok(Some(earlier)) = directory.find(&name) {
        let actions = earlier.actions.into_iter();
        settings.earlier = actions
            .map(|action| (action.operation, action.own_name.unwrap_or(action.name)))
            .collect();
    }
    settings.name = Some(name);
    let mut imported = openapi::import(document, &settings).map_err(|error| error.to_string())?;
    if let Some(overlay) = overlay {
        overlay
            .apply(&mut imported)
            .map_err(|error| error.to_string())?;
    }
    if !arguments.check {
        let written = directory.write(&imported.connector);
        written.map_err(|error| error.to_string())?;
    }
    Ok(imported)
}
