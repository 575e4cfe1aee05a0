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
const FORBIDDEN: &[&str] = &word_list::<23>(include_str!("../words/forbidden_headers.txt"));

/// Beginnings of names of headers that say where a request came from or goes to, or, with a service
/// that signs requests (AWS), what it does.
const FORBIDDEN_BEGINNINGS: &[&str] =
    &word_list::<25>(include_str!("../words/forbidden_header_beginnings.txt"));

/// Ends of names of headers that say whose request it is, from which address, or where it goes to.
const FORBIDDEN_ENDS: &[&str] = &[
    "-addr",
    "-host",
    "-ip",
    "-uri",
    "-url",
    "clientip",
    "path-info",
    "remote-user",
    "userinfo",
];

/// Parts of names of headers by which a proxy says whom it found a request to be of, or what another
/// thing it is about.
const FORBIDDEN_PARTS: &[&str] = &[
    "authenticated",
    "client-cert",
    "client-principal",
    "copy-source",
    "forwarded",
    "jwt-assertion",
    "override",
    "rename-source",
    "ssl-client",
    "tls-client",
];

/// Parts of names of headers by which APIs let who has a credential act for another one.
const ACTING: &[&str] = &[
    "act-as",
    "acting-as",
    "as-member",
    "as-user",
    "assume",
    "behalf",
    "delegat",
    "impersonat",
    "login-as",
    "run-as",
    "runas",
    "select-admin",
    "select-user",
    "stripe-context",
    "sudo",
    "switch-user",
];

/// Ends of names of headers that carry a credential beside the connection's, or say whose account it
/// is used for.
const ACTING_ENDS: &[&str] = &[
    "-account",
    "-api-key",
    "-apikey",
    "-assertion",
    "-auth-key",
    "-jwt",
    "-secret",
    "-token",
];

/// Parts of names that end so and mean neither.
const HARMLESS: &[&str] = &[
    "continuation",
    "csrf",
    "idempotency",
    "page",
    "sync",
    "xsrf",
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
        && !FORBIDDEN_PARTS.iter().any(|part| name.contains(part))
        && !method_override::is_header(&name)
}

/// Returns whether a header may make a request another one's than the connection's. That is for those
/// who may do all that the connection may.
pub fn acts_for_another(name: &HeaderName) -> bool {
    let name = normalized(name.as_str());
    let ends = || ACTING_ENDS.iter().any(|end| name.ends_with(end));
    ACTING.iter().any(|part| name.contains(part))
        || (ends() && !HARMLESS.iter().any(|part| name.contains(part)))
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
            "X-Remote-Group",
            "Client-Cert",
            "X-SSL-Client-Cert",
            "X-SSL-Client-Verify",
            "X-Forwarded-Tls-Client-Cert",
            "X-Consumer-Username",
            "X-Consumer-Custom-Id",
            "X-Authenticated-Userid",
            "X-Ms-Client-Principal",
            "X-Ms-Client-Principal-Id",
            "X-Goog-Iap-Jwt-Assertion",
            "X-Goog-Authenticated-User-Email",
            "X-Endpoint-API-UserInfo",
            "X-Amzn-Oidc-Data",
            "OIDC_CLAIM_sub",
            "Cf-Access-Jwt-Assertion",
            "Forwarded-For",
            "X-Path-Info",
            "X-Goog-Copy-Source",
            "X-Ms-Copy-Source",
            "X-Ms-Rename-Source",
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
    fn headers_that_act_for_another_are_known_by_kind() {
        for name in [
            "Sudo",
            "As-User",
            "Impersonate-User",
            "Impersonate-Group",
            "Impersonate-Extra-Scopes",
            "X_Impersonate_User",
            "Dropbox-API-Select-User",
            "Dropbox-API-Select-Admin",
            "On-Behalf-Of",
            "X-Run-As",
            "Private-Token",
            "Job-Token",
            "X-Auth-Token",
            "PayPal-Auth-Assertion",
            "Stripe-Account",
            "X-Api-Key",
        ] {
            let name = name.parse().unwrap();
            assert!(allowed_header(&name) && acts_for_another(&name), "{name}");
        }
        for name in [
            "accept",
            "x-github-api-version",
            "x-continuation-token",
            "idempotency-token",
            "x-user-id",
            "prefer",
        ] {
            assert!(!acts_for_another(&name.parse().unwrap()), "{name}");
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
