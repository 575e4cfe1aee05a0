//! `options` of a call.

use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use plugwright_sdk::host::{self, Faults};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::request::{HEADERS, headers};
use crate::body::Bodies;
use crate::members::{Body, FLAG, Kind, Members, TEXT, TEXTS, UUID, schema};
use crate::openapi::{Api, or_null};
use plugwright_engine::{CallOptions, Mode};

/// The most retries that a call may ask for.
const MOST_RETRIES: u64 = 5;

#[derive(Debug, Default)]
pub(crate) struct Options {
    call: CallOptions,
    headers: Option<Value>,
    pub(crate) connection_id: Option<Uuid>,
}

impl Body for Options {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            call: CallOptions {
                timeout: members.optional("timeoutMs", TIMEOUT),
                retries: members.optional("retries", RETRIES),
                mode: members.optional("mode", MODE).unwrap_or_default(),
                fields: members.optional("fields", FIELDS).unwrap_or_default(),
                raw: members.optional("raw", RAW).unwrap_or_default(),
                cursor: members.optional("cursor", CURSOR),
                ..CallOptions::default()
            },
            headers: members.optional("headers", MORE_HEADERS),
            connection_id: members.optional("connectionId", CONNECTION_ID),
        }
    }
}

impl Options {
    /// Takes the options for the engine, and records faults of the headers.
    pub(crate) fn call(&mut self, bodies: &Bodies, faults: &mut Faults) -> CallOptions {
        CallOptions {
            headers: match self.headers.take() {
                Some(value) => headers(bodies, "options.headers", &value, may_be_sent, faults),
                None => HeaderMap::new(),
            },
            ..std::mem::take(&mut self.call)
        }
    }
}

/// The options of a call whose response may have any form.
pub(crate) const OPTIONS: Kind<Value> = Kind::new(
    "an object",
    |api| {
        let mut options = or_null(schema::<Options>(api));
        options["description"] = "How the call is made.".into();
        api.schema("CallOptions", options)
    },
    Some,
);

/// The options of a call whose response has the form of the action's output.
pub(crate) const TYPED_OPTIONS: Kind<Value> = OPTIONS.schema(|api: &mut Api| {
    let mut options = or_null(schema::<Options>(api));
    options["description"] =
        "How the call is made. `fields` and the `mode` `dryRun` change the form \
                              of the response: use the operation `executeAction` for them."
            .into();
    if let Some(members) = options["properties"].as_object_mut() {
        members.shift_remove("fields");
    }
    options["properties"]["mode"]["enum"] = json!(["live", "mock", null]);
    api.schema("TypedCallOptions", options)
});

const TIMEOUT: Kind<Duration> = Kind::new(
    "an integer of at least 1",
    |_| json!({ "type": "integer", "minimum": 1 }),
    |value| {
        let millis = value.as_u64().filter(|millis| *millis > 0)?;
        Some(Duration::from_millis(millis))
    },
)
.about("Timeout of the call, in milliseconds; the deployment may set a lower one.");

const RETRIES: Kind<u32> = Kind::new(
    "an integer from 0 to 5",
    |_| json!({ "type": "integer", "minimum": 0, "maximum": MOST_RETRIES }),
    |value| {
        let retries = value.as_u64().filter(|retries| *retries <= MOST_RETRIES)?;
        u32::try_from(retries).ok()
    },
)
.about("The number of retries, if the effect allows any.");

const MODE: Kind<Mode> = Kind::new(
    "`live`, `mock` or `dryRun`",
    |_| json!({ "enum": ["live", "mock", "dryRun"], "default": "live" }),
    |value| match value.as_str()? {
        "live" => Some(Mode::Live),
        "mock" => Some(Mode::Mock),
        "dryRun" => Some(Mode::DryRun),
        _ => None,
    },
)
.about("Whether to call the provider, or to use a recorded response.");

const FIELDS: Kind<Vec<String>> = TEXTS
    .must("a list of paths such as `user.login`")
    .schema(|_| json!({ "type": "array", "items": { "type": "string", "minLength": 1 } }))
    .read(|value| {
        let paths: Vec<String> = serde_json::from_value(value).ok()?;
        paths.iter().all(|path| !path.is_empty()).then_some(paths)
    })
    .about("Fields of the output to keep, as paths such as `user.login`.");

const RAW: Kind<bool> = FLAG
    .schema(|_| json!({ "type": "boolean", "default": false }))
    .about("Whether `meta.raw` contains the provider's response.");

const CURSOR: Kind<String> = TEXT.about(
    "`meta.cursor` of the previous page, for the next page of the same input and connection.",
);

/// Returns whether a call may bring this header: `authorization` is a credential of its own.
fn may_be_sent(name: &HeaderName) -> bool {
    host::headers::is_allowed(name.as_str()) || name == AUTHORIZATION
}

const MORE_HEADERS: Kind<Value> = HEADERS.about(
    "Additional headers for the provider. `authorization`, or another by which the connector's credential is \
     sent, takes the place of the connection's credential.",
);

const CONNECTION_ID: Kind<Uuid> = UUID
    .must("the UUID of a connection")
    .about("Id of the connection to use, instead of its name.");
