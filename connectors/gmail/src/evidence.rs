//! What Gmail tells of writes, for `plugwright check --faults`.

use plugwright_sdk::host::AppliedRequest;
use plugwright_sdk::{Inquiry, Value, json};

use crate::model::base64url;

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    match (inquiry.action, &inquiry.path()[..]) {
        ("emails.send" | "emails.reply" | "drafts.create", [.., "messages", id]) => {
            let name = inquiry.query("metadataHeaders")?;
            let mut writes = inquiry.applied.iter().filter_map(email);
            let own = writes.find(|(own, _)| own["id"] == *id);
            let (status, mut email) = inquiry.recorded("emails.get")?;
            email["id"] = (*id).into();
            email["payload"] = match own.and_then(|(_, text)| header(&text, &name)) {
                Some(value) => json!({ "headers": [{ "name": name, "value": value }] }),
                None => json!({}),
            };
            Some((status, email))
        }
        ("drafts.send", [.., "drafts", id]) if inquiry.is_param(id, "draft_id") => {
            let (status, mut draft) = inquiry.recorded("drafts.get")?;
            draft["id"] = (*id).into();
            let message = "Requested entity was not found.";
            let gone =
                json!({ "error": { "code": 404, "message": message, "status": "NOT_FOUND" } });
            Some(match inquiry.applied {
                [] => (status, draft),
                _ => (404, gone),
            })
        }
        _ => None,
    }
}

/// Returns what an email that was written is known by, and its text.
fn email(write: &AppliedRequest) -> Option<(&Value, String)> {
    let raw = message(write.json()?)["raw"].as_str()?;
    let text = String::from_utf8(base64url(raw).ok()?).ok()?;
    Some((message(&write.answer), text))
}

/// A draft has its email in it.
fn message(value: &Value) -> &Value {
    value.get("message").unwrap_or(value)
}

fn header(email: &str, name: &str) -> Option<String> {
    let mut headers = email.lines().filter_map(|line| line.split_once(": "));
    let (_, value) = headers.find(|(own, _)| *own == name)?;
    Some(value.to_owned())
}
