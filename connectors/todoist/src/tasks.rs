//! Tasks.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Patch, Result, action, params, path};

use crate::model::{DurationUnit, Limit, ProjectId, Task, TaskId, results};

/// Lists active tasks: all of them, or those of a project, section, parent task or label.
///
/// Completed tasks are left out. Returns content, project, labels, priority and due date of each
/// task, page by page.
#[action(read, scopes = ["data:read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only tasks of the project with this id.
    project_id: Option<ProjectId>,
    /// Only tasks of the section with this id.
    section_id: Option<String>,
    /// Only parts of the task with this id.
    parent_id: Option<String>,
    /// Only tasks that have the label of this name.
    label: Option<String>,
    /// Only tasks with these ids.
    #[param(length(1..))]
    ids: Option<Vec<String>>,
    /// Tasks per page.
    limit: Option<Limit>,
) -> Result<Page<Task>> {
    cx.get(path!("/tasks"))
        .query_params(params![project_id, section_id, parent_id, label])
        .query_joined("ids", ",", ids)
        .query("limit", limit)
        .page(results())
        .await
}

/// Lists the active tasks that match a query in Todoist's filter language.
///
/// Queries combine dates, priorities, labels and projects, such as `today | overdue`, `p1 & @work`
/// or `#Errands & no date`. Returns content, project, labels, priority and due date of each task.
#[action(
    read,
    title = "List tasks by filter",
    scopes = ["data:read"],
    get = "/tasks/filter",
    page = results()
)]
pub async fn filter(
    cx: &ActionContext,
    /// Query in the filter language.
    #[param(length(1..=1024), example = "today | overdue")]
    query: String,
    /// Language of the query, as a code of two letters.
    #[param(provider_default = "en")]
    lang: Option<String>,
    /// Tasks per page.
    limit: Option<Limit>,
) -> Result<Page<Task>>;

/// Gets one task by its id.
///
/// Returns its content, description, project, section, labels, priority, due date, deadline,
/// duration, people and times.
#[action(read, scopes = ["data:read"], get = "/tasks/{task_id}")]
pub async fn get(cx: &ActionContext, task_id: TaskId) -> Result<Task>;

/// Creates a task with stated project, labels, priority, due date and duration.
///
/// Without a project it goes to the inbox. Returns the new task with its id.
#[action(
    write,
    scopes = ["task:add"],
    reconcile(natural = find_created(content, description, project_id, section_id, parent_id)),
    post = "/tasks",
    json,
    at_most_one(due_string, due_date, due_datetime),
    all_or_none(duration, duration_unit)
)]
pub async fn create(
    cx: &ActionContext,
    /// What is to be done, in Markdown.
    #[param(length(1..=500), example = "Buy milk")]
    content: String,
    /// More about it, in Markdown.
    #[param(length(..=16383))]
    description: Option<String>,
    /// Id of the project that it goes to.
    project_id: Option<ProjectId>,
    /// Id of the section that it goes to.
    section_id: Option<String>,
    /// Id of the task that it becomes a part of.
    parent_id: Option<String>,
    /// Place among the tasks of the same project, section or parent.
    order: Option<i32>,
    /// Names of its labels.
    labels: Option<Vec<String>>,
    /// From 1, normal, to 4, urgent; apps show 4 as "p1".
    #[param(provider_default = 1, range(1..=4))]
    priority: Option<u8>,
    /// Id of the person to whom it is assigned, in shared projects.
    assignee_id: Option<String>,
    /// When it is due, in words.
    #[param(length(1..=150), example = "every friday at 9")]
    due_string: Option<String>,
    /// Language of `due_string`, as a code of two letters.
    #[param(provider_default = "en")]
    due_lang: Option<String>,
    /// Day on which it is due.
    #[param(format = "date")]
    due_date: Option<String>,
    /// Moment at which it is due.
    #[param(format = "date-time")]
    due_datetime: Option<String>,
    /// Day by which it must be done.
    #[param(format = "date")]
    deadline_date: Option<String>,
    /// How long it takes, in `duration_unit`.
    #[param(range(1..))]
    duration: Option<u32>,
    /// Unit of `duration`.
    duration_unit: Option<DurationUnit>,
) -> Result<Task>;

/// A token that may add tasks and nothing else can't look for them.
async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    content: String,
    description: Option<String>,
    project_id: Option<ProjectId>,
    section_id: Option<String>,
    parent_id: Option<String>,
) -> Result<Outcome<Task>> {
    let tasks: Page<Task> = cx
        .get("/tasks")
        .query_params(params![project_id, section_id, parent_id])
        .query("limit", Limit(200))
        .pages(results(), Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(tasks, |task| {
        task.content.trim() == content.trim()
            && task.description.trim() == description.as_deref().unwrap_or_default().trim()
            && lost.covers_optional(task.added_at.as_deref())
    }))
}

/// Creates a task from one line of text, as people type it into Todoist.
///
/// Dates, `#Project`, `/Section`, `@label`, `+assignee` and `p1` to `p4` are read from the text.
/// Returns the new task with its id.
#[action(
    write,
    title = "Add a task from text",
    scopes = ["data:read_write"],
    post = "/tasks/quick",
    json
)]
pub async fn quick_add(
    cx: &ActionContext,
    /// The line of text.
    #[param(length(1..), example = "Buy milk tomorrow at 9 #Errands @shop p1")]
    text: String,
    /// Text of a comment on the task.
    note: Option<String>,
    /// When to remind of it, in words.
    reminder: Option<String>,
    /// Whether to add the account's usual reminder if there is a time.
    #[param(provider_default = false)]
    auto_reminder: Option<bool>,
) -> Result<Task>;

/// Changes a task: content, description, labels, priority, assignee, due date, deadline or
/// duration.
///
/// What is not given stays as it is; `null` takes due date, deadline or assignee away. Labels
/// replace those that the task has. Returns the changed task.
#[action(
    write,
    idempotent,
    scopes = ["data:read_write"],
    at_most_one(due_string, due_date, due_datetime),
    all_or_none(duration, duration_unit)
)]
pub async fn update(
    cx: &ActionContext,
    task_id: TaskId,
    /// New content, in Markdown.
    #[param(length(1..=500))]
    content: Option<String>,
    /// New description, in Markdown; an empty one removes it.
    #[param(length(..=16383))]
    description: Option<String>,
    /// New place among the tasks of the same project, section or parent.
    order: Option<i32>,
    /// Names of labels that replace those it has.
    labels: Option<Vec<String>>,
    /// New priority, from 1, normal, to 4, urgent; apps show 4 as "p1".
    #[param(range(1..=4))]
    priority: Option<u8>,
    /// Id of the person to whom it is assigned; `null` assigns it to nobody.
    assignee_id: Patch<String>,
    /// When it is due, in words; `null` takes the due date away.
    #[param(length(1..=150), example = "every friday at 9")]
    due_string: Patch<String>,
    /// Language of `due_string`, as a code of two letters.
    due_lang: Option<String>,
    /// Day on which it is due.
    #[param(format = "date")]
    due_date: Option<String>,
    /// Moment at which it is due.
    #[param(format = "date-time")]
    due_datetime: Option<String>,
    /// Day by which it must be done; `null` takes the deadline away.
    #[param(format = "date")]
    deadline_date: Patch<String>,
    /// How long it takes, in `duration_unit`.
    #[param(range(1..))]
    duration: Option<u32>,
    /// Unit of `duration`.
    duration_unit: Option<DurationUnit>,
) -> Result<Task> {
    // The API takes a due date away by these words, not by null.
    let due_string = match due_string {
        Patch::Clear => Patch::Set("no date".to_owned()),
        other => other,
    };
    cx.post(path!("/tasks/{task_id}"))
        .fields(params![
            content,
            description,
            child_order = order,
            labels,
            priority,
            assignee_id,
            due_string,
            due_lang,
            due_date,
            due_datetime,
            deadline_date,
            duration,
            duration_unit
        ])
        .fetch()
        .await
}

/// Moves a task with its parts to another project, section or parent task.
///
/// In a project it leaves its section, and its parent. Returns the moved task.
#[action(
    "tasks.move",
    write,
    idempotent,
    scopes = ["data:read_write"],
    post = "/tasks/{task_id}/move",
    json,
    exactly_one(project_id, section_id, parent_id)
)]
pub async fn relocate(
    cx: &ActionContext,
    task_id: TaskId,
    /// Id of the project that it goes to.
    project_id: Option<ProjectId>,
    /// Id of the section that it goes to.
    section_id: Option<String>,
    /// Id of the task that it becomes a part of.
    parent_id: Option<String>,
) -> Result<Task>;

/// Completes a task and its parts.
///
/// A recurring task moves to its next date instead, so closing it twice skips a date. Returns
/// nothing.
// Not idempotent for that reason: a repeated call would complete an occurrence that nobody did.
#[action(write, scopes = ["data:read_write"], post = "/tasks/{task_id}/close")]
pub async fn close(cx: &ActionContext, task_id: TaskId) -> Result<()>;

/// Opens a completed task again, with the tasks and sections around it.
///
/// What it is a part of has to be open as well, so that is opened with it. Returns nothing.
#[action(write, idempotent, scopes = ["data:read_write"], post = "/tasks/{task_id}/reopen")]
pub async fn reopen(cx: &ActionContext, task_id: TaskId) -> Result<()>;

/// Deletes a task with its parts and comments, whether it is completed or not.
///
/// It can't be undone; to keep a record of what was done, close the task instead. Returns nothing.
#[action(destructive, idempotent, scopes = ["data:delete"], delete = "/tasks/{task_id}")]
pub async fn delete(cx: &ActionContext, task_id: TaskId) -> Result<()>;
