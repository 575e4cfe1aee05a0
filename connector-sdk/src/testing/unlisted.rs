//! Public actions that no `actions![..]` names: neither a caller nor the compiler misses them.

mod source;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use self::source::{Function, List, Source};
use super::Report;
use crate::action::Action;
use crate::connector::ConnectorDefinition;

/// Reports the public actions in `src` of a crate that neither the connector nor a list in the
/// crate names.
pub(super) fn check(connector: &ConnectorDefinition, krate: &Path, report: &mut Report) {
    let sources = read(&krate.join("src"));
    for (file, function) in unlisted(connector, &sources) {
        let (path, action) = (function.path(), function.action.as_str());
        let message = format!(
            "`{path}` in {file} is public, and no `actions![..]` names it, so nobody can call it; \
             add `{path}` to the list, or make the function private"
        );
        report.find(Some(action), "listed", message);
    }
}

fn unlisted<'a>(
    connector: &ConnectorDefinition,
    sources: &'a [(String, Source)],
) -> Vec<(&'a str, &'a Function)> {
    let only_tests: Vec<_> = sources
        .iter()
        .flat_map(|(_, source)| &source.only_tests)
        .collect();
    let in_tests = |function: &Function| {
        only_tests
            .iter()
            .any(|module| function.module.starts_with(module))
    };
    let defined = |function: &Function| {
        let mut actions = connector.actions().iter();
        actions.any(|action| action.name() == function.action)
    };
    // A crate may have several connectors, of which this is one.
    let listed = |function: &Function| {
        sources.iter().any(|(_, source)| {
            let mut lists = source.lists.iter();
            lists.any(|list| names(list, source, function))
        })
    };
    sources
        .iter()
        .flat_map(|(file, source)| {
            let functions = source.functions.iter();
            functions.map(move |function| (file.as_str(), function))
        })
        .filter(|(_, function)| !in_tests(function) && !defined(function) && !listed(function))
        .collect()
}

fn names(list: &List, source: &Source, function: &Function) -> bool {
    list.paths.iter().any(|path| {
        let Some((called, modules)) = path.split_last() else {
            return false;
        };
        let (module, owner) = (modules.last(), function.module.last());
        let same_module = match module {
            Some(_) => module == owner,
            None => list.module == function.module || source.imports(called, owner),
        };
        *called == function.name && same_module
    })
}

/// Reads the Rust files below a folder, in the order of their paths. What can't be read, or is not
/// Rust, is not part of what was compiled.
fn read(root: &Path) -> Vec<(String, Source)> {
    let mut files = Vec::new();
    collect(root, &mut files);
    files.sort();
    files
        .iter()
        .filter_map(|file| {
            let below = file.strip_prefix(root).ok()?;
            let source = Source::parse(&fs::read_to_string(file).ok()?, modules(below))?;
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            Some((format!("src/{}", parts.join("/")), source))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        // A link could lead in a circle.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, files),
            Ok(_) if path.extension().is_some_and(|extension| extension == "rs") => {
                files.push(path);
            }
            _ => {}
        }
    }
}

fn modules(file: &Path) -> Vec<String> {
    let stem = file.with_extension("");
    let mut parts: Vec<_> = stem
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let last = parts.last().map(String::as_str);
    if last == Some("mod") || parts.len() == 1 && matches!(last, Some("lib" | "main")) {
        parts.pop();
    }
    parts
}
