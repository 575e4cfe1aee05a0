//! Headers by which a caller brings the credential of a call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::header::{AUTHORIZATION, HeaderMap, MaxSizeReached};

use crate::secret::{Redactor, Secret};
use crate::text::word_list;

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

    /// Returns what finds the values in text, and what they are made of.
    pub fn redactor(&self) -> Redactor {
        let mut secrets = Vec::new();
        for (name, value) in &self.0 {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = text.trim();
            for part in parts(text, name == AUTHORIZATION) {
                if let Some(text) = decoded(part) {
                    if let Some((username, password)) = text.split_once(':') {
                        secrets.extend([username, password].map(Secret::new));
                    }
                    secrets.push(Secret::new(text));
                }
                secrets.push(Secret::new(part));
            }
            secrets.push(Secret::new(text));
        }
        Redactor::new(&secrets)
    }

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

/// Parameters of `authorization` that say how something was signed, for what and when: they are no
/// secrets, and their values are ordinary words and numbers (RFC 7616, OAuth 1.0, AWS).
const PLAIN: [&str; 9] = word_list(include_str!("../../words/plain_parameters.txt"));

/// A shorter part is an ordinary word, unless it is all there is.
const SHORTEST: usize = 6;

/// Returns the parts of a value that may be secret: words, and the values of parameters. A scheme, a
/// name and a plain parameter are none (RFC 9110, section 11.4).
fn parts(value: &str, has_scheme: bool) -> impl Iterator<Item = &str> {
    let (first, rest) = value.split_once([' ', '\t']).unwrap_or(("", value));
    let is_scheme = has_scheme || first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = if is_scheme { rest } else { value };
    let mut is_quoted = false;
    let words = rest.split(move |letter: char| {
        is_quoted ^= letter == '"';
        !is_quoted && matches!(letter, ' ' | '\t' | ',')
    });
    let words = words.filter(|word| !PLAIN.iter().any(|plain| is_named(word, plain)));
    let values = words.flat_map(|word| word.split(';')).map(|word| {
        let value = match word.split_once('=') {
            // What follows may be the padding of base64.
            Some((_, value)) if !value.trim_matches('=').is_empty() => value,
            _ => word,
        };
        value.trim_matches('"')
    });
    values.filter(move |part| part.len() >= SHORTEST || *part == rest)
}

fn is_named(word: &str, name: &str) -> bool {
    let own = word.split_once('=').map(|(own, _)| own);
    own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// Returns the text that a part holds in base64. Of what is no text, some byte would be unprintable.
fn decoded(part: &str) -> Option<String> {
    let standard = part
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(standard).ok()?;
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    (!text.contains(char::is_control)).then_some(text)
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
            ("x-api-key", "Bearer t0ken-of-me", &["t0ken-of-me"]),
            ("authorization", "Bearer\tt0ken-of-me", &["t0ken-of-me"]),
            (
                "authorization",
                "Token token=\"t0ken, of me\", email=me@a.example",
                &["t0ken, of me", "me@a.example"],
            ),
            (
                "authorization",
                "Digest username=\"Mufasa\", realm=\"things\", uri=\"/things\", nc=00000001, \
                 response=\"6629fae49393a05397450978507c4ef1\"",
                &["Mufasa", "6629fae49393a05397450978507c4ef1"],
            ),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIA7/20260101/eu/s3/aws4_request,\
                 SignedHeaders=things;host,Signature=fe5f80f77d5fa3beca038a248ff027",
                &["fe5f80f77d5fa3beca038a248ff027"],
            ),
            (
                "x-key",
                "a=f1rst-key;b=sec0nd-key",
                &["f1rst-key", "sec0nd-key"],
            ),
            // `id-of-me:k3y-of-me`, and `me:pa\u{df}w\u{f6}rter` in Latin-1.
            (
                "authorization",
                "ApiKey aWQtb2YtbWU6azN5LW9mLW1l",
                &["id-of-me", "k3y-of-me"],
            ),
            (
                "authorization",
                "Basic bWU6cGHfd/ZydGVy",
                &["pa\u{df}w\u{f6}rter"],
            ),
        ] {
            let headers = headers(name, value);
            let redactor = headers.redactor();
            for secret in secrets {
                assert!(redactor.finds_in(&format!("it is {secret}.")), "{secret}");
                assert!(!format!("{headers:?}").contains(secret));
            }
            for plain in ["Bearer basic", "token", "response=", "/things", "00000001"] {
                assert!(!redactor.finds_in(plain), "{plain} of {value}");
            }
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
