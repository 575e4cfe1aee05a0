//! What providers tell of writes, for doubles of them.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use crate::cassette::{Cassette, RecordedBody};
use crate::connector::ConnectorDefinition;
use crate::data::JsonObject;
use crate::transport::{PlannedRequest, Request};

/// A request that only reads, to a double of the provider that has recorded no answer to it: it looks for
/// what a write did or would have done. [`evidence`](crate::host::ConnectorBuilder::evidence) answers it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Inquiry<'a> {
    /// The connector.
    pub connector: &'static ConnectorDefinition,
    /// Name of the action that writes.
    pub action: &'a str,
    /// The input of the action's call.
    pub input: &'a JsonObject,
    /// The request.
    pub request: &'a Request,
    /// What the provider has applied of the action's call, oldest first.
    pub applied: &'a [AppliedRequest],
}

/// A request that a double of the provider has applied.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppliedRequest {
    /// The request.
    pub request: PlannedRequest,
    /// Its answer, if that is JSON.
    pub answer: Value,
    /// When it was applied, as RFC 3339 in UTC with whole seconds.
    pub applied_at: String,
}

/// Answers an inquiry with a status and JSON; `None` if the provider has no such thing. A string is a body
/// of text.
pub type Evidence = fn(&Inquiry<'_>) -> Option<(u16, Value)>;

impl Inquiry<'_> {
    /// Returns the parts of the request's path, as they are encoded.
    pub fn path(&self) -> Vec<&str> {
        self.request.url.path().split('/').collect()
    }

    /// Returns whether a part of the request's path is the value of a parameter of the call.
    pub fn is_param(&self, part: &str, param: &str) -> bool {
        let part = percent_decode_str(part).decode_utf8_lossy();
        self.input.get(param).is_some_and(|value| *value == *part)
    }

    /// Returns a parameter of the request's query.
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.request.url.query_pairs();
        let (_, value) = pairs.find(|(own, _)| own == name)?;
        Some(value.into_owned())
    }

    /// Returns the request's body, if that is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.request.body.bytes()?).ok()
    }

    /// Returns what the provider answered last in one of the connector's cassettes, such as
    /// `issues.list` or `issues.get.not-found`: what others have made looks like this.
    pub fn recorded(&self, cassette: &str) -> Option<(u16, Value)> {
        let mut files = self.connector.cassettes().iter();
        let (name, text) = files.find(|(name, _)| name.strip_suffix(".json") == Some(cassette))?;
        let recorded = Cassette::parse(name, text).ok()?;
        let answer = &recorded.exchanges.last()?.response;
        let body = match answer.body.as_ref()? {
            RecordedBody::Json(body) => body.clone(),
            RecordedBody::Text(text) => Value::String(text.clone()),
            RecordedBody::Base64(_) => return None,
        };
        Some((answer.status, body))
    }

    /// Returns the same with things that the call made before those that the answer lists at a JSON pointer.
    /// What the recorded call of the action made is not among those.
    pub fn recorded_with(
        &self,
        made: impl IntoIterator<Item = Value>,
        cassette: &str,
        list: &str,
    ) -> Option<(u16, Value)> {
        let (status, mut answer) = self.recorded(cassette)?;
        let things = answer.pointer_mut(list)?.as_array_mut()?;
        let (_, own) = self.recorded(self.action).unwrap_or_default();
        things.retain(|thing| {
            let mut ids = ["id", "path"].into_iter();
            let id = ids.find(|name| thing.get(name).is_some());
            id.is_none_or(|name| thing.get(name) != own.get(name))
        });
        things.splice(0..0, made);
        Some((status, answer))
    }
}

impl AppliedRequest {
    #[cfg(feature = "testing")]
    pub(crate) fn new(request: &Request, answer: Value) -> Self {
        Self {
            request: PlannedRequest::new(request),
            answer,
            applied_at: crate::reading::rfc3339::write(std::time::SystemTime::now()),
        }
    }

    /// Returns the request's body, if that is JSON.
    pub fn json(&self) -> Option<&Value> {
        match &self.request.body {
            Some(RecordedBody::Json(body)) => Some(body),
            _ => None,
        }
    }

    /// Returns a field of the request's body, if that is a form.
    pub fn form(&self, name: &str) -> Option<String> {
        let Some(RecordedBody::Text(form)) = &self.request.body else {
            return None;
        };
        let mut fields = form_urlencoded::parse(form.as_bytes());
        let (_, value) = fields.find(|(own, _)| own == name)?;
        Some(value.into_owned())
    }

    /// Returns a header of the request, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.request.headers.iter();
        let (_, value) = headers.find(|(own, _)| own == name)?;
        Some(value)
    }

    /// Returns the last part of the request's path, as it is encoded.
    pub fn last_of_path(&self) -> &str {
        let path = self.request.url.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }
}
