//! Issues.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Params, Patch, Result, Value, action, json, params,
};

use crate::fragments::{issue, issue_fields};
use crate::key;
use crate::model::{Id, Issue, IssueId, OrderBy, PerPage, Priority, StateKind, Success, TeamId};

const LIST: Operation = Operation::new(concat!(
    "query Issues(
        $filter: IssueFilter, $orderBy: PaginationOrderBy, $includeArchived: Boolean, $first: Int!,
        $after: String
    ) {
        issues(
            filter: $filter, orderBy: $orderBy, includeArchived: $includeArchived, first: $first,
            after: $after
        ) {
            nodes { ...IssueFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    issue!()
));

const SEARCH: Operation = Operation::new(concat!(
    "query SearchIssues(
        $term: String!, $filter: IssueFilter, $includeComments: Boolean, $includeArchived: Boolean,
        $first: Int!, $after: String
    ) {
        searchIssues(
            term: $term, filter: $filter, includeComments: $includeComments,
            includeArchived: $includeArchived, first: $first, after: $after
        ) {
            totalCount
            nodes {",
    issue_fields!(),
    "}
            pageInfo { hasNextPage endCursor }
        }
    }"
));

const GET: Operation = Operation::new(concat!(
    "query Issue($id: String!) { issue(id: $id) { ...IssueFields } }
    ",
    issue!()
));

const FIND_BY_BRANCH: Operation = Operation::new(concat!(
    "query IssueOfBranch($branchName: String!) {
        issueVcsBranchSearch(branchName: $branchName) { ...IssueFields }
    }
    ",
    issue!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateIssue($input: IssueCreateInput!) {
        issueCreate(input: $input) { issue { ...IssueFields } }
    }
    ",
    issue!()
));

const UPDATE: Operation = Operation::new(concat!(
    "mutation UpdateIssue($id: String!, $input: IssueUpdateInput!) {
        issueUpdate(id: $id, input: $input) { issue { ...IssueFields } }
    }
    ",
    issue!()
));

const ADD_LABEL: Operation = Operation::new(concat!(
    "mutation AddLabel($id: String!, $labelId: String!) {
        issueAddLabel(id: $id, labelId: $labelId) { issue { ...IssueFields } }
    }
    ",
    issue!()
));

const REMOVE_LABEL: Operation = Operation::new(concat!(
    "mutation RemoveLabel($id: String!, $labelId: String!) {
        issueRemoveLabel(id: $id, labelId: $labelId) { issue { ...IssueFields } }
    }
    ",
    issue!()
));

const ARCHIVE: Operation =
    Operation::new("mutation ArchiveIssue($id: String!) { issueArchive(id: $id) { success } }");

const UNARCHIVE: Operation =
    Operation::new("mutation UnarchiveIssue($id: String!) { issueUnarchive(id: $id) { success } }");

const DELETE: Operation =
    Operation::new("mutation DeleteIssue($id: String!) { issueDelete(id: $id) { success } }");

/// Which issues are looked for.
#[derive(Clone, Debug, Params)]
pub struct Conditions {
    /// Only issues of this team.
    pub team: Option<TeamId>,
    /// Only issues assigned to the person with this id.
    pub assignee_id: Option<Id>,
    /// Only issues assigned to the account of the credential, or only others.
    pub assigned_to_me: Option<bool>,
    /// Only issues in the state of this name.
    #[param(length(1..), example = "In Progress")]
    pub state: Option<String>,
    /// Only issues in states of this type.
    pub state_type: Option<StateKind>,
    /// Only issues with the label of this name.
    #[param(length(1..))]
    pub label: Option<String>,
    /// Only issues of the project with this id.
    pub project_id: Option<Id>,
    /// Only issues of the cycle with this id.
    pub cycle_id: Option<Id>,
    /// Only issues of this priority.
    pub priority: Option<Priority>,
    /// Only issues that changed since then.
    #[param(format = "date-time")]
    pub updated_since: Option<String>,
    /// Further conditions, as Linear's `IssueFilter`, such as `{"dueDate": {"lt": "P1W"}}`.
    pub filter: Option<JsonObject>,
}

impl Conditions {
    fn filter(self) -> Option<JsonObject> {
        let mut filter = self.filter.unwrap_or_default();
        let mut add = |name: &str, condition: Option<Value>| {
            if let Some(condition) = condition {
                let and = filter.entry("and").or_insert_with(|| json!([]));
                if let Value::Array(conditions) = and {
                    conditions.push(json!({ name: condition }));
                }
            }
        };
        add("team", self.team.map(TeamId::filter));
        add("assignee", self.assignee_id.map(Id::filter));
        add(
            "assignee",
            self.assigned_to_me
                .map(|is_me| json!({ "isMe": { "eq": is_me } })),
        );
        add(
            "state",
            self.state
                .map(|name| json!({ "name": { "eqIgnoreCase": name } })),
        );
        add(
            "state",
            self.state_type
                .map(|kind| json!({ "type": { "eq": kind.name() } })),
        );
        add(
            "labels",
            self.label
                .map(|name| json!({ "name": { "eqIgnoreCase": name } })),
        );
        add("project", self.project_id.map(Id::filter));
        add("cycle", self.cycle_id.map(Id::filter));
        add(
            "priority",
            self.priority
                .map(|priority| json!({ "eq": priority.number() })),
        );
        add(
            "updatedAt",
            self.updated_since.map(|time| json!({ "gte": time })),
        );
        (!filter.is_empty()).then_some(filter)
    }
}

/// Lists issues, those of a team, person, state, label, project or cycle among them.
///
/// Returns identifier, title, description, state, assignee, labels, priority, project and times of each,
/// newest first, page by page; archived ones are left out.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    #[param(flatten)] conditions: Conditions,
    /// Order of the list.
    #[param(provider_default = OrderBy::CreatedAt)]
    order_by: Option<OrderBy>,
    /// Whether archived issues are listed as well.
    #[param(provider_default = false)]
    include_archived: Option<bool>,
    /// Issues per page.
    per_page: PerPage,
) -> Result<Page<Issue>> {
    cx.graphql(LIST)
        .variable("filter", conditions.filter())
        .variable("orderBy", order_by)
        .variable("includeArchived", include_archived)
        .variable("first", per_page)
        .page(Connection::at("/issues"))
        .await
}

/// Searches issues by words of their title, description and comments.
///
/// Returns identifier, title, description, state, assignee, labels, priority, project and times of each,
/// the best match first, page by page.
#[action(read, scopes = ["read"])]
pub async fn search(
    cx: &ActionContext,
    /// Words to search for.
    #[param(length(1..), example = "login timeout")]
    query: String,
    #[param(flatten)] conditions: Conditions,
    /// Whether comments are searched as well.
    #[param(provider_default = false)]
    include_comments: Option<bool>,
    /// Whether archived issues are searched as well.
    #[param(provider_default = false)]
    include_archived: Option<bool>,
    /// Issues per page.
    per_page: PerPage,
) -> Result<Page<Issue>> {
    cx.graphql(SEARCH)
        .variable("term", query)
        .variable("filter", conditions.filter())
        .variable("includeComments", include_comments)
        .variable("includeArchived", include_archived)
        .variable("first", per_page)
        .page(Connection::at("/searchIssues"))
        .await
}

/// Gets one issue by its id or identifier.
///
/// Returns title, description, state, assignee, labels, priority, estimate, project, cycle, parent and
/// times, and the name of a Git branch for it.
#[action(read, scopes = ["read"])]
pub async fn get(cx: &ActionContext, issue_id: IssueId) -> Result<Issue> {
    cx.graphql(GET)
        .variable("id", issue_id)
        .at("/issue")
        .fetch()
        .await
}

/// Finds the issue that a Git branch is for, by the identifier in its name.
///
/// Returns title, description, state, assignee, labels, priority, project and times of the issue.
#[action(read, title = "Find an issue by branch", scopes = ["read"])]
pub async fn find_by_branch(
    cx: &ActionContext,
    /// Name of the branch.
    #[param(length(1..), example = "ada/eng-42-fix-the-lamp")]
    branch_name: String,
) -> Result<Issue> {
    cx.graphql(FIND_BY_BRANCH)
        .variable("branchName", branch_name)
        .at("/issueVcsBranchSearch")
        .fetch()
        .await
}

/// Creates an issue in a team.
///
/// Without a state it gets the team's state for new issues. Returns the new issue with its id and
/// identifier.
#[action(
    write,
    scopes = any("issues:create", "write"),
    reconcile(key = find_created())
)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the team, which `teams.list` gives.
    team_id: Id,
    /// Title.
    #[param(length(1..=255), example = "The lamp flickers")]
    title: String,
    /// Description, in Markdown.
    description: Option<String>,
    /// Id of the person who works on it.
    assignee_id: Option<Id>,
    /// Id of the state, which `states.list` gives.
    state_id: Option<Id>,
    /// How urgent it is.
    #[param(provider_default = Priority::None)]
    priority: Option<Priority>,
    /// Ids of its labels, which `labels.list` gives.
    label_ids: Option<Vec<Id>>,
    /// Id of its project.
    project_id: Option<Id>,
    /// Id of its cycle.
    cycle_id: Option<Id>,
    /// Id or identifier of the issue that it becomes a part of.
    parent_id: Option<IssueId>,
    /// Estimate in points, of the team's scale.
    #[param(range(0..))]
    estimate: Option<u32>,
    /// Day on which it is due.
    #[param(format = "date")]
    due_date: Option<String>,
) -> Result<Issue> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![
                id = key::id(cx),
                teamId = team_id,
                title,
                description,
                assigneeId = assignee_id,
                stateId = state_id,
                priority = priority.map(Priority::number),
                labelIds = label_ids,
                projectId = project_id,
                cycleId = cycle_id,
                parentId = parent_id,
                estimate,
                dueDate = due_date
            ],
        )
        .at("/issueCreate/issue")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Issue>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/issue")
            .fetch()
            .await,
    )
}

/// Changes an issue: title, description, state, assignee, priority, labels, project, cycle or dates.
///
/// What is not given stays as it is; `null` takes assignee, project, cycle, parent, estimate or due date
/// away. Labels replace those that it has. Returns the changed issue.
#[action(write, idempotent, scopes = ["write"])]
pub async fn update(
    cx: &ActionContext,
    issue_id: IssueId,
    /// New title.
    #[param(length(1..=255))]
    title: Option<String>,
    /// New description, in Markdown.
    description: Option<String>,
    /// Id of the new state, which `states.list` gives.
    state_id: Option<Id>,
    /// Id of the person who works on it.
    assignee_id: Patch<Id>,
    /// How urgent it is.
    priority: Option<Priority>,
    /// Ids of labels that replace those it has.
    label_ids: Option<Vec<Id>>,
    /// Id of its project.
    project_id: Patch<Id>,
    /// Id of its cycle.
    cycle_id: Patch<Id>,
    /// Id or identifier of the issue that it becomes a part of.
    parent_id: Patch<IssueId>,
    /// Estimate in points, of the team's scale.
    #[param(range(0..))]
    estimate: Patch<u32>,
    /// Day on which it is due.
    #[param(format = "date")]
    due_date: Patch<String>,
    /// Id of the team that it moves to.
    team_id: Option<Id>,
) -> Result<Issue> {
    cx.graphql(UPDATE)
        .variable("id", issue_id)
        .input(
            "input",
            params![
                title,
                description,
                stateId = state_id,
                assigneeId = assignee_id,
                priority = priority.map(Priority::number),
                labelIds = label_ids,
                projectId = project_id,
                cycleId = cycle_id,
                parentId = parent_id,
                estimate,
                dueDate = due_date,
                teamId = team_id
            ],
        )
        .at("/issueUpdate/issue")
        .fetch()
        .await
}

/// Adds a label to an issue, beside those that it has.
///
/// Of the labels of a group, an issue has one. Returns the issue with all its labels.
#[action(write, idempotent, scopes = ["write"])]
pub async fn add_label(
    cx: &ActionContext,
    issue_id: IssueId,
    /// Id of the label, which `labels.list` gives.
    label_id: Id,
) -> Result<Issue> {
    cx.graphql(ADD_LABEL)
        .variable("id", issue_id)
        .variable("labelId", label_id)
        .at("/issueAddLabel/issue")
        .fetch()
        .await
}

/// Takes a label off an issue, which keeps its others.
///
/// Returns the issue with the labels that it still has.
#[action(write, idempotent, scopes = ["write"])]
pub async fn remove_label(
    cx: &ActionContext,
    issue_id: IssueId,
    /// Id of the label.
    label_id: Id,
) -> Result<Issue> {
    cx.graphql(REMOVE_LABEL)
        .variable("id", issue_id)
        .variable("labelId", label_id)
        .at("/issueRemoveLabel/issue")
        .fetch()
        .await
}

/// Archives an issue, so that lists leave it out.
///
/// `issues.unarchive` brings it back, and `issues.get` still has it. Returns nothing.
#[action(write, idempotent, scopes = ["write"])]
pub async fn archive(cx: &ActionContext, issue_id: IssueId) -> Result<()> {
    let request = cx
        .graphql(ARCHIVE)
        .variable("id", issue_id)
        .at("/issueArchive");
    request.fetch::<Success>().await?.check()
}

/// Brings an issue back from the archive or from the trash.
///
/// Lists have it again, in the state that it had. Returns nothing.
#[action(write, idempotent, scopes = ["write"])]
pub async fn unarchive(cx: &ActionContext, issue_id: IssueId) -> Result<()> {
    let request = cx
        .graphql(UNARCHIVE)
        .variable("id", issue_id)
        .at("/issueUnarchive");
    request.fetch::<Success>().await?.check()
}

/// Moves an issue to the trash, from which Linear deletes it after 30 days.
///
/// Until then `issues.unarchive` brings it back. Returns nothing.
#[action(destructive, idempotent, scopes = ["write"])]
pub async fn delete(cx: &ActionContext, issue_id: IssueId) -> Result<()> {
    let request = cx
        .graphql(DELETE)
        .variable("id", issue_id)
        .at("/issueDelete");
    request.fetch::<Success>().await?.check()
}
