//! Arguments of a call: parameters from the query or the body, system parameters, headers.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use plugwright_sdk::host::{Faults, IdempotencyKey};
use serde_json::{Map, Value};
use url::form_urlencoded;
use uuid::Uuid;

use super::KEY_OF_QUERY;
use super::envelope::Failure;
use crate::body::{Bodies, BodyError, BufferedBody, too_deep};
use crate::members::fault;
use crate::selectors::{CONNECTION, CONNECTION_ID, MODE, ORGANIZATION};
use plugwright_engine::{CallOptions, ConnectionSelector, InputForm, Mode};

/// Parameters of every call, which are not passed to the action.
pub(super) const CURSOR: &str = "cursor";
pub(super) const RAW: &str = "raw";

const IDEMPOTENCY_KEY: &str = "idempotency-key";

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        let refused = |message: String| Self::invalid(fault("body", message));
        match error {
            BodyError::TooLong => Self::own(413, "PAYLOAD_TOO_LARGE", BodyError::TOO_LONG),
            BodyError::TooSlow => Self::own(408, "REQUEST_TIMEOUT", BodyError::TOO_SLOW),
            BodyError::Incomplete => refused("is incomplete".to_owned()),
            BodyError::NotJson(error) => refused(format!("must be a JSON object: {error}")),
            BodyError::TooDeep { most, .. } => refused(too_deep(most)),
            BodyError::TooManyPieces
            | BodyError::Busy
            | BodyError::TooManyValues { .. }
            | BodyError::Repeated(_)
            | BodyError::Pairs(_) => error.into_error().into(),
        }
    }
}

/// What a request says of its call, apart from the action's name.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) input: Value,
    pub(super) connection: ConnectionSelector,
    pub(super) organization: Option<String>,
    pub(super) options: CallOptions,
}

impl Arguments {
    /// Reads query, body and headers; `declares` tells whether the action has a parameter.
    pub(super) fn parse(
        bodies: &Bodies,
        headers: &HeaderMap,
        query: Option<&str>,
        body: &mut BufferedBody,
        declares: impl Fn(&str) -> bool,
    ) -> Result<Self, Failure> {
        let mut faults = Faults::new();
        let mut query = pairs(query.unwrap_or_default().as_bytes());
        // It identified the caller.
        query.retain(|(name, _)| name != KEY_OF_QUERY);
        let mut cursor = take(&mut query, CURSOR, &mut faults).map(Value::from);
        let mut raw = take(&mut query, RAW, &mut faults).map(Value::from);
        let (mut input, input_form) = match body_format(headers, body.bytes()) {
            BodyFormat::Nothing => (members(query), InputForm::Texts),
            BodyFormat::Form => {
                let text = body.bytes();
                bodies.check_pairs(text).map_err(BodyError::Pairs)?;
                query.extend(pairs(text));
                (members(query), InputForm::Texts)
            }
            BodyFormat::Json => {
                for (name, _) in query {
                    let message = "is in the query, and this call has a body: put it there";
                    faults.note(name, message);
                }
                let object = bodies.object(body, 0)?;
                let object = object
                    .ok_or_else(|| Failure::invalid(fault("body", "must be a JSON object")))?;
                (object, InputForm::Mixed)
            }
        };
        for (name, place) in [(CURSOR, &mut cursor), (RAW, &mut raw)] {
            // A parameter of this name is the action's own.
            if declares(name) {
                continue;
            }
            match (input.remove(name), &place) {
                (Some(_), Some(_)) => faults.note(name, "is given twice"),
                (Some(value), None) => *place = Some(value),
                (None, _) => {}
            }
        }
        let mut reader = Reader { headers, faults };
        let options = CallOptions {
            mode: reader.mode(),
            raw: reader.raw(raw.as_ref()),
            cursor: reader.cursor(cursor.as_ref()),
            input_form,
            idempotency_key: reader.idempotency_key(),
            ..CallOptions::default()
        };
        let connection = reader.connection();
        let organization = reader.text(ORGANIZATION);
        if !reader.faults.is_empty() {
            return Err(Failure::invalid(reader.faults));
        }
        Ok(Self {
            input: input.into(),
            connection,
            organization,
            options,
        })
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// Removes a parameter, which may be given once. An empty value is the same as none.
fn take(query: &mut Vec<(String, String)>, name: &str, faults: &mut Faults) -> Option<String> {
    let mut values = query
        .extract_if(.., |(other, _)| other == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty());
    let first = values.next();
    if values.count() > 0 {
        faults.note(name, "is given twice");
    }
    first
}

/// Makes members of pairs: a string, or a list of strings for a repeated name.
fn members(pairs: Vec<(String, String)>) -> Map<String, Value> {
    let mut members: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match members.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = vec![first.take(), value.into()].into(),
            None => {
                members.insert(name, value.into());
            }
        }
    }
    members
}

enum BodyFormat {
    Nothing,
    Form,
    Json,
}

fn body_format(headers: &HeaderMap, body: &[u8]) -> BodyFormat {
    let text = body.trim_ascii_start();
    let says_form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    match text.first() {
        None => BodyFormat::Nothing,
        // `curl -d '{..}'` sends the media type of forms.
        Some(b'{') => BodyFormat::Json,
        Some(_) if says_form => BodyFormat::Form,
        Some(_) => BodyFormat::Json,
    }
}

/// Reads headers and system parameters, and records faults.
struct Reader<'a> {
    headers: &'a HeaderMap,
    faults: Faults,
}

impl Reader<'_> {
    /// Reads a header that may be given once; an empty one is the same as none.
    fn text(&mut self, name: &'static str) -> Option<String> {
        let mut values = self.headers.get_all(name).iter();
        let value = std::str::from_utf8(values.next()?.as_bytes()).map(str::trim);
        match (value, values.next()) {
            (Ok(""), None) => None,
            (Ok(text), None) => Some(text.to_owned()),
            _ => {
                self.faults.note(name, "must be given once, in UTF-8");
                None
            }
        }
    }

    fn mode(&mut self) -> Mode {
        match self.text(MODE).as_deref() {
            None | Some("live") => Mode::Live,
            Some("mock") => Mode::Mock,
            Some("dryRun") => Mode::DryRun,
            Some(_) => {
                let message = "must be `live`, `mock` or `dryRun`";
                self.faults.note(MODE, message);
                Mode::Live
            }
        }
    }

    fn raw(&mut self, value: Option<&Value>) -> bool {
        match value {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(Value::String(text)) if text == "true" => true,
            Some(Value::String(text)) if text == "false" => false,
            Some(_) => {
                self.faults.note(RAW, "must be `true` or `false`");
                false
            }
        }
    }

    fn cursor(&mut self, value: Option<&Value>) -> Option<String> {
        match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => (!text.is_empty()).then(|| text.clone()),
            Some(_) => {
                self.faults.note(CURSOR, "must be a string");
                None
            }
        }
    }

    fn idempotency_key(&mut self) -> Option<IdempotencyKey> {
        let key = IdempotencyKey::try_from(self.text(IDEMPOTENCY_KEY)?);
        if let Err(error) = &key {
            self.faults.note("Idempotency-Key", error.to_string());
        }
        key.ok()
    }

    fn connection(&mut self) -> ConnectionSelector {
        let (name, id) = (self.text(CONNECTION), self.text(CONNECTION_ID));
        match (name, id) {
            (Some(_), Some(_)) => {
                let message = format!("and `{CONNECTION}` must not both be given");
                self.faults.note(CONNECTION_ID, message);
                ConnectionSelector::Default
            }
            (Some(name), None) => ConnectionSelector::Named(name),
            (None, Some(id)) => match Uuid::try_parse(&id) {
                Ok(id) => ConnectionSelector::Id(id),
                Err(_) => {
                    let message = "must be the UUID of a connection";
                    self.faults.note(CONNECTION_ID, message);
                    ConnectionSelector::Default
                }
            },
            (None, None) => ConnectionSelector::Default,
        }
    }
}

#[cfg(test)]
mod tests;
