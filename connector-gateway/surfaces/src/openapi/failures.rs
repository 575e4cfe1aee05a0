//! Error responses, from the outcome table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plugwright_sdk::host::Fault;
use plugwright_sdk::{ErrorCode, Hint};
use serde_json::{Value, json};

use super::api::{Answers, Api, in_json};
use plugwright_engine::{Case, Surface, answer};

/// Codes of a surface with their meanings, by status.
#[derive(Default)]
pub(crate) struct Failures(BTreeMap<u16, Codes>);

/// The meanings of each code, which may stand for several errors.
type Codes = BTreeMap<String, Vec<&'static str>>;

impl Failures {
    pub(crate) fn of_table(surface: Surface, errors: &[ErrorCode], cases: &[Case]) -> Self {
        let mut failures = Self::default();
        for error in errors {
            for case in cases {
                let answer = answer(*error, *case, surface);
                // The outcome is unknown then.
                let told = match case {
                    Case::DoubtfulWrite => ErrorCode::OutcomeUnknown,
                    Case::Repeatable | Case::FailedWrite => *error,
                };
                failures.add(answer.status, answer.code, told.meaning());
            }
        }
        failures
    }

    /// Returns failures with the errors' own codes and statuses.
    pub(crate) fn of_codes(errors: &[ErrorCode]) -> Self {
        let mut failures = Self::default();
        for error in errors {
            failures.add(error.default_status(), error.as_str(), error.meaning());
        }
        failures
    }

    /// Adds a failure that is not in the table.
    pub(crate) fn with(mut self, status: u16, code: &str, meaning: &'static str) -> Self {
        self.add(status, code, meaning);
        self
    }

    /// Adds failures that are not in the table.
    pub(crate) fn with_all(mut self, failures: &[(u16, &'static str, &'static str)]) -> Self {
        for (status, code, meaning) in failures {
            self.add(*status, code, meaning);
        }
        self
    }

    fn add(&mut self, status: u16, code: &str, meaning: &'static str) {
        let codes = self.0.entry(status).or_default();
        let meanings = codes.entry(code.to_owned()).or_default();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }

    /// Returns status, code and meaning of each.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u16, &str, String)> {
        self.0.iter().flat_map(|(status, codes)| {
            codes
                .iter()
                .map(|(code, meanings)| (*status, code.as_str(), meanings.join("; or ")))
        })
    }

    /// Returns the responses; `schema` makes the schema of one from its codes.
    pub(crate) fn answers(&self, schema: impl Fn(&[&str]) -> Value) -> Answers {
        let answers = self.0.iter().map(|(status, codes)| {
            let names: Vec<_> = codes.keys().map(String::as_str).collect();
            let mut answer = in_json(&description(codes), &schema(&names));
            let headers = headers(*status);
            if headers != json!({}) {
                answer["headers"] = headers;
            }
            (*status, answer)
        });
        answers.collect()
    }
}

/// Returns the error responses of the gateway's own routes.
pub(crate) fn own(api: &mut Api, failures: &Failures) -> Answers {
    let (hint, fault) = (api.of::<Hint>(), api.of::<Fault>());
    let error = api.schema(
        "Error",
        json!({
            "type": "object",
            "properties": {
                "code": { "type": "string" },
                "message": { "type": "string" },
                "hint": hint,
                "status": { "type": "integer" },
                "detail": { "type": "string", "description": "What the provider said." },
                "retry_after": { "type": "integer", "description": "In seconds." },
                "param": { "type": "string", "description": "The first invalid parameter." },
                "faults": { "type": "array", "items": fault },
            },
            "required": ["code", "message", "hint", "status"],
            "additionalProperties": false,
        }),
    );
    failures.answers(|codes| {
        json!({
            "type": "object",
            "properties": {
                "error": { "allOf": [error], "properties": { "code": { "enum": codes } } },
            },
            "required": ["error"],
            "additionalProperties": false,
        })
    })
}

/// Adds responses as components, named by `family` and the status, and returns references.
pub(crate) fn shared(api: &mut Api, family: &str, answers: Answers) -> Answers {
    let shared = answers.into_iter().map(|(status, answer)| {
        let reference = api.response(format!("{family}{status}"), answer);
        (status, reference)
    });
    shared.collect()
}

fn description(codes: &Codes) -> String {
    let mut text = String::new();
    for (code, meanings) in codes {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- `{code}`: {}", meanings.join("; or "));
    }
    text.truncate(text.trim_end().len());
    text
}

fn headers(status: u16) -> Value {
    match status {
        429 | 503 => json!({
            "Retry-After": {
                "description": "Seconds to wait before the next call.",
                "required": true,
                "schema": { "type": "integer", "minimum": 1 },
            },
        }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_may_fail_in_more_ways_than_a_read() {
        let of = |cases: &[Case]| {
            Failures::of_table(Surface::Action, ErrorCode::ALL, cases)
                .answers(|codes| json!({ "enum": codes }))
        };
        let (read, write) = (of(&[Case::Repeatable]), of(&Case::ALL));
        assert!(!read.contains_key(&424));
        assert!(write.contains_key(&424));
        for status in read.keys() {
            assert!(write.contains_key(status), "{status}");
        }
        assert_eq!(
            read[&429],
            json!({
                "description": "- `rate_limited`: too many calls; wait before the next",
                "content": { "application/json": { "schema": { "enum": ["rate_limited"] } } },
                "headers": headers(429),
            })
        );
    }
}
