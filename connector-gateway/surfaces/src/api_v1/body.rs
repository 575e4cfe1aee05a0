//! Reading of JSON bodies and queries, with everything that is wrong at once.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use plugwright_sdk::host::{Fault, Faults, nearest};
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::answer::Failure;
use crate::body::{BodyError, Kind};
use crate::gateway::Gateway;

/// The members of a JSON object; an empty body is an empty one.
pub(super) struct Members(pub(super) Map<String, Value>);

impl FromRequest<Gateway> for Members {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let bodies = &gateway.inner().bodies;
        let mut body = bodies.read(request.into_body(), Kind::Small).await?;
        let members = bodies.object(&mut body, 0)?;
        let members = members.ok_or_else(|| invalid("the body must be a JSON object"))?;
        Ok(Self(members))
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLong => Self::own(413, "PAYLOAD_TOO_LARGE", BodyError::TOO_LONG),
            BodyError::TooSlow => Self::own(408, "REQUEST_TIMEOUT", BodyError::TOO_SLOW),
            error => error.into_error().into(),
        }
    }
}

fn invalid(message: impl Into<String>) -> ActionError {
    ActionError::new(ErrorCode::ValidationError, message)
}

/// Members that are read one by one, and what was wrong with them.
pub(super) struct Reader {
    members: Map<String, Value>,
    faults: Faults,
}

impl Reader {
    /// Starts to read members that are among `known`.
    pub(super) fn new(members: Map<String, Value>, known: &[&str]) -> Self {
        let unknown = members
            .keys()
            .filter(|name| !known.contains(&name.as_str()));
        let mut faults = Faults::new();
        for name in unknown {
            if faults.is_full() {
                faults.stop();
                break;
            }
            let advice = nearest::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| {
                let list = faults.list(known.iter().copied());
                list.map_or_else(String::new, |list| format!("; allowed are {list}"))
            });
            faults.note(name, format_args!("is not known{advice}"));
        }
        Self { members, faults }
    }

    /// Starts to read a query, whose values are texts.
    pub(super) fn of_query(query: Option<&str>, known: &[&str]) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let members = pairs
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect();
        Self::new(members, known)
    }

    /// Takes a text; null and an empty one are as if they were not there.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.members.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
            Some(_) => self.refuse(name, "must be a text"),
        }
    }

    /// Takes a flag, also as `1`, `0` and text.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        let value = self.members.remove(name);
        let text = match &value {
            None | Some(Value::Null) => return false,
            Some(Value::Bool(flag)) => return *flag,
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        match text.as_str() {
            "1" | "true" => true,
            "" | "0" | "false" => false,
            _ => self.refuse(name, "must be true or false").unwrap_or(false),
        }
    }

    /// Takes a list of texts, or a text with commas.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<String>> {
        match self.members.remove(name)? {
            Value::Null => None,
            Value::String(text) => Some(
                text.split([',', ' '])
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            Value::Array(items) => {
                let texts: Option<Vec<_>> = items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect();
                texts.or_else(|| self.refuse(name, "must be a list of texts"))
            }
            _ => self.refuse(name, "must be a list of texts"),
        }
    }

    /// Takes an object of texts.
    pub(super) fn texts(&mut self, name: &str) -> BTreeMap<String, String> {
        let texts = match self.members.remove(name) {
            None | Some(Value::Null) => Some(BTreeMap::new()),
            Some(Value::Object(members)) => members
                .into_iter()
                .map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                .collect(),
            Some(_) => None,
        };
        texts
            .or_else(|| self.refuse(name, "must be an object with texts as values"))
            .unwrap_or_default()
    }

    fn refuse<T>(&mut self, name: &str, message: &str) -> Option<T> {
        self.faults.push(fault(name, message));
        None
    }

    /// Notes that a member is missing.
    pub(super) fn missing(&mut self, name: &str) {
        let told = self.faults.iter().any(|fault| fault.param == name);
        if !told {
            self.faults.push(fault(name, "is missing"));
        }
    }

    /// Ends with everything that was wrong.
    pub(super) fn end(self) -> Result<(), Failure> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(ActionError::invalid(self.faults).into())
        }
    }
}

fn fault(param: &str, message: impl Into<String>) -> Fault {
    Fault {
        param: param.to_owned(),
        message: message.into(),
    }
}
