//! Bodies with an entity tag, which callers store and revalidate.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ring::digest::{SHA256, digest};

/// What a caller sees depends on its token, and changes with its grant: caches ask each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// A body and its entity tag, which is the same in every process.
#[derive(Clone, Debug)]
pub(crate) struct TaggedBody {
    pub(crate) body: Bytes,
    pub(crate) tag: HeaderValue,
}

impl TaggedBody {
    pub(crate) fn new(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &body));
        let tag = HeaderValue::from_str(&format!("\"{}\"", &hash[..22]));
        Self {
            body,
            tag: tag.unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }

    /// Returns the response to a request: 304 if the caller has the body already.
    pub(crate) fn response(&self, request: &HeaderMap, media_type: &'static str) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, REVALIDATE);
        headers.insert(ETAG, self.tag.clone());
        if self.is_known(request) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
            *response.body_mut() = self.body.clone().into();
        }
        response
    }

    /// Compares weakly (RFC 9110, section 13.1.2).
    fn is_known(&self, request: &HeaderMap) -> bool {
        request
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|given| given == "*" || self.tag == *given.trim_start_matches("W/"))
    }
}
