//! Bodies, and kinds of members that this dialect reads in more than one way.

use axum::extract::{FromRequest, Request};
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value, json};

use super::answer::Failure;
use crate::body::{BodyError, Kind as BodyKind};
use crate::gateway::Gateway;
use crate::members::{Body, FLAG, Kind, TEXT, TEXTS, checked, read};

/// The members of a JSON object; an empty body is an empty one.
pub(super) struct Object(pub(super) Map<String, Value>);

impl FromRequest<Gateway> for Object {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let bodies = &gateway.inner().bodies;
        let mut body = bodies.read(request.into_body(), BodyKind::Small).await?;
        let object = bodies.object(&mut body, 0)?;
        object.map(Self).ok_or_else(|| {
            let message = "the body must be a JSON object";
            ActionError::new(ErrorCode::ValidationError, message).into()
        })
    }
}

/// What a body was read as.
pub(super) struct Json<T>(pub(super) T);

impl<T: Body> FromRequest<Gateway> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let Object(given) = Object::from_request(request, gateway).await?;
        Ok(Self(checked(read(given))?))
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

/// A flag, also as `1`, `0` and text.
pub(super) const SWITCH: Kind<bool> = FLAG.read(|value| {
    let text = match value {
        Value::Bool(flag) => return Some(flag),
        Value::String(text) => text,
        other => other.to_string(),
    };
    match text.as_str() {
        "1" | "true" => Some(true),
        "" | "0" | "false" => Some(false),
        _ => None,
    }
});

/// A list of texts, or a text with commas.
pub(super) const LIST: Kind<Vec<String>> = TEXTS.read(|value| match value {
    Value::String(text) => Some(
        text.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect(),
    ),
    value => serde_json::from_value(value).ok(),
});

pub(super) const LABEL: Kind<String> = TEXT.about("What people call the connection.");
pub(super) const RETURN_URI: Kind<String> = TEXT.about("Where the browser goes in the end.");
pub(super) const SLUG: Kind<String> = TEXT
    .schema(|_| json!({ "type": "string", "minLength": 1 }))
    .about("The connector's name.");
