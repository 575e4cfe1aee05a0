//! Instances of connectors: a connection, or a connector that needs none, by one name.

mod data;
mod response;

use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{env, fmt};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use crate::action::{Action, OwnConnections};
use crate::catalog::ActionMetadata;
use crate::connector::Connector;
use crate::error::{Error, ErrorCode};
use crate::options::CallOptions;
use crate::tools::Tools;
pub use response::{ConnectorResponse, ResponseMetadata};

/// The origin of the gateway.
const URL: &str = "PLUGWRIGHT_URL";
/// The key.
const TOKEN: &str = "PLUGWRIGHT_TOKEN";

/// Calls a resource of an instance, with the client of [`Connector::from_env`].
///
/// ```no_run
/// use plugwright_client::{ConnectorOptions, connector};
/// use serde_json::{Value, json};
///
/// # async fn example() -> Result<(), plugwright_client::Error> {
/// let input = json!({ "repo": "acme/site", "title": "Lamp" });
/// let result = connector::<Value>("github-work", "create-issue", &input, ConnectorOptions::new()).await?;
/// println!("{}", result.data["number"]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`Instance::call`], and if the environment has no valid settings.
pub async fn connector<T: DeserializeOwned + Send>(
    instance: &str,
    resource: &str,
    data: &(impl Serialize + ?Sized),
    options: ConnectorOptions,
) -> Result<ConnectorResponse<T>, Error> {
    load_connector(instance)?
        .using(options)
        .call(resource, data)
        .await
}

/// Returns an instance of the client of [`Connector::from_env`]. Nothing is sent.
///
/// # Errors
///
/// If the environment has no valid settings.
pub fn load_connector(instance: &str) -> Result<Instance, Error> {
    static CLIENT: OnceLock<Connector> = OnceLock::new();
    let client = match CLIENT.get() {
        Some(client) => client,
        None => {
            let client = Connector::from_env()?;
            CLIENT.get_or_init(|| client)
        }
    };
    Ok(client.instance(instance))
}

impl Connector {
    /// Makes a client of the gateway at `PLUGWRIGHT_URL`, by default `http://127.0.0.1:3000`, with the key
    /// `PLUGWRIGHT_TOKEN`, if there is one.
    ///
    /// # Errors
    ///
    /// If a setting is invalid.
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Self::builder();
        if let Ok(url) = env::var(URL) {
            builder = builder.base_url(format!("{}/v1", url.trim_end_matches('/')));
        }
        builder = match env::var(TOKEN) {
            Ok(token) => builder.api_key(token),
            Err(_) => builder.without_api_key(),
        };
        builder.build()
    }

    /// Returns an instance by its name: that of a connection, alone (`work`) or after its connector
    /// (`github-work`), or that of a connector, whose default connection is used if it needs one.
    /// Nothing is sent.
    ///
    /// ```
    /// # use plugwright_client::{Connector, Error};
    /// # use serde_json::{Value, json};
    /// # async fn example(client: Connector) -> Result<(), Error> {
    /// let github = client.instance("github-work");
    /// let issues = github.call::<Vec<Value>>("list-issues", &json!({ "repo": "acme/site" })).await?;
    /// println!("{} issues of {}", issues.data.len(), issues.metadata.connector);
    /// # Ok(())
    /// # }
    /// ```
    pub fn instance(&self, name: impl Into<String>) -> Instance {
        Instance {
            client: self.clone(),
            name: name.into(),
            options: ConnectorOptions::new(),
            place: Arc::default(),
        }
    }
}

/// A connection, or a connector that needs none. [`Connector::instance`] makes one.
///
/// Its name is resolved by the gateway at the first call and cached; clones share the result.
#[derive(Clone, Debug)]
pub struct Instance {
    client: Connector,
    name: String,
    options: ConnectorOptions,
    place: Arc<OnceCell<Place>>,
}

#[derive(Debug)]
struct Place {
    service: String,
    /// `None` is the default one, or none.
    connection: Option<String>,
}

/// Options of calls of an [`Instance`].
#[derive(Clone, Default)]
pub struct ConnectorOptions {
    credential_id: Option<String>,
    headers: Vec<(String, String)>,
    use_mock: bool,
    call: CallOptions,
}

impl ConnectorOptions {
    /// Makes options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the connection whose credential is used, by its id, in place of the instance's.
    #[must_use]
    pub fn credential_id(mut self, id: impl Into<String>) -> Self {
        self.credential_id = Some(id.into());
        self
    }

    /// Adds a header for the provider. `authorization`, or another by which the connector's credential is
    /// sent, takes the credential's place and counts before [`credential_id`](Self::credential_id).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets whether recorded traffic or sample data is returned, and nothing is sent to the provider.
    #[must_use]
    pub fn use_mock(mut self, enabled: bool) -> Self {
        self.use_mock = enabled;
        self
    }

    /// Sets the timeout of each attempt.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call = self.call.timeout(timeout);
        self
    }

    /// Sets how often a call is repeated.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.call = self.call.retries(retries);
        self
    }
}

impl fmt::Debug for ConnectorOptions {
    /// Leaves out the values of headers, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("ConnectorOptions")
            .field("credential_id", &self.credential_id)
            .field("headers", &headers)
            .field("use_mock", &self.use_mock)
            .field("call", &self.call)
            .finish()
    }
}

impl Instance {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the same instance whose calls have these options. This one stays as it is.
    #[must_use]
    pub fn using(&self, options: ConnectorOptions) -> Self {
        Self {
            options,
            ..self.clone()
        }
    }

    /// Calls a resource: an action of the connector, by any spelling of its name, such as `create-issue`
    /// or `issues.create`.
    ///
    /// `data` has the parameters, either flat or in the groups `path`, `query` and `body`.
    ///
    /// # Errors
    ///
    /// If several connections have the instance's name, the call fails, or its output is no `T`.
    pub async fn call<T: DeserializeOwned + Send>(
        &self,
        resource: &str,
        data: &(impl Serialize + ?Sized),
    ) -> Result<ConnectorResponse<T>, Error> {
        let place = self.place().await?;
        let id = place.action(resource);
        let input = serde_json::to_value(data).map_err(|error| {
            let message = format!("the data can't be written as JSON: {error}");
            Error::invalid_request(message)
        })?;
        let input = if data::is_grouped(&input) {
            data::flat(input, &self.described(&id).await?.input_schema)?
        } else {
            input
        };
        let result = self.action(place, id).input(input).execute_raw().await?;
        Ok(ConnectorResponse {
            success: true,
            data: result.data,
            metadata: ResponseMetadata {
                connector: self.name.clone(),
                resource: resource.to_owned(),
                action_id: result.action_id,
                execution_id: result.execution_id,
                replayed: result.replayed,
            },
        })
    }

    /// Makes tools of a language model of resources, which use this instance.
    ///
    /// # Errors
    ///
    /// If the gateway can't be asked what the instance is, or several connections have its name.
    pub async fn tools(&self, resources: &[&str]) -> Result<Tools, Error> {
        let place = self.place().await?;
        let ids = resources.iter().map(|resource| place.action(resource));
        let client = match &place.connection {
            Some(name) => self
                .client
                .using(self.options.call.clone().connection_name(name)),
            None => self.client.using(self.options.call.clone()),
        };
        Ok(client.tools(ids))
    }

    fn action(&self, place: &Place, id: String) -> Action<OwnConnections> {
        let options = &self.options;
        let mut action = self.client.using(options.call.clone()).action(id);
        if let Some(name) = &place.connection {
            action = action.connection_name(name);
        }
        if let Some(id) = &options.credential_id {
            action = action.connection_id(id);
        }
        for (name, value) in &options.headers {
            action = action.header(name, value);
        }
        if options.use_mock {
            action = action.mock();
        }
        action
    }

    async fn described(&self, id: &str) -> Result<ActionMetadata, Error> {
        self.client.catalog().action(id).await
    }

    async fn place(&self) -> Result<&Place, Error> {
        self.place.get_or_try_init(|| self.find()).await
    }

    /// Asks the gateway what the instance is: a connection counts before a connector.
    async fn find(&self) -> Result<Place, Error> {
        let apps = self.client.apps().list().await?;
        let named = |is_named: &dyn Fn(&str, &str) -> bool| -> Vec<Place> {
            let places = apps.iter().filter_map(|app| {
                let connection = app.connection_name.as_deref()?;
                is_named(&app.service, connection).then(|| Place {
                    service: app.service.clone(),
                    connection: Some(connection.to_owned()),
                })
            });
            places.collect()
        };
        let mut places = named(&|_, connection| connection == self.name);
        if places.is_empty() {
            places = named(&|service, connection| {
                let rest = self.name.strip_prefix(service);
                rest.and_then(|rest| rest.strip_prefix('-')) == Some(connection)
            });
        }
        if places.len() > 1 {
            let choices = places.iter().filter_map(|place| {
                let connection = place.connection.as_deref()?;
                Some(format!("`{}-{connection}`", place.service))
            });
            let choices: Vec<_> = choices.collect();
            let message = format!("`{}` may be {}", self.name, choices.join(" or "));
            return Err(Error::new(ErrorCode::ConnectionAmbiguous, message));
        }
        Ok(places.pop().unwrap_or_else(|| Place {
            service: self.name.clone(),
            connection: None,
        }))
    }
}

impl Place {
    fn action(&self, resource: &str) -> String {
        format!("{}.{resource}", self.service)
    }
}
