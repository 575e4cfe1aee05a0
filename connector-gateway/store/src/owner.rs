//! Whose connections are.

use uuid::Uuid;

/// The organization that connections belong to when none is named; it always exists.
pub const DEFAULT_ORGANIZATION: &str = "default";

/// Whose a connection is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// An organization of the operator.
    Organization(String),
    /// An end user of a project.
    User {
        /// The project's id.
        project: Uuid,
        /// The project's own id of the user.
        user: String,
    },
}

impl Owner {
    /// Returns the text by which the owner is stored: `org:NAME` or `user:PROJECT:USER`.
    pub fn key(&self) -> String {
        match self {
            Self::Organization(name) => format!("org:{name}"),
            Self::User { project, user } => format!("user:{project}:{user}"),
        }
    }

    /// Reads such a text.
    pub fn from_key(key: &str) -> Option<Self> {
        if let Some(name) = key.strip_prefix("org:") {
            return Some(Self::Organization(name.to_owned()));
        }
        let (project, user) = key.strip_prefix("user:")?.split_once(':')?;
        Some(Self::User {
            project: Uuid::try_parse(project).ok()?,
            user: user.to_owned(),
        })
    }

    /// Returns the organization, if it is one.
    pub fn organization(&self) -> Option<&str> {
        match self {
            Self::Organization(name) => Some(name),
            Self::User { .. } => None,
        }
    }

    /// Returns the project of an end user.
    pub fn project(&self) -> Option<Uuid> {
        match self {
            Self::Organization(_) => None,
            Self::User { project, .. } => Some(*project),
        }
    }
}
