//! What Slack tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value};

/// Who was invited is a member.
pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let ("channels.invite", [.., "conversations.members"]) = (inquiry.action, &inquiry.path()[..])
    else {
        return None;
    };
    if !inquiry.is_param(&inquiry.query("channel")?, "channel") {
        return None;
    }
    let invited = inquiry.applied.iter();
    let invited = invited.filter_map(|write| write.form("users"));
    let users: Vec<Value> = invited
        .flat_map(|users| users.split(',').map(Value::from).collect::<Vec<_>>())
        .collect();
    let (status, mut members) =
        inquiry.recorded_with(users, "channels.list_members", "/members")?;
    members["response_metadata"]["next_cursor"] = "".into();
    Some((status, members))
}
