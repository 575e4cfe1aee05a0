//! Recorded upstream traffic: what was asked, what was answered, and where it comes from.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::data::JsonObject;
use crate::error::ErrorCode;
use crate::spelled::spelled;

/// One recorded call of an action.
///
/// Cassettes are JSON files in a connector's `tests/cassettes`. They never hold a credential.
///
/// ```
/// use plugwright_sdk::Cassette;
/// use plugwright_sdk::cassette::ProvenanceKind;
///
/// let cassette = Cassette::parse("tasks.close.json", r#"{
///     "action": "tasks.close",
///     "title": "A task is completed",
///     "provenance": { "kind": "constructed", "source": "the API's documentation" },
///     "call": { "input": { "task_id": "7" } },
///     "exchanges": [{
///         "request": { "method": "POST", "url": "https://api.example.com/v1/tasks/7/close" },
///         "response": { "status": 204 }
///     }]
/// }"#)?;
/// assert_eq!(cassette.provenance.kind, ProvenanceKind::Constructed);
/// # Ok::<(), plugwright_sdk::cassette::CassetteError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cassette {
    /// Name of the action, without the connector's.
    pub action: String,
    /// A short description of the recording.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where the traffic comes from.
    pub provenance: Provenance,
    /// How the action was called.
    pub call: RecordedCall,
    /// The expected result.
    #[serde(default)]
    pub expect: Expectation,
    /// The upstream traffic, in order.
    pub exchanges: Vec<Exchange>,
}

/// Where recorded traffic comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// How real it is.
    pub kind: ProvenanceKind,
    /// Package, page or recording session.
    pub source: String,
    /// Licence of the source, as an SPDX expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
}

spelled! {
    /// How real recorded traffic is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum ProvenanceKind {
        /// The provider really answered this.
        Recorded = "recorded",
        /// The provider publishes this as an example.
        VendorExample = "vendor-example",
        /// Written by hand after the provider's documentation.
        Constructed = "constructed",
    }
}

/// How an action was called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedCall {
    /// The input.
    #[serde(default)]
    pub input: JsonObject,
    /// The cursor, if it starts at a later page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Whether the list was read to its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_pages: bool,
    /// The settings of the connection, if the base URL is a template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

/// The expected result of a recorded call; success by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Number of items over all pages that were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<usize>,
    /// Code of the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorCode>,
}

/// One request with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request.
    pub request: RecordedRequest,
    /// The response.
    pub response: RecordedResponse,
}

/// A request without its credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    /// Method.
    pub method: String,
    /// Full URL.
    pub url: Url,
    /// Body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<RecordedBody>,
}

/// An answer, with the headers that matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<RecordedBody>,
}

impl RecordedResponse {
    pub(crate) fn header_map(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let pair = (HeaderName::try_from(name), HeaderValue::try_from(value));
            // There are no answers with more headers than the map has room for.
            if let (Ok(name), Ok(value)) = pair
                && headers.try_append(name, value).is_err()
            {
                break;
            }
        }
        headers
    }

    /// Returns the body as it came; nothing if there was none.
    pub fn bytes(&self) -> Bytes {
        self.body
            .as_ref()
            .map(RecordedBody::bytes)
            .unwrap_or_default()
    }
}

/// A body in the form that is easiest to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordedBody {
    /// JSON.
    Json(Value),
    /// Text.
    Text(String),
    /// Other bytes, in base64.
    Base64(#[serde(with = "as_base64")] Bytes),
}

impl RecordedBody {
    /// Chooses the form for these bytes; nothing if there are none.
    pub fn new(content_type: Option<&str>, bytes: &Bytes) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        let json = content_type.is_some_and(|kind| kind.contains("json"));
        if json && let Ok(value) = serde_json::from_slice(bytes) {
            return Some(Self::Json(value));
        }
        Some(match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(bytes.clone()),
        })
    }

    /// Returns the bytes; JSON without blanks.
    pub fn bytes(&self) -> Bytes {
        match self {
            Self::Json(value) => value.to_string().into(),
            Self::Text(text) => text.clone().into(),
            Self::Base64(bytes) => bytes.clone(),
        }
    }

    /// Returns whether `bytes` are this body; JSON may differ in blanks and order of members. The text of
    /// a GraphQL operation may differ in blanks, or be left out beside an `operationName`.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Json(value) => serde_json::from_slice::<Value>(bytes)
                .is_ok_and(|other| other == *value || is_same_operation(value, other)),
            Self::Text(text) => text.as_bytes() == bytes,
            Self::Base64(own) => own == bytes,
        }
    }
}

fn is_same_operation(recorded: &Value, mut sent: Value) -> bool {
    let mut recorded = recorded.clone();
    let take = |body: &mut Value| body.as_object_mut().and_then(|body| body.remove("query"));
    let same_text = match (take(&mut recorded), take(&mut sent)) {
        (Some(Value::String(recorded)), Some(Value::String(sent))) => {
            recorded.split_whitespace().eq(sent.split_whitespace())
        }
        (None, Some(_)) => sent["operationName"].is_string(),
        _ => false,
    };
    same_text && sent == recorded
}

mod as_base64 {
    use super::{Bytes, Deserialize, Engine, STANDARD};

    pub(super) fn serialize<S: serde::Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(serde::de::Error::custom)
    }
}

/// A file is not a cassette.
#[derive(Debug, thiserror::Error)]
#[error("cassette {name} can't be read: {source}")]
pub struct CassetteError {
    name: String,
    source: serde_json::Error,
}

impl Cassette {
    /// The id of runs that are recorded or replayed: requests may depend on it.
    pub const RUN_ID: &str = "check";

    /// Reads a cassette; `name` is for the error.
    ///
    /// # Errors
    ///
    /// If the text is not a cassette.
    pub fn parse(name: &str, text: &str) -> Result<Self, CassetteError> {
        serde_json::from_str(text).map_err(|source| CassetteError {
            name: name.to_owned(),
            source,
        })
    }

    /// Reads all cassettes that a connector ships.
    ///
    /// # Errors
    ///
    /// If one of them is not a cassette.
    pub fn shipped(files: &[(&str, &str)]) -> Result<Vec<Self>, CassetteError> {
        files
            .iter()
            .map(|(name, text)| Self::parse(name, text))
            .collect()
    }
}
