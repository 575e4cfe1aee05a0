//! Errors in a configuration.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::source::Source;

/// The configuration can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read configuration file `{}`: {error}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    /// The file is not TOML.
    #[error("{}:{line}: {problem}", path.display())]
    Syntax {
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        problem: String,
    },
    /// All invalid settings.
    #[error("{}", lines(.0))]
    Faults(Vec<Fault>),
}

fn lines(faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// What is wrong with one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The setting's key.
    pub key: String,
    /// Where the value comes from.
    pub source: Source,
    /// What is wrong and what is allowed, as a continuation of the name.
    pub problem: String,
}

impl Fault {
    /// Returns the setting's name in its source: a flag, a variable or a key.
    pub fn name(&self) -> &str {
        match &self.source {
            Source::Flag(name) | Source::Environment(name) => name,
            Source::File { .. } | Source::Default => &self.key,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.name())?;
        if let Source::File { .. } = self.source {
            write!(f, "({}) ", self.source)?;
        }
        f.write_str(&self.problem)
    }
}
