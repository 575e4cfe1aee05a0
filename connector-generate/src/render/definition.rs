//! The definition of the connector.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plugwright_import::ParameterPlace;
use plugwright_sdk::host::{AuthParts, SchemeParts, ScopeParts};

use super::{has_brackets, import, pages_file};
use crate::plan::Plan;
use crate::prose;
use crate::rust::text;
use crate::shape::capital;

const FEW_SCOPES: usize = 12;

pub(crate) fn lib(plan: &Plan<'_>) -> String {
    let mut modules: Vec<(String, bool)> = plan
        .modules()
        .iter()
        .map(|(name, _)| ((*name).to_owned(), true))
        .collect();
    for (name, is_there) in [
        ("auth", plan.has_custom_auth()),
        ("brackets", has_brackets(plan)),
        ("model", super::model::is_needed(plan)),
        ("pages", pages_file(plan).is_some()),
    ] {
        if is_there {
            modules.push((name.to_owned(), false));
        }
    }
    modules.sort();
    let mut code = String::from("#![doc = include_str!(\"../README.md\")]\n\n");
    for (name, is_public) in &modules {
        let _ = writeln!(code, "{}mod {name};", if *is_public { "pub " } else { "" });
    }
    let definition = definition(plan);
    let mut names = vec!["ConnectorDefinition", "actions", "cassettes"];
    for (name, mark) in [
        ("Auth", "Auth::"),
        ("host", "host("),
        ("plain_field", "plain_field("),
        ("scope", "scope("),
        ("secret_field", "secret_field("),
    ] {
        if definition.contains(mark) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    code.push('\n');
    code.push_str(&import("plugwright_sdk", &names));
    let _ = write!(code, "\n/// The {} connector.\n", plan.display_name());
    code.push_str(&definition);
    let models = super::model::public_names(plan);
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    if !models.is_empty() {
        code.push('\n');
        code.push_str(&import("model", &models).replacen("use ", "pub use ", 1));
    }
    code
}

fn definition(plan: &Plan<'_>) -> String {
    let parts = &plan.connector.parts;
    let mut code = format!(
        "pub static CONNECTOR: ConnectorDefinition =\n    ConnectorDefinition::new({}, {}, env!(\"CARGO_PKG_VERSION\"))\n",
        text(&parts.name),
        text(&plan.display_name())
    );
    let mut line = |call: String| {
        let _ = writeln!(code, "        {call}");
    };
    line(format!(".description({})", text(&description(plan))));
    line(format!(".base_url({})", text(&parts.base_url)));
    let used: BTreeSet<&String> = plan
        .actions
        .iter()
        .filter_map(|action| action.source.request.host.as_ref())
        .collect();
    let hosts: Vec<String> = parts
        .hosts
        .iter()
        .filter(|host| used.contains(&host.name))
        .map(|host| format!("host({}, {})", text(&host.name), text(&host.base_url)))
        .collect();
    if !hosts.is_empty() {
        line(format!(".hosts(&[{}])", hosts.join(", ")));
    }
    let defaults: Vec<String> = parts
        .settings
        .iter()
        .filter_map(|setting| {
            let default = setting.default.as_ref()?;
            Some(format!("({}, {})", text(&setting.name), text(default)))
        })
        .collect();
    if !defaults.is_empty() {
        line(format!(".setting_defaults(&[{}])", defaults.join(", ")));
    }
    let auth: Vec<String> = parts.auth.iter().map(|auth| scheme(plan, auth)).collect();
    if !auth.is_empty() {
        line(format!(".auth(&[{}])", auth.join(", ")));
    }
    if let Some(homepage) = &parts.homepage_url {
        line(format!(".homepage_url({})", text(homepage)));
    }
    let headers: Vec<String> = plan
        .headers
        .iter()
        .map(|(name, value)| format!("({}, {})", text(name), text(value)))
        .collect();
    if !headers.is_empty() {
        line(format!(".headers(&[{}])", headers.join(", ")));
    }
    if plan.errors.is_some() {
        line(".on_error(model::error)".to_owned());
    }
    if let Some(identity) = &plan.identity {
        line(format!(
            ".identity({}, model::account)",
            text(&identity.path)
        ));
    }
    line(".cassettes(cassettes!(\"tests/cassettes\"))".to_owned());
    let actions: Vec<String> = plan
        .modules()
        .iter()
        .flat_map(|(module, actions)| {
            actions
                .iter()
                .map(move |action| format!("            {module}::{},\n", action.name.function))
        })
        .collect();
    let _ = write!(
        code,
        "        .actions(actions![\n{}        ]);\n",
        actions.concat()
    );
    code
}

pub(crate) fn description(plan: &Plan<'_>) -> String {
    let parts = &plan.connector.parts;
    let first = prose::sentences(&parts.description).into_iter().next();
    let first = first.filter(|text| text.split_whitespace().count() <= 25);
    let text = first.unwrap_or_else(|| {
        let resources: Vec<String> = plan
            .modules()
            .iter()
            .filter_map(|(_, actions)| Some(actions.first()?.name.resource.replace('_', " ")))
            .take(5)
            .collect();
        capital(&prose::listed(&resources, "and"))
    });
    text.trim_end_matches('.').replace('`', "")
}

fn scheme(plan: &Plan<'_>, auth: &AuthParts) -> String {
    let label = |plain: &str| text(&label(&auth.label, plain));
    match &auth.scheme {
        SchemeParts::None => "Auth::none()".to_owned(),
        SchemeParts::ApiKeyHeader { name } => {
            format!(
                "Auth::api_key_header({}, {})",
                label("API key"),
                text(&name.to_ascii_lowercase())
            )
        }
        SchemeParts::ApiKeyQuery { name } => {
            format!("Auth::api_key_query({}, {})", label("API key"), text(name))
        }
        SchemeParts::BearerToken { prefix } if prefix == "Bearer" => {
            format!("Auth::bearer_token({})", label("Access token"))
        }
        SchemeParts::BearerToken { prefix } => {
            format!(
                "Auth::prefixed_token({}, {})",
                label("Access token"),
                text(prefix)
            )
        }
        SchemeParts::Basic { plain_username } => {
            let basic = format!("Auth::basic({})", label("Account"));
            if *plain_username {
                basic + ".with_plain_username()"
            } else {
                basic
            }
        }
        SchemeParts::OAuth2 {
            authorization_endpoint,
            token_endpoint,
            scopes,
            ..
        } => {
            let scopes = scopes_code(plan, scopes);
            match authorization_endpoint {
                Some(authorize) => {
                    format!(
                        "Auth::oauth2({}, {}, &[{scopes}])",
                        text(authorize),
                        text(token_endpoint)
                    )
                }
                None => format!(
                    "Auth::client_credentials({}, &[{scopes}])",
                    text(token_endpoint)
                ),
            }
        }
        SchemeParts::Custom { fields } => {
            let fields = fields.iter().map(|field| {
                let kind = if field.secret {
                    "secret_field"
                } else {
                    "plain_field"
                };
                format!("{kind}({}, {})", text(&field.name), text(&field.label))
            });
            format!(
                "Auth::custom({}, &[{}])",
                label("Credential"),
                fields.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

/// Writes the scopes that actions name; without any, those that there are if they are few.
fn scopes_code(plan: &Plan<'_>, scopes: &[ScopeParts]) -> String {
    let named: BTreeSet<&String> = plan
        .actions
        .iter()
        .flat_map(|action| action.source.scopes.iter().chain(&action.source.any_scope))
        .collect();
    let kept = scopes.iter().filter(|scope| {
        if named.is_empty() {
            scopes.len() <= FEW_SCOPES
        } else {
            named.contains(&scope.name)
        }
    });
    let kept = kept.map(|scope| {
        let described = scope.description.trim().trim_end_matches('.');
        let described = if described.is_empty() {
            scope.name.as_str()
        } else {
            described
        };
        format!("scope({}, {})", text(&scope.name), text(described))
    });
    kept.collect::<Vec<_>>().join(", ")
}

/// Returns what people call a credential; the names of schemes in documents are for programs.
fn label(stated: &str, plain: &str) -> String {
    let is_said = stated.contains(' ') && stated.len() < 50 && !stated.contains(['_', '{', '`']);
    if is_said {
        stated.trim_end_matches('.').to_owned()
    } else {
        plain.to_owned()
    }
}

/// Writes the file that puts a credential of several fields into requests.
pub(crate) fn auth(plan: &Plan<'_>) -> String {
    let mut adds = String::new();
    for place in &plan.connector.credential {
        let value = if place.prefix.is_empty() {
            "value.expose()".to_owned()
        } else {
            format!("format!(\"{}{{}}\", value.expose())", place.prefix)
        };
        let (add, name, value) = match place.place {
            ParameterPlace::Query => ("query", place.name.as_str(), value),
            ParameterPlace::Cookie => (
                "header",
                "cookie",
                format!("format!(\"{}={{}}\", value.expose())", place.name),
            ),
            ParameterPlace::Header | ParameterPlace::Path => ("header", place.name.as_str(), value),
        };
        let _ = write!(
            adds,
            "    if let Some(value) = cx.credential().field({}) {{\n        request = request.{add}({}, {value});\n    }}\n",
            text(&place.field),
            text(name),
        );
    }
    include_str!("../template/auth.rs.in").replace("@adds@", &adds)
}
