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

#[cfg(test)]
mod tests {
    use plugwright_sdk::testing::{Canned, block_on};
    use plugwright_sdk::transport::Response;
    use plugwright_sdk::{ActionContext, Credential};

    use super::*;
    use crate::CONNECTOR;

    fn answer(media_type: &'static str, body: &'static [u8]) -> UpstreamResponse {
        let transport = Canned::new(move |_| {
            let headers = [("content-type", media_type)];
            let headers =
                headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            Ok(Response::new(200, headers.into_iter().collect(), body))
        });
        let cx = ActionContext::builder(&CONNECTOR, std::sync::Arc::new(transport))
            .credential(Credential::token("token"))
            .build();
        block_on(cx.get("/").send()).unwrap()
    }

    fn code<T>(read: Result<T>) -> Option<ErrorCode> {
        read.err().map(|error| error.code())
    }

    #[test]
    fn a_page_of_html_is_no_rendering() {
        let html_of = |body| html(&answer("text/html;charset=utf-8", body));
        assert_eq!(html_of(b"<p>Hello</p>").unwrap(), "<p>Hello</p>");
        assert_eq!(html_of("\u{e9}".as_bytes()).unwrap(), "\u{e9}");
        assert_eq!(html_of(b"").unwrap(), "");
        for page in [&b"<!DOCTYPE html><p>"[..], b"\n<html><body>", b"\xff"] {
            assert_eq!(code(html_of(page)), Some(ErrorCode::UpstreamInvalid));
        }
        let json = html(&answer("application/json", b"{}"));
        assert_eq!(code(json), Some(ErrorCode::UpstreamInvalid));
    }

    #[test]
    fn a_file_is_what_comes_as_raw_content() {
        for raw in [
            "application/vnd.github.raw+json; charset=utf-8",
            "application/vnd.github.v3.raw",
        ] {
            // A JSON file is a file like any other.
            assert_eq!(raw_text(&answer(raw, b"{}")).unwrap(), "{}");
            assert_eq!(
                code(raw_text(&answer(raw, b"\xff"))),
                Some(ErrorCode::UpstreamInvalid)
            );
        }
        assert_eq!(
            raw_text(&answer("application/vnd.github.raw", b"[1]")).unwrap(),
            "[1]"
        );
    }

    #[test]
    fn a_directory_is_no_file() {
        let listing = raw_text(&answer("application/json; charset=utf-8", b"[]"));
        assert_eq!(code(listing), Some(ErrorCode::ValidationError));
        let object = raw_text(&answer("application/json", b"{}"));
        assert_eq!(code(object), Some(ErrorCode::UpstreamInvalid));
    }
}
