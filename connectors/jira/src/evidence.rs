//! What Jira tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let writes = inquiry.applied.iter().rev();
    match (inquiry.action, &inquiry.path()[..]) {
        ("issues.create", [.., "search", "jql"]) => {
            let (_, others) = inquiry.recorded("issues.search")?;
            let issues = writes.filter_map(|write| {
                let mut issue = others["issues"][0].clone();
                for name in ["id", "key", "self"] {
                    issue[name] = write.answer[name].clone();
                }
                issue["fields"]["summary"] = write.json()?["fields"]["summary"].clone();
                issue["fields"]["created"] = write.applied_at.clone().into();
                Some(issue)
            });
            inquiry.recorded_with(issues, "issues.search", "/issues")
        }
        ("web_links.create", [.., issue, "remotelink"]) if inquiry.is_param(issue, "issue") => {
            let links = writes.filter_map(|write| {
                let mut link = write.json()?.clone();
                link["id"] = write.answer["id"].clone();
                link["self"] = write.answer["self"].clone();
                Some(link)
            });
            inquiry.recorded_with(links, "web_links.list", "")
        }
        ("attachments.upload", [.., "issue", issue]) if inquiry.is_param(issue, "issue") => {
            // The example answers for two files, though a call uploads one.
            let files = writes.filter_map(|write| {
                let mut file = write.answer.get(0)?.clone();
                file["created"] = write.applied_at.clone().into();
                Some(file)
            });
            inquiry.recorded_with(files, "issues.get", "/fields/attachment")
        }
        _ => None,
    }
}
