//! Auth of requests, as security schemes.

use std::collections::BTreeMap;

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::entries;
use super::url::filled;
use crate::text::scalar;

/// Names of tokens that are no credentials.
const HARMLESS: &[&str] = &["continuation", "csrf", "cursor", "next", "page", "sync"];

/// Returns the letters and digits of a name, in lower case.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns whether what has this name may be a credential, so that its value is not kept.
pub(super) fn may_be_secret(name: &str) -> bool {
    let plain = plain(name);
    let words = ["auth", "cookie", "credential", "session", "signature"];
    is_secret(name) || plain.ends_with("key") || words.iter().any(|word| plain.contains(word))
}

pub(super) fn is_secret(name: &str) -> bool {
    let plain = plain(name);
    let is_token = plain.ends_with("token") && !HARMLESS.iter().any(|word| plain.contains(word));
    is_token
        || plain.ends_with("apikey")
        || plain.ends_with("accesskey")
        || plain.contains("secret")
        || plain.contains("password")
}

pub(super) fn key(place: &str, name: &str) -> (String, Value) {
    let scheme = json!({ "type": "apiKey", "in": place, "name": name });
    (format!("key {name}"), scheme)
}

fn bearer() -> (String, Value) {
    let scheme = json!({ "type": "http", "scheme": "bearer", "description": "Access token" });
    ("bearer".to_owned(), scheme)
}

fn basic() -> (String, Value) {
    let scheme = json!({ "type": "http", "scheme": "basic", "description": "Account" });
    ("basic".to_owned(), scheme)
}

pub(super) fn of_header(name: &str, value: &str) -> Option<(String, Value)> {
    if !name.eq_ignore_ascii_case("authorization") {
        return is_secret(name).then(|| key("header", name));
    }
    let kind = value.split_whitespace().next().unwrap_or_default();
    Some(match kind.to_ascii_lowercase().as_str() {
        "basic" => basic(),
        "bearer" => bearer(),
        // A word before the token is a scheme; a token alone is not.
        word if value.trim().contains(' ') && word.bytes().all(|it| it.is_ascii_alphabetic()) => (
            format!("http {word}"),
            json!({ "type": "http", "scheme": kind }),
        ),
        _ => key("header", "Authorization"),
    })
}

/// Returns the security scheme of an auth, with its name; none if there is none.
pub(super) fn scheme(auth: &Value, variables: &BTreeMap<&str, String>) -> Option<(String, Value)> {
    let kind = auth.get("type")?.as_str()?;
    // Version 2.1 has a list of named values, version 2.0 an object.
    let own = auth.get(kind);
    let stated: BTreeMap<&str, String> = match own {
        Some(Value::Object(members)) => members
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), scalar(value)?)))
            .collect(),
        own => entries(own)
            .filter_map(|(name, entry)| Some((name, scalar(entry.get("value")?)?)))
            .collect(),
    };
    let value = |name: &str| {
        let value = stated.get(name).map(|value| filled(value, variables));
        value.filter(|value| !value.is_empty())
    };
    Some(match kind {
        "noauth" => return None,
        "basic" => basic(),
        "bearer" => bearer(),
        "apikey" => {
            let place = value("in").filter(|place| place == "query");
            let name = value("key").unwrap_or_else(|| "X-API-Key".to_owned());
            key(place.as_deref().unwrap_or("header"), &name)
        }
        "oauth2" => oauth2(value),
        other => (other.to_owned(), json!({ "type": other })),
    })
}

fn oauth2(value: impl Fn(&str) -> Option<String>) -> (String, Value) {
    if value("addTokenTo").as_deref() == Some("queryParams") {
        return key("query", "access_token");
    }
    let web = |name: &str| {
        let url = value(name).filter(|url| !url.contains("{{"));
        url.filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    };
    let scopes = value("scope").filter(|scopes| !scopes.contains("{{"));
    let scopes: Map<String, Value> = scopes
        .unwrap_or_default()
        .split([' ', ','])
        .filter(|scope| !scope.is_empty())
        .map(|scope| (scope.to_owned(), "".into()))
        .collect();
    let (flow, flow_name) = match (web("authUrl"), web("accessTokenUrl")) {
        (Some(authorize), Some(token)) => (
            json!({ "authorizationUrl": authorize, "tokenUrl": token, "scopes": scopes }),
            "authorizationCode",
        ),
        (None, Some(token)) if value("grant_type").as_deref() == Some("client_credentials") => (
            json!({ "tokenUrl": token, "scopes": scopes }),
            "clientCredentials",
        ),
        // A token from elsewhere will do.
        _ => return bearer(),
    };
    let scheme = json!({ "type": "oauth2", "flows": { flow_name: flow } });
    ("oauth2".to_owned(), scheme)
}
