//! Projects, managed by the operator: their provider configs and keys.

mod check;
mod configs;
mod return_uri;

use plugwright_sdk::host::{Fault, Faults, Registry};
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use plugwright_store::{Grant, Patterns, Project, RecordKind, Store, StoreError, Timestamp, Token};
use uuid::Uuid;

use crate::concurrent::Attempts;
use crate::tokens::{NewToken, Tokens, valid};

pub use check::MOST_RETURN_URIS;
pub use configs::{ConfigChange, NewConfig};
pub(crate) use return_uri::problem as return_uri_problem;

/// Checks a URL that browsers may return to: it, and what is below it.
///
/// # Errors
///
/// What is wrong with it, which continues "it".
pub fn check_return_uri(text: &str) -> Result<(), String> {
    return_uri::entry(text).map(drop)
}

/// A project to create. What could not be parsed is `None` and among the faults.
#[derive(Debug, Default)]
pub struct NewProject {
    /// The name.
    pub name: Option<String>,
    /// The display name; `None` uses the name.
    pub display_name: Option<String>,
    /// URL prefixes that its end users' browsers may return to.
    pub return_uris: Vec<String>,
}

/// Changes to a project.
#[derive(Debug, Default)]
pub struct ProjectChange {
    /// Another name.
    pub name: Option<String>,
    /// Another display name.
    pub display_name: Option<String>,
    /// Prefixes that replace all present ones.
    pub return_uris: Option<Vec<String>>,
}

/// The projects of a store.
pub struct Projects<'a> {
    /// Where they are stored.
    pub store: &'a dyn Store,
    /// The connectors.
    pub registry: &'a Registry,
}

impl Projects<'_> {
    /// Creates a project. `faults` are those found while parsing.
    pub async fn create(
        &self,
        new: NewProject,
        mut faults: Faults,
    ) -> Result<Project, ActionError> {
        check::name(new.name.as_deref(), &mut faults);
        check::shown_name("displayName", new.display_name.as_deref(), &mut faults);
        let return_uris = check::return_uris(&new.return_uris, &mut faults);
        let name = valid(faults, new.name)?;
        let project = Project {
            id: Uuid::new_v4(),
            display_name: new.display_name.unwrap_or_else(|| name.clone()),
            name,
            return_uris,
            version: 1,
            created_at: Timestamp::now(),
        };
        self.store.create_project(&project).await.map_err(clash)?;
        Ok(project)
    }

    /// Finds a project.
    pub async fn project(&self, id: Uuid) -> Result<Project, ActionError> {
        let found = self.store.project(id).await?;
        found.ok_or_else(|| RecordKind::Project.missing(id))
    }

    /// Changes a project, starting over if it was changed concurrently.
    pub async fn change(
        &self,
        id: Uuid,
        change: ProjectChange,
        mut faults: Faults,
    ) -> Result<Project, ActionError> {
        self.project(id).await?;
        check::name(change.name.as_deref(), &mut faults);
        check::shown_name("displayName", change.display_name.as_deref(), &mut faults);
        let return_uris = change
            .return_uris
            .map(|given| check::return_uris(&given, &mut faults));
        valid(faults, Some(()))?;
        let mut attempts = Attempts::default();
        let changed = loop {
            let mut project = self.project(id).await?;
            if let Some(name) = &change.name {
                project.name.clone_from(name);
            }
            if let Some(name) = &change.display_name {
                project.display_name.clone_from(name);
            }
            if let Some(entries) = &return_uris {
                project.return_uris.clone_from(entries);
            }
            let changed = self.store.update_project(&project).await;
            if !attempts.go_on(&changed) {
                break changed;
            }
        };
        match changed {
            Err(StoreError::NotFound(_)) => Err(RecordKind::Project.missing(id)),
            other => other.map_err(clash),
        }
    }

    /// Deletes a project with its keys and provider configs, unless it has connections.
    pub async fn delete(&self, id: Uuid) -> Result<(), ActionError> {
        let project = self.project(id).await?;
        match self.store.delete_project(id).await {
            Err(StoreError::NotFound(_)) => Err(RecordKind::Project.missing(id)),
            Err(StoreError::NotEmpty) => Err(ActionError::new(
                ErrorCode::Conflict,
                format!(
                    "the project `{}` still has connections of its end users; delete them first",
                    project.name
                ),
            )),
            other => Ok(other?),
        }
    }

    /// Creates a key for a project; returns it with its text, which is not stored.
    pub async fn create_key(
        &self,
        id: Uuid,
        new: NewToken,
        mut faults: Faults,
    ) -> Result<(Token, Secret), ActionError> {
        let project = self.project(id).await?;
        let mut grant = new.grant.unwrap_or_else(key_grant);
        let other = |member: &str| Fault {
            param: format!("grant.{member}"),
            message: "must be left out: a project's key can only act for end users".to_owned(),
        };
        // Clients that send a whole grant send the default here.
        if !grant.organizations.is_empty() && grant.organizations != Grant::default().organizations
        {
            faults.push(other("organizations"));
        }
        if grant.connections.is_some() {
            faults.push(other("connections"));
        }
        if grant.mcp_tools.is_some() {
            faults.push(other("mcpTools"));
        }
        grant.organizations = Vec::new();
        grant.connections = None;
        let new = NewToken {
            grant: Some(grant),
            project: Some(project.id),
            ..new
        };
        Tokens::new(self.store).create(new, faults).await
    }

    /// Returns a project's keys, newest first, including revoked ones.
    pub async fn keys(&self, id: Uuid) -> Result<Vec<Token>, ActionError> {
        let project = self.project(id).await?;
        let mut tokens = self.store.tokens().await?;
        tokens.retain(|token| token.project == Some(project.id));
        Ok(tokens)
    }
}

/// Returns the default grant of a key: unlike a token, a key may connect accounts, which is its
/// purpose.
pub fn key_grant() -> Grant {
    Grant {
        connect: Patterns::all(),
        organizations: Vec::new(),
        ..Grant::default()
    }
}

fn clash(error: StoreError) -> ActionError {
    match error {
        StoreError::NameTaken(taken) => ActionError::new(
            ErrorCode::Conflict,
            format!("{taken}: another project has this name"),
        ),
        other => other.into(),
    }
}
