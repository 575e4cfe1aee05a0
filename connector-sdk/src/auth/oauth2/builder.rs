//! Saying what a provider does otherwise.

use std::time::Duration;

use super::super::{Auth, Scheme};
use super::{ClientAuthentication, OAuth2, Refresh, RequestFormat, Revocation, Scope, TokenAnswer};

impl<'a> OAuth2<'a> {
    const fn new(
        authorization_endpoint: Option<&'a str>,
        token_endpoint: &'a str,
        scopes: &'a [Scope<'a>],
    ) -> Self {
        Self {
            authorization_endpoint,
            token_endpoint,
            revocation: None,
            scopes,
            default_scopes: &[],
            scope_separator: " ",
            scope_parameter: "scope",
            client_authentication: ClientAuthentication::SecretBasic,
            pkce: true,
            own_callback: false,
            authorize_parameters: &[],
            account_picker: &[("prompt", "select_account")],
            token_parameters: &[],
            token_headers: &[],
            token_request: RequestFormat::Form,
            token_answer: TokenAnswer::STANDARD,
            refresh_answer: TokenAnswer::STANDARD,
            refresh: Refresh::Rotating,
            lifetime: None,
        }
    }
}

/// Defines what sets a member of the OAuth 2 scheme; other schemes stay as they are.
macro_rules! oauth2 {
    ($($(#[$doc:meta])* $name:ident($value:ident: $type:ty) $member:ident = $set:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name(mut self, $value: $type) -> Self {
            if let Scheme::OAuth2(oauth2) = &mut self.scheme {
                oauth2.$member = $set;
            }
            self
        }
    )*};
}

/// What providers of OAuth 2 do otherwise than the standard says. On other schemes these do
/// nothing.
///
/// ```
/// use std::time::Duration;
///
/// use plugwright_sdk::auth::{ClientAuthentication, Revocation};
/// use plugwright_sdk::{Auth, scope};
///
/// const SCHEMES: &[Auth] = &[Auth::oauth2(
///     "https://example.com/authorize",
///     "https://example.com/token",
///     &[scope("tasks", "Read tasks")],
/// )
/// .client_authentication(ClientAuthentication::SecretPost)
/// .authorize_parameters(&[("access_type", "offline"), ("prompt", "consent")])
/// .lifetime(Duration::from_secs(3600))
/// .revocation(Revocation::standard("https://example.com/revoke"))];
/// # let _ = SCHEMES;
/// ```
impl<'a> Auth<'a> {
    /// OAuth 2 authorization code with PKCE.
    pub const fn oauth2(
        authorization_endpoint: &'a str,
        token_endpoint: &'a str,
        scopes: &'a [Scope<'a>],
    ) -> Self {
        let scheme = OAuth2::new(Some(authorization_endpoint), token_endpoint, scopes);
        Self::of("OAuth 2", &Scheme::OAuth2(scheme))
    }

    /// OAuth 2 client credentials.
    pub const fn client_credentials(token_endpoint: &'a str, scopes: &'a [Scope<'a>]) -> Self {
        let scheme = OAuth2::new(None, token_endpoint, scopes);
        Self::of("OAuth 2 client credentials", &Scheme::OAuth2(scheme))
    }

    /// Sends no PKCE challenge, for providers that refuse parameters they don't know.
    #[must_use]
    pub const fn without_pkce(mut self) -> Self {
        if let Scheme::OAuth2(oauth2) = &mut self.scheme {
            oauth2.pkce = false;
        }
        self
    }

    /// Sets where answers of the token endpoint have what, those to refreshes too.
    #[must_use]
    pub const fn token_answer(mut self, answer: TokenAnswer) -> Self {
        if let Scheme::OAuth2(oauth2) = &mut self.scheme {
            oauth2.token_answer = answer;
            oauth2.refresh_answer = answer;
        }
        self
    }

    oauth2! {
        /// Lets the provider send codes to a redirect URI of this connector's own, for servers that are
        /// not known to be honest, such as those of imported documents.
        own_callback(is_own: bool) own_callback = is_own;
        /// Sets the separator of the scopes of a request, for providers that want something else
        /// than a blank, such as Todoist and Slack.
        scope_separator(separator: &'static str) scope_separator = separator;
        /// Sets the parameter that has the scopes, for providers with more than one kind of token,
        /// such as Slack with `user_scope`.
        scope_parameter(name: &'static str) scope_parameter = name;
        /// Sets the scopes that are requested by default, for providers that otherwise grant
        /// nothing, or refuse. Each must be a declared one.
        default_scopes(scopes: &'static [&'static str]) default_scopes = scopes;
        /// Sets how the client authenticates at the token endpoint, for providers that don't support
        /// HTTP Basic there, such as GitHub, and for those whose clients have no secret.
        client_authentication(way: ClientAuthentication) client_authentication = way;
        /// Sets further parameters of authorization requests, for providers that give refresh tokens
        /// only when asked to, such as Google with `access_type=offline` and `prompt=consent`, or
        /// Atlassian, which wants an `audience`.
        authorize_parameters(parameters: &'static [(&'static str, &'static str)]) authorize_parameters = parameters;
        /// Sets the parameters that make the provider ask which account to use: another than
        /// `prompt=select_account`, or none for providers that can't be asked.
        account_picker(parameters: &'static [(&'static str, &'static str)]) account_picker = parameters;
        /// Sets further parameters of token requests, for providers that want to know more there, such
        /// as Auth0, whose client credentials are for an `audience`.
        token_parameters(parameters: &'static [(&'static str, &'static str)]) token_parameters = parameters;
        /// Sets further headers of token requests, for providers whose token endpoint wants those of
        /// their API, such as Notion with its version. `Accept: application/json` is always sent.
        token_headers(headers: &'static [(&'static str, &'static str)]) token_headers = headers;
        /// Sets how token requests are written, for providers that take JSON alone, such as Notion.
        token_request(format: RequestFormat) token_request = format;
        /// Sets where the answer to a refresh has what, after
        /// [`token_answer`](Self::token_answer), for providers that answer it otherwise than the
        /// exchange of a code, such as Slack.
        refresh_answer(answer: TokenAnswer) refresh_answer = answer;
        /// Sets what becomes of a refresh token that is used, for providers that never replace it, such
        /// as Google, or that have none.
        refresh(refresh: Refresh) refresh = refresh;
        /// Sets how long an access token lives, for providers whose tokens expire and whose answers
        /// don't say when, such as Salesforce.
        lifetime(lifetime: Duration) lifetime = Some(lifetime);
        /// Sets where tokens are given back when a connection is deleted.
        revocation(revocation: Revocation) revocation = Some(revocation);
    }
}
