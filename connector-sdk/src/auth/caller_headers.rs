//! Headers by which a caller brings the credential of a call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, MaxSizeReached};

use crate::secret::{Redactor, Secret};

/// Headers that take the place of a credential, as the caller wrote them. `Debug` shows no value.
#[derive(Clone, Debug, Default)]
pub struct CredentialHeaders(HeaderMap);

impl CredentialHeaders {
    /// Takes headers, all of whose values are secret.
    pub fn new(mut headers: HeaderMap) -> Self {
        for value in headers.values_mut() {
            value.set_sensitive(true);
        }
        Self(headers)
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0
    }

    /// Returns what finds the values in text, and what `authorization` is made of.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(&self.secrets())
    }

    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for (name, value) in &self.0 {
            let text = String::from_utf8_lossy(value.as_bytes());
            secrets.push(Secret::new(text.trim()));
            // A scheme, and what is secret (RFC 9110, section 11.4).
            let Some((scheme, token)) = text.trim().split_once(' ') else {
                continue;
            };
            if name != AUTHORIZATION {
                continue;
            }
            let token = token.trim();
            secrets.push(Secret::new(token));
            let pair = STANDARD
                .decode(token)
                .ok()
                .filter(|_| scheme.eq_ignore_ascii_case("basic"));
            let Some(pair) = pair.and_then(|bytes| String::from_utf8(bytes).ok()) else {
                continue;
            };
            if let Some((username, password)) = pair.split_once(':') {
                secrets.extend([username, password].map(Secret::new));
            }
            secrets.push(Secret::new(pair));
        }
        secrets
    }

    /// Puts them in place of the headers of these names.
    pub(crate) fn replace(&self, headers: &mut HeaderMap) -> Result<(), MaxSizeReached> {
        for name in self.0.keys() {
            headers.remove(name);
            for value in self.0.get_all(name) {
                headers.try_append(name.clone(), value.clone())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(name: &'static str, value: &str) -> CredentialHeaders {
        let value = HeaderValue::from_str(value).unwrap();
        CredentialHeaders::new(
            [(HeaderName::from_static(name), value)]
                .into_iter()
                .collect(),
        )
    }

    #[test]
    fn finds_what_a_value_is_made_of_and_shows_none_of_it() {
        for (name, value, secrets) in [
            ("authorization", "Bearer t0ken-of-me", &["t0ken-of-me"][..]),
            ("authorization", "t0ken-of-me", &["t0ken-of-me"]),
            (
                "authorization",
                "basic bWUtbXlzZWxmOmh1bnRlcjItaHVudGVyMg==",
                &[
                    "hunter2-hunter2",
                    "me-myself",
                    "me-myself:hunter2-hunter2",
                    "bWUtbXlzZWxmOmh1bnRlcjItaHVudGVyMg==",
                ],
            ),
            ("x-api-key", "k3y of me", &["k3y of me"]),
        ] {
            let headers = headers(name, value);
            let redactor = headers.redactor();
            for secret in secrets {
                assert!(redactor.finds_in(&format!("it is {secret}.")), "{secret}");
                assert!(!format!("{headers:?}").contains(secret));
            }
            assert!(!redactor.finds_in("Bearer basic"));
        }
    }

    #[test]
    fn replaces_the_headers_of_its_names() {
        let mut request = HeaderMap::new();
        request.append("x-api-key", HeaderValue::from_static("first"));
        request.append("x-api-key", HeaderValue::from_static("second"));
        request.insert("accept", HeaderValue::from_static("text/plain"));
        headers("x-api-key", "own").replace(&mut request).unwrap();
        let values: Vec<_> = request.get_all("x-api-key").iter().collect();
        assert_eq!(values, ["own"]);
        assert_eq!(request["accept"], "text/plain");
    }
}
