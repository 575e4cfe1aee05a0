//! What a security scheme means beyond what its type says.

use plugwright_sdk::Value;

use super::scheme::is_token;

/// Schemes of HTTP by which a client signs or negotiates.
const SIGNING: [&str; 10] = [
    "aws4-hmac-sha256",
    "digest",
    "hawk",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "scram-sha-1",
    "scram-sha-256",
    "signature",
];

/// What descriptions of keys in `Authorization` call it if each request is signed.
const SIGNED: [&str; 13] = [
    "amazon signature",
    "aws signature",
    "aws4 hmac",
    "digest auth",
    "digest authentication",
    "hawk auth",
    "hawk authentication",
    "hawk scheme",
    "http digest",
    "oauth 1",
    "oauth1",
    "signature version 4",
    "sigv4",
];

fn lower(scheme: &Value, key: &str) -> String {
    let text = scheme.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_ascii_lowercase()
}

/// Words before a scheme's name that say it is not that one, or not alone.
const NEGATIONS: [&str; 8] = [
    "instead", "no", "not", "omit", "or", "rather", "than", "without",
];

fn words(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect()
}

/// Returns whether one of the three words before a place says that it is not meant.
fn is_negated(words: &[&str], at: usize) -> bool {
    let before = &words[at.saturating_sub(3)..at];
    before.iter().any(|word| NEGATIONS.contains(word))
}

/// Returns whether each request has to be signed, which no credential alone does.
pub(super) fn is_signed(scheme: &Value) -> bool {
    match lower(scheme, "type").as_str() {
        "apikey" => {
            let description = lower(scheme, "description");
            let description = words(&description);
            let says = |phrase: &str| {
                let phrase = words(phrase);
                let mut places = description.windows(phrase.len()).enumerate();
                places.any(|(at, place)| place == phrase && !is_negated(&description, at))
            };
            lower(scheme, "x-amazon-apigateway-authtype").starts_with("aws")
                || (lower(scheme, "name") == "authorization"
                    && SIGNED.iter().any(|phrase| says(phrase)))
        }
        "http" => SIGNING.contains(&lower(scheme, "scheme").as_str()),
        _ => false,
    }
}

/// Returns the prefix that a key in the header `Authorization` has, as its description says.
pub(super) fn prefix(scheme: &Value) -> Option<&str> {
    if lower(scheme, "name") != "authorization" {
        return None;
    }
    let description = scheme.get("description")?.as_str()?;
    if is_bearer(&description.to_ascii_lowercase()) {
        return Some("Bearer");
    }
    let mut places = description.match_indices("prefix");
    places.find_map(|(at, known)| {
        let (before, behind) = description.split_at(at);
        let before = before.to_ascii_lowercase();
        let before = words(&before);
        if is_negated(&before, before.len()) {
            return None;
        }
        quoted(&behind[known.len()..]).filter(|prefix| is_token(prefix))
    })
}

/// Returns what stands in quotation marks right behind `prefix`.
fn quoted(behind: &str) -> Option<&str> {
    let behind = behind.strip_prefix("ed").unwrap_or(behind).trim_start();
    let mut joints = ["with", "of", "is", ":"].into_iter();
    let joined = joints.find_map(|joint| behind.strip_prefix(joint));
    let behind = joined.unwrap_or(behind).trim_start();
    let mark = behind
        .chars()
        .next()
        .filter(|mark| "\"'`".contains(*mark))?;
    let (quoted, _) = behind[1..].split_once(mark)?;
    Some(quoted.trim_end())
}

/// Returns whether a description, in lower case, says that a key is a bearer token.
fn is_bearer(description: &str) -> bool {
    const NEAR: [&str; 7] = [
        "followed", "jwt", "prefix", "prefixed", "scheme", "space", "token",
    ];
    let words = words(description);
    words.iter().enumerate().any(|(at, word)| {
        let around = &words[at.saturating_sub(2)..words.len().min(at + 3)];
        *word == "bearer"
            && around.iter().any(|word| NEAR.contains(word))
            && !is_negated(&words, at)
    })
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn keys_with_a_prefix_are_described_so() {
        let bearer = Some("Bearer");
        for (description, expected) in [
            (
                "JWT Authorization header using the Bearer scheme. Example: ...",
                bearer,
            ),
            ("Enter 'Bearer' [space] and then your token", bearer),
            ("`Bearer {token}` for a valid OAuth token.", bearer),
            ("JWT token prefixed with \"Bearer \"", bearer),
            ("Type \"Bearer\" followed by a space and JWT token.", bearer),
            (
                "Token-based authentication with required prefix \"Token\"",
                Some("Token"),
            ),
            ("The key, prefixed with `JWT `", Some("JWT")),
            ("The key without the prefix \"Token\"", None),
            ("The key with the prefix \"\"", None),
            ("The key with a prefix of your choice: \"a b\"", None),
            ("The bare key, without the Bearer prefix", None),
            ("A key of a bearer of shares", None),
            ("Send the key rather than a Bearer token", None),
            ("Basic or a Bearer token", None),
            ("", None),
        ] {
            let scheme = json!({ "name": "Authorization", "description": description });
            assert_eq!(prefix(&scheme), expected, "{description}");
        }
        let other = json!({ "name": "X-Key", "description": "the Bearer scheme" });
        assert_eq!(prefix(&other), None);
    }

    #[test]
    fn schemes_that_sign_are_known_by_their_marks() {
        let key = |key: &str, value: &str| json!({ "type": "apiKey", "name": "Authorization", (key): value });
        for (scheme, expected) in [
            (key("x-amazon-apigateway-authtype", "awsSigv4"), true),
            (key("x-amazon-apigateway-authtype", "awsS3"), true),
            (
                key("x-amazon-apigateway-authtype", "cognito_user_pools"),
                false,
            ),
            (
                key("description", "Amazon Signature authorization v4"),
                true,
            ),
            (key("description", "An OAuth 1.0a header"), true),
            (key("description", "A key"), false),
            (key("description", "The key of StackHawk"), false),
            (key("description", "No OAuth 1 support: use a token"), false),
            (json!({ "type": "http", "scheme": "Digest" }), true),
            (json!({ "type": "http", "scheme": "Hawk" }), true),
            (json!({ "type": "http", "scheme": "Token" }), false),
        ] {
            assert_eq!(is_signed(&scheme), expected, "{scheme}");
        }
    }
}
