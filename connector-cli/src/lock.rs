//! `lock`: what each linked action may do, in a file under review.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use plugwright_engine::lock::{Change, ChangeKind, Lock};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionError, ErrorCode, Hint};
use serde_json::json;

use crate::args::{DeniedKind, DetailFormat, LockArguments};
use crate::failure::{Failure, Stop};
use crate::output::{self, count, escape};

const BAD: Style = AnsiColor::Red.on_default().bold();
const KIND: Style = Style::new().bold();

/// Writes the lock, or compares with it.
pub(crate) fn lock(registry: &Registry, arguments: &LockArguments) -> Result<(), Stop> {
    let linked = Lock::of(registry);
    if arguments.check {
        check(&linked, arguments)
    } else {
        update(&linked, arguments)
    }
}

fn check(linked: &Lock, arguments: &LockArguments) -> Result<(), Stop> {
    let file = &arguments.file;
    let locked = read(file)?.ok_or_else(|| {
        let message = format!("there is no `{}`", file.display());
        let error = ActionError::new(ErrorCode::NotFound, message).with_hint(Hint::Abort);
        Failure::from(error).advise(format!("`{} lock` writes it", crate::binary::name()))
    })?;
    let findings: Vec<_> = locked
        .changes_to(linked)
        .into_iter()
        .map(|change| Finding {
            fails: change.widens_authority()
                || arguments.deny.iter().any(|kind| denies(*kind, &change)),
            change,
        })
        .collect();
    print(&findings, arguments.output)?;
    let failing = findings.iter().filter(|finding| finding.fails);
    match failing.count() {
        0 => {
            if findings.is_empty() {
                output::note(&format!("all actions are as in `{}`", file.display()));
            } else {
                output::note(&format!(
                    "`{} lock` brings `{}` up to date",
                    crate::binary::name(),
                    file.display()
                ));
            }
            Ok(())
        }
        failing => {
            let message = format!(
                "{} not allowed by `{}`",
                are(failing, "change"),
                file.display()
            );
            Err(Failure::internal(message)
                .advise(format!(
                    "review the changes, then run `{} lock`",
                    crate::binary::name()
                ))
                .into())
        }
    }
}

fn are(number: usize, one: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", count(number, one))
}

fn update(linked: &Lock, arguments: &LockArguments) -> Result<(), Stop> {
    let file = &arguments.file;
    let changes = match read(file) {
        Ok(Some(locked)) => locked.changes_to(linked),
        Ok(None) => Vec::new(),
        Err(failure) => {
            output::note(&format!("replaced: {}", failure.error.message()));
            Vec::new()
        }
    };
    write(file, &linked.to_text()).map_err(|error| {
        Failure::internal(format!("`{}` can't be written: {error}", file.display()))
    })?;
    let findings: Vec<_> = changes
        .into_iter()
        .map(|change| Finding {
            fails: change.widens_authority(),
            change,
        })
        .collect();
    print(&findings, arguments.output)?;
    let actions = count(linked.actions.len(), "action");
    output::note(&format!("`{}` has {actions}", file.display()));
    Ok(())
}

/// A change, and whether the check fails on it.
struct Finding {
    change: Change,
    fails: bool,
}

fn denies(kind: DeniedKind, change: &Change) -> bool {
    change.kind
        == match kind {
            DeniedKind::Wording => ChangeKind::Wording,
            DeniedKind::Narrower => ChangeKind::Narrower,
            DeniedKind::Wider => ChangeKind::Wider,
            DeniedKind::Breaking => ChangeKind::Breaking,
        }
}

fn print(findings: &[Finding], format: DetailFormat) -> io::Result<()> {
    let text = match format {
        DetailFormat::Text => findings.iter().map(text).collect(),
        DetailFormat::Json => output::json::pretty(&findings.iter().map(row).collect()),
    };
    output::print(&text)
}

fn text(finding: &Finding) -> String {
    let Finding { change, fails } = finding;
    let style = if *fails { BAD } else { KIND };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{style}{:<8}{style:#}  {}",
        change.kind.to_string(),
        escape(&change.to_string())
    );
    text
}

fn row(finding: &Finding) -> serde_json::Value {
    let Finding { change, fails } = finding;
    json!({
        "action": change.action,
        "kind": change.kind,
        "aspect": change.aspect,
        "text": change.text,
        "fails": fails,
    })
}

/// Reads a lock; `None` if there is no file.
fn read(file: &Path) -> Result<Option<Lock>, Failure> {
    let refused = |problem: String| {
        let message = format!("`{}`: {problem}", file.display());
        let error = ActionError::new(ErrorCode::ValidationError, message).with_hint(Hint::Abort);
        let advice = format!("`{} lock` rewrites it", crate::binary::name());
        Failure::usage(error).advise(advice)
    };
    match fs::read_to_string(file) {
        Ok(text) => Lock::parse(&text)
            .map(Some)
            .map_err(|error| refused(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(format!("can't be read: {error}"))),
    }
}

/// Replaces a file as a whole.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::write(&part, text)
        .and_then(|()| fs::rename(&part, file))
        .inspect_err(|_| drop(fs::remove_file(&part)))
}
