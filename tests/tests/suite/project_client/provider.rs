//! A provider whose accounts are known by keys: `key-of-ada` is the account `ada`.

use std::collections::BTreeSet;
use std::sync::Mutex;

use plugwright_sdk::{Value, json};
use plugwright_tests::Received;

/// What must be nowhere but at the provider.
pub(crate) const SECRETS: [&str; 3] = ["key-of-", "token-of-", "secret-of-the-gateway"];

/// Returns how it answers. `POST /withdraw/ada` makes that account's key one that is refused.
pub(crate) fn provider() -> impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static {
    let withdrawn: Mutex<BTreeSet<String>> = Mutex::default();
    move |request| {
        let mut withdrawn = withdrawn.lock().expect("no test thread panicked");
        if let Some(name) = request.target.strip_prefix("/withdraw/") {
            withdrawn.insert(name.to_owned());
            return reply(200, &json!({}));
        }
        if let Some(name) = request.target.strip_prefix("/restore/") {
            withdrawn.remove(name);
            return reply(200, &json!({}));
        }
        let Some(name) = account(request).filter(|name| !withdrawn.contains(name)) else {
            return reply(401, &json!({ "message": "who are you?" }));
        };
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match (request.method.as_str(), body["text"].as_str()) {
            (_, Some("broken")) => reply(500, &json!({ "message": "out of order" })),
            (_, Some("cut off")) => Vec::new(),
            (_, Some("limited")) => {
                b"HTTP/1.1 429 Said\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n".to_vec()
            }
            (method, text) => reply(
                200,
                &json!({ "account": name, "method": method, "path": request.target, "text": text }),
            ),
        }
    }
}

fn account(request: &Received) -> Option<String> {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    };
    let by_key = header("x-api-key").and_then(|key| key.strip_prefix("key-of-"));
    let by_fields = || {
        let name = header("x-token")?.strip_prefix("token-of-")?;
        (header("x-email")? == format!("{name}@example.com")).then_some(name)
    };
    by_key.or_else(by_fields).map(str::to_owned)
}

fn reply(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
