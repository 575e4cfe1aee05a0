//! `options` of a call: how it is made.

use std::time::Duration;

use plugwright_sdk::host::Faults;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::request::{fault, headers, only};
use crate::body::Bodies;
use plugwright_engine::{CallOptions, Mode};

const MEMBERS: [&str; 8] = [
    "timeoutMs",
    "retries",
    "mode",
    "fields",
    "raw",
    "cursor",
    "headers",
    "connectionId",
];

/// No call may ask for more attempts after the first.
pub(in super::super) const MOST_RETRIES: u64 = 5;

/// The options of a request.
#[derive(Debug, Default)]
pub(in super::super) struct Options {
    pub(in super::super) call: CallOptions,
    pub(in super::super) connection_id: Option<Uuid>,
}

impl Options {
    /// Reads the options and notes everything that is wrong with them. A member that is `null` is
    /// as if it were not there.
    pub(in super::super) fn parse(
        bodies: &Bodies,
        value: Option<&Value>,
        faults: &mut Faults,
    ) -> Self {
        let mut options = Self::default();
        let members = match value {
            None | Some(Value::Null) => return options,
            Some(Value::Object(members)) => members,
            Some(_) => {
                faults.push(fault("options", "must be an object"));
                return options;
            }
        };
        only(&MEMBERS, members, "options.", faults);
        let mut members = Members { members, faults };
        let call = &mut options.call;
        call.timeout = members
            .take("timeoutMs", "must be an integer of at least 1", |value| {
                value.as_u64().filter(|millis| *millis > 0)
            })
            .map(Duration::from_millis);
        call.retries = members.take("retries", "must be an integer from 0 to 5", |value| {
            let retries = value.as_u64().filter(|retries| *retries <= MOST_RETRIES)?;
            u32::try_from(retries).ok()
        });
        call.mode = members
            .take("mode", "must be `live`, `mock` or `dryRun`", mode)
            .unwrap_or_default();
        call.fields = members
            .take(
                "fields",
                "must be a list of paths such as `user.login`",
                paths,
            )
            .unwrap_or_default();
        call.raw = members
            .take("raw", "must be true or false", Value::as_bool)
            .unwrap_or_default();
        call.cursor = members.take("cursor", "must be a text", |value| {
            value.as_str().map(str::to_owned)
        });
        options.connection_id = members.take(
            "connectionId",
            "must be the UUID of a connection",
            |value| Uuid::try_parse(value.as_str()?).ok(),
        );
        if let Some(value) = members.get("headers") {
            options.call.headers = headers(bodies, "options.headers", value, members.faults);
        }
        options
    }
}

struct Members<'a> {
    members: &'a Map<String, Value>,
    faults: &'a mut Faults,
}

impl<'a> Members<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// Reads a member, or notes what it must be.
    fn take<T>(
        &mut self,
        name: &str,
        must: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.get(name)?);
        if value.is_none() {
            self.faults.push(fault(format!("options.{name}"), must));
        }
        value
    }
}

fn mode(value: &Value) -> Option<Mode> {
    match value.as_str()? {
        "live" => Some(Mode::Live),
        "mock" => Some(Mode::Mock),
        "dryRun" => Some(Mode::DryRun),
        _ => None,
    }
}

fn paths(value: &Value) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|path| {
            path.as_str()
                .filter(|path| !path.is_empty())
                .map(str::to_owned)
        })
        .collect()
}
