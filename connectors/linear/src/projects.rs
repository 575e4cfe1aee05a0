//! Projects.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Patch, Result, action, json, params,
};

use crate::fragments::project;
use crate::key;
use crate::model::{Id, OrderBy, PerPage, Priority, Project, Success, TeamId};

const LIST: Operation = Operation::new(concat!(
    "query Projects(
        $filter: ProjectFilter, $orderBy: PaginationOrderBy, $includeArchived: Boolean, $first: Int!,
        $after: String
    ) {
        projects(
            filter: $filter, orderBy: $orderBy, includeArchived: $includeArchived, first: $first,
            after: $after
        ) {
            nodes { ...ProjectFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    project!()
));

const GET: Operation = Operation::new(concat!(
    "query Project($id: String!) { project(id: $id) { ...ProjectFields } }
    ",
    project!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateProject($input: ProjectCreateInput!) {
        projectCreate(input: $input) { project { ...ProjectFields } }
    }
    ",
    project!()
));

const UPDATE: Operation = Operation::new(concat!(
    "mutation UpdateProject($id: String!, $input: ProjectUpdateInput!) {
        projectUpdate(id: $id, input: $input) { project { ...ProjectFields } }
    }
    ",
    project!()
));

const DELETE: Operation =
    Operation::new("mutation DeleteProject($id: String!) { projectDelete(id: $id) { success } }");

/// Id of the project, or the part of its URL after its name.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "5b8a2f1c9d3e")]
pub struct ProjectId(pub String);

/// Lists projects, all of them or those of a team, a lead or a status.
///
/// Returns name, description, status, progress, health, lead, teams and dates of each, page by page.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only projects of this team.
    team: Option<TeamId>,
    /// Only projects led by the person with this id.
    lead_id: Option<Id>,
    /// Only projects with the status of this name.
    #[param(length(1..), example = "In Progress")]
    status: Option<String>,
    /// Only projects whose name has these words.
    #[param(length(1..))]
    name: Option<String>,
    /// Order of the list.
    #[param(provider_default = OrderBy::CreatedAt)]
    order_by: Option<OrderBy>,
    /// Whether archived projects are listed as well.
    #[param(provider_default = false)]
    include_archived: Option<bool>,
    /// Projects per page.
    per_page: PerPage,
) -> Result<Page<Project>> {
    let mut filter = JsonObject::new();
    if let Some(team) = team {
        filter.insert(
            "accessibleTeams".to_owned(),
            json!({ "some": team.filter() }),
        );
    }
    if let Some(lead) = lead_id {
        filter.insert("lead".to_owned(), lead.filter());
    }
    if let Some(status) = status {
        filter.insert(
            "status".to_owned(),
            json!({ "name": { "eqIgnoreCase": status } }),
        );
    }
    if let Some(name) = name {
        filter.insert("name".to_owned(), json!({ "containsIgnoreCase": name }));
    }
    cx.graphql(LIST)
        .variable("filter", (!filter.is_empty()).then_some(filter))
        .variable("orderBy", order_by)
        .variable("includeArchived", include_archived)
        .variable("first", per_page)
        .page(Connection::at("/projects"))
        .await
}

/// Gets one project by its id.
///
/// Returns name, description and content, status, progress, health, lead, teams and dates.
#[action(read, scopes = ["read"])]
pub async fn get(cx: &ActionContext, project_id: ProjectId) -> Result<Project> {
    cx.graphql(GET)
        .variable("id", project_id)
        .at("/project")
        .fetch()
        .await
}

/// Creates a project of one or more teams.
///
/// Without a status it gets the first of the workspace. Returns the new project with its id.
#[action(write, scopes = ["write"], reconcile(key = find_created()))]
pub async fn create(
    cx: &ActionContext,
    /// Name.
    #[param(length(1..=80), example = "Time machine")]
    name: String,
    /// Ids of its teams, which `teams.list` gives.
    #[param(length(1..))]
    team_ids: Vec<Id>,
    /// What it is about, in one line.
    #[param(length(..=255))]
    description: Option<String>,
    /// What it is about at length, in Markdown.
    content: Option<String>,
    /// Id of the person who leads it.
    lead_id: Option<Id>,
    /// Ids of the people who take part.
    member_ids: Option<Vec<Id>>,
    /// How urgent it is.
    #[param(provider_default = Priority::None)]
    priority: Option<Priority>,
    /// Id of its status.
    status_id: Option<Id>,
    /// Day on which it starts.
    #[param(format = "date")]
    start_date: Option<String>,
    /// Day on which it should be done.
    #[param(format = "date")]
    target_date: Option<String>,
) -> Result<Project> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![
                id = key::id(cx),
                name,
                teamIds = team_ids,
                description,
                content,
                leadId = lead_id,
                memberIds = member_ids,
                priority = priority.map(Priority::number),
                statusId = status_id,
                startDate = start_date,
                targetDate = target_date
            ],
        )
        .at("/projectCreate/project")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Project>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/project")
            .fetch()
            .await,
    )
}

/// Changes a project: name, description, status, lead, people, teams or dates.
///
/// What is not given stays as it is; `null` takes lead or dates away. People and teams replace those that it
/// has. Returns the changed project.
#[action(write, idempotent, scopes = ["write"])]
pub async fn update(
    cx: &ActionContext,
    project_id: ProjectId,
    /// New name.
    #[param(length(1..=80))]
    name: Option<String>,
    /// What it is about, in one line.
    #[param(length(..=255))]
    description: Option<String>,
    /// What it is about at length, in Markdown.
    content: Option<String>,
    /// Id of the new status.
    status_id: Option<Id>,
    /// How urgent it is.
    priority: Option<Priority>,
    /// Id of the person who leads it.
    lead_id: Patch<Id>,
    /// Ids of the people who take part.
    member_ids: Option<Vec<Id>>,
    /// Ids of its teams.
    #[param(length(1..))]
    team_ids: Option<Vec<Id>>,
    /// Day on which it starts.
    #[param(format = "date")]
    start_date: Patch<String>,
    /// Day on which it should be done.
    #[param(format = "date")]
    target_date: Patch<String>,
) -> Result<Project> {
    cx.graphql(UPDATE)
        .variable("id", project_id)
        .input(
            "input",
            params![
                name,
                description,
                content,
                statusId = status_id,
                priority = priority.map(Priority::number),
                leadId = lead_id,
                memberIds = member_ids,
                teamIds = team_ids,
                startDate = start_date,
                targetDate = target_date
            ],
        )
        .at("/projectUpdate/project")
        .fetch()
        .await
}

/// Moves a project to the trash, from which Linear deletes it after 30 days.
///
/// Its issues stay, without the project. Returns nothing.
#[action(destructive, idempotent, scopes = ["write"])]
pub async fn delete(cx: &ActionContext, project_id: ProjectId) -> Result<()> {
    let request = cx
        .graphql(DELETE)
        .variable("id", project_id)
        .at("/projectDelete");
    request.fetch::<Success>().await?.check()
}
