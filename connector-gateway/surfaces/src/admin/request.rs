//! The parts of a request, with refusals in this surface's form.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::request::Parts;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Faults, nearest};
use serde_json::Value;
use uuid::Uuid;

use super::{AdminState, Refusal};
use crate::body::{BodyError, Kind};

/// What a body has, as JSON.
pub(super) struct Json(pub(super) Value);

impl FromRequest<AdminState> for Json {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AdminState) -> Result<Self, Refusal> {
        let refused = |error: BodyError| Refusal(error.into_error());
        let body = state.bodies.read(request.into_body(), Kind::Small).await;
        let json = state.bodies.json(&mut body.map_err(refused)?, 0);
        json.map(Self).map_err(refused)
    }
}

/// The id in a path.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Refusal::not_found("the id in the path is not a UUID"))?;
        Uuid::parse_str(&text)
            .map(Self)
            .map_err(|_| Refusal::not_found("the id in the path is not a UUID"))
    }
}

/// Reads the query; all its parameters are among `known`.
pub(super) fn query<const N: usize>(
    query: Option<&str>,
    known: [&str; N],
) -> Result<[Option<String>; N], ActionError> {
    let mut values = [const { None }; N];
    let mut faults = Faults::new();
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match known.iter().position(|known| *known == name) {
            Some(index) => values[index] = Some(value.into_owned()),
            None => unknown(&mut faults, &name, &name, &known),
        }
    }
    if faults.is_empty() {
        Ok(values)
    } else {
        Err(ActionError::invalid(faults))
    }
}

/// Notes that a name is not known, with what it may have been meant for or, once, all there are.
pub(super) fn unknown(faults: &mut Faults, param: &str, name: &str, known: &[&str]) {
    if faults.is_full() {
        faults.count(1);
        return;
    }
    let advice = nearest::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| {
        let list = faults.list(known.iter().copied());
        list.map_or_else(String::new, |list| format!("; allowed are {list}"))
    });
    faults.note(param, format_args!("is not known{advice}"));
}
