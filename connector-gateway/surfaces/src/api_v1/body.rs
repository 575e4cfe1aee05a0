//! Bodies, and the kinds of members that this dialect reads in more than one way.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value, json};

use super::Dialect;
use super::answer::Failure;
use crate::answer::defect;
use crate::body::{BodyError, Kind as BodyKind};
use crate::members::{self, Body, FLAG, Kind, Members, TEXT, TEXTS, checked, read};
use crate::selectors::Selectors;
use plugwright_engine::Principal;
use plugwright_store::RequestDetails;

/// The members of a JSON object, which an empty body stands for too. Extract it after the caller.
pub(super) struct Object(pub(super) Map<String, Value>);

impl FromRequest<Dialect> for Object {
    type Rejection = Failure;

    async fn from_request(request: Request, dialect: &Dialect) -> Result<Self, Failure> {
        Selectors::OF_BODY.check(request.headers(), request.uri().query())?;
        let bodies = &dialect.0.inner().bodies;
        let (head, body) = request.into_parts();
        let principal: &Arc<Principal> = head.extensions.get().ok_or_else(defect)?;
        let mut body = bodies.read(body, BodyKind::Small, principal).await?;
        let object = bodies.object(&mut body, 0)?;
        object.map(Self).ok_or_else(|| {
            let message = "the body must be a JSON object";
            ActionError::new(ErrorCode::ValidationError, message).into()
        })
    }
}

/// A body as the type that reads it.
pub(super) struct Json<T>(pub(super) T);

impl<T: Body> FromRequest<Dialect> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, dialect: &Dialect) -> Result<Self, Failure> {
        let Object(given) = Object::from_request(request, dialect).await?;
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

/// A list of texts, or one text with commas.
pub(super) const LIST: Kind<Vec<String>> = TEXTS.read(|value| match value {
    Value::String(text) => Some(
        text.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect(),
    ),
    value => serde_json::from_value(value).ok(),
});

pub(super) const LABEL: Kind<String> = members::LABEL.about("What people call the connection.");
pub(super) const RETURN_URI: Kind<String> = TEXT.about("Where the browser returns to in the end.");
pub(super) const SLUG: Kind<String> = TEXT
    .schema(|_| json!({ "type": "string", "minLength": 1 }))
    .about("The connector's name.");

/// Reads what every way of connecting may say of the page at the provider.
pub(super) fn authorization(
    members: &mut Members<'_>,
    scopes: Kind<Vec<String>>,
    select_account: Kind<bool>,
) -> RequestDetails {
    RequestDetails {
        scopes: members.optional("scopes", scopes),
        select_account: members
            .optional("selectAccount", select_account)
            .unwrap_or_default(),
        return_uri: members.text("returnUri", RETURN_URI),
        ..RequestDetails::default()
    }
}
