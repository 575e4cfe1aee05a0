//! What HTTP asks a server to refuse, and the HTTP library lets pass.

use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HOST, TRANSFER_ENCODING};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version};
use axum::response::Response;
use plugwright_sdk::{ActionError, ErrorCode};

use crate::own;

/// Returns why a request is refused for its host or for how its body is coded.
pub(crate) fn fault(version: Version, headers: &HeaderMap) -> Option<ActionError> {
    if version > Version::HTTP_11 {
        return None;
    }
    let refused = |message: &str, status| {
        let error = ActionError::new(ErrorCode::ValidationError, message.to_owned());
        Some(error.with_status(status))
    };
    // RFC 9112, section 3.2.
    let mut hosts = headers.get_all(HOST).iter();
    let has_one = match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host),
        (None, _) => version < Version::HTTP_11,
        _ => false,
    };
    if !has_one {
        return refused("the request must have exactly one valid `Host`", 400);
    }
    // RFC 9112, section 6.1.
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_known = match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        _ => false,
    };
    if !is_known {
        return refused("no `Transfer-Encoding` but `chunked` is supported", 501);
    }
    None
}

/// Returns the answer to a request whose body is compressed (RFC 9110, section 15.5.16).
pub(crate) fn coded(headers: &HeaderMap) -> Option<Response> {
    let is_plain = |value: &HeaderValue| {
        let coding = value.as_bytes().trim_ascii();
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    };
    if headers.get_all(CONTENT_ENCODING).iter().all(is_plain) {
        return None;
    }
    let message = "no `Content-Encoding` is supported; send the body as it is";
    let error = ActionError::new(ErrorCode::ValidationError, message).with_status(415);
    let mut response = own::error(&error);
    let identity = HeaderValue::from_static("identity");
    response.headers_mut().insert(ACCEPT_ENCODING, identity);
    Some(response)
}

/// Returns whether a value is a host with an optional port, or nothing (RFC 9110, section 7.2).
fn is_host(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else {
        return false;
    };
    let of_authority = |authority: Authority| {
        let port = text.strip_prefix(authority.host());
        let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(digits))
    };
    text.is_empty() || text.parse().is_ok_and(of_authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(version: Version, headers: &[(&'static str, &'static str)]) -> Option<u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        fault(version, &map).map(|error| error.status())
    }

    #[test]
    fn a_request_has_one_valid_host() {
        for host in [
            "gateway.example.com",
            "localhost:3000",
            "localhost:",
            "[::1]:3000",
            "my_host",
            "",
        ] {
            assert_eq!(status(Version::HTTP_11, &[("host", host)]), None, "{host}");
        }
        for host in ["a, b", "a b", "a@b", "a/b", "a:b", "http://a"] {
            let found = status(Version::HTTP_11, &[("host", host)]);
            assert_eq!(found, Some(400), "{host}");
        }
        let twice = [("host", "a"), ("host", "a")];
        assert_eq!(status(Version::HTTP_11, &twice), Some(400));
        assert_eq!(status(Version::HTTP_10, &twice), Some(400));
        assert_eq!(status(Version::HTTP_11, &[]), Some(400));
        assert_eq!(status(Version::HTTP_10, &[]), None);
        assert_eq!(status(Version::HTTP_2, &[]), None);
    }

    #[test]
    fn a_body_is_chunked_or_plain() {
        let coded = |coding| {
            status(
                Version::HTTP_11,
                &[("host", "a"), ("transfer-encoding", coding)],
            )
        };
        assert_eq!(coded("Chunked"), None);
        for other in ["gzip, chunked", "gzip", "identity", "chunked, chunked", ""] {
            assert_eq!(coded(other), Some(501), "{other}");
        }
    }

    #[test]
    fn a_body_is_not_compressed() {
        let answered = |coding| {
            let headers = [(CONTENT_ENCODING, HeaderValue::from_static(coding))];
            super::coded(&headers.into_iter().collect())
        };
        for plain in ["", "identity", "Identity"] {
            assert!(answered(plain).is_none(), "{plain}");
        }
        for other in ["gzip", "br", "identity, gzip"] {
            let answer = answered(other).unwrap();
            assert_eq!(answer.status(), 415, "{other}");
            assert_eq!(answer.headers()[ACCEPT_ENCODING], "identity");
        }
    }
}
