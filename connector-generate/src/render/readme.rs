//! The texts of the crate.

use std::fmt::Write as _;

use plugwright_sdk::host::SchemeParts;

use super::definition::description;
use super::library;
use crate::plan::Plan;
use crate::prose;
use crate::shape::capital;

/// Writes the README, whose table of actions the contract test compares with the definition.
pub(crate) fn readme(plan: &Plan<'_>) -> String {
    let parts = &plan.connector.parts;
    let mut text = format!(
        "# plugwright-{}\n\n{} for Plugwright: {}.\n\n| Action | Effect | What it does |\n| --- | --- | --- |\n",
        parts.name,
        plan.display_name(),
        summary(plan)
    );
    for (_, actions) in plan.modules() {
        for action in actions {
            let first = action.doc[0].trim_end_matches('.').replace('|', "\\|");
            // Writing to a string can't fail.
            let _ = writeln!(
                text,
                "| `{}` | {} | {first} |",
                action.name.full(),
                action.source.effect.as_str()
            );
        }
    }
    if let Some(action) = plan.actions.first() {
        let name = format!("{}.{}", parts.name, action.name.full());
        let _ = write!(
            text,
            "\n```rust\nuse plugwright_sdk::host::Registry;\n\nlet registry = Registry::new([&{}::CONNECTOR])?;\nassert_eq!(registry.find(\"{name}\")?.id(), \"{name}\");\n# Ok::<(), Box<dyn std::error::Error>>(())\n```\n",
            library(plan)
        );
    }
    let _ = write!(text, "\n## Authentication\n\n{}\n", authentication(plan));
    text.push_str(
        "\n## Recorded traffic\n\n`tests/cassettes` has an exchange for each action: an example of the API's OpenAPI document, or one made after its\nschemas. Each file says which. Replace them with recordings of the provider (`plugwright record`), and check those for\npersonal data before you publish them.\n",
    );
    text
}

fn summary(plan: &Plan<'_>) -> String {
    let resources: Vec<String> = plan
        .modules()
        .iter()
        .filter_map(|(_, actions)| Some(actions.first()?.name.resource.replace('_', " ")))
        .collect();
    let mut named: Vec<String> = resources.iter().take(5).cloned().collect();
    if resources.len() > named.len() {
        named.push("more".to_owned());
    }
    format!("{} as typed actions", prose::listed(&named, "and"))
}

fn authentication(plan: &Plan<'_>) -> String {
    let parts = &plan.connector.parts;
    let schemes: Vec<String> = parts
        .auth
        .iter()
        .map(|auth| match &auth.scheme {
            SchemeParts::None => "none".to_owned(),
            SchemeParts::ApiKeyHeader { name } => {
                format!("a key in the header `{}`", name.to_ascii_lowercase())
            }
            SchemeParts::ApiKeyQuery { name } => format!("a key in the query parameter `{name}`"),
            SchemeParts::BearerToken { prefix } => {
                format!("a token, sent as `Authorization: {prefix}`")
            }
            SchemeParts::Basic { .. } => "user name and password".to_owned(),
            SchemeParts::OAuth2 { .. } => "an OAuth 2 access token".to_owned(),
            SchemeParts::Custom { fields } => {
                let names: Vec<_> = fields
                    .iter()
                    .map(|field| format!("`{}`", field.name))
                    .collect();
                format!("the fields {}", prose::listed(&names, "and"))
            }
        })
        .collect();
    if schemes.is_empty() {
        return "None: the API is public.".to_owned();
    }
    let variable = format!(
        "PLUGWRIGHT_{}_TOKEN",
        parts.name.to_ascii_uppercase().replace('-', "_")
    );
    format!(
        "{}. Live calls read it from `{variable}` or\n`--credential-file`.",
        capital(&prose::listed(&schemes, "or"))
    )
}

pub(crate) fn changelog(plan: &Plan<'_>) -> String {
    format!(
        "# Changelog\n\n## Unreleased\n\n- {}, {} actions.\n",
        description(plan),
        plan.actions.len()
    )
}

pub(crate) fn cassettes(plan: &Plan<'_>) -> String {
    let shown = plan
        .report
        .actions
        .iter()
        .filter(|action| action.has_example)
        .count();
    let made = plan.report.actions.len() - shown;
    format!(
        "# Cassettes\n\nEach file holds the exchange of one call of an action, and says under `provenance` where it comes from.\n\n| Provenance | Cassettes | Meaning |\n| --- | --: | --- |\n| `vendor-example` | {shown} | the answer is an example of the provider's document; the request is made after its schemas |\n| `constructed` | {made} | made after the schemas of the document |\n"
    )
}
