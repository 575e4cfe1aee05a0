//! Issues and what belongs to them.

use plugwright_sdk::{Param, Value, model};

use super::{Keyed, Name, Named, Nodes};

/// An issue.
#[model]
#[serde(from = "IssueAnswer")]
pub struct Issue {
    /// Id.
    pub id: String,
    /// Identifier that people use, such as `ENG-123`.
    pub identifier: String,
    /// Title.
    pub title: String,
    /// Description, in Markdown.
    pub description: Option<String>,
    /// Where it is in Linear.
    pub url: String,
    /// Name of a Git branch for it.
    pub branch_name: String,
    /// `No priority`, `Urgent`, `High`, `Medium` or `Low`.
    pub priority: String,
    /// Name of its state.
    pub state: String,
    /// Type of its state: `triage`, `backlog`, `unstarted`, `started`, `completed` or `canceled`.
    pub state_type: String,
    /// Id of its state.
    pub state_id: String,
    /// Key of its team.
    pub team: String,
    /// Id of its team.
    pub team_id: String,
    /// Name of the person who works on it.
    pub assignee: Option<String>,
    /// Id of the person who works on it.
    pub assignee_id: Option<String>,
    /// Name of the person who made it.
    pub creator: Option<String>,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// Name of its project.
    pub project: Option<String>,
    /// Id of its project.
    pub project_id: Option<String>,
    /// Number of its cycle.
    pub cycle: Option<f64>,
    /// Id of its cycle.
    pub cycle_id: Option<String>,
    /// Identifier of the issue that it is a part of.
    pub parent: Option<String>,
    /// Estimate in points.
    pub estimate: Option<f64>,
    /// Day on which it is due.
    pub due_date: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When work on it began (RFC 3339).
    pub started_at: Option<String>,
    /// When it was completed (RFC 3339).
    pub completed_at: Option<String>,
    /// When it was cancelled (RFC 3339).
    pub canceled_at: Option<String>,
    /// When it was archived (RFC 3339).
    pub archived_at: Option<String>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct IssueAnswer {
    id: String,
    identifier: String,
    title: String,
    description: Option<String>,
    url: String,
    branch_name: String,
    priority_label: String,
    state: StateAnswer,
    team: Keyed,
    assignee: Option<Named>,
    creator: Option<Name>,
    labels: Nodes<Name>,
    project: Option<Named>,
    cycle: Option<CycleNumber>,
    parent: Option<Identifier>,
    estimate: Option<f64>,
    due_date: Option<String>,
    created_at: String,
    updated_at: String,
    started_at: Option<String>,
    completed_at: Option<String>,
    canceled_at: Option<String>,
    archived_at: Option<String>,
}

#[model]
struct StateAnswer {
    id: String,
    name: String,
    r#type: String,
}

#[model]
struct CycleNumber {
    id: String,
    number: f64,
}

#[model]
struct Identifier {
    identifier: String,
}

impl From<IssueAnswer> for Issue {
    fn from(issue: IssueAnswer) -> Self {
        let (assignee_id, assignee) = named(issue.assignee);
        let (project_id, project) = named(issue.project);
        let (cycle_id, cycle) = issue.cycle.map(|cycle| (cycle.id, cycle.number)).unzip();
        Self {
            id: issue.id,
            identifier: issue.identifier,
            title: issue.title,
            description: issue.description,
            url: issue.url,
            branch_name: issue.branch_name,
            priority: issue.priority_label,
            state: issue.state.name,
            state_type: issue.state.r#type,
            state_id: issue.state.id,
            team: issue.team.key,
            team_id: issue.team.id,
            assignee,
            assignee_id,
            creator: issue.creator.map(|creator| creator.name),
            labels: names(issue.labels),
            project,
            project_id,
            cycle,
            cycle_id,
            parent: issue.parent.map(|parent| parent.identifier),
            estimate: issue.estimate,
            due_date: issue.due_date,
            created_at: issue.created_at,
            updated_at: issue.updated_at,
            started_at: issue.started_at,
            completed_at: issue.completed_at,
            canceled_at: issue.canceled_at,
            archived_at: issue.archived_at,
        }
    }
}

/// Id and name of something that may be there.
pub(super) fn named(named: Option<Named>) -> (Option<String>, Option<String>) {
    named.map(|named| (named.id, named.name)).unzip()
}

fn names(list: Nodes<Name>) -> Vec<String> {
    list.nodes.into_iter().map(|one| one.name).collect()
}

/// A comment on an issue.
#[model]
#[serde(from = "CommentAnswer")]
pub struct Comment {
    /// Id.
    pub id: String,
    /// Text, in Markdown.
    pub body: String,
    /// Where it is in Linear.
    pub url: String,
    /// Name of the author; an integration has none.
    pub author: Option<String>,
    /// Id of the author.
    pub author_id: Option<String>,
    /// Identifier of the issue that it is on; comments on other things have none.
    pub issue: Option<String>,
    /// Id of the comment that it replies to.
    pub parent_id: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When its thread was resolved (RFC 3339).
    pub resolved_at: Option<String>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct CommentAnswer {
    id: String,
    body: String,
    url: String,
    user: Option<Named>,
    issue: Option<Identifier>,
    parent: Option<OnlyId>,
    created_at: String,
    updated_at: String,
    resolved_at: Option<String>,
}

#[model]
struct OnlyId {
    id: String,
}

impl From<CommentAnswer> for Comment {
    fn from(comment: CommentAnswer) -> Self {
        let (author_id, author) = named(comment.user);
        Self {
            id: comment.id,
            body: comment.body,
            url: comment.url,
            author,
            author_id,
            issue: comment.issue.map(|issue| issue.identifier),
            parent_id: comment.parent.map(|parent| parent.id),
            created_at: comment.created_at,
            updated_at: comment.updated_at,
            resolved_at: comment.resolved_at,
        }
    }
}

/// A link from an issue to something elsewhere.
#[model]
#[serde(from = "AttachmentAnswer")]
pub struct Attachment {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Second line.
    pub subtitle: Option<String>,
    /// Where it leads; unique for the issue.
    pub url: String,
    /// Kind of service that it leads to, such as `github` or `slack`.
    pub source_type: Option<String>,
    /// Further data that it was made with.
    pub metadata: Value,
    /// Name of the person who made it.
    pub creator: Option<String>,
    /// Identifier of the issue that it is on.
    pub issue: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

#[model]
#[serde(rename_all = "camelCase")]
struct AttachmentAnswer {
    id: String,
    title: String,
    subtitle: Option<String>,
    url: String,
    source_type: Option<String>,
    metadata: Value,
    creator: Option<Name>,
    issue: Identifier,
    created_at: String,
    updated_at: String,
}

impl From<AttachmentAnswer> for Attachment {
    fn from(attachment: AttachmentAnswer) -> Self {
        Self {
            id: attachment.id,
            title: attachment.title,
            subtitle: attachment.subtitle,
            url: attachment.url,
            source_type: attachment.source_type,
            metadata: attachment.metadata,
            creator: attachment.creator.map(|creator| creator.name),
            issue: attachment.issue.identifier,
            created_at: attachment.created_at,
            updated_at: attachment.updated_at,
        }
    }
}

/// How an issue is related to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum RelationKind {
    /// The other can't be done before it.
    Blocks,
    /// It is the same as the other.
    Duplicate,
    /// They have to do with each other.
    Related,
    /// They are alike.
    Similar,
}

/// A relation of two issues.
#[model]
#[serde(from = "RelationAnswer")]
pub struct IssueRelation {
    /// Id.
    pub id: String,
    /// `blocks`, `duplicate`, `related` or `similar`.
    pub r#type: String,
    /// Identifier of the issue that blocks, duplicates or is related.
    pub issue: String,
    /// Title of that issue.
    pub issue_title: String,
    /// Identifier of the other issue.
    pub related_issue: String,
    /// Title of the other issue.
    pub related_issue_title: String,
}

#[model]
#[serde(rename_all = "camelCase")]
struct RelationAnswer {
    id: String,
    r#type: String,
    issue: IssueTitle,
    related_issue: IssueTitle,
}

#[model]
struct IssueTitle {
    identifier: String,
    title: String,
}

impl From<RelationAnswer> for IssueRelation {
    fn from(relation: RelationAnswer) -> Self {
        Self {
            id: relation.id,
            r#type: relation.r#type,
            issue: relation.issue.identifier,
            issue_title: relation.issue.title,
            related_issue: relation.related_issue.identifier,
            related_issue_title: relation.related_issue.title,
        }
    }
}
