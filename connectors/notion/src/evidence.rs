//! What Notion tells of writes, for `plugwright check --faults`.

use plugwright_sdk::host::AppliedRequest;
use plugwright_sdk::{Inquiry, Value, json};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let writes = inquiry.applied.iter();
    let parent = match inquiry.action {
        "blocks.append" | "blocks.append_file" => "block_id",
        "data_sources.create" => "database_id",
        _ => "parent_page_id",
    };
    match inquiry.path()[..] {
        [.., "blocks", id, "children"] if inquiry.is_param(id, parent) => {
            inquiry.recorded_with(writes.flat_map(blocks), "blocks.list", "/results")
        }
        [.., "databases", id] if parent == "database_id" && inquiry.is_param(id, parent) => {
            let sources = writes.map(|write| {
                let title = write.answer.pointer("/title/0/plain_text");
                json!({ "id": write.answer["id"], "name": title })
            });
            let other = json!({ "id": "c174b72c-d782-432f-8dc0-b647e1c96df6", "name": "Tasks" });
            let (status, mut database) = inquiry.recorded("databases.get")?;
            database["data_sources"] = [other].into_iter().chain(sources).collect();
            Some((status, database))
        }
        _ => None,
    }
}

/// Returns the blocks that a write added: what it appended, or the one of a page or database.
fn blocks(write: &AppliedRequest) -> Vec<Value> {
    let AppliedRequest {
        answer, applied_at, ..
    } = write;
    let (kind, title) = match answer["object"].as_str() {
        Some("page") => ("child_page", "/properties/title/title/0/plain_text"),
        Some("database") => ("child_database", "/title/0/plain_text"),
        _ => {
            let blocks = answer["results"].as_array().into_iter().flatten();
            let mut blocks: Vec<_> = blocks.cloned().collect();
            for block in &mut blocks {
                block["created_time"] = applied_at.as_str().into();
            }
            return blocks;
        }
    };
    vec![json!({
        "object": "block",
        "id": answer["id"],
        "parent": answer["parent"],
        "created_time": applied_at,
        "type": kind,
        kind: { "title": answer.pointer(title) },
    })]
}
