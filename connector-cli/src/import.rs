//! `import`: connectors of OpenAPI documents and MCP servers.

mod fetch;
mod owner;
mod report;
#[cfg(feature = "serve")]
mod server;
mod source;
mod store;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use plugwright_import::Overlay;
use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::Value;

use crate::args::{DetailFormat, ImportArguments};
use crate::failure::{Failure, Stop};
use crate::output;
use crate::output::progress::Progress;
use owner::Owners;
use source::{Content, Document};
use store::Store;

struct Done {
    document: Document,
    result: Result<Imported, String>,
}

/// Imports a document or those of a directory, and prints the report.
pub(crate) fn import(compiled: &[Connector], arguments: &ImportArguments) -> Result<(), Stop> {
    let data = arguments.data.directory();
    if let Some(name) = &arguments.remove {
        store::remove(&data, name)?;
        output::note(&format!("removed `{name}`"));
        return Ok(());
    }
    if arguments.server.mcp || arguments.server.accept.is_some() {
        #[cfg(feature = "serve")]
        return one_server(compiled, arguments);
        #[cfg(not(feature = "serve"))]
        return Err(crate::binary::left_out("import --mcp", "serve").into());
    }
    let source = arguments.source.as_deref().unwrap_or_default();
    let documents = source::documents(source, &data)?;
    for (option, given) in [
        ("--name", arguments.name.is_some()),
        ("--overlay", arguments.overlay.is_some()),
    ] {
        if documents.len() > 1 && given {
            let message = "is for one document, and the directory has several";
            return Err(Failure::param(option, message).into());
        }
    }
    let overlay = stated(arguments)?;
    let mut store = Store::open(&data, arguments.check)?;
    let owners = Owners::new(store.records()?, &documents, arguments.replace);
    let mut names = names(compiled);
    let (mut texts, mut objects) = (String::new(), Vec::new());
    let (mut problems, number) = (Vec::new(), documents.len());
    let mut code = ErrorCode::ValidationError;
    let progress = Progress::new(number);
    for document in documents {
        progress.start(&document.to_string());
        let read = source::content(&document, arguments).map_err(|problem| {
            code = problem.code;
            problem.message
        });
        let result = read.and_then(|content| {
            let settings = settings(&document, &content, overlay.as_ref(), arguments);
            let settings = named(&document, &content.value, &names, &owners, settings)?;
            let mut imported = one(&store, &content.value, &owners, overlay.as_ref(), settings)?;
            imported.report.notes.extend(content.notes);
            Ok(imported)
        });
        let done = store.keep(Done { document, result })?;
        match &done.result {
            Ok(imported) => {
                names.insert(imported.connector.parts.name.clone());
            }
            Err(problem) => problems.push(problem.clone()),
        }
        match arguments.output {
            DetailFormat::Text => texts.push_str(&report::text(&done, arguments.report)),
            DetailFormat::Json => objects.push(report::object(&done)),
        }
        progress.advance();
    }
    progress.finish("writing the catalog");
    store.commit()?;
    drop(progress);
    output::print(&match arguments.output {
        // The error says the same.
        DetailFormat::Text if number == 1 && !problems.is_empty() => String::new(),
        DetailFormat::Text => texts,
        DetailFormat::Json => output::json::pretty(&Value::Array(objects)),
    })?;
    if !problems.is_empty() && problems.len() == number {
        let error = match problems.as_slice() {
            [problem] => ActionError::new(code, problem),
            _ => ActionError::new(ErrorCode::ValidationError, "no document could be imported"),
        };
        return Err(Failure::from(error).into());
    }
    Ok(())
}

#[cfg(feature = "serve")]
fn one_server(compiled: &[Connector], arguments: &ImportArguments) -> Result<(), Stop> {
    let overlay = arguments.overlay.as_deref().map(overlay).transpose()?;
    let mut store = Store::open(&arguments.data.directory(), arguments.check)?;
    let progress = Progress::new(1);
    progress.start("asking the MCP server for its tools");
    let (document, mut imported) = server::read(&store, &names(compiled), arguments)?;
    if let Some(overlay) = &overlay {
        let applied = overlay.apply(&mut imported);
        applied.map_err(|error| Failure::param("--overlay", error.to_string()))?;
    }
    if let Some(earlier) = store.earlier(&imported.connector.parts.name) {
        let owners = Owners::new(Vec::new(), &[], arguments.replace);
        let checked = owners.check(&earlier, &imported.connector, overlay.as_ref());
        checked.map_err(|problem| {
            Failure::usage(ActionError::new(ErrorCode::ValidationError, problem))
        })?;
    }
    progress.finish("writing the catalog");
    let done = store.keep(Done {
        document,
        result: Ok(imported),
    })?;
    store.commit()?;
    drop(progress);
    output::print(&match arguments.output {
        DetailFormat::Text => report::text(&done, arguments.report),
        DetailFormat::Json => output::json::pretty(&Value::Array(vec![report::object(&done)])),
    })?;
    match done.result {
        Ok(_) => Ok(()),
        Err(problem) => {
            let error = ActionError::new(ErrorCode::ValidationError, problem);
            Err(Failure::usage(error).into())
        }
    }
}

fn names(compiled: &[Connector]) -> HashSet<String> {
    let compiled = compiled.iter();
    compiled
        .map(|connector| connector.name().to_owned())
        .collect()
}

/// Returns what stands in place of what documents say: the overlay, and what is stated beside it.
fn stated(arguments: &ImportArguments) -> Result<Option<Overlay>, Failure> {
    let mut overlay = arguments.overlay.as_deref().map(overlay).transpose()?;
    if let Some(auth) = &arguments.server.auth {
        overlay.get_or_insert_default().auth = Some(auth.clone());
    }
    Ok(overlay)
}

fn settings(
    document: &Document,
    content: &Content,
    overlay: Option<&Overlay>,
    arguments: &ImportArguments,
) -> Settings {
    // Without an endpoint there is nothing of a GraphQL API to lay an overlay over.
    let endpoint = overlay.filter(|_| openapi::is_graphql(&content.value));
    let endpoint = endpoint.and_then(|overlay| overlay.base_url.as_deref());
    // Settings of a connection that are in it are filled in later.
    let endpoint = endpoint.map(|url| url.replace(['{', '}'], ""));
    Settings {
        name: arguments.name.clone(),
        title: document.stem(),
        base_url: arguments.base_url.clone().or(endpoint),
        location: content.location.clone(),
        earlier: Vec::new(),
    }
}

fn overlay(path: &Path) -> Result<Overlay, Failure> {
    let read = || -> Result<Overlay, String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        Overlay::read(&bytes).map_err(|error| error.to_string())
    };
    read().map_err(|problem| {
        let message = format!("`{}` can't be used: {problem}", path.display());
        Failure::param("--overlay", message)
    })
}

fn named(
    document: &Document,
    value: &Value,
    names: &HashSet<String>,
    owners: &Owners,
    settings: Settings,
) -> Result<Settings, String> {
    let name = openapi::name(value, &settings).map_err(|error| error.to_string())?;
    let name = match settings.name {
        Some(_) if names.contains(&name) => {
            return Err(format!(
                "the binary has a connector `{name}`; choose another name"
            ));
        }
        Some(_) => name,
        None => owners.name(document, name, names)?,
    };
    Ok(Settings {
        name: Some(name),
        ..settings
    })
}

fn one(
    store: &Store,
    document: &Value,
    owners: &Owners,
    overlay: Option<&Overlay>,
    mut settings: Settings,
) -> Result<Imported, String> {
    let earlier = settings
        .name
        .as_deref()
        .and_then(|name| store.earlier(name));
    if let Some(earlier) = &earlier {
        settings.earlier = earlier.actions.iter().cloned().map(Into::into).collect();
    }
    let mut imported = openapi::import(document, &settings).map_err(|error| error.to_string())?;
    if let Some(overlay) = overlay {
        overlay
            .apply(&mut imported)
            .map_err(|error| error.to_string())?;
    }
    if imported.connector.actions.is_empty() {
        let operations = imported.report.operations.iter();
        let reason = operations.flat_map(|operation| &operation.reasons).next();
        let reason = reason
            .map(|reason| format!(": {reason}"))
            .unwrap_or_default();
        return Err(format!("it has no operation that can be an action{reason}"));
    }
    if let Some(earlier) = &earlier {
        owners.check(earlier, &imported.connector, overlay)?;
        owner::keep_callback(earlier, &mut imported.connector);
    }
    Ok(imported)
}
