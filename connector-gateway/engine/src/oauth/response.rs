//! Reads responses of token endpoints.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use plugwright_sdk::auth::{OAuth2, Refresh, TokenAnswer};
use plugwright_sdk::host::Redactor;
use plugwright_sdk::reading::{json, line, retry_after};
use plugwright_sdk::{Secret, Value};
use url::form_urlencoded;

use super::OAuthError;

#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) access_token: Secret,
    /// `None` if there is none, or if the old one stays valid.
    pub(crate) refresh_token: Option<Secret>,
    /// Lifetime of the access token; `None` if it does not expire.
    pub(crate) expires_in: Option<Duration>,
    /// Granted scopes; `None` if they are those requested.
    pub(crate) scopes: Option<Vec<String>>,
}

/// Caps lifetimes, so that no clock overflows.
const LONGEST_LIFETIME: Duration = Duration::from_hours(100 * 365 * 24);
/// Longest description of an error, in characters.
const LONGEST_DESCRIPTION: usize = 300;
const LONGEST_CODE: usize = 64;

/// Types of tokens that say nothing by themselves. Providers have names of their own for bearer
/// tokens, so that others can't be told.
const PROVEN: [&str; 4] = ["dpop", "mac", "pop", "n_a"];

/// Codes that are worth a retry; the last is of RFC 8628.
const PASSING: [&str; 3] = ["temporarily_unavailable", "server_error", "slow_down"];
/// Codes of RFC 6749, section 5.2, which are final whatever the status.
const FINAL: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

pub(super) struct TokenResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Finds the secrets of the request, should the response repeat them.
    pub(super) sent: Redactor,
}

impl TokenResponse {
    pub(super) fn grant(&self, scheme: &OAuth2, names: &TokenAnswer) -> Result<Grant, OAuthError> {
        let mut response = self.read();
        let access_token = take(&mut response, names.access_token);
        let refresh_token = take(&mut response, names.refresh_token);
        let came = Redactor::new(access_token.iter().chain(&refresh_token));
        self.check(&response, names, &came)?;
        let access_token = access_token
            .filter(fits_a_header)
            .ok_or(OAuthError::Unusable {
                status: self.status,
                problem: "no access token",
            })?;
        if let Some(kind) = response.pointer("/token_type").and_then(Value::as_str)
            && PROVEN.iter().any(|known| known.eq_ignore_ascii_case(kind))
        {
            return Err(OAuthError::Unusable {
                status: self.status,
                problem: "a token of a type that takes more than the token to use",
            });
        }
        let separator = names.scope_separator.unwrap_or(scheme.scope_separator);
        Ok(Grant {
            access_token,
            refresh_token: refresh_token.filter(|_| scheme.refresh != Refresh::Never),
            expires_in: response
                .pointer(names.expires_in)
                .and_then(lifetime)
                .or(scheme.lifetime),
            scopes: response
                .pointer(names.scope)
                .map(|granted| scopes(granted, separator))
                .and_then(|scopes| self.shown(scopes, &came)),
        })
    }

    /// Checks that the request succeeded, by status and by body.
    pub(super) fn done(&self, names: &TokenAnswer) -> Result<(), OAuthError> {
        self.check(&self.read(), names, &Redactor::default())
    }

    fn read(&self) -> Value {
        let content_type = self.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        match json::read(&self.body, content_type) {
            Ok(json @ (Value::Object(_) | Value::Array(_))) => json,
            _ => {
                let mut members = serde_json::Map::new();
                for (name, value) in form_urlencoded::parse(&self.body) {
                    members.entry(name).or_insert_with(|| value.into());
                }
                Value::Object(members)
            }
        }
    }

    /// Returns the scopes without those that have a secret in them: scopes are shown. Having none means
    /// nothing: tokens that are restricted by other means have none.
    fn shown(&self, mut scopes: Vec<String>, came: &Redactor) -> Option<Vec<String>> {
        scopes.retain(|it| !it.is_empty() && !came.finds_in(it) && !self.sent.finds_in(it));
        (!scopes.is_empty()).then_some(scopes)
    }

    fn check(
        &self,
        response: &Value,
        names: &TokenAnswer,
        came: &Redactor,
    ) -> Result<(), OAuthError> {
        let status = self.status;
        let tidy = |text: &str, most| line(&came.redact(&self.sent.redact(text)), most);
        let code = response.pointer(names.error).and_then(code).map(|own| {
            let standard = names.error_codes.iter().find(|(known, _)| *known == own);
            standard.map_or_else(|| tidy(&own, LONGEST_CODE), |(_, code)| (*code).to_owned())
        });
        let refused = |code| OAuthError::Refused {
            code,
            description: response
                .pointer(names.error_description)
                .and_then(Value::as_str)
                .map(|text| tidy(text, LONGEST_DESCRIPTION))
                .filter(|text| !text.is_empty()),
        };
        let passing = |reason: String| OAuthError::Transient {
            reason,
            retry_after: retry_after::read(&self.headers),
        };
        match (status, code) {
            (429, _) => Err(passing("status 429".to_owned())),
            (_, Some(code)) if PASSING.contains(&code.as_str()) => Err(passing(code)),
            (..500, Some(code)) => Err(refused(code)),
            (_, Some(code)) if FINAL.contains(&code.as_str()) => Err(refused(code)),
            // Sent by an intermediary, which does not know what the provider did.
            (408 | 502 | 504, _) => Err(OAuthError::Ambiguous {
                reason: format!("status {status}"),
            }),
            (500.., _) => Err(passing(format!("status {status}"))),
            (200..300, None) => Ok(()),
            (300..400, None) => Err(OAuthError::Unusable {
                status,
                problem: "a redirect, which is not followed",
            }),
            (_, None) => Err(OAuthError::Unusable {
                status,
                problem: "named no error",
            }),
        }
    }
}

fn take(response: &mut Value, pointer: &str) -> Option<Secret> {
    match response.pointer_mut(pointer) {
        Some(Value::String(text)) if !text.is_empty() => Some(Secret::new(std::mem::take(text))),
        _ => None,
    }
}

fn fits_a_header(token: &Secret) -> bool {
    token.expose().bytes().all(|byte| byte.is_ascii_graphic())
}

/// Reads an error code; for many providers a value such as `0` means none.
fn code(error: &Value) -> Option<String> {
    match error {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) if number.as_f64() != Some(0.0) => Some(number.to_string()),
        Value::Bool(true) => Some("error".to_owned()),
        Value::Object(members) => ["type", "code"]
            .into_iter()
            .find_map(|name| members.get(name).and_then(Value::as_str))
            .map_or_else(|| Some("error".to_owned()), |text| Some(text.to_owned())),
        _ => None,
    }
}

/// Reads seconds from a number or string. Some providers use zero or less for tokens that don't
/// expire.
fn lifetime(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }?;
    (seconds > 0.0).then(|| {
        Duration::try_from_secs_f64(seconds).map_or(LONGEST_LIFETIME, |it| it.min(LONGEST_LIFETIME))
    })
}

fn scopes(granted: &Value, separator: &str) -> Vec<String> {
    match granted {
        Value::String(text) => text
            .split(separator)
            .map(|scope| scope.trim().to_owned())
            .collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}
