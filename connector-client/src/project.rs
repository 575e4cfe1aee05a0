//! The client for the accounts of a product's end users.

mod account;
mod connect;
mod user;
mod wait;

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::action::{Action, EndUser, RawResult};
use crate::builder::Builder;
use crate::connector::Connector;
use crate::error::Error;
use crate::http::{Call, Http, Key};
use crate::options::{CallOptions, ProjectOptions};
use crate::secret::Secret;
use crate::tools::Tools;
pub use account::{
    ConnectedAccount, ConnectedAccountStatus, ConnectionRequest, ConnectionRequestStatus,
};
pub use connect::{ApiKeyConnect, Connect, CustomCredentialConnect, OAuthConnect, Provider};
pub use user::ProjectUser;
pub use wait::WaitForConnection;

/// A client of a gateway with a project's key, which connects accounts of end users and acts for them.
///
/// An end user is named by an id of your own. Take it from your session, never from the browser.
///
/// ```
/// use plugwright_client::{ConnectionRequestStatus, OAuthConnect, ProjectConnector};
/// use serde_json::{Value, json};
/// ///
/// # async fn example(redirect: impl Fn(&str)) -> Result<(), plugwright_client::Error> {
/// let project = ProjectConnector::new("pw_proj_...")?;
/// let user = project.for_user("user_42");
///
/// let request = user.connect().oauth(&OAuthConnect::new("github")).await?;
/// redirect(&request.authorization_url);
/// let request = user.wait_for_connection(&request.id).await?;
/// if request.status == ConnectionRequestStatus::Connected {
///     let issues: Value = user.execute("github.issues.list", &json!({ "repo": "acme/site" })).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ProjectConnector {
    http: Http,
    options: ProjectOptions,
}

impl ProjectConnector {
    /// Makes a client of the gateway at `http://127.0.0.1:3000/v1`.
    ///
    /// # Errors
    ///
    /// If the key is empty or no header can have it, or TLS can't be set up.
    pub fn new(api_key: impl Into<Secret>) -> Result<Self, Error> {
        Self::builder().api_key(api_key).build()
    }

    /// Begins a client with settings of its own.
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    pub(crate) fn of(http: Http, options: ProjectOptions) -> Self {
        Self { http, options }
    }

    /// Returns a client whose calls have these options, where they say something. This client stays as
    /// it is.
    #[must_use]
    pub fn using(&self, options: ProjectOptions) -> Self {
        Self {
            http: self.http.clone(),
            options: ProjectOptions {
                limits: options.limits.or(self.options.limits),
            },
        }
    }

    fn within(&self, time: Duration) -> Self {
        let deadline = self.options.limits.deadline;
        let deadline = deadline.map_or(time, |deadline| deadline.min(time));
        self.using(ProjectOptions::new().deadline(deadline))
    }

    /// Connects accounts of an end user.
    pub fn connect<'p>(&'p self, external_user_id: &'p str) -> Connect<'p> {
        Connect {
            project: self,
            user: external_user_id,
        }
    }

    /// Reads a request to connect an account.
    ///
    /// # Errors
    ///
    /// If the request fails, or the project has no such connection request.
    pub async fn connection_request(&self, id: &str) -> Result<ConnectionRequest, Error> {
        let call = Call {
            method: Method::GET,
            url: self.http.url("/saas/connection-requests", Some(id))?,
            headers: HeaderMap::new(),
            body: None,
            action: None,
            limits: self.options.limits.resolve(),
            key: Key::None,
        };
        Ok(self.http.send(call).await?.data)
    }

    /// Waits until the user has connected the account, refused, or was too late.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use plugwright_client::{ConnectionRequest, Error, ProjectConnector};
    /// # async fn example(project: ProjectConnector, request: ConnectionRequest) -> Result<(), Error> {
    /// let waiting = project.wait_for_connection(&request.id).max_wait(Duration::from_secs(60));
    /// println!("{}", waiting.await?.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Fails with `client_wait_timeout` if the user has not finished after the longest wait.
    pub fn wait_for_connection(&self, id: impl Into<String>) -> WaitForConnection {
        WaitForConnection::new(self.clone(), id.into())
    }

    /// Calls an action for an end user and returns its output.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute<T: DeserializeOwned + Send>(
        &self,
        external_user_id: &str,
        action: &str,
        input: &(impl Serialize + ?Sized),
    ) -> Result<T, Error> {
        self.action(external_user_id, action)
            .input(input)
            .execute()
            .await
    }

    /// Calls an action for an end user, and also returns which run that was.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute_raw<T: DeserializeOwned + Send>(
        &self,
        external_user_id: &str,
        action: &str,
        input: &(impl Serialize + ?Sized),
    ) -> Result<RawResult<T>, Error> {
        self.action(external_user_id, action)
            .input(input)
            .execute_raw()
            .await
    }

    /// Begins a call of an action for an end user, for options, pages and dry runs.
    pub fn action(
        &self,
        external_user_id: impl Into<String>,
        id: impl Into<String>,
    ) -> Action<EndUser> {
        let subject = EndUser::new(external_user_id.into());
        Action::new(self.http.clone(), id, subject, self.options.limits)
    }

    /// Returns a client for one end user.
    pub fn for_user(&self, external_user_id: impl Into<String>) -> ProjectUser {
        ProjectUser::new(self.clone(), external_user_id.into())
    }

    fn tools(&self, subject: EndUser, patterns: Vec<String>) -> Tools<EndUser> {
        let limits = self.options.limits;
        let options = CallOptions {
            limits,
            ..CallOptions::default()
        };
        let catalog = Connector::of(self.http.clone(), options);
        Tools::new(catalog, subject, limits, patterns)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let body = serde_json::to_vec(body).map_err(|error| {
            Error::invalid_request("the request can't be written as JSON").with_source(error)
        })?;
        let call = Call {
            method: Method::POST,
            url: self.http.url(path, None)?,
            headers: HeaderMap::new(),
            body: Some(body.into()),
            action: None,
            limits: self.options.limits.resolve(),
            key: Key::None,
        };
        Ok(self.http.send(call).await?.data)
    }
}
