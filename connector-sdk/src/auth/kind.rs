//! The name of an authentication scheme, without its details.

use std::fmt;
use std::str::FromStr;

/// Which scheme of authentication a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchemeKind {
    /// No credential.
    None,
    /// A key in a header or in the query.
    ApiKey,
    /// A token in the `Authorization` header.
    BearerToken,
    /// User name and password.
    Basic,
    /// OAuth 2.
    OAuth2,
    /// Named fields.
    Custom,
}

/// A text that names no scheme of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of none, api_key, bearer_token, basic, oauth2, custom")]
pub struct UnknownScheme;

impl SchemeKind {
    const ALL: [Self; 6] = [
        Self::None,
        Self::ApiKey,
        Self::BearerToken,
        Self::Basic,
        Self::OAuth2,
        Self::Custom,
    ];

    /// Returns the name by which the scheme is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ApiKey => "api_key",
            Self::BearerToken => "bearer_token",
            Self::Basic => "basic",
            Self::OAuth2 => "oauth2",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for SchemeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SchemeKind {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(UnknownScheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_from_its_name() {
        for kind in SchemeKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert!(UnknownScheme.to_string().contains(kind.as_str()));
        }
        assert_eq!("OAuth2".parse::<SchemeKind>(), Err(UnknownScheme));
    }
}
