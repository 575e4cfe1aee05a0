//! A process of npm's `emulate`.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use plugwright_tests_packages::npm;

/// An emulator that runs until it is dropped.
pub(crate) struct Emulator {
    address: SocketAddr,
    process: Child,
    /// It ends when this closes, however the test ends.
    _input: Option<ChildStdin>,
}

impl Emulator {
    pub(crate) fn start(service: &str, session: &Path) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers");
        let folder = npm::install(&source, Path::new(env!("CARGO_TARGET_TMPDIR")));
        let mut process = Command::new("node")
            .arg("start.mjs")
            .arg(service)
            .arg(session)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js");
        let mut port = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut port).unwrap();
        let port = port.trim().parse::<u16>();
        let port = port.unwrap_or_else(|error| panic!("`{service}` does not listen: {error}"));
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            _input: process.stdin.take(),
            process,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
