//! Headers that callers may add to requests.

use http::header::MaxSizeReached;
use http::{HeaderMap, HeaderName};

/// Headers that belong to the credential, to the connection, or to how the body is written.
const FORBIDDEN: &[&str] = &[
    // What an answer is compressed with is between the HTTP client and the provider.
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Returns whether a caller may add this header to the requests of a call.
pub(crate) fn allowed_header(name: &HeaderName) -> bool {
    !FORBIDDEN.contains(&name.as_str())
}

/// Adds the caller's headers in place of those that are there, but for what describes the body.
///
/// # Errors
///
/// If there are more than a request can have.
pub(crate) fn add(headers: &mut HeaderMap, extra: &HeaderMap) -> Result<(), MaxSizeReached> {
    for name in extra.keys() {
        let describes_body = name == http::header::CONTENT_TYPE && headers.contains_key(name);
        if !allowed_header(name) || describes_body {
            continue;
        }
        headers.remove(name);
        for value in extra.get_all(name) {
            headers.try_append(name.clone(), value.clone())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn headers_of_credential_and_connection_are_not_the_callers() {
        for name in [
            "Authorization",
            "cookie",
            "Host",
            "TE",
            "transfer-encoding",
            "upgrade",
        ] {
            assert!(!allowed_header(&name.parse().unwrap()), "{name}");
        }
        for name in ["x-github-api-version", "accept", "if-none-match"] {
            assert!(allowed_header(&name.parse().unwrap()), "{name}");
        }
    }

    #[test]
    fn callers_replace_what_connectors_set() {
        let mut headers = HeaderMap::new();
        headers.insert("accept", HeaderValue::from_static("application/json"));
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let mut extra = HeaderMap::new();
        extra.append("accept", HeaderValue::from_static("a/b"));
        extra.append("accept", HeaderValue::from_static("c/d"));
        extra.append("content-type", HeaderValue::from_static("text/plain"));
        extra.append("cookie", HeaderValue::from_static("a=b"));
        add(&mut headers, &extra).unwrap();
        let accept: Vec<_> = headers.get_all("accept").iter().collect();
        assert_eq!(accept, ["a/b", "c/d"]);
        assert_eq!(headers["content-type"], "application/json");
        assert!(!headers.contains_key("cookie"));
    }
}
