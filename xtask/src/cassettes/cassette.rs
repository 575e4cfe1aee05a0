//! The file format of a cassette, as the SDK reads it.

use std::fmt;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The response headers that a cassette keeps, in the order that it writes them.
pub(super) const KEPT_HEADERS: [&str; 11] = [
    "content-disposition",
    "content-type",
    "link",
    "location",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-used",
    "x-ratelimit-resource",
    "x-github-media-type",
];

#[derive(Debug, Serialize)]
pub(super) struct Cassette {
    pub(super) action: String,
    pub(super) title: String,
    pub(super) provenance: Provenance,
    pub(super) call: Call,
    #[serde(skip_serializing_if = "Expect::is_success")]
    pub(super) expect: Expect,
    pub(super) exchanges: Vec<Exchange>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Provenance {
    pub(super) kind: Kind,
    pub(super) source: String,
    pub(super) license: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// The real API answered so.
    Recorded,
    /// The vendor's own document shows this answer.
    VendorExample,
    /// Made up, or changed after either of the above.
    Constructed,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Recorded => "recorded",
            Self::VendorExample => "vendor-example",
            Self::Constructed => "constructed",
        })
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Call {
    pub(super) input: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) all_pages: bool,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Expect {
    fn is_success(&self) -> bool {
        self.items.is_none() && self.error.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub(super) request: Request,
    pub(super) response: Response,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Body>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Response {
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) headers: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Body>,
}

/// A body that is not empty.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Body {
    Json(Value),
    Text(String),
    Base64(String),
}

/// Checks that a cassette may have these response headers.
pub(super) fn check_headers(headers: &Map<String, Value>) -> Result<()> {
    for (name, value) in headers {
        ensure!(value.is_string(), "response header `{name}` is not text");
        ensure!(
            is_kept_header(name),
            "response header `{name}` is not one that cassettes keep: {}",
            KEPT_HEADERS.join(", "),
        );
    }
    Ok(())
}

/// Whether a cassette keeps the response header of this lower-case name.
pub(super) fn is_kept_header(name: &str) -> bool {
    KEPT_HEADERS.contains(&name)
}
