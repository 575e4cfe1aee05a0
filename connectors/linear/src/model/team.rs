//! Teams, their people, states, labels and cycles.

use plugwright_sdk::{Param, model};

use super::{Keyed, Named};

/// A team.
#[model]
#[serde(from = "TeamAnswer")]
pub struct Team {
    /// Id.
    pub id: String,
    /// Key, with which the identifiers of its issues begin.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// Time zone.
    pub timezone: String,
    /// Whether it works in cycles.
    pub cycles_enabled: bool,
    /// Number of its issues.
    pub issue_count: u64,
    /// Name of the state of new issues.
    pub default_state: Option<String>,
    /// Id of the cycle that runs now.
    pub active_cycle_id: Option<String>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct TeamAnswer {
    id: String,
    key: String,
    name: String,
    description: Option<String>,
    timezone: String,
    cycles_enabled: bool,
    issue_count: u64,
    default_issue_state: Option<Named>,
    active_cycle: Option<Id>,
}

#[model]
struct Id {
    id: String,
}

impl From<TeamAnswer> for Team {
    fn from(team: TeamAnswer) -> Self {
        Self {
            id: team.id,
            key: team.key,
            name: team.name,
            description: team.description,
            timezone: team.timezone,
            cycles_enabled: team.cycles_enabled,
            issue_count: team.issue_count,
            default_state: team.default_issue_state.map(|state| state.name),
            active_cycle_id: team.active_cycle.map(|cycle| cycle.id),
        }
    }
}

/// Types of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum StateKind {
    /// Not looked at yet.
    Triage,
    /// Not planned.
    Backlog,
    /// Planned.
    Unstarted,
    /// In work.
    Started,
    /// Done.
    Completed,
    /// Given up.
    Canceled,
}

impl StateKind {
    /// Linear's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Backlog => "backlog",
            Self::Unstarted => "unstarted",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
        }
    }
}

/// A state that issues of a team go through.
#[model]
#[serde(from = "StateAnswer")]
pub struct State {
    /// Id, which `issues.update` takes.
    pub id: String,
    /// Name.
    pub name: String,
    /// `triage`, `backlog`, `unstarted`, `started`, `completed` or `canceled`.
    pub r#type: String,
    /// What it means.
    pub description: Option<String>,
    /// Colour as hexadecimal digits.
    pub color: String,
    /// Place among the states of its team.
    pub position: f64,
    /// Key of its team.
    pub team: String,
    /// Id of its team.
    pub team_id: String,
}

#[model]
struct StateAnswer {
    id: String,
    name: String,
    r#type: String,
    description: Option<String>,
    color: String,
    position: f64,
    team: Keyed,
}

impl From<StateAnswer> for State {
    fn from(state: StateAnswer) -> Self {
        Self {
            id: state.id,
            name: state.name,
            r#type: state.r#type,
            description: state.description,
            color: state.color,
            position: state.position,
            team: state.team.key,
            team_id: state.team.id,
        }
    }
}

/// A label of issues.
#[model]
#[serde(from = "LabelAnswer")]
pub struct Label {
    /// Id, which `issues.add_label` takes.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// Colour as hexadecimal digits.
    pub color: String,
    /// Whether it is a group of labels, which issues can't have.
    pub is_group: bool,
    /// Key of its team; labels of all teams have none.
    pub team: Option<String>,
    /// Id of its team.
    pub team_id: Option<String>,
    /// Name of its group.
    pub group: Option<String>,
    /// Id of its group.
    pub group_id: Option<String>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct LabelAnswer {
    id: String,
    name: String,
    description: Option<String>,
    color: String,
    is_group: bool,
    team: Option<Keyed>,
    parent: Option<Named>,
}

impl From<LabelAnswer> for Label {
    fn from(label: LabelAnswer) -> Self {
        let (team_id, team) = label.team.map(|team| (team.id, team.key)).unzip();
        let (group_id, group) = super::issue::named(label.parent);
        Self {
            id: label.id,
            name: label.name,
            description: label.description,
            color: label.color,
            is_group: label.is_group,
            team,
            team_id,
            group,
            group_id,
        }
    }
}

/// A cycle: the time in which a team does what it planned.
#[model]
#[serde(from = "CycleAnswer")]
pub struct Cycle {
    /// Id.
    pub id: String,
    /// Number in its team.
    pub number: f64,
    /// Name, if it has one of its own.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// When it starts (RFC 3339).
    pub starts_at: String,
    /// When it ends (RFC 3339).
    pub ends_at: String,
    /// When it was completed (RFC 3339).
    pub completed_at: Option<String>,
    /// Share of it that is done, from 0 to 1.
    pub progress: f64,
    /// Whether it runs now.
    pub is_active: bool,
    /// Key of its team.
    pub team: String,
    /// Id of its team.
    pub team_id: String,
}

#[model]
#[serde(rename_all = "camelCase")]
struct CycleAnswer {
    id: String,
    number: f64,
    name: Option<String>,
    description: Option<String>,
    starts_at: String,
    ends_at: String,
    completed_at: Option<String>,
    progress: f64,
    is_active: bool,
    team: Keyed,
}

impl From<CycleAnswer> for Cycle {
    fn from(cycle: CycleAnswer) -> Self {
        Self {
            id: cycle.id,
            number: cycle.number,
            name: cycle.name,
            description: cycle.description,
            starts_at: cycle.starts_at,
            ends_at: cycle.ends_at,
            completed_at: cycle.completed_at,
            progress: cycle.progress,
            is_active: cycle.is_active,
            team: cycle.team.key,
            team_id: cycle.team.id,
        }
    }
}

/// A person or an app of the workspace.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are Linear's, and any of them can go with any other"
)]
#[model]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct User {
    /// Id.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Name that Linear shows, by which people mention each other.
    pub display_name: String,
    /// Mail address.
    pub email: String,
    /// Whether the account is in use.
    pub active: bool,
    /// Whether the person may administer the workspace.
    pub admin: bool,
    /// Whether the person sees some teams alone.
    pub guest: bool,
    /// Whether it is the account of the credential.
    pub is_me: bool,
    /// Where the picture is.
    pub avatar_url: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// Where the profile is in Linear.
    pub url: String,
}
