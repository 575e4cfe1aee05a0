//! Where the answers of a token endpoint have what.

/// Where an answer of a token endpoint has what, as JSON pointers (RFC 6901). Of an answer that is
/// form-encoded, a pointer with one part names a parameter.
///
/// ```
/// use plugwright_sdk::auth::TokenAnswer;
///
/// // The token of the person and not that of the app.
/// const OF_THE_PERSON: TokenAnswer = TokenAnswer::STANDARD
///     .access_token("/authed_user/access_token")
///     .refresh_token("/authed_user/refresh_token")
///     .expires_in("/authed_user/expires_in")
///     .scope("/authed_user/scope");
/// assert_eq!(OF_THE_PERSON.error, "/error");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The access token: `/access_token`.
    pub access_token: &'static str,
    /// The refresh token: `/refresh_token`.
    pub refresh_token: &'static str,
    /// The access token's lifetime in seconds: `/expires_in`.
    pub expires_in: &'static str,
    /// The scopes that were granted, as text or list: `/scope`.
    pub scope: &'static str,
    /// The separator of scopes; `None` is that of requests.
    pub scope_separator: Option<&'static str>,
    /// The code of an error, looked for whatever the status: `/error`.
    pub error: &'static str,
    /// The description of the error: `/error_description`.
    pub error_description: &'static str,
    /// The provider's own error codes, each with the standard's (RFC 6749, section 5.2).
    pub error_codes: &'static [(&'static str, &'static str)],
}

impl TokenAnswer {
    /// The answer of RFC 6749, sections 5.1 and 5.2.
    pub const STANDARD: Self = Self {
        access_token: "/access_token",
        refresh_token: "/refresh_token",
        expires_in: "/expires_in",
        scope: "/scope",
        scope_separator: None,
        error: "/error",
        error_description: "/error_description",
        error_codes: &[],
    };

    /// Sets where the access token is, for providers that answer with several tokens, such as
    /// Slack, or put the answer into an envelope.
    #[must_use]
    pub const fn access_token(mut self, pointer: &'static str) -> Self {
        self.access_token = pointer;
        self
    }

    /// Sets where the refresh token is, for the same providers.
    #[must_use]
    pub const fn refresh_token(mut self, pointer: &'static str) -> Self {
        self.refresh_token = pointer;
        self
    }

    /// Sets where the lifetime is, for the same providers.
    #[must_use]
    pub const fn expires_in(mut self, pointer: &'static str) -> Self {
        self.expires_in = pointer;
        self
    }

    /// Sets where the granted scopes are, for the same providers, and for those that call them
    /// otherwise.
    #[must_use]
    pub const fn scope(mut self, pointer: &'static str) -> Self {
        self.scope = pointer;
        self
    }

    /// Sets the separator of scopes, for providers that take spaces and return commas,
    /// such as GitHub.
    #[must_use]
    pub const fn scope_separator(mut self, separator: &'static str) -> Self {
        self.scope_separator = Some(separator);
        self
    }

    /// Sets where code and description of an error are, for providers that answer with an object,
    /// such as those of the Graph API.
    #[must_use]
    pub const fn error(mut self, code: &'static str, description: &'static str) -> Self {
        self.error = code;
        self.error_description = description;
        self
    }

    /// Translates the provider's error codes, for those that have their own. Which codes mean
    /// `invalid_grant` and `invalid_client` decides whether people have to connect again, and who
    /// is told.
    #[must_use]
    pub const fn error_codes(mut self, codes: &'static [(&'static str, &'static str)]) -> Self {
        self.error_codes = codes;
        self
    }
}

impl Default for TokenAnswer {
    fn default() -> Self {
        Self::STANDARD
    }
}
