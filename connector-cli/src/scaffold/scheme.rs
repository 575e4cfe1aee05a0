//! What differs from one auth scheme to another.

use crate::args::AuthScheme;
use crate::scaffold::name::ConnectorName;

/// The scheme's parts of the files, as Rust and Markdown.
pub(super) struct Parts {
    /// What `lib.rs` takes from the SDK.
    pub(super) imports: &'static str,
    /// What `model.rs` takes from the SDK.
    pub(super) model_imports: &'static str,
    /// The line of the definition with its schemes; one without any needs no credential.
    pub(super) auth: String,
    /// The line of the definition that tells whose account a credential is.
    pub(super) identity: &'static str,
    /// The function that reads the account.
    pub(super) account: &'static str,
    /// The scopes of the action that reads.
    pub(super) read_scope: &'static str,
    /// The scopes of the action that writes.
    pub(super) write_scope: &'static str,
    /// How to give a credential.
    pub(super) credential: String,
}

const ACCOUNT: &str = r#"
/// Reads whose account a credential is.
pub(crate) fn account(me: &Value) -> Option<Account> {
    Some(Account {
        id: me.get("id")?.as_str()?.to_owned(),
        label: me.get("name")?.as_str()?.to_owned(),
    })
}
"#;

impl Parts {
    /// Writes the parts of a scheme.
    pub(super) fn of(scheme: AuthScheme, name: &ConnectorName, base_url: &str) -> Self {
        let variable = format!(
            "PLUGWRIGHT_{}_TOKEN",
            name.as_str().to_ascii_uppercase().replace('-', "_")
        );
        let (auth, credential) = match scheme {
            AuthScheme::BearerToken => (
                r#"Auth::bearer_token("API token")"#.to_owned(),
                format!(
                    "A token, sent as `Authorization: Bearer`. Live calls take it from `{variable}` or\n`--credential-file`."
                ),
            ),
            AuthScheme::ApiKey => (
                r#"Auth::api_key_header("API key", "x-api-key")"#.to_owned(),
                format!(
                    "A key, sent in the header `x-api-key`. Live calls take it from `{variable}` or\n`--credential-file`."
                ),
            ),
            AuthScheme::Basic => (
                r#"Auth::basic("Account")"#.to_owned(),
                "User name and password. Live calls take them from `--credential-file`, a file that holds\n`{\"username\": \"..\", \"password\": \"..\"}`.".to_owned(),
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
                    "An OAuth 2 access token with the scopes `items.read` and `items.write`. Live calls take it from\n`{variable}` or `--credential-file`."
                ),
            ),
            AuthScheme::None => (
                String::new(),
                "None: everybody may use the API.".to_owned(),
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
                "\n    scopes = [\"items.write\"],"
            } else {
                ""
            },
            credential,
        }
    }
}
