//! The parts of a new crate that depend on the auth scheme.

use crate::args::AuthScheme;
use crate::scaffold::name::ConnectorName;

/// Parts of the new files, as Rust and Markdown.
pub(super) struct Parts {
    /// The SDK imports of `lib.rs`.
    pub(super) imports: &'static str,
    pub(super) model_imports: &'static str,
    /// The definition's line with its schemes; empty if no credential is needed.
    pub(super) auth: String,
    /// The definition's line that identifies the account of a credential.
    pub(super) identity: &'static str,
    /// The function that reads the account.
    pub(super) account: &'static str,
    /// The scopes of the reading action.
    pub(super) read_scope: &'static str,
    /// The scopes of the writing action.
    pub(super) write_scope: &'static str,
    pub(super) credential: String,
}

const ACCOUNT: &str = r#"
/// Reads the account that a credential belongs to.
pub(crate) fn account(me: &Value) -> Option<Account> {
    Some(Account {
        id: me.get("id")?.as_str()?.to_owned(),
        label: me.get("name")?.as_str()?.to_owned(),
    })
}
"#;

impl Parts {
    pub(super) fn of(scheme: AuthScheme, name: &ConnectorName, base_url: &str) -> Self {
        let variable = format!(
            "PLUGWRIGHT_{}_TOKEN",
            name.as_str().to_ascii_uppercase().replace('-', "_")
        );
        let (auth, credential) = match scheme {
            AuthScheme::BearerToken => (
                r#"Auth::bearer_token("API token")"#.to_owned(),
                format!(
                    "A token, sent as `Authorization: Bearer`. Live calls read it from `{variable}` or\n`--credential-file`."
                ),
            ),
            AuthScheme::PrefixedToken => (
                r#"Auth::prefixed_token("API token", "token")"#.to_owned(),
                format!(
                    "A token, sent as `Authorization: token`. Live calls read it from `{variable}` or\n`--credential-file`."
                ),
            ),
            AuthScheme::ApiKey => (
                r#"Auth::api_key_header("API key", "x-api-key")"#.to_owned(),
                format!(
                    "A key, sent in the header `x-api-key`. Live calls read it from `{variable}` or\n`--credential-file`."
                ),
            ),
            AuthScheme::Basic => (
                r#"Auth::basic("Account")"#.to_owned(),
                "User name and password. Live calls read them from `--credential-file`, a file with\n`{\"username\": \"..\", \"password\": \"..\"}`.".to_owned(),
            ),
            AuthScheme::OAuth2 => (
                format!(
                    r#"Auth::oauth2(
            "{base_url}/oauth/authorize",
            "{base_url}/oauth/token",
            &[
                scope("items.read", "Read items"),
                scope("items.write", "Create items"),
            ],
        )"#
                ),
                format!(
                    "An OAuth 2 access token with the scopes `items.read` and `items.write`. Live calls read it from\n`{variable}` or `--credential-file`."
                ),
            ),
            AuthScheme::None => (
                String::new(),
                "None: the API is public.".to_owned(),
            ),
        };
        let with_account = scheme != AuthScheme::None;
        let with_scopes = scheme == AuthScheme::OAuth2;
        Self {
            imports: match scheme {
                AuthScheme::OAuth2 => "Auth, ConnectorDefinition, actions, cassettes, scope",
                AuthScheme::None => "ConnectorDefinition, actions, cassettes",
                _ => "Auth, ConnectorDefinition, actions, cassettes",
            },
            model_imports: if with_account {
                "Account, ActionError, ErrorCode, UpstreamResponse, Value, model"
            } else {
                "ActionError, ErrorCode, UpstreamResponse, model"
            },
            auth: if auth.is_empty() {
                auth
            } else {
                format!("        .auth(&[{auth}])\n")
            },
            identity: if with_account {
                "        .identity(\"/me\", model::account)\n"
            } else {
                ""
            },
            account: if with_account { ACCOUNT } else { "" },
            read_scope: if with_scopes {
                r#", scopes = ["items.read"]"#
            } else {
                ""
            },
            write_scope: if with_scopes {
                r#", scopes = ["items.write"]"#
            } else {
                ""
            },
            credential,
        }
    }
}
