//! Callers.

use std::borrow::Cow;

use plugwright_store::{ConnectionRequest, Grant, Owner, Patterns, Token};
use uuid::Uuid;

/// The caller of a request.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Id in the run log and scope of idempotency keys: `admin`, `token:<id>`, `project-key:<id>`,
    /// `anonymous` or `local`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// Whether it may use the operator's API.
    pub operator: bool,
    /// The project of its key: it acts for end users of the project, and for nobody else.
    pub project: Option<Uuid>,
}

impl Principal {
    /// Returns the operator.
    pub fn operator() -> Self {
        Self {
            operator: true,
            ..Self::unlimited("admin", "operator")
        }
    }

    /// Returns the caller of calls from within the process, such as a command line.
    pub fn local() -> Self {
        Self::unlimited("local", "this process")
    }

    /// Returns whether it is a caller without a token.
    pub fn is_anonymous(&self) -> bool {
        self.id == "anonymous"
    }

    /// Returns a caller without a token, which only a development server accepts.
    pub fn anonymous() -> Self {
        Self::unlimited("anonymous", "anonymous")
    }

    /// Returns who stands for a budget and may do nothing.
    pub(crate) fn of_budget(id: &str, project: Option<Uuid>) -> Self {
        Self {
            grant: Grant {
                actions: Patterns::default(),
                effects: Vec::new(),
                organizations: Vec::new(),
                ..Grant::default()
            },
            project,
            ..Self::unlimited(id, id)
        }
    }

    /// Returns who pays for what a browser sends for a connect request: its creator.
    pub fn behind(request: &ConnectionRequest) -> Self {
        let project = match &request.owner {
            Owner::User { project, .. } => Some(*project),
            Owner::Organization(_) => None,
        };
        let creator = request.details.principal.as_deref();
        Self::of_budget(creator.unwrap_or("admin"), project)
    }

    fn unlimited(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            grant: Grant::everything(),
            operator: false,
            project: None,
        }
    }

    /// Returns whether it may see what concerns all tenants: the operator, or a token for all actions in
    /// every organization.
    pub fn sees_all_tenants(&self) -> bool {
        let Grant {
            actions,
            blocked_actions,
            organizations,
            ..
        } = &self.grant;
        let is_everything = actions.is_all() && blocked_actions.is_empty();
        let is_everywhere = organizations.iter().any(|name| name == "*");
        self.operator || (self.project.is_none() && is_everything && is_everywhere)
    }

    /// Returns the scope of budgets: the principal, or the project of its key.
    pub fn budget(&self) -> Cow<'_, str> {
        match self.project {
            Some(project) => Cow::Owned(format!("project:{project}")),
            None => Cow::Borrowed(&self.id),
        }
    }

    /// Returns the principal of a token.
    pub fn of(token: &Token) -> Self {
        let kind = match token.project {
            Some(_) => "project-key",
            None => "token",
        };
        Self {
            id: format!("{kind}:{}", token.id),
            name: token.name.clone(),
            grant: token.grant.clone(),
            operator: false,
            project: token.project,
        }
    }
}
