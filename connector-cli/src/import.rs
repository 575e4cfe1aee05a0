//! `import`: connectors of OpenAPI documents.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use plugwright_catalog::{Catalog, CatalogError, CatalogWriter};
use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{ImportedConnector, OperationReport, Outcome, Overlay, read};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use crate::args::{DetailFormat, ImportArguments, ReportDetail};
use crate::failure::{Failure, Stop};
use crate::output::progress::Progress;
use crate::output::{self, count, escape};

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
    let mut store = Store::open(&data, arguments.check).map_err(failed)?;
    let mut names: HashSet<String> = compiled
        .iter()
        .map(|connector| connector.name().to_owned())
        .collect();
    let (mut texts, mut objects) = (String::new(), Vec::new());
    let (mut problems, number) = (Vec::new(), documents.len());
    let progress = Progress::new(number);
    for path in documents {
        progress.start(&path.display().to_string());
        let result = one(&store, &path, &names, overlay.as_ref(), arguments);
        let done = store.keep(Done { path, result }).map_err(failed)?;
        match &done.result {
            Ok(imported) => {
                names.insert(imported.connector.parts.name.clone());
            }
            Err(problem) => problems.push(problem.clone()),
        }
        match arguments.output {
            DetailFormat::Text => texts.push_str(&text(&done, arguments)),
            DetailFormat::Json => objects.push(object(&done)),
        }
        progress.advance();
    }
    progress.finish("writing the catalog");
    store.commit().map_err(failed)?;
    drop(progress);
    output::print(&match arguments.output {
        DetailFormat::Text => texts,
        DetailFormat::Json => output::json::pretty(&Value::Array(objects)),
    })?;
    if !problems.is_empty() && problems.len() == number {
        let message = match problems.as_slice() {
            [problem] => problem.clone(),
            _ => "no document could be imported".to_owned(),
        };
        let error = ActionError::new(ErrorCode::ValidationError, message);
        return Err(Failure::usage(error).into());
    }
    Ok(())
}

fn failed(error: CatalogError) -> Failure {
    Failure::internal(error.to_string())
}

/// Where connectors are kept.
enum Store {
    /// In the catalog.
    Catalog(Box<CatalogWriter>),
    /// Nowhere, since documents are only checked.
    None(Option<Catalog>),
}

impl Store {
    fn open(data: &Path, check: bool) -> Result<Self, CatalogError> {
        Ok(if check {
            Self::None(Catalog::open(data)?)
        } else {
            Self::Catalog(Box::new(CatalogWriter::open(data)?))
        })
    }

    /// Returns the connector that was imported under this name before. A damaged one is replaced.
    fn earlier(&self, name: &str) -> Option<ImportedConnector> {
        let found = match self {
            Self::Catalog(writer) => writer.imported(name),
            Self::None(Some(catalog)) => catalog.imported(name),
            Self::None(None) => return None,
        };
        found.ok()?
    }

    /// Keeps what became of a document.
    fn keep(&mut self, done: Done) -> Result<Done, CatalogError> {
        let Self::Catalog(writer) = self else {
            return Ok(done);
        };
        let Done { path, result } = done;
        let document = path.display().to_string();
        let stored = match result {
            Ok(imported) => match writer.store(&imported.connector, &document, &imported.report) {
                Ok(()) => Ok(imported),
                Err(CatalogError::Connector(error)) => Err(error.to_string()),
                Err(error) => return Err(error),
            },
            Err(problem) => Err(problem),
        };
        if let Err(problem) = &stored {
            writer.refuse(&document, problem);
        }
        Ok(Done {
            path,
            result: stored,
        })
    }

    fn commit(self) -> Result<(), CatalogError> {
        match self {
            Self::Catalog(writer) => writer.commit(),
            Self::None(_) => Ok(()),
        }
    }
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
    store: &Store,
    path: &Path,
    names: &HashSet<String>,
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
    let is_taken = |name: &str| names.contains(name);
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
    if let Some(earlier) = store.earlier(&name) {
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
