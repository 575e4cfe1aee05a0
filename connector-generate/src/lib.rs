#![doc = include_str!("../README.md")]

mod account;
mod action;
mod answer;
mod argument;
pub mod bindings;
mod cassette;
mod choice;
mod error;
mod name;
mod pages;
mod param;
mod plan;
mod prose;
mod render;
mod report;
mod resource;
mod rust;
mod schema;
mod shape;

use plugwright_import::openapi::Examples;
use plugwright_import::{ImportedAction, ImportedConnector};

pub use report::{ActionReport, Report};

/// A crate has so many actions; with more, it takes long to build.
pub const MOST_ACTIONS: usize = 200;

/// What is written.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The operations: names of actions or paths, with `*` for any characters. All if there are none.
    pub operations: Vec<String>,
    /// What the cassettes say the document is.
    pub document: String,
}

/// The source of a crate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Files by path, relative to the crate.
    pub files: Vec<(String, String)>,
    /// What people call the provider.
    pub title: String,
    /// Dependencies beside the SDK, as lines of the manifest.
    pub dependencies: Vec<String>,
    /// What became of the operations.
    pub report: Report,
}

/// A crate can't be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// No operation is one of those that were asked for.
    Nothing(String),
    /// There are too many operations.
    TooMany(usize, String),
    /// None of the operations can be an action.
    NoneLeft(String),
}

impl std::fmt::Display for GenerateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing(known) => write!(f, "no operation matches; the document has {known}"),
            Self::TooMany(count, known) => write!(
                f,
                "{count} operations are too many for one crate; at most {MOST_ACTIONS} are allowed; the document has {known}"
            ),
            Self::NoneLeft(reasons) => {
                write!(f, "none of the operations can be an action: {reasons}")
            }
        }
    }
}

impl std::error::Error for GenerateError {}

impl Settings {
    fn takes(&self, name: &str, action: &ImportedAction) -> bool {
        self.operations.is_empty()
            || self.operations.iter().any(|pattern| {
                [name, &action.name, &action.operation.path]
                    .iter()
                    .any(|text| matches(pattern, text))
            })
    }
}

/// Returns whether a text is what a pattern with `*` stands for.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Writes the source of a crate for an imported connector.
///
/// # Errors
///
/// If no operation is left, or too many.
pub fn generate(
    connector: &ImportedConnector,
    examples: &Examples<'_>,
    settings: &Settings,
) -> Result<Generated, GenerateError> {
    let chosen = choice::choose(connector, examples, settings)?;
    let mut plan = plan::Plan::new(connector, &chosen)?;
    let cassettes = cassette::write(&mut plan, examples, settings);
    if plan.actions.is_empty() {
        return Err(GenerateError::NoneLeft(plan.report.reasons()));
    }
    let mut files = render::files(&plan);
    files.extend(cassettes);
    let dependencies = render::dependencies(&plan);
    Ok(Generated {
        files,
        title: plan.display_name(),
        dependencies,
        report: plan.report,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_stars_anywhere() {
        for (pattern, text, expected) in [
            ("issues.*", "issues.list", true),
            ("*.list", "issues.list", true),
            ("issues.list", "issues.list_all", false),
            ("/repos/*/issues", "/repos/{owner}/{repo}/issues", true),
            ("*a*b", "xaxb", true),
            ("*a*b", "xbxa", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
