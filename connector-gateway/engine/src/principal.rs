//! Who calls.

use plugwright_store::{Grant, Token};
use std::borrow::Cow;

use uuid::Uuid;

/// Who makes a call.
#[derive(Clone, Debug)]
pub struct Principal {
    /// What stands in the run log and scopes idempotency keys: `admin`, `token:<id>`,
    /// `project-key:<id>`, `anonymous` or `local`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// Whether it may use the operator's API.
    pub operator: bool,
    /// The project whose key it is: then it acts for end users of the project, and for nobody else.
    pub project: Option<Uuid>,
}

impl Principal {
    /// Returns the operator.
    pub fn operator() -> Self {
        Self {
            id: "admin".to_owned(),
            name: "operator".to_owned(),
            grant: Grant::everything(),
            operator: true,
            project: None,
        }
    }

    /// Returns whoever calls from inside the process, as a command line does.
    pub fn local() -> Self {
        Self {
            id: "local".to_owned(),
            name: "this process".to_owned(),
            grant: Grant::everything(),
            operator: false,
            project: None,
        }
    }

    /// Tells whether it is a caller without a token.
    pub fn is_anonymous(&self) -> bool {
        self.id == "anonymous"
    }

    /// Returns a caller without a token, whom only a development server lets in.
    pub fn anonymous() -> Self {
        Self {
            id: "anonymous".to_owned(),
            name: "anonymous".to_owned(),
            grant: Grant::everything(),
            operator: false,
            project: None,
        }
    }

    /// Returns what budgets are counted by: the principal, or the project whose key it is.
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
