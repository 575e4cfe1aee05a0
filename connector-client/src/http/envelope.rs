//! What responses say: `{success, message, data, meta}`, and the other forms that gateways answer in.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{Details, Error, ErrorCode, Hint};

/// Longest part of a response without structure that becomes the message of an error.
const MOST_MESSAGE: usize = 1 << 10;

/// A success.
pub struct Answer<T> {
    pub(crate) data: T,
    pub(crate) message: Option<String>,
    pub(crate) meta: Meta,
}

/// What is said about a call beside its data. A member that is not as the contract says counts as
/// missing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Meta {
    #[serde(deserialize_with = "lenient")]
    pub(crate) execution_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) action_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) request_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cursor: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_count: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) replayed: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    hint: Option<String>,
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    source: D,
) -> Result<Option<T>, D::Error> {
    Value::deserialize(source).map(|value| serde_json::from_value(value).ok())
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Usual<T> {
    success: bool,
    #[serde(default)]
    message: Option<String>,
    data: T,
    #[serde(default)]
    meta: Meta,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    success: bool,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error_code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
}

impl Envelope<'_> {
    fn meta(&self) -> Meta {
        read(self.meta).unwrap_or_default()
    }
}

fn read<T: DeserializeOwned>(value: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(value?.get()).ok()
}

pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    /// From the headers.
    pub(super) request_id: Option<String>,
    pub(super) body: Bytes,
}

impl Received {
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        action: Option<&str>,
    ) -> Result<Answer<T>, Error> {
        if self.status.is_success()
            && let Ok(success) = serde_json::from_slice::<Usual<T>>(&self.body)
            && success.success
        {
            let Usual {
                message,
                data,
                meta,
                ..
            } = success;
            return Ok(Answer {
                data,
                message,
                meta,
            });
        }
        self.read_any(action)
    }

    /// Reads every form of a response, and finds out what is wrong with it.
    fn read_any<T: DeserializeOwned>(&self, action: Option<&str>) -> Result<Answer<T>, Error> {
        let body = text(&self.body);
        match serde_json::from_str::<Envelope<'_>>(&body) {
            Ok(envelope) if envelope.success && self.status.is_success() => {
                let meta = envelope.meta();
                let data = envelope.data.map_or("null", RawValue::get);
                let data = decode(data).map_err(|error| {
                    error
                        .of_run(meta.execution_id.as_deref())
                        .with_action(action)
                })?;
                Ok(Answer {
                    data,
                    message: read(envelope.message),
                    meta,
                })
            }
            Ok(envelope) => Err(self.failure(
                read::<String>(envelope.error_code).as_deref(),
                read(envelope.message),
                read(envelope.data),
                envelope.meta(),
                action,
            )),
            Err(_) if self.status.is_success() => Ok(Answer {
                data: without_envelope(&body).map_err(|error| error.with_action(action))?,
                message: None,
                meta: Meta::default(),
            }),
            Err(_) => Err(self.strange_failure(&body, action)),
        }
    }

    fn failure(
        &self,
        code: Option<&str>,
        message: Option<String>,
        data: Option<Value>,
        meta: Meta,
        action: Option<&str>,
    ) -> Error {
        let status = self.status.as_u16();
        let code = match code {
            Some(code) => ErrorCode::from(code),
            None if status == 429 => ErrorCode::RateLimited,
            None => ErrorCode::ProviderError,
        };
        let message = message.filter(|text| !text.is_empty());
        let message =
            message.unwrap_or_else(|| format!("the gateway responded with status {status}"));
        let details = Details {
            status: Some(status),
            request_id: meta.request_id.or_else(|| self.request_id.clone()),
            action_id: meta.action_id,
            execution_id: meta.execution_id,
            data: data.filter(|data| !data.is_null()),
            hint: meta.hint.as_deref().and_then(Hint::parse),
            retry_after: self.retry_after,
        };
        Error::new(code, message)
            .with_details(details)
            .with_action(action)
    }

    /// Reads a failure that is no envelope: what a self-hosted runtime, or something before the
    /// gateway, responds with.
    fn strange_failure(&self, body: &str, action: Option<&str>) -> Error {
        let failure = |code: Option<&str>, message, data| {
            self.failure(code, message, data, Meta::default(), action)
        };
        let Ok(value) = serde_json::from_str::<Value>(body) else {
            return failure(None, Some(shortened(body)), None);
        };
        let error = &value["error"];
        if let (Some(code), Some(message)) = (error["code"].as_str(), error["message"].as_str()) {
            return failure(Some(code), Some(message.to_owned()), None);
        }
        let message = value["message"].as_str().map(shortened);
        failure(None, message, Some(value))
    }
}

/// Returns a body as text without a byte order mark.
fn text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body))
}

fn without_envelope<T: DeserializeOwned>(body: &str) -> Result<T, Error> {
    if body.is_empty() {
        return decode("null");
    }
    match serde_json::from_str::<IgnoredAny>(body) {
        Ok(_) => decode(body),
        Err(_) => decode(&Value::from(body).to_string()),
    }
}

fn decode<T: DeserializeOwned>(data: &str) -> Result<T, Error> {
    serde_json::from_str(data)
        .map_err(|error| Error::invalid_response(format!("the output has another type: {error}")))
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    text[..text.floor_char_boundary(MOST_MESSAGE)].to_owned()
}

#[cfg(test)]
mod tests;
