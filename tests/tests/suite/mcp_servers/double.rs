//! A double of an MCP server over HTTP, which demands the token `right-token`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(crate) const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../connector-mcp/tests/double.py"
);

/// The process; it is killed when this is dropped.
pub(crate) struct Double {
    pub(crate) url: String,
    child: Child,
}

impl Double {
    /// Starts it in a mode; it writes to a file what it is told of calls.
    pub(crate) fn start(mode: &str, file: &Path) -> Self {
        let mut command = Command::new("python3");
        command.args([SCRIPT, "http", mode]).arg(file);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut port).unwrap();
        Self {
            url: format!("http://127.0.0.1:{}/mcp", port.trim()),
            child,
        }
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
