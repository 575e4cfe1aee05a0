//! Entity tags: whoever has an answer already is told so instead of getting it again.

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Makes the entity tag of a body, the same in every process.
pub(super) fn of(body: &[u8]) -> HeaderValue {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    let text: String = URL_SAFE_NO_PAD.encode(hash).chars().take(22).collect();
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Tells whether the caller has the body of this tag. Compares weakly (RFC 9110, section 13.1.2).
pub(super) fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(tag) = tag.to_str() else { return false };
    request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.trim_start_matches("W/") == tag)
}
