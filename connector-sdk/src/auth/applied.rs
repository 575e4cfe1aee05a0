//! Putting a credential where its scheme wants it.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::credential::after_prefix;
use super::{Auth, Credential, CredentialHeaders, KeyPlace, Scheme};
use crate::error::{ActionError, ErrorCode};
use crate::http::{has_refused, unsendable};
use crate::provider::Provider;
use crate::secret::{Redactor, Secret};

/// A credential put where its scheme wants it; rendered only by the transport that sends it.
#[derive(Clone, Debug)]
pub(crate) enum Applied {
    Header {
        name: Cow<'static, str>,
        prefix: Cow<'static, str>,
        secret: Secret,
    },
    Query {
        name: Cow<'static, str>,
        secret: Secret,
    },
    Basic {
        username: String,
        password: Secret,
    },
    /// The caller's own, by no scheme.
    Headers(Arc<CredentialHeaders>),
}

impl Applied {
    /// Applies `credential` by the first scheme of the provider that takes it, of those at
    /// `places` if they are given; none at all takes none.
    pub(crate) fn new(
        provider: &Provider,
        credential: &Credential,
        places: Option<&[usize]>,
    ) -> Result<Option<Self>, ActionError> {
        let keep = |name: &str| Cow::Owned(name.to_owned());
        match (provider.compiled_auth(), places) {
            (Some(auth), None) => Self::by(auth, credential, Cow::Borrowed),
            (_, None) => Self::by(provider.auth(), credential, keep),
            // The action takes none, whatever else is connected.
            (_, Some([])) => Ok(None),
            (_, Some(places)) => {
                let schemes = places
                    .iter()
                    .filter_map(|place| provider.auth().get(*place));
                let schemes: Vec<_> = schemes.copied().collect();
                let is_none = |auth: &Auth<'_>| matches!(auth.scheme, Scheme::None);
                // What can be had without a credential gets none that is not for it.
                let is_for_others = !schemes.iter().any(|auth| auth.takes(credential));
                if is_for_others && schemes.iter().any(is_none) {
                    return Ok(None);
                }
                Self::by(&schemes, credential, keep)
            }
        }
    }

    /// Applies `credential` by the first scheme that takes it; `keep` makes names outlive the
    /// schemes.
    fn by<'a>(
        schemes: &[Auth<'a>],
        credential: &Credential,
        keep: impl Fn(&'a str) -> Cow<'static, str>,
    ) -> Result<Option<Self>, ActionError> {
        let optional = schemes.is_empty()
            || schemes
                .iter()
                .any(|auth| matches!(auth.scheme, Scheme::None));
        if credential.is_none() {
            return if optional {
                Ok(None)
            } else {
                Err(missing(schemes))
            };
        }
        let Some(auth) = schemes.iter().find(|auth| auth.takes(credential)) else {
            let kinds = kinds(schemes);
            let message = if kinds.is_empty() {
                "a credential was given, but none is taken".to_owned()
            } else {
                format!("another kind of credential is required: {kinds}")
            };
            return Err(ActionError::new(ErrorCode::AuthInvalid, message));
        };
        if let Credential::Basic { username, .. } = credential
            && username.contains(':')
        {
            let message = "`username` must have no colon";
            return Err(ActionError::new(ErrorCode::AuthInvalid, message));
        }
        let goes_into_a_header = !matches!(auth.scheme, Scheme::ApiKey(KeyPlace::Query(_)));
        if let Credential::Token { token } = credential
            && goes_into_a_header
            && has_refused(token.expose())
        {
            return Err(unsendable());
        }
        Ok(match (auth.scheme, credential) {
            (Scheme::ApiKey(KeyPlace::Header(name)), Credential::Token { token }) => {
                Some(Self::Header {
                    name: keep(name),
                    prefix: Cow::Borrowed(""),
                    secret: token.clone(),
                })
            }
            (Scheme::ApiKey(KeyPlace::Query(name)), Credential::Token { token }) => {
                Some(Self::Query {
                    name: keep(name),
                    secret: token.clone(),
                })
            }
            (Scheme::BearerToken { prefix }, Credential::Token { token }) => Some(Self::Header {
                name: Cow::Borrowed("authorization"),
                prefix: keep(prefix),
                secret: after_prefix(token, |own| own.eq_ignore_ascii_case(prefix))
                    .unwrap_or_else(|| token.clone()),
            }),
            (Scheme::OAuth2(_), Credential::Token { token }) => Some(Self::Header {
                name: Cow::Borrowed("authorization"),
                prefix: Cow::Borrowed("Bearer"),
                secret: token.clone(),
            }),
            (Scheme::Basic, Credential::Basic { username, password }) => Some(Self::Basic {
                username: username.clone(),
                password: password.clone(),
            }),
            _ => None,
        })
    }

    pub(crate) fn header(&self) -> Option<(&str, Secret)> {
        match self {
            Self::Header {
                name,
                prefix,
                secret,
            } if prefix.is_empty() => Some((name, secret.clone())),
            Self::Header {
                name,
                prefix,
                secret,
            } => Some((
                name,
                Secret::new([&**prefix, " ", secret.expose()].concat()),
            )),
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                Some((
                    "authorization",
                    Secret::new(format!("Basic {}", STANDARD.encode(pair))),
                ))
            }
            Self::Query { .. } | Self::Headers(_) => None,
        }
    }

    /// Returns the headers as a plan shows them, with the placeholders named.
    pub(crate) fn header_placeholders(&self) -> Vec<(&str, String)> {
        match self {
            Self::Header { name, prefix, .. } if prefix.is_empty() => {
                vec![(&**name, "{{api_key}}".to_owned())]
            }
            Self::Header { name, prefix, .. } => vec![(&**name, format!("{prefix} {{{{token}}}}"))],
            Self::Basic { .. } => vec![(
                "authorization",
                "Basic {{base64(username:password)}}".to_owned(),
            )],
            Self::Headers(own) => {
                let names = own.headers().keys();
                let shown = |name: &'_ http::HeaderName| format!("{{{{{name}}}}}");
                names.map(|name| (name.as_str(), shown(name))).collect()
            }
            Self::Query { .. } => Vec::new(),
        }
    }

    pub(crate) fn redactor(&self) -> Redactor {
        match self {
            Self::Header { secret, .. } | Self::Query { secret, .. } => {
                Credential::token(secret.clone()).redactor()
            }
            Self::Basic { username, password } => {
                let (username, password) = (username.clone(), password.clone());
                Credential::Basic { username, password }.redactor()
            }
            Self::Headers(own) => own.redactor(),
        }
    }

    pub(crate) fn headers(&self) -> Option<&CredentialHeaders> {
        match self {
            Self::Headers(own) => Some(own),
            _ => None,
        }
    }

    pub(crate) fn query(&self) -> Option<(&str, &Secret)> {
        match self {
            Self::Query { name, secret } => Some((name, secret)),
            _ => None,
        }
    }
}

fn kinds(schemes: &[Auth]) -> String {
    let kinds: Vec<_> = schemes
        .iter()
        .filter(|auth| !matches!(auth.scheme, Scheme::None))
        .map(|auth| format!("{} ({})", auth.kind(), auth.label))
        .collect();
    kinds.join(", ")
}

pub(crate) fn missing(schemes: &[Auth]) -> ActionError {
    ActionError::new(
        ErrorCode::AuthRequired,
        format!("a credential is required: {}", kinds(schemes)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(
        schemes: &[Auth<'static>],
        credential: &Credential,
    ) -> Result<Option<Applied>, ActionError> {
        Applied::by(schemes, credential, Cow::Borrowed)
    }

    fn basic(username: &str) -> Credential {
        Credential::Basic {
            username: username.to_owned(),
            password: "pass:word".into(),
        }
    }

    #[test]
    fn a_token_that_has_its_prefix_is_sent_with_one() {
        let bearer = [Auth::bearer_token("Token")];
        for token in ["abcdefgh", "Bearer abcdefgh", "bearer  abcdefgh"] {
            let applied = by(&bearer, &Credential::token(token)).unwrap().unwrap();
            let (name, value) = applied.header().unwrap();
            assert_eq!((name, value.expose()), ("authorization", "Bearer abcdefgh"));
        }
        let other = by(&bearer, &Credential::token("Basic abc"))
            .unwrap()
            .unwrap();
        assert_eq!(other.header().unwrap().1.expose(), "Bearer Basic abc");
    }

    #[test]
    fn refuses_a_credential_of_another_kind_and_asks_for_a_missing_one() {
        let schemes = [Auth::basic("User name and API token")];
        let error = by(&schemes, &Credential::token("abcdefgh")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthInvalid);
        let bearer = [Auth::bearer_token("Token")];
        for token in ["abc\ndef", "abc\r\nx: y", "abc\0"] {
            let error = by(&bearer, &Credential::token(token)).unwrap_err();
            assert_eq!(error.code(), ErrorCode::AuthInvalid);
            assert!(!error.message().contains("abc"), "{error}");
        }
        let none: &[Auth] = &[];
        for schemes in [none, &[Auth::none()]] {
            let error = by(schemes, &Credential::token("abcdefgh")).unwrap_err();
            assert_eq!(error.code(), ErrorCode::AuthInvalid);
            assert_eq!(error.message(), "a credential was given, but none is taken");
        }
        let error = by(&schemes, &basic("me:you")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthInvalid);
        assert!(error.message().starts_with("`username` "), "{error}");
        assert!(by(&schemes, &basic("me")).unwrap().is_some());
        let error = by(&schemes, &Credential::None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthRequired);
        assert!(
            error.message().contains("User name and API token"),
            "{error}"
        );
    }
}
