//! The lock as a file: TOML with one block per action, in the order of their ids.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use super::layout::lay_out;
use super::{Lock, LockedAction, action};

const VERSION: i64 = 1;

const HEADER: &str = "\
# What each action may do, takes and returns.
# `plugwright lock` writes this file, `plugwright lock --check` compares it; review it, don't edit it.
";

/// A text is not a lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum LockError {
    /// The text has the marks of a merge that was not finished.
    #[error("line {0}: has a merge conflict")]
    Conflict(usize),
    /// The format is another one.
    #[error("has version {found}; this binary reads version {expected}", expected = VERSION)]
    Version { found: i64 },
    /// It is not TOML, or has other members.
    #[error("line {line}: {message}")]
    Malformed { line: usize, message: String },
    /// The block of an action has a value that can't be.
    #[error("`{action}`: `{member}` {problem}")]
    Block {
        action: String,
        member: &'static str,
        problem: String,
    },
    /// The block of an action was edited.
    #[error("`{0}`: the digest doesn't match the content")]
    Digest(String),
}

#[derive(Deserialize)]
struct Head {
    version: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default)]
    actions: BTreeMap<String, Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    digest: String,
    effect: String,
    idempotent: bool,
    scopes: BTreeSet<String>,
    auth: Option<BTreeSet<String>>,
    hosts: BTreeSet<String>,
    returns: String,
    title: String,
    description: String,
    deprecated: Option<String>,
    input: String,
    output: String,
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// If the text is not a lock of this version, or a block is not as it was written.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        // First, as schemas are texts in which TOML would not see the marks.
        if let Some(line) = text.lines().position(is_conflict_mark) {
            return Err(LockError::Conflict(line + 1));
        }
        let malformed = |error: toml::de::Error| LockError::Malformed {
            line: line_of(text, &error),
            message: error.message().replace('\n', ", "),
        };
        let Head { version } = toml::from_str(text).map_err(malformed)?;
        if version != VERSION {
            return Err(LockError::Version { found: version });
        }
        let File { actions, .. } = toml::from_str(text).map_err(malformed)?;
        let actions = actions.into_iter().map(|(id, block)| {
            let action = block.read(&id)?;
            Ok((id, action))
        });
        Ok(Self {
            actions: actions.collect::<Result<_, _>>()?,
        })
    }

    /// Writes the lock. The same actions give the same text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}version = {VERSION}\n");
        for (id, action) in &self.actions {
            write(&mut text, id, action);
        }
        text
    }
}

/// Returns whether a line is one that Git writes around the two sides of a conflict.
fn is_conflict_mark(line: &str) -> bool {
    line == "======="
        || ["<<<<<<<", "|||||||", ">>>>>>>"]
            .iter()
            .any(|mark| line.starts_with(mark))
}

fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start));
    before.unwrap_or_default().matches('\n').count() + 1
}

impl Block {
    fn read(self, id: &str) -> Result<LockedAction, LockError> {
        let fault = |member, problem: String| LockError::Block {
            action: id.to_owned(),
            member,
            problem,
        };
        let unknown = |member, text: &str| fault(member, format!("can't be `{text}`"));
        let schema = |member, text: &str| {
            serde_json::from_str::<Value>(text)
                .map_err(|error| fault(member, format!("is not JSON: {error}")))
        };
        let read = LockedAction {
            effect: action::effect(&self.effect).ok_or_else(|| unknown("effect", &self.effect))?,
            idempotent: self.idempotent,
            scopes: self.scopes,
            auth: self.auth,
            hosts: self.hosts,
            returns: action::returns(&self.returns)
                .ok_or_else(|| unknown("returns", &self.returns))?,
            title: self.title,
            description: self.description,
            deprecated: self.deprecated,
            input: schema("input", &self.input)?,
            output: schema("output", &self.output)?,
        };
        if read.digest() != self.digest {
            return Err(LockError::Digest(id.to_owned()));
        }
        Ok(read)
    }
}

fn write(text: &mut String, id: &str, action: &LockedAction) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n[actions.{}]", quoted(id));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name} = {value}");
    };
    line("digest", quoted(&action.digest()));
    line("effect", quoted(action.effect.as_str()));
    line("idempotent", action.idempotent.to_string());
    line("scopes", list(&action.scopes));
    if let Some(auth) = &action.auth {
        line("auth", list(auth));
    }
    line("hosts", list(&action.hosts));
    line("returns", serde_json::json!(action.returns).to_string());
    line("title", quoted(&action.title));
    line("description", quoted(&action.description));
    if let Some(reason) = &action.deprecated {
        line("deprecated", quoted(reason));
    }
    line("input", block(&action.input));
    line("output", block(&action.output));
}

/// Writes a text as a JSON string, which is a TOML string once DEL is escaped.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn list(texts: &BTreeSet<String>) -> String {
    let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Writes JSON as a literal text over several lines; quotes that would end it are escaped in JSON.
fn block(schema: &Value) -> String {
    let json = lay_out(schema)
        .replace('\u{7f}', "\\u007f")
        .replace("'''", "''\\u0027");
    format!("'''\n{json}\n'''")
}

#[cfg(test)]
mod tests;
