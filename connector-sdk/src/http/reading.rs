//! Reading successful answers.

use std::any::TypeId;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::UpstreamResponse;
use crate::data::Data;
use crate::error::{ActionError, ErrorCode, Result};
use crate::reading::json::{self, crowd};

pub(crate) fn read<T: DeserializeOwned + 'static>(response: &UpstreamResponse) -> Result<T> {
    let is_ignored = TypeId::of::<T>() == TypeId::of::<()>();
    let body: &[u8] = if is_ignored { b"null" } else { &response.body };
    json::read(body, response.content_type()).map_err(|error| unreadable(response, &error))
}

pub(crate) fn read_data(response: &UpstreamResponse) -> Result<Data> {
    json::read_data(&response.body, response.content_type())
        .unwrap_or_else(|error| Err(unreadable(response, &error)))
}

/// Reads what a successful answer has at a JSON pointer as JSON of type `T`.
pub(crate) fn read_at<T: DeserializeOwned + 'static>(
    response: &UpstreamResponse,
    pointer: &str,
) -> Result<T> {
    let body: Value = read(response)?;
    let status = response.status;
    let part = body.pointer(pointer).ok_or_else(|| {
        invalid(format!(
            "the provider's response (HTTP {status}) has nothing at `{pointer}`"
        ))
    })?;
    json::read(part.to_string().as_bytes(), None).map_err(|error| unreadable(response, &error))
}

/// Says why a successful answer can't be used.
pub(crate) fn unreadable(response: &UpstreamResponse, error: &serde_json::Error) -> ActionError {
    let status = response.status;
    if crowd::is_crowded(&response.body) {
        let most = crowd::MOST_VALUES;
        let message =
            format!("the provider's response (HTTP {status}) has more than {most} JSON values");
        return ActionError::new(ErrorCode::ResponseTooLarge, message).ambiguous();
    }
    if response.body.is_empty() {
        return invalid(format!(
            "the provider's response (HTTP {status}) has no body, but one was expected"
        ));
    }
    if error.is_eof() {
        return invalid(format!(
            "the provider's response (HTTP {status}) ends within the JSON"
        ))
        .ambiguous();
    }
    if error.is_data() {
        let column = error.column();
        return invalid(format!(
            "the provider's response (HTTP {status}) is JSON of an unexpected shape"
        ))
        .with_detail(format!("{error} (line {}, column {column})", error.line()));
    }
    let kind = response
        .media_type()
        .unwrap_or_else(|| "no content type".to_owned());
    let mut refused = invalid(format!(
        "the provider's response (HTTP {status}, {kind}) is not JSON"
    ));
    if let Some(text) = response.error_text() {
        refused = refused.with_detail(text);
    }
    refused
}

fn invalid(message: String) -> ActionError {
    ActionError::new(ErrorCode::UpstreamInvalid, message)
}
