//! What GitHub tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value, json};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    match inquiry.action {
        "contents.put" => commits(inquiry),
        "discussions.create_comment" => replies(inquiry),
        _ => None,
    }
}

fn commits(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    match inquiry.path()[..] {
        [.., "repos", owner, name, "commits"]
            if inquiry.is_param(&format!("{owner}/{name}"), "repo")
                && inquiry.is_param(&inquiry.query("path")?, "path") =>
        {
            let (_, other) = inquiry.recorded("contents.put.update")?;
            let own = inquiry.applied.iter().rev().map(|write| &write.answer);
            let answers = own.chain([&other]);
            let commits = answers.map(|answer| {
                let mut commit = answer["commit"].clone();
                commit["commit"] = answer["commit"].clone();
                commit
            });
            Some((200, commits.collect()))
        }
        [.., "contents", path] if inquiry.is_param(path, "path") => {
            let commit = inquiry.query("ref")?;
            let mut writes = inquiry.applied.iter();
            let write = writes.find(|write| write.answer["commit"]["sha"] == commit)?;
            let mut file = write.answer["content"].clone();
            file["encoding"] = "base64".into();
            file["content"] = write.json()?["content"].clone();
            Some((200, file))
        }
        _ => None,
    }
}

/// Of two replies with this text, one is somebody else's.
fn replies(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let comment = inquiry.json()?["variables"]["replyToId"].take();
    if inquiry.request.operation()?.name() != "FindDiscussionReply"
        || !inquiry.is_param(comment.as_str()?, "reply_to_id")
    {
        return None;
    }
    let reply = |answer: &Value, id: Option<&str>| {
        let mut reply = answer
            .pointer("/data/addDiscussionComment/comment")?
            .clone();
        reply["viewerDidAuthor"] = id.is_none().into();
        if let Some(id) = id {
            reply["id"] = id.into();
        }
        Some(reply)
    };
    let (_, other) = inquiry.recorded("discussions.create_comment")?;
    let own = inquiry.applied.iter();
    let own = own.filter_map(|write| reply(&write.answer, None));
    let replies: Vec<_> = reply(&other, Some("DC_kwDOAHNrn84ALBff"))
        .into_iter()
        .chain(own)
        .collect();
    let answer = json!({ "data": { "node": { "comments": { "nodes": replies } } } });
    Some((200, answer))
}
