//! Answers that callers keep and ask about.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use super::entity_tag;

/// What a caller sees depends on its token, and changes with its grant: caches ask each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Makes the answer for a body with its entity tag: without the body, if the caller has it.
pub(super) fn tagged(
    request: &HeaderMap,
    media_type: &'static str,
    body: Bytes,
    tag: HeaderValue,
) -> Response {
    let unchanged = entity_tag::is_known(request, &tag);
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
