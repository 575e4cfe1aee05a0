//! Tasks of a project.

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{Priority, Task};

/// Lists the open tasks of a project, in the project's order.
///
/// Returns id, content, priority and due date of each task, page by page.
#[action(read)]
pub async fn list(
    cx: &ActionContext,
    /// Id of the project.
    project_id: String,
    /// Tasks per page.
    #[param(provider_default = 50, range(1..=200))]
    limit: Option<u32>,
) -> Result<Page<Task>> {
    cx.get(path!("/projects/{project_id}/tasks"))
        .query("limit", limit)
        .page(CursorField::new("cursor", "/next_cursor").items("/results"))
        .await
}

/// Adds a task to the end of a project's list of open tasks.
///
/// Returns the new task with its id. Calling it twice creates two tasks.
#[action(write, post = "/projects/{project_id}/tasks", json)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the project.
    project_id: String,
    /// What to do.
    #[param(length(1..=500))]
    content: String,
    /// How soon it should be done.
    #[param(default = Priority::Normal)]
    priority: Priority,
    /// Due date.
    #[param(format = "date", example = "2030-01-31")]
    due: Option<String>,
) -> Result<Task>;

/// Completes a task, so that it leaves the list of open tasks.
///
/// Returns nothing. Completing a task that is already completed changes nothing.
#[action(
    write,
    idempotent,
    title = "Complete a task",
    post = "/tasks/{task_id}/close"
)]
pub async fn close(
    cx: &ActionContext,
    /// Id of the task.
    task_id: String,
) -> Result<()>;

#[cfg(test)]
mod tests {
    use plugwright_sdk::testing::{MockContext, block_on};
    use plugwright_sdk::{ErrorCode, json};

    use super::*;
    use crate::CONNECTOR;

    #[test]
    fn lists_a_page_and_returns_a_cursor() {
        let answer = json!({
            "results": [{ "id": "7", "content": "Buy milk", "priority": "low", "due": null }],
            "next_cursor": "abc",
        });
        let cx = MockContext::new(&CONNECTOR, [(200, answer)]);

        let page = block_on(list(&cx, "inbox".to_owned(), Some(10))).unwrap();

        assert_eq!(page.items[0].content, "Buy milk");
        assert!(page.cursor.is_some());
        let url = "https://api.example.com/v1/projects/inbox/tasks?limit=10";
        assert_eq!(cx.sent()[0].url.as_str(), url);
    }

    #[test]
    fn reports_a_missing_project() {
        let answer = json!({ "message": "no project `outbox`" });
        let cx = MockContext::new(&CONNECTOR, [(404, answer)]);

        let error = block_on(list(&cx, "outbox".to_owned(), None)).unwrap_err();

        assert_eq!(error.code(), ErrorCode::NotFound);
        assert_eq!(error.detail(), Some("no project `outbox`"));
    }
}
