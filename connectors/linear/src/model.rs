//! Types of the Linear API, and what its errors mean.

mod issue;
mod project;
mod team;

use plugwright_sdk::{
    Account, ActionError, ErrorCode, Param, UpstreamResponse, Value, json, model,
};

pub use issue::{Attachment, Comment, Issue, IssueRelation, RelationKind};
pub use project::{Document, Health, Project, ProjectUpdate};
pub use team::{Cycle, Label, State, StateKind, Team, User};

/// Id of the issue, or its identifier such as `ENG-123`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "ENG-123")]
pub struct IssueId(pub String);

/// Key of the team such as `ENG`, or its id.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "ENG")]
pub struct TeamId(pub String);

impl TeamId {
    /// The filter for the team.
    pub(crate) fn filter(self) -> Value {
        let is_key = self.0.len() <= 8 && !self.0.contains('-');
        json!({ if is_key { "key" } else { "id" }: { "eq": self.0 } })
    }
}

/// Id, as answers of other actions have it.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(format = "uuid")]
pub struct Id(pub String);

impl Id {
    /// The filter for what has this id.
    pub(crate) fn filter(self) -> Value {
        json!({ "id": { "eq": self.0 } })
    }
}

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=250), default = 50)]
pub struct PerPage(pub u32);

/// Order of a list, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum OrderBy {
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

/// How urgent something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Priority {
    /// No priority.
    None,
    /// At once.
    Urgent,
    /// Soon.
    High,
    /// In time.
    Medium,
    /// When there is time.
    Low,
}

impl Priority {
    /// Linear's number of it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Urgent => 1,
            Self::High => 2,
            Self::Medium => 3,
            Self::Low => 4,
        }
    }
}

/// Something with an id and a name.
#[model]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Something with a name.
#[model]
pub(crate) struct Name {
    pub(crate) name: String,
}

/// Something with an id and a key, such as a team.
#[model]
pub(crate) struct Keyed {
    pub(crate) id: String,
    pub(crate) key: String,
}

/// A list within an object.
#[model]
pub(crate) struct Nodes<T> {
    pub(crate) nodes: Vec<T>,
}

/// What a mutation says that returns nothing else.
#[model]
pub(crate) struct Success {
    success: bool,
}

impl Success {
    /// Fails if the write was not done.
    pub(crate) fn check(self) -> plugwright_sdk::Result<()> {
        if self.success {
            return Ok(());
        }
        Err(ActionError::new(
            ErrorCode::UpstreamError,
            "Linear did not do it, and does not say why",
        ))
    }
}

/// Reads whose account a credential is.
pub(crate) fn account(data: &Value) -> Option<Account> {
    let text = |name: &str| Some(data["viewer"][name].as_str()?.to_owned());
    Some(Account {
        id: text("id")?,
        label: text("email")?,
    })
}

/// Turns what differs from the usual meaning of an error of GraphQL into one of an action: what is not
/// there comes as input that is not valid.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json()?;
    let mut errors = body.get("errors")?.as_array()?.iter();
    let missing = errors.find_map(|error| {
        let message = error.get("message")?.as_str()?;
        message.starts_with("Entity not found").then_some(message)
    })?;
    let error = ActionError::new(
        ErrorCode::NotFound,
        "there is no such thing, or the account can't see it",
    );
    Some(error.with_detail(missing))
}
