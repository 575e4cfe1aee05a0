//! How a connector authenticates.

use std::fmt::Write as _;

use plugwright_engine::markdown::{code, head, line, lines, row};
use plugwright_sdk::auth::{KeyPlace, Scheme};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{Auth, Credential};

use crate::credential;

/// Renders the section's content.
pub(super) fn section(connector: &Connector) -> String {
    let schemes = connector.auth();
    if schemes.is_empty() {
        return "None: calls need no credential.\n".to_owned();
    }
    let mut section = String::new();
    for auth in schemes {
        section.push_str(&scheme(auth));
    }
    let takes = |credential: &Credential| schemes.iter().any(|auth| auth.takes(credential));
    // Writing to a string cannot fail.
    if takes(&Credential::token("")) {
        let variable = code(&credential::variable(connector));
        let _ = write!(
            section,
            "\nThe command line takes a token from {variable}, or any credential from \
             `--credential-file`.\n"
        );
    } else if schemes.iter().any(|auth| !auth.takes(&Credential::None)) {
        section.push_str("\nThe command line takes the credential from `--credential-file`.\n");
    }
    for auth in schemes {
        if let Scheme::OAuth2(oauth2) = auth.scheme
            && !oauth2.scopes.is_empty()
        {
            let _ = write!(section, "\n{}", head(["Scope", "What it allows"]));
            for scope in oauth2.scopes {
                section.push_str(&row([&code(scope.name), &lines(scope.description)]));
            }
        }
    }
    section
}

fn scheme(auth: &Auth) -> String {
    let label = line(auth.label);
    let how = match auth.scheme {
        Scheme::None => return "- None: calls need no credential\n".to_owned(),
        Scheme::ApiKey(KeyPlace::Header(name)) => format!("in the header {}", code(name)),
        Scheme::ApiKey(KeyPlace::Query(name)) => format!("in the query parameter {}", code(name)),
        Scheme::BearerToken { prefix } => {
            format!("as {}", code(&format!("Authorization: {prefix} <token>")))
        }
        Scheme::Basic => "user name and password, by HTTP Basic".to_owned(),
        Scheme::OAuth2(oauth2) => {
            let mut how = "an access token, as `Authorization: Bearer <token>`".to_owned();
            if let Some(url) = oauth2.authorization_endpoint {
                let _ = write!(how, "; authorization endpoint {}", code(url));
            }
            let _ = write!(how, "; token endpoint {}", code(oauth2.token_endpoint));
            how
        }
        Scheme::Custom(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|field| {
                    let secret = if field.secret { ", secret" } else { "" };
                    format!("{} ({}{secret})", code(field.name), line(field.label))
                })
                .collect();
            format!("the fields {}", fields.join(", "))
        }
        _ => code(auth.kind().as_str()),
    };
    format!("- {label}: {how}\n")
}
