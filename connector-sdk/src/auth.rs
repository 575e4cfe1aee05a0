//! How a connector authenticates, and the credentials that callers hold.

mod applied;
mod caller_headers;
mod credential;
mod kind;
mod needed;
mod oauth2;

pub(crate) use applied::Applied;
pub use caller_headers::CredentialHeaders;
pub use credential::Credential;
pub use kind::SchemeKind;
pub use needed::NeededScope;
pub(crate) use oauth2::has_own_host;
pub use oauth2::{
    ClientAuthentication, OAuth2, Refresh, RequestFormat, Revocation, RevocationRequest, Scope,
    TokenAnswer, scope,
};

/// A way in which a connector authenticates.
///
/// ```
/// use plugwright_sdk::auth::SchemeKind;
/// use plugwright_sdk::{Auth, scope};
///
/// const SCHEMES: &[Auth] = &[
///     Auth::bearer_token("Personal access token"),
///     Auth::oauth2("https://example.com/authorize", "https://example.com/token", &[scope("tasks", "Read tasks")]),
/// ];
/// assert_eq!(SCHEMES[0].kind(), SchemeKind::BearerToken);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Auth<'a> {
    /// What people call the credential ("Personal access token").
    pub label: &'a str,
    /// The scheme, with what it needs to be applied.
    pub scheme: Scheme<'a>,
    /// Whether the user name of a [`Scheme::Basic`] is no secret.
    pub plain_username: bool,
    /// How tokens begin that this scheme takes; without one, it takes any token.
    pub token_prefix: Option<&'a str>,
}

/// The schemes of authentication.
#[expect(
    clippy::large_enum_variant,
    reason = "definitions are constants, a few for each connector, and constants can't box"
)]
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Scheme<'a> {
    /// No credential.
    None,
    /// A key in a header or in the query.
    ApiKey(KeyPlace<'a>),
    /// `Authorization: <prefix> <token>`; the prefix is `Bearer` unless said otherwise.
    BearerToken {
        /// What stands before the token.
        prefix: &'a str,
    },
    /// `Authorization: Basic` with user name and password.
    Basic,
    /// OAuth 2: the access token is sent as a bearer token.
    OAuth2(OAuth2<'a>),
    /// Named fields that the connector's own code applies.
    Custom(&'a [CustomField<'a>]),
}

/// Where an API key goes.
#[derive(Clone, Copy, Debug)]
pub enum KeyPlace<'a> {
    /// In the header of this name.
    Header(&'a str),
    /// In the query parameter of this name.
    Query(&'a str),
}

/// A field of a custom credential.
#[derive(Clone, Copy, Debug)]
pub struct CustomField<'a> {
    /// Key in the credential.
    pub name: &'a str,
    /// What people call it.
    pub label: &'a str,
    /// Whether the value is secret.
    pub secret: bool,
}

/// Names a secret field of a custom credential.
pub const fn secret_field<'a>(name: &'a str, label: &'a str) -> CustomField<'a> {
    CustomField {
        name,
        label,
        secret: true,
    }
}

/// Names a field of a custom credential that is not secret, such as a site name.
pub const fn plain_field<'a>(name: &'a str, label: &'a str) -> CustomField<'a> {
    CustomField {
        name,
        label,
        secret: false,
    }
}

impl<'a> Auth<'a> {
    const fn of(label: &'a str, scheme: &Scheme<'a>) -> Self {
        Self {
            label,
            scheme: *scheme,
            plain_username: false,
            token_prefix: None,
        }
    }

    /// No credential is needed.
    pub const fn none() -> Self {
        Self::of("No authentication", &Scheme::None)
    }

    /// A key in the header of this name.
    pub const fn api_key_header(label: &'a str, header: &'a str) -> Self {
        Self::of(label, &Scheme::ApiKey(KeyPlace::Header(header)))
    }

    /// A key in the query parameter of this name.
    pub const fn api_key_query(label: &'a str, parameter: &'a str) -> Self {
        Self::of(label, &Scheme::ApiKey(KeyPlace::Query(parameter)))
    }

    /// A token sent as `Authorization: Bearer <token>`.
    pub const fn bearer_token(label: &'a str) -> Self {
        Self::prefixed_token(label, "Bearer")
    }

    /// A token sent as `Authorization: <prefix> <token>`.
    pub const fn prefixed_token(label: &'a str, prefix: &'a str) -> Self {
        Self::of(label, &Scheme::BearerToken { prefix })
    }

    /// User name and password. Providers that take a key instead of a password take it as either
    /// of the two, so that both are secret unless [`with_plain_username`](Self::with_plain_username) says
    /// otherwise.
    pub const fn basic(label: &'a str) -> Self {
        Self::of(label, &Scheme::Basic)
    }

    /// Says that the user name of a [`basic`](Self::basic) scheme is no secret, as an e-mail address
    /// that the provider's answers show anyway. Where the password is empty it is secret all the
    /// same.
    ///
    /// ```
    /// use plugwright_sdk::Auth;
    ///
    /// const LOGIN: Auth = Auth::basic("E-mail address and API token").with_plain_username();
    /// ```
    #[must_use]
    pub const fn with_plain_username(mut self) -> Self {
        self.plain_username = true;
        self
    }

    /// Says how the tokens of this scheme begin, where a later scheme sends its tokens in another way.
    ///
    /// ```
    /// use plugwright_sdk::{Auth, Credential};
    ///
    /// const KEY: Auth = Auth::api_key_header("API key", "authorization").with_token_prefix("lin_api_");
    /// assert!(KEY.takes(&Credential::token("lin_api_4f2e")));
    /// assert!(!KEY.takes(&Credential::token("lin_oauth_4f2e")));
    /// ```
    #[must_use]
    pub const fn with_token_prefix(mut self, prefix: &'a str) -> Self {
        self.token_prefix = Some(prefix);
        self
    }

    /// Named fields that the connector's own code applies.
    pub const fn custom(label: &'a str, fields: &'a [CustomField<'a>]) -> Self {
        Self::of(label, &Scheme::Custom(fields))
    }

    /// Returns which scheme this is.
    pub const fn kind(&self) -> SchemeKind {
        match self.scheme {
            Scheme::None => SchemeKind::None,
            Scheme::ApiKey(_) => SchemeKind::ApiKey,
            Scheme::BearerToken { .. } => SchemeKind::BearerToken,
            Scheme::Basic => SchemeKind::Basic,
            Scheme::OAuth2(_) => SchemeKind::OAuth2,
            Scheme::Custom(_) => SchemeKind::Custom,
        }
    }

    /// Returns the placeholder credential that a plan shows in place of secrets.
    pub fn placeholder(&self) -> Credential {
        match self.scheme {
            Scheme::None => Credential::None,
            Scheme::Basic => Credential::Basic {
                username: "{{username}}".to_owned(),
                password: "{{password}}".into(),
            },
            Scheme::Custom(fields) => Credential::Custom {
                fields: fields
                    .iter()
                    .map(|field| {
                        (
                            field.name.to_owned(),
                            format!("{{{{{}}}}}", field.name).into(),
                        )
                    })
                    .collect(),
            },
            Scheme::ApiKey(_) => Credential::Token {
                token: "{{api_key}}".into(),
            },
            Scheme::BearerToken { .. } | Scheme::OAuth2(_) => Credential::Token {
                token: "{{token}}".into(),
            },
        }
    }

    /// Returns whether a credential is of the form that this scheme takes.
    pub fn takes(&self, credential: &Credential) -> bool {
        match (self.scheme, credential) {
            (Scheme::None, Credential::None) | (Scheme::Basic, Credential::Basic { .. }) => true,
            (
                Scheme::ApiKey(_) | Scheme::BearerToken { .. } | Scheme::OAuth2(_),
                Credential::Token { token },
            ) => self.token_prefix.is_none_or(|prefix| {
                // The placeholder of a plan stands for a token of the first scheme.
                token.expose().starts_with(prefix) || token.expose().starts_with("{{")
            }),
            (Scheme::Custom(declared), Credential::Custom { fields }) => {
                declared.iter().all(|field| fields.contains_key(field.name))
            }
            _ => false,
        }
    }
}
