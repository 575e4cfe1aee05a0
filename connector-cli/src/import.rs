//! `import`: connectors of OpenAPI documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{Directory, OperationReport, Outcome, Overlay, read};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use crate::args::{DetailFormat, ImportArguments, ReportDetail};
use crate::failure::{Failure, Stop};
use crate::output::{self, count, escape, note};

const STRONG: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Directories may be in one another so many times.
const DEEPEST: usize = 16;

/// A document with what became of it.
struct Done {
    path: PathBuf,
    result: Result<Imported, String>,
}

/// Imports a document or those of a directory, and prints the report.
pub(crate) fn import(compiled: &[Connector], arguments: &ImportArguments) -> Result<(), Stop> {
    let data = arguments.data.directory();
    let documents = documents(&arguments.source, &data)?;
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
    for path in documents {
        let result = one(
            compiled,
            &directory,
            &path,
            &done,
            overlay.as_ref(),
            arguments,
        );
        if documents_show_progress(&done) {
            note(&format!("imported {}", count(done.len() + 1, "document")));
        }
        done.push(Done { path, result });
    }
    let text = match arguments.output {
        DetailFormat::Text => done.iter().map(|done| text(done, arguments)).collect(),
        DetailFormat::Json => output::json::pretty(&done.iter().map(object).collect::<Value>()),
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

/// Returns the document, or those below a directory in the order of their names, but for what is in
/// the data directory.
fn documents(source: &Path, data: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |path: &Path, error: &std::io::Error| {
        let message = format!("`{}` can't be read: {error}", path.display());
        Failure::usage(ActionError::invalid_param("source", message))
    };
    let about = fs::metadata(source).map_err(|error| failed(source, &error))?;
    if !about.is_dir() {
        return Ok(vec![source.to_owned()]);
    }
    let data = fs::canonicalize(data).ok();
    let mut found = Vec::new();
    let mut waiting = vec![(source.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        if data.is_some() && fs::canonicalize(&folder).ok() == data {
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|error| failed(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| failed(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| failed(&folder, &error))?;
            let path = entry.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if kind.is_dir() && depth < DEEPEST {
                waiting.push((path, depth + 1));
            } else if kind.is_file() && matches!(extension, Some("json" | "yaml" | "yml")) {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        let message = format!("`{}` has no JSON or YAML files", source.display());
        return Err(Failure::usage(ActionError::invalid_param(
            "source", message,
        )));
    }
    found.sort_unstable();
    Ok(found)
}

fn one(
    compiled: &[Connector],
    directory: &Directory,
    path: &Path,
    done: &[Done],
    overlay: Option<&Overlay>,
    arguments: &ImportArguments,
) -> Result<Imported, String> {
    let bytes = fs::read(path).map_err(|error| format!("it can't be read: {error}"))?;
    let document = read(&bytes).map_err(|error| error.to_string())?;
    let mut settings = Settings {
        name: arguments.name.clone(),
        base_url: arguments.base_url.clone(),
        ..Settings::default()
    };
    let name = openapi::name(&document, &settings).map_err(|error| error.to_string())?;
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
    let mut imported = openapi::import(&document, &settings).map_err(|error| error.to_string())?;
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

fn text(done: &Done, arguments: &ImportArguments) -> String {
    let path = escape(&done.path.display().to_string());
    let imported = match &done.result {
        Ok(imported) => imported,
        Err(problem) => return format!("{BAD}refused{BAD:#}  {path}: {}\n", escape(problem)),
    };
    let report = &imported.report;
    let name = &imported.connector.parts.name;
    let mut text = format!(
        "{GOOD}{name}{GOOD:#}  {path}\n  {}: {} imported, {} degraded, {} refused\n",
        count(report.operations.len(), "operation"),
        report.count(Outcome::Imported),
        report.count(Outcome::Degraded),
        report.count(Outcome::Refused),
    );
    for note in &report.notes {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  note: {}", escape(note));
    }
    match arguments.report {
        ReportDetail::Summary => {
            for (reason, number) in reasons(&report.operations).into_iter().take(5) {
                let _ = writeln!(text, "  {number} x {}", escape(&reason));
            }
        }
        ReportDetail::Full => {
            for operation in &report.operations {
                text.push_str(&line(operation));
            }
        }
    }
    text
}

/// Counts the reasons, the commonest first.
fn reasons(operations: &[OperationReport]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in operations.iter().flat_map(|operation| &operation.reasons) {
        *counts.entry(reason).or_default() += 1;
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|(reason, number)| (reason.to_owned(), number))
        .collect();
    counts.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    counts
}

fn line(operation: &OperationReport) -> String {
    let style = match operation.outcome {
        Outcome::Imported => GOOD,
        Outcome::Degraded | Outcome::Hidden => STRONG,
        Outcome::Refused => BAD,
    };
    let outcome = match operation.outcome {
        Outcome::Imported => "imported",
        Outcome::Degraded => "degraded",
        Outcome::Refused => "refused",
        Outcome::Hidden => "hidden",
    };
    let name = operation.name.as_deref().unwrap_or("-");
    let mut line = format!(
        "  {style}{outcome}{style:#}  {name}  {} {}",
        operation.method,
        escape(&operation.path)
    );
    if !operation.reasons.is_empty() {
        line.push_str(": ");
        line.push_str(&escape(&operation.reasons.join("; ")));
    }
    line.push('\n');
    line
}

fn object(done: &Done) -> Value {
    let path = done.path.display().to_string();
    match &done.result {
        Ok(imported) => json!({
            "document": path,
            "connector": imported.connector.parts.name,
            "source": imported.connector.source,
            "report": imported.report,
        }),
        Err(problem) => json!({ "document": path, "error": problem }),
    }
}
