//! Answers that are more or other than JSON of one type.

use plugwright_sdk::serde::de::DeserializeOwned;
use plugwright_sdk::{ActionError, ErrorCode, Result, UpstreamResponse, Value, serde_json};

/// Reads JSON of an answer whose status was looked at.
pub(crate) fn json<T: DeserializeOwned>(response: &UpstreamResponse) -> Result<T> {
    let answer = response.json();
    typed(answer.ok_or_else(|| invalid("GitHub's answer is not JSON"))?)
}

/// Reads JSON that was looked at before its type was known.
pub(crate) fn typed<T: DeserializeOwned>(answer: Value) -> Result<T> {
    serde_json::from_value(answer).map_err(|error| {
        invalid("GitHub's answer is JSON of an unexpected shape").with_detail(error.to_string())
    })
}

/// Takes a fragment of HTML.
pub(crate) fn html(response: &UpstreamResponse) -> Result<String> {
    if response.status != 200 || media_type(response) != "text/html" {
        return Err(invalid("GitHub's answer is not HTML"));
    }
    let html = text(response)?;
    // Renderings have no such elements, since GitHub drops them; pages that something on the way
    // answers with do.
    let start = html.trim_start().get(..9).unwrap_or_default();
    if start.eq_ignore_ascii_case("<!doctype") || start.to_ascii_lowercase().starts_with("<html") {
        return Err(invalid("the answer is a page of HTML, not a rendering"));
    }
    Ok(html)
}

/// Takes the content of a file as it is, if it is text.
pub(crate) fn raw_text(response: &UpstreamResponse) -> Result<String> {
    let media_type = media_type(response);
    // `application/vnd.github.raw+json` today, `application/vnd.github.v3.raw` before.
    if media_type.starts_with("application/vnd.github") && media_type.contains("raw") {
        return text(response);
    }
    if response.json().is_some_and(|answer| answer.is_array()) {
        return Err(is_a_directory());
    }
    Err(invalid("GitHub's answer is not the content of a file"))
}

/// Says that a path leads to a directory where a file was asked for.
pub(crate) fn is_a_directory() -> ActionError {
    ActionError::invalid_param("path", "is a directory; `contents.list` lists it")
}

fn media_type(response: &UpstreamResponse) -> String {
    let header = response.header("content-type").unwrap_or_default();
    let media_type = header.split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}

fn text(response: &UpstreamResponse) -> Result<String> {
    String::from_utf8(response.body.to_vec())
        .map_err(|error| invalid("GitHub's answer is not UTF-8 text").with_source(error))
}

/// Says that an answer is not one that GitHub gives.
pub(crate) fn invalid(message: impl Into<String>) -> ActionError {
    ActionError::new(ErrorCode::UpstreamInvalid, message)
}
