//! Actions: what a call of one says, and what comes back.

mod output;
mod pages;
mod plan;
pub(crate) mod subject;
pub(crate) mod upload;

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::Error;
use crate::http::{Answer, Call, Http, Key, Payload};
use crate::options::{CallOptions, LimitOptions, limit_setters};
pub use output::OutputStream;
pub use pages::{Items, Page, Pages};
pub use plan::{Plan, PlannedRequest};
pub use subject::{EndUser, OwnConnections, Subject};
pub use upload::FileUpload;

/// An action, and how it is to be called.
///
/// [`Connector::action`](crate::Connector::action) and
/// [`ProjectConnector::action`](crate::ProjectConnector::action) make one. Nothing is sent before one of
/// the methods that return a future or a stream is used.
///
/// ```
/// # use plugwright_client::{Connector, Error};
/// # use serde_json::json;
/// # #[derive(serde::Deserialize)]
/// # struct Issue;
/// # async fn example(client: Connector) -> Result<(), Error> {
/// let created: Issue = client
///     .action("github.issues.create")
///     .input(json!({ "repo": "octocat/Hello-World", "title": "Lamp" }))
///     .connection_name("work")
///     .idempotency_key("order-17")
///     .execute()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Action<S = OwnConnections> {
    http: Http,
    id: String,
    subject: S,
    limits: LimitOptions,
    /// JSON, or why it could not be written.
    input: Option<Result<Box<RawValue>, String>>,
    files: Vec<(String, FileUpload)>,
    key: Option<String>,
    options: Options,
}

/// How the gateway is to run the action.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<String>,
}

/// What a call returned, and which call it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RawResult<T> {
    /// The output of the action.
    pub data: T,
    /// Id of the run, if the gateway gives it one.
    pub execution_id: Option<String>,
    /// The action, as the gateway names it.
    pub action_id: String,
    /// What the gateway says of the success.
    pub message: Option<String>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    pub replayed: bool,
}

impl Action<OwnConnections> {
    /// Sets the team, which is an organization of the gateway. An empty name is none.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.subject.team = Some(team.into());
        self
    }

    /// Sets the connection, by its name. An empty name is the default connection.
    #[must_use]
    pub fn connection_name(mut self, name: impl Into<String>) -> Self {
        self.subject.connection_name = Some(name.into());
        self
    }

    /// Sets the connection, by its id, which counts before a name. Fails with `client_unsupported` on
    /// gateways that would use another connection.
    #[must_use]
    pub fn connection_id(mut self, id: impl Into<String>) -> Self {
        self.options.connection_id = Some(id.into());
        self
    }
}

impl Action<EndUser> {
    /// Sets the connector, by default what precedes the first dot of the action's id.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.subject.service = Some(service.into());
        self
    }

    /// Sets the provider config, which counts before the service.
    #[must_use]
    pub fn provider_config_id(mut self, id: impl Into<String>) -> Self {
        self.subject.provider_config_id = Some(id.into());
        self
    }

    /// Sets the account, by default the user's most recent active one.
    #[must_use]
    pub fn connected_account_id(mut self, id: impl Into<String>) -> Self {
        self.subject.connected_account_id = Some(id.into());
        self
    }

    /// Sets the account, by its name; an id counts before it.
    #[must_use]
    pub fn connection_name(mut self, name: impl Into<String>) -> Self {
        self.subject.connection_name = Some(name.into());
        self
    }
}

impl<S: Subject> Action<S> {
    pub(crate) fn new(http: Http, id: impl Into<String>, subject: S, limits: LimitOptions) -> Self {
        Self {
            http,
            id: id.into(),
            subject,
            limits,
            input: None,
            files: Vec::new(),
            key: None,
            options: Options::default(),
        }
    }

    /// Returns the id that the action is called by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sets the input; without one it is empty. If it can't be written as JSON, the call fails.
    #[must_use]
    pub fn input(mut self, input: impl Serialize) -> Self {
        let text = serde_json::value::to_raw_value(&input);
        self.input = Some(text.map_err(|error| error.to_string()));
        self
    }

    /// Adds a file to the input, for a parameter that takes one. It is sent while it is read; set a
    /// [`timeout`](Self::timeout) that is long enough.
    ///
    /// ```
    /// # use plugwright_client::{Connector, Error, FileUpload};
    /// # use serde_json::{Value, json};
    /// # async fn example(client: Connector) -> Result<(), Error> {
    /// let file = FileUpload::from_path("app.tar.gz").media_type("application/gzip");
    /// let upload = client.action("github.releases.upload_asset").file("content", file);
    /// let input = json!({ "repo": "acme/site", "release_id": 1, "name": "app.tar.gz" });
    /// upload.input(input).execute::<Value>().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn file(mut self, param: impl Into<String>, file: FileUpload) -> Self {
        self.files.push((param.into(), file));
        self
    }

    /// Adds a header for the provider. `authorization`, or another by which the connector's credential is
    /// sent, takes the place of the connection's credential. Fails with `client_unsupported` on gateways
    /// that would leave it out.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.headers.insert(name.into(), value.into());
        self
    }

    /// Keeps only these fields of the output, such as `number` or `user.login`.
    #[must_use]
    pub fn fields<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Self {
        self.options.fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Continues a list: the cursor of the page before.
    #[must_use]
    pub(crate) fn cursor(mut self, cursor: Option<String>) -> Self {
        self.options.cursor = cursor;
        self
    }

    /// Sets the idempotency key, by default a random one per call: calls with the same key happen once.
    /// Lists that are read in several pages don't use it.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Returns recorded traffic, or sample data that fits the output schema, and sends nothing to the
    /// provider. Fails with `client_unsupported` on gateways that would make a live call.
    #[must_use]
    pub fn mock(mut self) -> Self {
        self.options.mode = Some("mock");
        self
    }

    limit_setters!(limits);

    /// Calls the action.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute<T: DeserializeOwned + Send>(self) -> Result<T, Error> {
        Ok(self.send().await?.data)
    }

    /// Calls the action, and also returns which run that was.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute_raw<T: DeserializeOwned + Send>(self) -> Result<RawResult<T>, Error> {
        let answer = self.send().await?;
        Ok(RawResult {
            data: answer.data,
            execution_id: answer.meta.execution_id,
            action_id: answer.meta.action_id.unwrap_or(self.id),
            message: answer.message,
            replayed: answer.meta.replayed.unwrap_or(false),
        })
    }

    pub(crate) async fn send<T: DeserializeOwned + Send>(&self) -> Result<Answer<T>, Error> {
        self.check_gateway().await?;
        let call = self.call()?;
        let answer = self.http.send(call).await?;
        S::unwrap(answer).map_err(|error| {
            let error = Error::invalid_response(format!("the output has another type: {error}"));
            error.with_action(Some(&self.id))
        })
    }

    /// Makes sure that the gateway knows options without which the call would be another one.
    async fn check_gateway(&self) -> Result<(), Error> {
        let Options {
            mode,
            headers,
            connection_id,
            ..
        } = &self.options;
        if mode.is_some() || !headers.is_empty() || connection_id.is_some() {
            self.http.must_be_plugwright().await?;
        }
        Ok(())
    }

    fn call(&self) -> Result<Call<'_>, Error> {
        let with_action = |error: Error| error.with_action(Some(&self.id));
        let limits = self.limits.resolve();
        let mut headers = HeaderMap::new();
        self.subject
            .add_headers(&mut headers)
            .map_err(with_action)?;
        if self.options.connection_id.is_some() {
            headers.remove(subject::CONNECTION);
        }
        let key = Key::new(self.key.as_deref(), limits).map_err(with_action)?;
        Ok(Call {
            method: Method::POST,
            url: self
                .http
                .url(S::PATH, Some(&self.id))
                .map_err(with_action)?,
            headers,
            body: Some(self.payload().map_err(with_action)?),
            action: Some(&self.id),
            limits,
            key,
        })
    }

    fn payload(&self) -> Result<Payload, Error> {
        if self.files.is_empty() {
            return Ok(self.body()?.into());
        }
        // Files replace marks in the text.
        let mut action = self.clone();
        let text = self.input.as_ref().map_or(Ok("{}"), |input| match input {
            Ok(input) => Ok(input.get()),
            Err(message) => Err(unwritable(message)),
        })?;
        let members: serde_json::Result<Map<String, Value>> = serde_json::from_str(text);
        let mut members = members
            .map_err(|_| Error::invalid_request("the input must be an object to have a file"))?;
        let mut marks = Vec::with_capacity(self.files.len());
        for (param, file) in &self.files {
            file.check(param)?;
            let mark = Uuid::new_v4().to_string();
            marks.push((Value::from(mark.as_str()).to_string(), file.clone()));
            members.insert(param.clone(), mark.into());
        }
        action = action.input(members);
        let body = String::from_utf8_lossy(&action.body()?).into_owned();
        let mut places: Vec<_> = marks
            .into_iter()
            .filter_map(|(mark, file)| Some((body.find(&mark)?, mark.len(), file)))
            .collect();
        places.sort_by_key(|(start, ..)| *start);
        let mut parts = Vec::new();
        let mut end = 0;
        for (start, length, file) in places {
            parts.push((Bytes::from(body[end..start].to_owned()), Some(file)));
            end = start + length;
        }
        parts.push((Bytes::from(body[end..].to_owned()), None));
        Ok(Payload::Parts(parts.into()))
    }

    fn body(&self) -> Result<Vec<u8>, Error> {
        let text = serde_json::to_vec(&Body(self));
        text.map_err(|error| unwritable(&error.to_string()))
    }
}

fn unwritable(message: &str) -> Error {
    Error::invalid_request(format!("the input can't be written as JSON: {message}"))
}

/// The members of the request's body.
struct Body<'a, S>(&'a Action<S>);

impl<S: Subject> Serialize for Body<'_, S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        let Self(action) = self;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in action.subject.members(&action.id) {
            map.serialize_entry(name, value)?;
        }
        match &action.input {
            None => {}
            Some(Ok(input)) => map.serialize_entry("input", input)?,
            Some(Err(message)) => return Err(W::Error::custom(message)),
        }
        if action.options != Options::default() {
            map.serialize_entry("options", &action.options)?;
        }
        map.end()
    }
}

impl<S> fmt::Debug for Action<S> {
    /// Leaves out the input, which may have secrets in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl From<&CallOptions> for OwnConnections {
    fn from(options: &CallOptions) -> Self {
        Self {
            team: options.team.clone(),
            connection_name: options.connection_name.clone(),
        }
    }
}
