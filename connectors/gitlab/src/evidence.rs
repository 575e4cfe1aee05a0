//! What GitLab tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let writes = inquiry.applied.iter().rev();
    match (inquiry.action, &inquiry.path()[..]) {
        ("projects.fork", [.., project, "forks"]) if inquiry.is_param(project, "project") => {
            let forks = writes.map(|write| write.answer.clone());
            inquiry.recorded_with(forks, "projects.list", "")
        }
        ("files.create" | "files.update", [.., project, "repository", "commits"])
            if inquiry.is_param(project, "project")
                && inquiry.is_param(&inquiry.query("path")?, "path")
                && inquiry.is_param(&inquiry.query("ref_name")?, "branch") =>
        {
            let (_, others) = inquiry.recorded("commits.list")?;
            let commits = writes.filter_map(|write| {
                let message = &write.json()?["commit_message"];
                let mut commit = others[0].clone();
                commit["id"] = "ed899a2f4b50b4370feeea94676502b42383c746".into();
                commit["short_id"] = "ed899a2f".into();
                commit["created_at"] = write.applied_at.clone().into();
                commit["title"] = message.clone();
                commit["message"] = message.clone();
                Some(commit)
            });
            inquiry.recorded_with(commits, "commits.list", "")
        }
        _ => None,
    }
}
