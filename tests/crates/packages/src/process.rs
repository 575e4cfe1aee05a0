//! Programs that are run to their end.

use std::io;
use std::process::Command;

/// Runs a program to its end and returns what it printed.
pub fn run(command: &mut Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().unwrap_or_else(|error| {
        let what = match error.kind() {
            io::ErrorKind::NotFound => "is not installed".to_owned(),
            _ => format!("can't be run: {error}"),
        };
        panic!(
            "{program} {what}; the vendors' clients need Node.js 20 or later, npm, and Python 3.10 \
             or later with venv (Debian: apt install nodejs npm python3-venv)"
        )
    });
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{program} ended with {}:\n{printed}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    printed.into_owned()
}
