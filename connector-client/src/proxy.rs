//! Requests to a connector's API itself.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::Key;
use crate::options::Limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum ProxyMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// A request to a connector's API.
#[derive(Clone, Debug, Serialize)]
pub struct ProxyRequest {
    endpoint: String,
    method: ProxyMethod,
    #[serde(skip_serializing_if = "Map::is_empty")]
    query: Map<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

/// What the provider responded with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProxyResponse<T> {
    /// The provider's HTTP status.
    pub status: u16,
    /// The provider's headers.
    pub headers: BTreeMap<String, String>,
    /// `base64` if `data` is content that is not text.
    #[serde(default)]
    pub body_encoding: Option<String>,
    /// The provider's body.
    pub data: T,
}

macro_rules! methods {
    ($($(#[$doc:meta])+ $name:ident = $method:ident,)+) => {
        $($(#[$doc])+
        pub fn $name(endpoint: impl Into<String>) -> Self {
            Self::new(ProxyMethod::$method, endpoint.into())
        })+
    };
}

impl ProxyRequest {
    methods! {
        /// Makes a GET request of a path, or of a URL on a host of the connector.
        get = Get,
        /// Makes a POST request to a path, or to a URL on a host of the connector.
        post = Post,
        /// Makes a PUT request to a path, or to a URL on a host of the connector.
        put = Put,
        /// Makes a PATCH request to a path, or to a URL on a host of the connector.
        patch = Patch,
        /// Makes a DELETE request of a path, or of a URL on a host of the connector.
        delete = Delete,
    }

    fn new(method: ProxyMethod, endpoint: String) -> Self {
        Self {
            endpoint,
            method,
            query: Map::new(),
            headers: BTreeMap::new(),
            body: None,
        }
    }

    /// Sets a parameter of the query: a string, a number, a boolean, or an array of them.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }

    /// Sets a header for the provider.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the body: a string is sent as it is, anything else as JSON.
    #[must_use]
    pub fn json(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn body(&self) -> Result<Bytes, Error> {
        let text = serde_json::to_vec(self);
        let text = text.map_err(|error| {
            Error::invalid_request("the request can't be written as JSON").with_source(error)
        })?;
        Ok(text.into())
    }

    pub(crate) fn key(&self, limits: Limits) -> Result<Key, Error> {
        match self.method {
            ProxyMethod::Get => Ok(Key::None),
            _ => Key::new(None, limits),
        }
    }
}
