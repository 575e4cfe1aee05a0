//! Answers that callers keep and ask about: entity tags, and 304 without a body (RFC 9110,
//! sections 8.8.3 and 13.1.2).

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;

/// What a caller sees depends on its token, and changes with its grant: caches ask each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Makes the answer for a body with its entity tag: without the body, if the caller has it.
pub(super) fn tagged(
    request: &HeaderMap,
    media_type: &'static str,
    body: Bytes,
    tag: HeaderValue,
) -> Response {
    let unchanged = has(request, &tag);
    let mut response = Response::new(if unchanged {
        Body::empty()
    } else {
        body.into()
    });
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, REVALIDATE);
    headers.insert(ETAG, tag);
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}

/// Makes the entity tag of a body, the same in every process.
pub(super) fn entity_tag(body: &[u8]) -> HeaderValue {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    let text: String = URL_SAFE_NO_PAD.encode(hash).chars().take(22).collect();
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Compares weakly (RFC 9110, section 13.1.2).
fn has(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(tag) = tag.to_str() else { return false };
    request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.trim_start_matches("W/") == tag)
}
