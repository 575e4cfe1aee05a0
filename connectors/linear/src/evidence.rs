//! What Linear tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value, json};

/// A write gives what it makes an id, by which it is found.
pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let (field, made) = match inquiry.request.operation()?.name() {
        "Label" => ("issueLabel", "/data/issueLabelCreate/issueLabel"),
        "ProjectUpdate" => ("projectUpdate", "/data/projectUpdateCreate/projectUpdate"),
        "Relation" => ("issueRelation", "/data/issueRelationCreate/issueRelation"),
        _ => return None,
    };
    let id = inquiry.json()?["variables"]["id"].take();
    let writes = inquiry.applied.iter();
    let mut things = writes.filter_map(|write| write.answer.pointer(made));
    if let Some(thing) = things.find(|thing| thing["id"] == id) {
        return Some((200, json!({ "data": { field: thing } })));
    }
    let (status, mut missing) = inquiry.recorded("issues.get.not-found")?;
    missing["errors"][0]["path"] = json!([field]);
    Some((status, missing))
}
