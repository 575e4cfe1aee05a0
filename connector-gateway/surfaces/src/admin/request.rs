//! Extractors, with this surface's error responses, and kinds of members.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::request::Parts;
use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::state::{AdminState, Refusal};
use crate::body::{self, BodyError};
use crate::members::{self, Body, Kind, TEXT};
use plugwright_engine::connections::LONGEST_NAME;
use plugwright_engine::tokens::LONGEST_NAME as LONGEST_SHOWN_NAME;

/// A body, and what is wrong with it.
pub(super) struct Json<T>(pub(super) T, pub(super) Faults);

impl<T: Body> FromRequest<AdminState> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AdminState) -> Result<Self, Refusal> {
        let refused = |error: BodyError| Refusal(error.into_error());
        let body = state
            .bodies
            .read(request.into_body(), body::Kind::Small, &state.operator)
            .await;
        let json = state.bodies.json(&mut body.map_err(refused)?, 0);
        let Value::Object(given) = json.map_err(refused)? else {
            let message = "the body must be a JSON object";
            return Err(ActionError::new(ErrorCode::ValidationError, message).into());
        };
        let (read, faults) = members::read(given);
        Ok(Self(read, faults))
    }
}

pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        text.ok()
            .and_then(|Path(text)| Uuid::parse_str(&text).ok())
            .map(Self)
            .ok_or_else(|| Refusal::not_found("the id in the path is not a UUID"))
    }
}

pub(super) const NAME: Kind<String> = TEXT.schema(|_| {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$", "maxLength": LONGEST_NAME })
});

pub(super) const SHOWN_NAME: Kind<String> =
    TEXT.schema(|_| json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_SHOWN_NAME }));
