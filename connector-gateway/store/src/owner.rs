//! Owners of connections.

use uuid::Uuid;

/// The organization of connections by default; it always exists.
pub const DEFAULT_ORGANIZATION: &str = "default";

/// The owner of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// An organization of the operator.
    Organization(String),
    /// An end user of a project.
    User {
        /// The project's id.
        project: Uuid,
        /// The user's id in the project.
        user: String,
    },
}

impl Owner {
    /// Returns the stored form of the owner: `org:NAME` or `user:PROJECT:USER`.
    pub fn key(&self) -> String {
        match self {
            Self::Organization(name) => format!("org:{name}"),
            Self::User { project, user } => format!("user:{project}:{user}"),
        }
    }

    /// Parses the stored form.
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

    /// Returns the organization's name, if it is one.
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
