//! The file that a recording is written to.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;

use plugwright_sdk::{ActionError, ErrorCode};

use crate::args::RecordArguments;
use crate::failure::Failure;

pub(super) struct Destination {
    pub(super) path: PathBuf,
    replace: bool,
}

impl Destination {
    /// Names the file after the action and the case.
    pub(super) fn new(action: &str, arguments: &RecordArguments) -> Result<Self, Failure> {
        let name = file_name(action, arguments.case.as_deref()).map_err(Failure::usage)?;
        if !arguments.dir.is_dir() {
            let message = format!("is not a directory: `{}`", arguments.dir.display());
            let failure = Failure::param("--dir", message);
            return Err(failure.advise("run this in the directory of the connector's crate"));
        }
        let destination = Self {
            path: arguments.dir.join(name),
            replace: arguments.force,
        };
        if !destination.replace && destination.path.exists() {
            return Err(destination.taken());
        }
        Ok(destination)
    }

    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        let mut options = OpenOptions::new();
        if self.replace {
            options.write(true).create(true).truncate(true);
        } else {
            options.write(true).create_new(true);
        }
        let written = options
            .open(&self.path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => self.taken(),
            _ => Failure::internal(format!(
                "`{}` can't be written: {error}",
                self.path.display()
            )),
        })
    }

    fn taken(&self) -> Failure {
        let message = format!("`{}` already exists", self.path.display());
        Failure::usage(ActionError::new(ErrorCode::ValidationError, message))
            .advise("overwrite it with --force, or record another case with --case")
    }
}

/// `<action>.json`, or `<action>.<case>.json`.
fn file_name(action: &str, case: Option<&str>) -> Result<String, ActionError> {
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    match case {
        None => Ok(format!("{action}.json")),
        Some(case)
            if case.starts_with(allowed)
                && case.chars().all(|letter| allowed(letter) || letter == '-') =>
        {
            Ok(format!("{action}.{case}.json"))
        }
        Some(_) => Err(ActionError::invalid_param(
            "--case",
            "must be lower-case letters, digits and hyphens, such as `not-found`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_action_and_case() {
        assert_eq!(file_name("a.b", None).unwrap(), "a.b.json");
        assert_eq!(
            file_name("a.b", Some("not-found-2")).unwrap(),
            "a.b.not-found-2.json"
        );
        for bad in ["", "-a", "A", "a_b", "a b", "../a", "a/b", "a.b", "é"] {
            assert!(file_name("a.b", Some(bad)).is_err(), "{bad}");
        }
    }
}
