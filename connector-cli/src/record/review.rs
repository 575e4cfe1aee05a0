//! What to review before publishing a recording.

use std::collections::BTreeSet;

use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::host::{Redactor, word_list};
use plugwright_sdk::{Cassette, Credential, Secret};
use serde_json::Value;

/// Parts of member names that tend to hold personal or secret data.
const SENSITIVE: &[&str] = &word_list::<20>(include_str!("../../words/sensitive_members.txt"));

const SHOWN: usize = 12;

/// Lists what to review.
pub(super) fn lines(cassette: &Cassette, credential: &Credential) -> Vec<String> {
    let mut lines = vec![
        "The credential's secrets are redacted. Check the file for personal data before you publish it."
            .to_owned(),
    ];
    let suspects = suspects(cassette);
    if !suspects.is_empty() {
        let named: Vec<_> = suspects.iter().take(SHOWN).map(String::as_str).collect();
        let more = match suspects.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        lines.push(format!("Check {}{more}.", named.join(", ")));
    }
    if let Credential::Basic { username, .. } = credential
        && Redactor::new([&Secret::new(username.clone())]).finds_in(&bodies(cassette))
    {
        lines.push("It contains the credential's user name.".to_owned());
    }
    lines
}

fn bodies(cassette: &Cassette) -> String {
    // Only for searching. What can't be serialized isn't in the file either.
    serde_json::to_string(&cassette.exchanges).unwrap_or_default()
}

/// Returns the members of requests and responses that may hold personal data.
fn suspects(cassette: &Cassette) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for exchange in &cassette.exchanges {
        for body in [&exchange.request.body, &exchange.response.body] {
            if let Some(RecordedBody::Json(value)) = body {
                walk(value, "", "", &mut found);
            }
        }
    }
    found
}

fn walk(value: &Value, path: &str, name: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                walk(member, &format!("{path}{dot}{name}"), name, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                walk(item, &format!("{path}[]"), name, found);
            }
        }
        Value::String(text) if !text.is_empty() => {
            let name = name.to_ascii_lowercase();
            if SENSITIVE.iter().any(|part| name.contains(part)) || is_mail(text) {
                found.insert(path.to_owned());
            }
        }
        _ => {}
    }
}

fn is_mail(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let host = text[at + 1..]
            .split(|letter: char| letter.is_whitespace())
            .next();
        before.is_some_and(char::is_alphanumeric)
            && host.is_some_and(|host| host.trim_end_matches('.').contains('.'))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cassette(answer: &Value) -> Cassette {
        let cassette = json!({
            "action": "a.b",
            "provenance": { "kind": "recorded", "source": "x" },
            "call": {},
            "exchanges": [{
                "request": { "method": "GET", "url": "https://example.com" },
                "response": { "status": 200, "body": { "json": answer } },
            }],
        });
        serde_json::from_value(cassette).unwrap()
    }

    #[test]
    fn members_are_named_by_what_they_are_called_and_what_they_hold() {
        let cassette = cassette(&json!({
            "items": [
                { "id": 1, "name": "Lamp", "owner": { "Login": "ada" }, "note": "ask ada@example.com" },
                { "id": 2, "name": "Chair", "owner": { "Login": "bob" }, "note": "a @ b, c@d" },
            ],
            "user_count": 2,
            "access_token": "",
        }));
        let found: Vec<_> = suspects(&cassette).into_iter().collect();
        assert_eq!(found, ["items[].note", "items[].owner.Login"]);
        let lines = lines(&cassette, &Credential::None);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1], "Check items[].note, items[].owner.Login.");
    }

    #[test]
    fn a_user_name_in_a_response_is_reported() {
        let credential: Credential =
            serde_json::from_value(json!({ "username": "somebody", "password": "hunter2" }))
                .unwrap();
        let reported = |answer: Value| lines(&cassette(&answer), &credential).len();
        assert_eq!(reported(json!({ "by": "somebody" })), 2);
        assert_eq!(reported(json!({ "by": "nobody" })), 1);
    }
}
