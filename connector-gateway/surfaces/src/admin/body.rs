//! Reading of JSON bodies, with everything that is wrong at once.

use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, ErrorCode, Patch};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::request::unknown;
use crate::request::reason;
use plugwright_engine::Grant;
use plugwright_engine::tokens::GrantChange;

/// The members of a body that are not read yet, and what was wrong with those that are.
pub(super) struct Body {
    members: Map<String, Value>,
    faults: Faults,
}

impl Body {
    /// Reads an object whose members are among `known`.
    pub(super) fn read(value: Value, known: &[&str]) -> Result<Self, ActionError> {
        let Value::Object(members) = value else {
            let message = "the body must be a JSON object";
            return Err(ActionError::new(ErrorCode::ValidationError, message));
        };
        let mut faults = Faults::new();
        for name in members
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
        {
            if faults.is_full() {
                faults.stop();
                break;
            }
            unknown(&mut faults, name, name, known);
        }
        Ok(Self { members, faults })
    }

    /// Takes a member that may be missing; null is as good as missing.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Option<T> {
        match self.nullable(name, expected) {
            Patch::Set(value) => Some(value),
            Patch::Keep | Patch::Clear => None,
        }
    }

    /// Takes a member that must be there.
    pub(super) fn required<T: DeserializeOwned>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Option<T> {
        match self.members.get(name) {
            None | Some(Value::Null) => {
                self.fault(name, format!("is missing; it must be {expected}"));
                None
            }
            Some(_) => self.optional(name, expected),
        }
    }

    /// Takes a member for which null has a meaning of its own.
    pub(super) fn nullable<T: DeserializeOwned>(&mut self, name: &str, expected: &str) -> Patch<T> {
        match self.members.remove(name) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Clear,
            Some(value) => match serde_json::from_value(value) {
                Ok(value) => Patch::Set(value),
                Err(_) => {
                    self.fault(name, format!("must be {expected}"));
                    Patch::Keep
                }
            },
        }
    }

    /// Takes a member as it is, null too.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// Takes what a token may do. Members that are left out are as in `usual`.
    pub(super) fn grant(&mut self, name: &str, usual: &Grant) -> Option<Grant> {
        self.grant_change(name).map(|change| change.of(usual))
    }

    /// Takes what is to be changed of what a token may do, each member for itself, so that all
    /// faults are found.
    pub(super) fn grant_change(&mut self, name: &str) -> Option<GrantChange> {
        let members = match self.members.remove(name)? {
            Value::Null => return None,
            Value::Object(members) => members,
            _ => {
                self.fault(name, "must be an object".to_owned());
                return None;
            }
        };
        let before = self.faults.len();
        for (member, value) in &members {
            if self.faults.is_full() {
                self.faults.stop();
                break;
            }
            let path = format!("{name}.{member}");
            if !GRANT.contains(&member.as_str()) {
                unknown(&mut self.faults, &path, member, &GRANT);
                continue;
            }
            let alone = Map::from_iter([(member.clone(), value.clone())]);
            if let Err(error) = serde_json::from_value::<Grant>(Value::Object(alone)) {
                self.fault(&path, not_valid(&error));
            }
        }
        if self.faults.len() > before {
            return None;
        }
        let given: Grant = serde_json::from_value(Value::Object(members.clone()))
            .map_err(|error| self.fault(name, not_valid(&error)))
            .ok()?;
        let members = members.into_iter().map(|(member, _)| member).collect();
        Some(GrantChange::new(given, members))
    }

    /// Returns everything that was wrong.
    pub(super) fn faults(self) -> Faults {
        self.faults
    }

    fn fault(&mut self, param: &str, message: String) {
        self.faults.note(param, message);
    }
}

/// The parser's message repeats what it read.
fn not_valid(error: &serde_json::Error) -> String {
    format!("is not valid: {}", reason(&error.to_string()))
}

/// The members of a grant.
const GRANT: [&str; 9] = [
    "actions",
    "blockedActions",
    "effects",
    "connections",
    "proxies",
    "connect",
    "organizations",
    "rateLimit",
    "mcpTools",
];

pub(super) const TIME: &str = "a time such as 2027-01-31T12:00:00Z";
pub(super) const TEXT: &str = "a text";
pub(super) const TEXTS: &str = "a list of texts";
pub(super) const FLAG: &str = "true or false";

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;
    use plugwright_engine::RateLimit;
    use plugwright_store::Patterns;

    #[test]
    fn every_member_of_a_grant_is_known() {
        let grant = Grant {
            connections: Some(Vec::new()),
            rate_limit: Some(RateLimit {
                calls: NonZeroU32::MIN,
                per_seconds: NonZeroU32::MIN,
            }),
            mcp_tools: Some(Patterns::default()),
            ..Grant::default()
        };
        let written = serde_json::to_value(&grant).unwrap();
        let mut names: Vec<_> = written.as_object().unwrap().keys().cloned().collect();
        names.sort();
        let mut known = GRANT.map(str::to_owned);
        known.sort();
        assert_eq!(names, known);
    }

    proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(text in r#"[\[\]{}":,a-z0-9 null]{0,60}"#) {
            if let Ok(value) = serde_json::from_str(&text)
                && let Ok(mut body) = Body::read(value, &["a"])
            {
                let _ = body.grant("a", &Grant::default());
                let _ = body.faults();
            }
        }
    }
}
