//! `new`: creates a crate for a connector.

mod document;
mod files;
mod name;
mod scheme;
mod source;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Registry;
use url::Url;

use crate::args::{AuthScheme, NewArguments};
use crate::binary::hide_environment;
use crate::command_line::quote;
use crate::failure::{Failure, Stop};
use crate::output;
use name::ConnectorName;
use source::Source;

const SAMPLE_BASE_URL: &str = "https://api.example.com";

struct Content {
    files: Vec<(String, String)>,
    action: String,
    notes: Vec<String>,
}

/// Writes the crate and prints the next steps.
pub(crate) fn create(registry: &Registry, arguments: &NewArguments) -> Result<(), Stop> {
    let name = ConnectorName::new(&arguments.name, registry).map_err(Failure::usage)?;
    let base_url = arguments.base_url.as_deref().map(base_url).transpose();
    let base_url = base_url.map_err(Failure::usage)?;
    let source = match &arguments.sdk_path {
        Some(path) => Source::checkout(path).map_err(Failure::usage)?,
        None => Source::Registry,
    };
    if source.has_connector(name.as_str()) {
        let message = "is taken by a connector in that checkout; choose another";
        return Err(Failure::param("name", message).into());
    }
    let content = match (&arguments.openapi, arguments.auth) {
        (Some(path), _) => {
            let operations = &arguments.operations;
            document::content(&name, path, operations, base_url, &source)?
        }
        (None, auth) => {
            let base_url = base_url.unwrap_or_else(|| SAMPLE_BASE_URL.to_owned());
            let scheme = auth.unwrap_or(AuthScheme::None);
            Content {
                files: files::files(&name, scheme, &base_url, &source),
                action: "items.list".to_owned(),
                notes: Vec::new(),
            }
        }
    };
    let folder = arguments
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(name.package()));
    make(&folder)?;
    let mut written = Vec::new();
    for (path, text) in &content.files {
        let path = folder.join(path);
        write(&path, text).map_err(|error| unwritable(&path, &error))?;
        written.push(format!("{}\n", path.display()));
    }
    format(&folder);
    output::print(&written.concat())?;
    for line in &content.notes {
        output::note(line);
    }
    for line in [
        "next:",
        &format!("  cd {}", quote(&folder.to_string_lossy())),
        "  cargo test",
        &format!(
            "  cargo run -- run {}.{} --replay",
            name.as_str(),
            content.action
        ),
    ] {
        output::note(line);
    }
    Ok(())
}

/// Validates a base URL and returns it in normal form, without the trailing slash.
fn base_url(text: &str) -> Result<String, ActionError> {
    let refused = |message: &str| Err(ActionError::invalid_param("--base-url", message));
    if text.contains(['{', '}']) {
        return refused("can't be a template; add one later in `src/lib.rs` of the new crate");
    }
    let url = text.parse::<Url>().ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    match url {
        Some(url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        None => refused(
            "must be an http or https URL without user name, query or fragment, such as https://api.example.com/v1",
        ),
    }
}

/// Creates the directory of the crate, which must not exist.
fn make(folder: &Path) -> Result<(), Failure> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
    }
    fs::create_dir(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let message = format!("already exists: `{}`", folder.display());
            Failure::param("--dir", message).advise("choose another directory with --dir")
        }
        _ => unwritable(folder, &error),
    })
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn format(folder: &Path) {
    let roots = ["build.rs", "src/lib.rs", "src/main.rs", "tests/contract.rs"];
    let mut rustfmt = Command::new("rustfmt");
    hide_environment(&mut rustfmt);
    let formatted = rustfmt
        .args(["--edition", "2024"])
        .args(roots)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    drop(formatted);
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::internal(format!("`{}` can't be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_brought_into_one_form() {
        for (given, url) in [
            ("https://api.example.com", "https://api.example.com"),
            ("HTTPS://API.Example.com/v1/", "https://api.example.com/v1"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("https://example.com/a\"b\\c", "https://example.com/a%22b/c"),
        ] {
            assert_eq!(base_url(given).unwrap(), url);
        }
        for bad in [
            "",
            "api.example.com",
            "ftp://example.com",
            "https://u:p@example.com",
            "https://example.com?x=1",
            "https://example.com#x",
            "https://{site}.example.com",
        ] {
            let error = base_url(bad).unwrap_err();
            assert_eq!(error.param(), Some("--base-url"), "{bad}");
        }
    }
}
