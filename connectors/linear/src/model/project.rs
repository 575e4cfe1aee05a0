//! Projects, reports on them, and documents.

use plugwright_sdk::{Param, model};

use super::issue::named;
use super::{Name, Named, Nodes};

/// A project.
#[model]
#[serde(from = "ProjectAnswer")]
pub struct Project {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is about, in one line.
    pub description: String,
    /// What it is about at length, in Markdown.
    pub content: Option<String>,
    /// Where it is in Linear.
    pub url: String,
    /// Part of its URL, which `projects.get` takes as well as the id.
    pub slug_id: String,
    /// Name of its status.
    pub status: String,
    /// Type of its status: `backlog`, `planned`, `started`, `paused`, `completed` or `canceled`.
    pub status_type: String,
    /// Id of its status.
    pub status_id: String,
    /// `No priority`, `Urgent`, `High`, `Medium` or `Low`.
    pub priority: String,
    /// Share of it that is done, from 0 to 1.
    pub progress: f64,
    /// `onTrack`, `atRisk` or `offTrack`, as the last report says.
    pub health: Option<String>,
    /// Name of the person who leads it.
    pub lead: Option<String>,
    /// Id of the person who leads it.
    pub lead_id: Option<String>,
    /// Keys of its teams.
    pub teams: Vec<String>,
    /// Day on which it starts.
    pub start_date: Option<String>,
    /// Day on which it should be done.
    pub target_date: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When it was completed (RFC 3339).
    pub completed_at: Option<String>,
    /// When it was cancelled (RFC 3339).
    pub canceled_at: Option<String>,
    /// When it was archived (RFC 3339).
    pub archived_at: Option<String>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct ProjectAnswer {
    id: String,
    name: String,
    description: String,
    content: Option<String>,
    url: String,
    slug_id: String,
    status: Status,
    priority_label: String,
    progress: f64,
    health: Option<String>,
    lead: Option<Named>,
    teams: Nodes<Key>,
    start_date: Option<String>,
    target_date: Option<String>,
    created_at: String,
    updated_at: String,
    completed_at: Option<String>,
    canceled_at: Option<String>,
    archived_at: Option<String>,
}

#[model]
struct Status {
    id: String,
    name: String,
    r#type: String,
}

#[model]
struct Key {
    key: String,
}

impl From<ProjectAnswer> for Project {
    fn from(project: ProjectAnswer) -> Self {
        let (lead_id, lead) = named(project.lead);
        Self {
            id: project.id,
            name: project.name,
            description: project.description,
            content: project.content,
            url: project.url,
            slug_id: project.slug_id,
            status: project.status.name,
            status_type: project.status.r#type,
            status_id: project.status.id,
            priority: project.priority_label,
            progress: project.progress,
            health: project.health,
            lead,
            lead_id,
            teams: project
                .teams
                .nodes
                .into_iter()
                .map(|team| team.key)
                .collect(),
            start_date: project.start_date,
            target_date: project.target_date,
            created_at: project.created_at,
            updated_at: project.updated_at,
            completed_at: project.completed_at,
            canceled_at: project.canceled_at,
            archived_at: project.archived_at,
        }
    }
}

/// How a project goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum Health {
    /// As planned.
    OnTrack,
    /// It may be late.
    AtRisk,
    /// It will be late.
    OffTrack,
}

/// A report on how a project goes.
#[model]
#[serde(from = "UpdateAnswer")]
pub struct ProjectUpdate {
    /// Id.
    pub id: String,
    /// Text, in Markdown.
    pub body: String,
    /// `onTrack`, `atRisk` or `offTrack`.
    pub health: String,
    /// Where it is in Linear.
    pub url: String,
    /// Name of the author.
    pub author: String,
    /// Name of the project.
    pub project: String,
    /// Id of the project.
    pub project_id: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

#[model]
#[serde(rename_all = "camelCase")]
struct UpdateAnswer {
    id: String,
    body: String,
    health: String,
    url: String,
    user: Name,
    project: Named,
    created_at: String,
    updated_at: String,
}

impl From<UpdateAnswer> for ProjectUpdate {
    fn from(update: UpdateAnswer) -> Self {
        Self {
            id: update.id,
            body: update.body,
            health: update.health,
            url: update.url,
            author: update.user.name,
            project: update.project.name,
            project_id: update.project.id,
            created_at: update.created_at,
            updated_at: update.updated_at,
        }
    }
}

/// A document.
#[model]
#[serde(from = "DocumentAnswer")]
pub struct Document {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Content, in Markdown.
    pub content: Option<String>,
    /// Where it is in Linear.
    pub url: String,
    /// Name of the author.
    pub author: Option<String>,
    /// Name of its project.
    pub project: Option<String>,
    /// Id of its project.
    pub project_id: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

#[model]
#[serde(rename_all = "camelCase")]
struct DocumentAnswer {
    id: String,
    title: String,
    content: Option<String>,
    url: String,
    creator: Option<Name>,
    project: Option<Named>,
    created_at: String,
    updated_at: String,
}

impl From<DocumentAnswer> for Document {
    fn from(document: DocumentAnswer) -> Self {
        let (project_id, project) = named(document.project);
        Self {
            id: document.id,
            title: document.title,
            content: document.content,
            url: document.url,
            author: document.creator.map(|creator| creator.name),
            project,
            project_id,
            created_at: document.created_at,
            updated_at: document.updated_at,
        }
    }
}
