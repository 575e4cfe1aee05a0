//! How calls authenticate where a description does not say so.

use std::str::FromStr;

use plugwright_sdk::host::{AuthParts, SchemeParts};
use serde::Deserialize;

use crate::openapi::is_credential_header;

/// How calls authenticate, in one word: `bearer`, `header:NAME` or `none`.
///
/// ```
/// use plugwright_import::Authentication;
///
/// assert_eq!("bearer".parse(), Ok(Authentication::Bearer));
/// assert!("header:not a name".parse::<Authentication>().is_err());
/// assert!("header:Host".parse::<Authentication>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Authentication {
    /// `Authorization: Bearer <token>`.
    Bearer,
    /// A key or token in this header.
    Header(String),
    /// Not at all.
    None,
}

/// A text says of no way how calls authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be `bearer`, `header:NAME` or `none`, where `NAME` is no header that the client sets itself, \
     such as `Host`"
)]
pub struct InvalidAuthentication;

impl FromStr for Authentication {
    type Err = InvalidAuthentication;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "bearer" => Ok(Self::Bearer),
            "none" => Ok(Self::None),
            text => {
                let name = text.strip_prefix("header:");
                let name = name.filter(|name| is_credential_header(name));
                name.map(|name| Self::Header(name.to_owned()))
                    .ok_or(InvalidAuthentication)
            }
        }
    }
}

impl TryFrom<String> for Authentication {
    type Error = InvalidAuthentication;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Authentication {
    /// Returns the auth schemes that a connector has for it.
    pub fn parts(&self) -> Vec<AuthParts> {
        let (label, scheme) = match self {
            Self::None => return Vec::new(),
            Self::Bearer => {
                let prefix = "Bearer".to_owned();
                (
                    "Access token".to_owned(),
                    SchemeParts::BearerToken { prefix },
                )
            }
            Self::Header(name) => (
                format!("Value of the header {name}"),
                SchemeParts::ApiKeyHeader { name: name.clone() },
            ),
        };
        vec![AuthParts { label, scheme }]
    }
}
