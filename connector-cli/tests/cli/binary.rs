//! Running the binary.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// The outcome of running the binary.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Returns the binary in an environment without credentials and proxies.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugwright"));
    command.args(arguments).stdin(Stdio::null());
    for name in [
        "PLUGWRIGHT_ADMIN_TOKEN",
        "PLUGWRIGHT_CONFIG",
        "PLUGWRIGHT_DATA_DIR",
        "PLUGWRIGHT_GATEWAY",
        "PLUGWRIGHT_GITHUB_TOKEN",
        "PLUGWRIGHT_TODOIST_TOKEN",
        "PLUGWRIGHT_TOKEN",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ] {
        command.env_remove(name);
    }
    // Ignore the developer's own profiles.
    command.env("PLUGWRIGHT_CONFIG_DIR", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Runs the binary with arguments separated by spaces.
pub(crate) fn plugwright(line: &str) -> Ran {
    let arguments: Vec<_> = line.split_whitespace().collect();
    finish(&mut command(&arguments))
}

/// Runs the binary with text on standard input.
pub(crate) fn plugwright_reading(line: &str, input: &str) -> Ran {
    let arguments: Vec<_> = line.split_whitespace().collect();
    let mut child = command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    ran(child.wait_with_output().unwrap())
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

pub(crate) fn ran(output: std::process::Output) -> Ran {
    let ran = Ran {
        exit: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}
