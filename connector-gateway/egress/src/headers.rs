//! Headers that callers may add to requests.
//!
//! Providers version and tune their APIs by headers of their own, so a list of what is allowed would
//! break calls that are good. Refused is by kind what decides who asks, where, by which method, for
//! which operation, or how the body is read: the effect that a call was authorized for is that of
//! its method.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use plugwright_sdk::Auth;
use plugwright_sdk::auth::{KeyPlace, Scheme};
use plugwright_sdk::host::word_list;

use crate::method_override;

/// Headers that belong to the credential, to the connection, or to how the body is written.
/// Spelled as [`normalized`] names are. What an answer is compressed with (`accept-encoding`) is
/// between the HTTP client and the provider.
const FORBIDDEN: &[&str] = &word_list::<24>(include_str!("../words/forbidden_headers.txt"));

/// Beginnings of names of headers that say where a request came from or goes to, or, with a service
/// that signs requests (AWS), what it does.
const FORBIDDEN_BEGINNINGS: &[&str] =
    &word_list::<12>(include_str!("../words/forbidden_header_beginnings.txt"));

/// Ends of names of headers that say whose request it is, from which address, or where it goes to.
const FORBIDDEN_ENDS: &[&str] = &[
    "-addr",
    "-host",
    "-ip",
    "-uri",
    "-url",
    "clientip",
    "remote-user",
];

/// Returns a name as it is compared: servers with CGI's variables take `_` for `-`.
fn normalized(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'_' | b'.' => '-',
            byte => char::from(byte.to_ascii_lowercase()),
        })
        .collect()
}

/// Returns whether a caller may add this header to the requests of a call.
pub fn allowed_header(name: &HeaderName) -> bool {
    let name = normalized(name.as_str());
    !FORBIDDEN.contains(&name.as_str())
        && !FORBIDDEN_BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
        && !FORBIDDEN_ENDS.iter().any(|end| name.ends_with(end))
        && !name.contains("override")
        && !method_override::is_header(&name)
}

/// Returns whether a header carries a credential: by one of these schemes, or as HTTP has it.
pub fn carries_credential(name: &HeaderName, schemes: &[Auth]) -> bool {
    let written = normalized(name.as_str());
    name == AUTHORIZATION
        || schemes.iter().any(|auth| match auth.scheme {
            Scheme::ApiKey(KeyPlace::Header(own)) => normalized(own) == written,
            // What is made of a field is up to the connector.
            Scheme::Custom(fields) => {
                allowed_header(name) && fields.iter().any(|field| normalized(field.name) == written)
            }
            _ => false,
        })
}

/// Adds the caller's headers in place of those that are there, but for what describes the body. Fails
/// if the request keeps one of them secret, as it does what is made of a credential of fields, or if
/// there are more than a request can have.
pub(crate) fn add(headers: &mut HeaderMap, extra: &HeaderMap) -> Result<(), String> {
    for name in extra.keys() {
        let describes_body = name == http::header::CONTENT_TYPE && headers.contains_key(name);
        if describes_body || !allowed_header(name) {
            continue;
        }
        let mut before = headers.get_all(name).iter();
        if before.any(http::HeaderValue::is_sensitive) {
            return Err(format!(
                "header `{name}` can't be set: the connector sets it, and it may carry the credential"
            ));
        }
        headers.remove(name);
        for value in extra.get_all(name) {
            let added = headers.try_append(name.clone(), value.clone());
            added.map_err(|error| error.to_string())?;
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
            "transfer_encoding",
            "Content-Encoding",
            "upgrade",
            "Forwarded",
            "X-Forwarded-For",
            "x-forwarded-host",
            "X_Forwarded_Proto",
            "X-Real-IP",
            "x-amz-target",
            "SOAPAction",
            "Soap-Action",
            "X-HTTP-Action",
            "X-HTTP-Host-Override",
            "X-Backend-Host",
            "True-Client-IP",
            "CF-Connecting-IP",
            "WL-Proxy-Client-IP",
            "X-ProxyUser-Ip",
            "X-Azure-ClientIP",
            "X-Appengine-User-IP",
            "Fly_Client_IP",
            "X-Remote-Addr",
            "Remote-User",
            "X-Remote-User",
            "X-WEBAUTH-USER",
            "X-Auth-Request-User",
        ] {
            assert!(!allowed_header(&name.parse().unwrap()), "{name}");
        }
        for name in [
            "x-github-api-version",
            "accept",
            "if-none-match",
            "notion-version",
            "range",
            "x-goog-fieldmask",
            "prefer",
            "x-trace",
            "x-user-id",
            "x-zip",
            "x-curl-version",
        ] {
            assert!(allowed_header(&name.parse().unwrap()), "{name}");
        }
    }

    #[test]
    fn no_header_changes_the_method_or_the_path() {
        for name in [
            "X-HTTP-Method-Override",
            "x-http-method",
            "X-Method-Override",
            "x_http_method_override",
            "X.Http.Method.Override",
            "HTTP-Method-Override",
            "X-Original-Method",
            "X-Rewrite-Method",
            "X-Request-Method",
            "X-Forwarded-Method",
            "_method",
            "X-Method",
            "Method",
            "X-Original-URL",
            "X_Original_Url",
            "X-Rewrite-URL",
            "X-Original-URI",
            "X-Http-Path-Override",
            "X-Override-URL",
            "X-Real-Url",
            "X-Nginx-Uri",
            "Request-Uri",
        ] {
            assert!(!allowed_header(&name.parse().unwrap()), "{name}");
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
        extra.append("x_http_method", HeaderValue::from_static("DELETE"));
        add(&mut headers, &extra).unwrap();
        let accept: Vec<_> = headers.get_all("accept").iter().collect();
        assert_eq!(accept, ["a/b", "c/d"]);
        assert_eq!(headers["content-type"], "application/json");
        assert!(!headers.contains_key("cookie") && !headers.contains_key("x_http_method"));
    }

    #[test]
    fn what_a_request_keeps_secret_is_not_replaced_in_silence() {
        let mut headers = HeaderMap::new();
        let mut secret = HeaderValue::from_static("hunter2");
        secret.set_sensitive(true);
        headers.insert("x-app-key", secret);
        let extra = HeaderMap::from_iter([(
            HeaderName::from_static("x-app-key"),
            HeaderValue::from_static("another"),
        )]);
        let problem = add(&mut headers, &extra).unwrap_err();
        assert!(problem.starts_with("header `x-app-key` can't"), "{problem}");
        assert_eq!(headers["x-app-key"], "hunter2");
    }
}
