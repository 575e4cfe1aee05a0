//! The headers that callers add to requests.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use plugwright_sdk::Auth;
use plugwright_sdk::auth::{KeyPlace, Scheme};
use plugwright_sdk::host::headers;

/// Returns whether a header carries a credential: by one of these schemes, or as HTTP has it.
pub fn carries_credential(name: &HeaderName, schemes: &[Auth]) -> bool {
    let written = headers::normalized(name.as_str());
    name == AUTHORIZATION
        || schemes.iter().any(|auth| match auth.scheme {
            Scheme::ApiKey(KeyPlace::Header(own)) => headers::normalized(own) == written,
            // What is made of a field is up to the connector.
            Scheme::Custom(fields) => {
                headers::is_allowed(name.as_str())
                    && fields
                        .iter()
                        .any(|field| headers::normalized(field.name) == written)
            }
            _ => false,
        })
}

/// Adds the caller's headers in place of those that are there, but for what describes the body. Fails
/// if the request keeps one of them secret, as it does what is made of a credential of fields, or if
/// there are more than a request can have.
pub(crate) fn add(sent: &mut HeaderMap, extra: &HeaderMap) -> Result<(), String> {
    for name in extra.keys() {
        let describes_body = name == http::header::CONTENT_TYPE && sent.contains_key(name);
        if describes_body || !headers::is_allowed(name.as_str()) {
            continue;
        }
        let mut before = sent.get_all(name).iter();
        if before.any(http::HeaderValue::is_sensitive) {
            return Err(format!(
                "header `{name}` can't be set: the connector sets it, and it may carry the credential"
            ));
        }
        sent.remove(name);
        for value in extra.get_all(name) {
            let added = sent.try_append(name.clone(), value.clone());
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
