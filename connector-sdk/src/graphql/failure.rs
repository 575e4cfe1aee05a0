//! The errors that an answer lists.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::code::Kind;
use crate::data::JsonObject;
use crate::error::{ActionError, Fault, Hint};
use crate::http::UpstreamResponse;
use crate::reading::value::items;
use crate::reading::{line, retry_after};
use crate::result::Missing;

/// So many errors are read; an answer may list one per item.
const MOST: usize = 32;
const MOST_IN_DETAIL: usize = 5;
/// The longest message that is repeated, in characters.
const LONGEST: usize = 300;

#[derive(Debug)]
pub(super) struct Failure {
    entries: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    message: String,
    /// Where in the data: `repository.issues.nodes[3]`.
    path: String,
    code: Option<String>,
    status: Option<u16>,
    /// Names of variables and arguments that it is about.
    about: Vec<String>,
    wait: Option<Duration>,
}

/// Members that have a code, in the error's extensions or in the error itself.
const CODES: [&str; 5] = ["code", "type", "errorType", "error_code", "classification"];
const STATUSES: [&str; 4] = ["statusCode", "status_code", "status", "http_code"];
const WAITS: [&str; 4] = [
    "retryAfter",
    "retry_after",
    "retry_in_seconds",
    "retryAfterSeconds",
];
const ARGUMENTS: [&str; 4] = ["argumentName", "argument", "variable", "field"];

impl Failure {
    /// Reads the member `errors` of an answer; nothing if it lists none.
    pub(super) fn read(errors: &Value) -> Option<Self> {
        let entries: Vec<_> = match errors {
            Value::Array(errors) => errors.iter().take(MOST).map(Entry::read).collect(),
            Value::Null => Vec::new(),
            one => vec![Entry::read(one)],
        };
        (!entries.is_empty()).then_some(Self { entries })
    }

    /// Returns what it is about. What no code says, the status of the answer may.
    pub(super) fn kind(&self, status: u16) -> Kind {
        let known = self.entries.iter().filter_map(Entry::kind).min();
        known
            .or_else(|| Kind::of_status(status))
            .unwrap_or_else(|| {
                let is_unknown = self.entries.iter().any(|entry| entry.code.is_some());
                if is_unknown {
                    Kind::Refused
                } else {
                    Kind::Internal
                }
            })
    }

    pub(super) fn wait(&self) -> Option<Duration> {
        self.entries.iter().filter_map(|entry| entry.wait).max()
    }

    pub(super) fn into_error(
        self,
        kind: Kind,
        response: &UpstreamResponse,
        params: &JsonObject,
        cursor: Option<&str>,
    ) -> ActionError {
        let (code, phrase) = kind.error();
        let deciding = self.entries.iter().find(|entry| entry.kind() == Some(kind));
        let own_code = deciding
            .or(self.entries.first())
            .and_then(|entry| entry.code.as_deref());
        let message = match own_code {
            Some(own) => format!("{phrase} (GraphQL error `{}`)", line(own, 60)),
            None if response.is_success() => format!("{phrase} (GraphQL error)"),
            None => format!("{phrase} (HTTP {})", response.status),
        };
        let mut error = ActionError::new(code, message);
        if matches!(kind, Kind::BadOperation | Kind::Refused) {
            error = error.with_hint(Hint::Abort);
        }
        if kind == Kind::Timeout {
            error = error.ambiguous();
        }
        if kind == Kind::Invalid {
            let faults: Vec<_> = self
                .entries
                .iter()
                .filter_map(|entry| entry.fault(params, cursor))
                .collect();
            error = error.with_faults(faults);
        }
        error.with_detail(self.detail())
    }

    pub(super) fn into_missing(self) -> Vec<Missing> {
        let entries = self.entries.into_iter();
        entries
            .map(|entry| Missing {
                path: entry.path,
                message: entry.message,
            })
            .collect()
    }

    fn detail(&self) -> String {
        let mut sentences: Vec<String> = Vec::new();
        for entry in &self.entries {
            let sentence = if entry.path.is_empty() {
                entry.message.clone()
            } else {
                format!("{}: {}", entry.path, entry.message)
            };
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
            if sentences.len() == MOST_IN_DETAIL {
                break;
            }
        }
        sentences.join("; ")
    }
}

impl Entry {
    fn read(error: &Value) -> Self {
        let Value::Object(members) = error else {
            let text = error
                .as_str()
                .map_or_else(|| error.to_string(), str::to_owned);
            return Self {
                message: line(&text, LONGEST),
                ..Self::default()
            };
        };
        let none = JsonObject::new();
        let extensions = members.get("extensions").and_then(Value::as_object);
        let extensions = extensions.unwrap_or(&none);
        let places = [extensions, members];
        let find = |names: &[&str], fits: fn(&Value) -> bool| {
            let found = |place: &&JsonObject| {
                let mut values = names.iter().filter_map(|name| place.get(*name));
                values.find(|value| fits(value)).cloned()
            };
            places.iter().find_map(found)
        };
        let message = members.get("message").and_then(Value::as_str);
        let message = line(message.unwrap_or("no reason given"), LONGEST);
        // What Linear would show to people, which says more than its message.
        let shown = extensions.get("userPresentableMessage");
        let message = match shown.and_then(Value::as_str) {
            Some(shown) if shown != message => format!("{message}: {}", line(shown, LONGEST)),
            _ => message,
        };
        let code = codes(&places);
        let status = find(&STATUSES, Value::is_u64).and_then(|status| {
            let status = u16::try_from(status.as_u64()?).ok()?;
            (400..600).contains(&status).then_some(status)
        });
        let wait = find(&WAITS, |value| value.is_number() || value.is_string());
        let wait = wait.and_then(|wait| {
            let text = wait
                .as_str()
                .map_or_else(|| wait.to_string(), str::to_owned);
            retry_after::wait(&text, SystemTime::now())
        });
        Self {
            about: arguments(&message, extensions),
            path: members.get("path").map(path).unwrap_or_default(),
            message,
            code,
            status,
            wait,
        }
    }

    fn kind(&self) -> Option<Kind> {
        let of_code = self.code.as_deref().and_then(Kind::of_code);
        of_code
            .or_else(|| Kind::of_status(self.status?))
            .or_else(|| {
                // A value of a variable that is refused has no code in some servers.
                let is_value = !self.about.is_empty() && self.code.is_none();
                is_value.then_some(Kind::Invalid)
            })
    }

    /// Finds the parameter that it is about: one whose name is that of a variable or argument, but for
    /// case and underscores.
    fn fault(&self, params: &JsonObject, cursor: Option<&str>) -> Option<Fault> {
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let of_cursor = cursor.filter(|variable| {
            let code = self.code.as_deref().map(plain).unwrap_or_default();
            code.starts_with("invalidcursor") || self.about.iter().any(|about| about == variable)
        });
        let param = match of_cursor {
            Some(_) => "cursor",
            None => self.about.iter().find_map(|about| {
                let mut names = params.keys().map(String::as_str);
                names.find(|name| plain(name) == plain(about))
            })?,
        };
        Some(Fault {
            param: param.to_owned(),
            message: format!("was refused by the provider: {}", self.message),
        })
    }
}

/// Finds a code: one that is known comes first.
fn codes(places: &[&JsonObject]) -> Option<String> {
    let texts = places.iter().flat_map(|place| {
        CODES
            .iter()
            .filter_map(move |name| place.get(*name)?.as_str())
    });
    let texts: Vec<_> = texts.filter(|text| !text.trim().is_empty()).collect();
    let known = texts.iter().find(|text| Kind::of_code(text).is_some());
    known.or(texts.first()).map(|text| (*text).to_owned())
}

/// Writes a path as callers know it from faults: `nodes[3].author`.
fn path(segments: &Value) -> String {
    let mut text = String::new();
    for segment in segments.as_array().into_iter().flatten().take(64) {
        // Writing to a string cannot fail.
        let _ = match segment {
            Value::String(name) if text.is_empty() => write!(text, "{}", line(name, 64)),
            Value::String(name) => write!(text, ".{}", line(name, 64)),
            index => write!(text, "[{index}]"),
        };
    }
    text
}

/// Finds the names of variables and arguments: `$first` in the message, and what extensions say.
fn arguments(message: &str, extensions: &JsonObject) -> Vec<String> {
    let in_message = message.split('$').skip(1).map(|rest| {
        let name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        &rest[..rest.find(|letter| !name(letter)).unwrap_or(rest.len())]
    });
    let of_problems = items(extensions.get("problems")).filter_map(|problem| {
        let path = problem.get("path")?.as_array()?;
        path.iter().rev().find_map(Value::as_str)
    });
    let stated = ARGUMENTS
        .iter()
        .filter_map(|name| extensions.get(*name)?.as_str());
    // What is deeper inside of a variable says more than its name.
    let names = of_problems.chain(stated).chain(in_message);
    let names = names.filter(|name| !name.is_empty() && name.len() <= 64);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
#[path = "tests/failure.rs"]
mod tests;
