//! A project's client for one end user.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Connect, ConnectionRequest, ProjectConnector, WaitForConnection};
use crate::action::{Action, EndUser, RawResult};
use crate::error::Error;
use crate::options::ProjectOptions;
use crate::tools::Tools;

/// A client for one end user. [`ProjectConnector::for_user`] makes one.
#[derive(Clone, Debug)]
pub struct ProjectUser {
    project: ProjectConnector,
    external_user_id: String,
}

impl ProjectUser {
    pub(super) fn new(project: ProjectConnector, external_user_id: String) -> Self {
        Self {
            project,
            external_user_id,
        }
    }

    /// Returns the end user.
    pub fn external_user_id(&self) -> &str {
        &self.external_user_id
    }

    /// Returns a client for the same end user whose calls have these options, where they say something.
    #[must_use]
    pub fn using(&self, options: ProjectOptions) -> Self {
        Self::new(self.project.using(options), self.external_user_id.clone())
    }

    /// Connects accounts of the end user.
    pub fn connect(&self) -> Connect<'_> {
        self.project.connect(&self.external_user_id)
    }

    /// Reads a request to connect an account.
    ///
    /// # Errors
    ///
    /// If the request fails, or the project has no such connection request.
    pub async fn connection_request(&self, id: &str) -> Result<ConnectionRequest, Error> {
        self.project.connection_request(id).await
    }

    /// Waits until the user has connected the account, refused, or was too late.
    pub fn wait_for_connection(&self, id: impl Into<String>) -> WaitForConnection {
        self.project.wait_for_connection(id)
    }

    /// Calls an action for the end user and returns its output.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute<T: DeserializeOwned + Send>(
        &self,
        action: &str,
        input: &(impl Serialize + ?Sized),
    ) -> Result<T, Error> {
        self.action(action).input(input).execute().await
    }

    /// Calls an action for the end user, and also returns which run that was.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute_raw<T: DeserializeOwned + Send>(
        &self,
        action: &str,
        input: &(impl Serialize + ?Sized),
    ) -> Result<RawResult<T>, Error> {
        self.action(action).input(input).execute_raw().await
    }

    /// Begins a call of an action for the end user, for options, pages and dry runs.
    pub fn action(&self, id: impl Into<String>) -> Action<EndUser> {
        self.project.action(self.external_user_id.clone(), id)
    }

    /// Makes tools of a language model of the actions with these ids, which act for the end user. In a
    /// pattern, `*` is any text: `github.*` are all actions of GitHub.
    pub fn tools<P: Into<String>>(&self, actions: impl IntoIterator<Item = P>) -> Tools<EndUser> {
        let patterns = actions.into_iter().map(Into::into).collect();
        let subject = EndUser::new(self.external_user_id.clone());
        self.project.tools(subject, patterns)
    }
}
