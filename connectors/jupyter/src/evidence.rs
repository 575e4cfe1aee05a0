//! What a server tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let (_, path) = inquiry.request.url.path().split_once("/contents/")?;
    let is = |param| inquiry.is_param(path, param);
    match (inquiry.action, inquiry.applied) {
        ("files.copy", writes) if is("folder") => {
            let copies = writes.iter().map(|write| write.answer.clone());
            inquiry.recorded_with(copies, "folders.list", "/content")
        }
        ("files.rename", [.., moved]) if is("new_path") => Some((200, moved.answer.clone())),
        ("files.rename", []) if is("path") => inquiry.recorded("files.get"),
        ("files.rename", _) if is("path") || is("new_path") => {
            inquiry.recorded("files.get.not-found")
        }
        _ => None,
    }
}
