//! Google's authorization server.

use plugwright_sdk::Auth;
use plugwright_sdk::auth::{ClientAuthentication, Refresh, Revocation, Scope};

/// Returns Google's OAuth 2 with these scopes: the same authorization server, token endpoint and
/// revocation for all its APIs.
///
/// Google only gives a refresh token for `access_type=offline`, and again only for `prompt=consent`. With
/// `include_granted_scopes`, the scopes that the account granted the client before count too, so that
/// scopes can be asked for one after the other. Refresh tokens stay the same.
///
/// ```
/// use plugwright_sdk::auth::Scheme;
/// use plugwright_sdk::scope;
///
/// let auth = plugwright_google::oauth2(const { &[scope("openid", "Know who you are")] });
/// let Scheme::OAuth2(oauth2) = auth.scheme else { unreachable!() };
/// assert_eq!(oauth2.token_endpoint, "https://oauth2.googleapis.com/token");
/// assert!(oauth2.pkce);
/// ```
pub const fn oauth2<'a>(scopes: &'a [Scope<'a>]) -> Auth<'a> {
    Auth::oauth2(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        scopes,
    )
    .client_authentication(ClientAuthentication::SecretPost)
    .authorize_parameters(&[
        ("access_type", "offline"),
        ("include_granted_scopes", "true"),
        ("prompt", "consent"),
    ])
    .refresh(Refresh::Reusable)
    .revocation(Revocation::standard("https://oauth2.googleapis.com/revoke"))
}
