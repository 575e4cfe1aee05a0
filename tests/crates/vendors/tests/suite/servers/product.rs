//! A server of a product, run from its packages.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use plugwright_sdk::{Credential, serde_json};
use plugwright_tests_packages::python;
use serde::Deserialize;

use super::recording::packages;

/// A server that runs until it is dropped.
pub(crate) struct Product {
    started: Started,
    process: Child,
}

/// What `serve.py` says once the server answers.
#[derive(Deserialize)]
struct Started {
    port: u16,
    /// Tokens of its accounts, by name.
    tokens: BTreeMap<String, String>,
}

impl Product {
    pub(crate) fn start(name: &str) -> Self {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let python = python::install(&packages(name), scratch);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/serve.py");
        let mut process = Command::new(python)
            .arg(script)
            .arg(name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python");
        let mut line = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let started = serde_json::from_str(&line);
        Self {
            started: started.unwrap_or_else(|error| panic!("{name} does not start: {error}")),
            process,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.started.port))
    }

    pub(crate) fn accounts(&self) -> Vec<(String, Credential)> {
        let tokens = self.started.tokens.iter();
        tokens
            .map(|(name, token)| (name.clone(), Credential::token(token.as_str())))
            .collect()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // The script stops the server when its input ends, however the test does.
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}
