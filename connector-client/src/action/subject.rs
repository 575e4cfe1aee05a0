//! Whose accounts an action uses, and how that is said on the wire.

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::http::{Answer, header};

const TEAM: &str = "x-oo-team-name";
pub(super) const CONNECTION: &str = "x-oo-connector-alias";

/// Whose accounts an action uses: [`OwnConnections`] or those of an [`EndUser`].
pub trait Subject: sealed::Subject {}

impl<S: sealed::Subject> Subject for S {}

pub(crate) mod sealed {
    use super::{Answer, DeserializeOwned, Error, HeaderMap};

    pub trait Subject: Clone + Send + Sync + 'static {
        /// Where actions are.
        const PATH: &'static str;

        /// Adds the headers that choose the account.
        fn add_headers(&self, headers: &mut HeaderMap) -> Result<(), Error>;

        /// Returns the members of the body that choose the account.
        fn members<'a>(&'a self, action: &'a str) -> Vec<(&'static str, &'a str)>;

        /// The data of a response, for an output of type `T`.
        type Data<T: DeserializeOwned + Send>: DeserializeOwned + Send;

        /// Takes the output of the action out of the data.
        fn unwrap<T: DeserializeOwned + Send>(
            answer: Answer<Self::Data<T>>,
        ) -> Result<Answer<T>, serde_json::Error>;
    }
}

/// The key's own connections.
#[derive(Clone, Debug, Default)]
pub struct OwnConnections {
    pub(crate) team: Option<String>,
    pub(crate) connection_name: Option<String>,
}

impl OwnConnections {
    /// Adds the headers of every request of a [`Connector`](crate::Connector).
    pub(crate) fn headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        sealed::Subject::add_headers(self, &mut headers)?;
        Ok(headers)
    }
}

impl sealed::Subject for OwnConnections {
    const PATH: &'static str = "/actions";

    fn add_headers(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        if let Some(team) = self.team.as_deref().filter(|team| !team.is_empty()) {
            headers.insert(TEAM, header("team", team)?);
        }
        if let Some(name) = &self.connection_name {
            headers.insert(CONNECTION, header("connection_name", name)?);
        }
        Ok(())
    }

    fn members<'a>(&'a self, _: &'a str) -> Vec<(&'static str, &'a str)> {
        Vec::new()
    }

    type Data<T: DeserializeOwned + Send> = T;

    fn unwrap<T: DeserializeOwned + Send>(
        answer: Answer<T>,
    ) -> Result<Answer<T>, serde_json::Error> {
        Ok(answer)
    }
}

/// The accounts of a project's end user.
#[derive(Clone, Debug)]
pub struct EndUser {
    pub(crate) user: String,
    pub(crate) service: Option<String>,
    pub(crate) provider_config_id: Option<String>,
    pub(crate) connected_account_id: Option<String>,
    pub(crate) connection_name: Option<String>,
}

impl EndUser {
    pub(crate) fn new(user: String) -> Self {
        Self {
            user,
            service: None,
            provider_config_id: None,
            connected_account_id: None,
            connection_name: None,
        }
    }
}

/// The data of a call for an end user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
pub struct Outcome<T> {
    output: Option<T>,
    #[serde(default)]
    execution_id: Option<String>,
    #[serde(default)]
    action_id: Option<String>,
}

impl sealed::Subject for EndUser {
    const PATH: &'static str = "/saas/actions";

    fn add_headers(&self, _: &mut HeaderMap) -> Result<(), Error> {
        Ok(())
    }

    fn members<'a>(&'a self, action: &'a str) -> Vec<(&'static str, &'a str)> {
        let provider = match (&self.provider_config_id, &self.service) {
            (Some(config), _) => ("providerConfigId", config.as_str()),
            (None, Some(service)) => ("service", service.as_str()),
            (None, None) => ("service", action.split('.').next().unwrap_or_default()),
        };
        let mut members = vec![("userId", self.user.as_str()), provider];
        match (&self.connected_account_id, &self.connection_name) {
            (Some(id), _) => members.push(("connectedAccountId", id)),
            (None, Some(name)) => members.push(("alias", name)),
            (None, None) => {}
        }
        members
    }

    /// Without an output, there may be no members at all.
    type Data<T: DeserializeOwned + Send> = Option<Outcome<T>>;

    fn unwrap<T: DeserializeOwned + Send>(
        answer: Answer<Self::Data<T>>,
    ) -> Result<Answer<T>, serde_json::Error> {
        let Answer {
            data,
            message,
            mut meta,
        } = answer;
        let (output, execution_id, action_id) = match data {
            Some(data) => (data.output, data.execution_id, data.action_id),
            None => (None, None, None),
        };
        meta.execution_id = execution_id.or(meta.execution_id);
        meta.action_id = action_id.or(meta.action_id);
        let data = match output {
            Some(output) => output,
            None => serde_json::from_str("null")?,
        };
        Ok(Answer {
            data,
            message,
            meta,
        })
    }
}
