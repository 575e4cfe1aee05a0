//! Labels of issues.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Patch, Result, action, json, params,
};

use crate::fragments::label;
use crate::key;
use crate::model::{Id, Label, PerPage, Success, TeamId};

const LIST: Operation = Operation::new(concat!(
    "query Labels($filter: IssueLabelFilter, $first: Int!, $after: String) {
        issueLabels(filter: $filter, first: $first, after: $after) {
            nodes { ...LabelFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    label!()
));

const GET: Operation = Operation::new(concat!(
    "query Label($id: String!) { issueLabel(id: $id) { ...LabelFields } }
    ",
    label!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateLabel($input: IssueLabelCreateInput!) {
        issueLabelCreate(input: $input) { issueLabel { ...LabelFields } }
    }
    ",
    label!()
));

const UPDATE: Operation = Operation::new(concat!(
    "mutation UpdateLabel($id: String!, $input: IssueLabelUpdateInput!) {
        issueLabelUpdate(id: $id, input: $input) { issueLabel { ...LabelFields } }
    }
    ",
    label!()
));

const DELETE: Operation =
    Operation::new("mutation DeleteLabel($id: String!) { issueLabelDelete(id: $id) { success } }");

/// Colour as hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^#[0-9A-Fa-f]{6}$", example = "#5e6ad2")]
pub struct Color(pub String);

/// Lists labels, those of all teams and those of a team.
///
/// Returns id, name, colour, team and group of each, page by page.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only labels of this team.
    team: Option<TeamId>,
    /// Only labels of this name.
    #[param(length(1..))]
    name: Option<String>,
    /// Labels per page.
    per_page: PerPage,
) -> Result<Page<Label>> {
    let mut filter = json!({});
    if let Some(team) = team {
        filter["team"] = team.filter();
    }
    if let Some(name) = name {
        filter["name"] = json!({ "eqIgnoreCase": name });
    }
    cx.graphql(LIST)
        .variable("filter", filter)
        .variable("first", per_page)
        .page(Connection::at("/issueLabels"))
        .await
}

/// Creates a label, for all teams or for one.
///
/// Names are unique among the labels of all teams and of the team. Returns the new label with its id.
#[action(write, scopes = ["write"], reconcile(key = find_created()))]
pub async fn create(
    cx: &ActionContext,
    /// Name.
    #[param(length(1..=80), example = "bug")]
    name: String,
    /// Id of its team; all teams if left out.
    team_id: Option<Id>,
    /// Colour; Linear chooses one if left out.
    color: Option<Color>,
    /// What it means.
    #[param(length(..=255))]
    description: Option<String>,
    /// Id of the group that it goes to.
    group_id: Option<Id>,
) -> Result<Label> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![
                id = key::id(cx),
                name,
                teamId = team_id,
                color,
                description,
                parentId = group_id
            ],
        )
        .at("/issueLabelCreate/issueLabel")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Label>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/issueLabel")
            .fetch()
            .await,
    )
}

/// Changes a label: its name, colour, description or group.
///
/// What is not given stays as it is; `null` takes description or group away. Returns the changed label.
#[action(write, idempotent, scopes = ["write"])]
pub async fn update(
    cx: &ActionContext,
    /// Id of the label.
    label_id: Id,
    /// New name.
    #[param(length(1..=80))]
    name: Option<String>,
    /// New colour.
    color: Option<Color>,
    /// What it means.
    #[param(length(..=255))]
    description: Patch<String>,
    /// Id of the group that it goes to.
    group_id: Patch<Id>,
) -> Result<Label> {
    cx.graphql(UPDATE)
        .variable("id", label_id)
        .input(
            "input",
            params![name, color, description, parentId = group_id],
        )
        .at("/issueLabelUpdate/issueLabel")
        .fetch()
        .await
}

/// Deletes a label and takes it off all issues that have it.
///
/// A group is deleted with its labels. It can't be undone. Returns nothing.
#[action(destructive, idempotent, scopes = ["write"])]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the label.
    label_id: Id,
) -> Result<()> {
    let request = cx
        .graphql(DELETE)
        .variable("id", label_id)
        .at("/issueLabelDelete");
    request.fetch::<Success>().await?.check()
}
