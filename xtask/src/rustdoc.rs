//! Stands in for rustdoc where Cargo calls it for the examples of a crate, and documents the crate as well.
//!
//! `cargo doc` checks every dependency for itself. The examples of a crate are linked with libraries that are
//! built already, and these say all that its documentation needs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Child, Command, ExitCode};

use anyhow::{Context as _, Result};

/// Set for the program that Cargo takes for rustdoc: the folder for documentation.
pub(crate) const FOLDER: &str = "XTASK_RUSTDOC_FOLDER";

/// Documents the crate, and runs its examples meanwhile: Cargo calls for one crate after another.
pub(crate) fn run(folder: &OsStr) -> Result<ExitCode> {
    let asked: Vec<_> = env::args_os().skip(1).collect();
    let mut documentation = of_documentation(&asked)
        .map(|arguments| {
            let mut rustdoc = Command::new("rustdoc");
            rustdoc.args(arguments).arg("--deny=warnings");
            // In one folder, rustdoc would write the index of all crates again for each.
            let folder = Path::new(folder).join(crate_name(&asked).unwrap_or_default());
            rustdoc.arg("--out-dir").arg(folder).spawn()
        })
        .transpose()
        .context("rustdoc cannot be started")?;
    let examples = Command::new("rustdoc").args(&asked).status();
    let documented = documentation.as_mut().map(Child::wait).transpose();
    let succeeded = examples.context("rustdoc cannot be started")?.success()
        && documented
            .context("rustdoc was lost")?
            .is_none_or(|status| status.success());
    Ok(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn crate_name(asked: &[OsString]) -> Option<&str> {
    let at = asked
        .iter()
        .position(|argument| argument == "--crate-name")?;
    asked.get(at + 1)?.to_str()
}

/// What documents the crate whose examples these arguments run, if they do.
fn of_documentation(asked: &[OsString]) -> Option<Vec<&OsString>> {
    let itself = format!("{}=", crate_name(asked)?);
    let mut runs_examples = false;
    let mut arguments = Vec::with_capacity(asked.len());
    let mut rest = asked.iter();
    while let Some(argument) = rest.next() {
        match argument.to_str() {
            Some("--test") => runs_examples = true,
            Some("--test-args" | "--test-run-directory") => {
                rest.next();
            }
            Some("--extern") => {
                let library = rest.next()?;
                // Examples use the crate by its name; the crate itself does not.
                let is_itself = |library: &str| library.starts_with(&itself);
                if !library.to_str().is_some_and(is_itself) {
                    arguments.extend([argument, library]);
                }
            }
            _ => arguments.push(argument),
        }
    }
    runs_examples.then_some(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(asked: &str) -> Option<String> {
        let asked: Vec<_> = asked.split(' ').map(OsString::from).collect();
        let arguments = of_documentation(&asked)?;
        let arguments: Vec<_> = arguments.iter().map(|one| one.to_str().unwrap()).collect();
        Some(arguments.join(" "))
    }

    #[test]
    fn leaves_out_what_examples_need() {
        let asked = "--edition=2024 --crate-name acme --test src/lib.rs --test-run-directory acme \
                     --test-args --nocapture --extern acme=libacme.rlib --extern acme_sdk=libsdk.rlib -L deps";

        assert_eq!(
            documents(asked).as_deref(),
            Some(
                "--edition=2024 --crate-name acme src/lib.rs --extern acme_sdk=libsdk.rlib -L deps"
            )
        );
    }

    #[test]
    fn does_nothing_where_no_examples_are_run() {
        assert_eq!(documents("--version --verbose"), None);
        assert_eq!(documents("--crate-name acme src/lib.rs"), None);
    }
}
