//! Pages about connectors and actions, in Markdown.

mod scheme;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plugwright_engine::markdown::{code, head, line, lines, prose, row, shell};
use plugwright_sdk::cassette::CassetteError;
use plugwright_sdk::host::{Connector, Entry, Returns};
use plugwright_sdk::{Availability, Cassette};

use crate::facts::{self, Limit, Parameter};
use crate::info::ActionInfo;
use crate::{binary, command_line};

/// Renders the page of a connector: what it is, how it authenticates, and all its actions.
///
/// The example commands call the running binary by its name.
///
/// ```
/// let page = plugwright::markdown::connector(&plugwright_github::CONNECTOR)?;
/// assert!(page.contains("\n# GitHub\n"));
/// assert!(page.contains("\n### issues.list\n"));
/// # Ok::<(), plugwright_sdk::cassette::CassetteError>(())
/// ```
///
/// # Errors
///
/// Fails if one of the connector's cassettes is invalid.
pub fn connector(connector: impl Into<Connector>) -> Result<String, CassetteError> {
    let connector = &connector.into();
    let cassettes = Cassette::shipped(connector.cassettes())?;
    let name = connector.name();
    let mut page = format!(
        "<!-- Made from the connector's definition by `{} show {name} --output markdown`. -->\n\n\
         # {}\n\n{}\n\n- Name: {}\n",
        binary::name(),
        line(connector.display_name()),
        sentence(connector.description()),
        code(name)
    );
    // Writing to a string cannot fail.
    if let Some(url) = connector.homepage_url() {
        let _ = writeln!(page, "- Website: {}", link(url));
    }
    if !connector.categories().is_empty() {
        let categories: Vec<_> = connector
            .categories()
            .iter()
            .map(|name| line(name))
            .collect();
        let _ = writeln!(page, "- Categories: {}", categories.join(", "));
    }
    if connector.availability() == Availability::ComingSoon {
        page.push_str("- Announced: it can't be used yet\n");
    }
    let _ = write!(
        page,
        "\n## Authentication\n\n{}",
        scheme::section(connector)
    );
    let _ = write!(page, "\n## Hosts\n\n- {}\n", code(connector.base_url()));
    for host in connector.hosts() {
        let _ = writeln!(page, "- {} ({})", code(host.base_url), line(host.name));
    }
    page.push_str("\n## Actions\n\n");
    page.push_str(&overview(connector));
    for action in connector.actions() {
        let info = ActionInfo::from(&Entry {
            connector: connector.clone(),
            action: action.clone(),
        });
        let example = command_line::example_of(&info, &cassettes);
        let _ = write!(
            page,
            "\n### {}\n\n{}",
            line(action.name()),
            body(&info, &example, "####")
        );
    }
    Ok(page)
}

/// Renders the page of one action.
///
/// # Errors
///
/// Fails if one of the connector's cassettes is invalid.
pub fn action(entry: &Entry) -> Result<String, CassetteError> {
    let cassettes = Cassette::shipped(entry.connector.cassettes())?;
    let info = ActionInfo::from(entry);
    let example = command_line::example_of(&info, &cassettes);
    Ok(action_with(&info, &example))
}

pub(crate) fn action_with(info: &ActionInfo, example: &str) -> String {
    format!("# {}\n\n{}", line(&info.id()), body(info, example, "##"))
}

fn overview(connector: &Connector) -> String {
    let mut table = head(["Action", "Effect", "What it does"]);
    let mut taken = BTreeSet::from(["authentication", "hosts", "actions"].map(str::to_owned));
    for action in connector.actions() {
        let name = format!(
            "[{}](#{})",
            code(action.name()),
            anchor(action.name(), &mut taken)
        );
        let first = action.description().lines().next().unwrap_or_default();
        let first = line(first.trim().trim_end_matches('.'));
        table.push_str(&row([&name, action.effect().as_str(), &first]));
    }
    table
}

/// Returns the anchor that mdBook and GitHub give a heading: without dots, and numbered if it is
/// taken.
fn anchor(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = name.replace('.', "");
    let counted = (1..).map(|number| format!("{plain}-{number}"));
    std::iter::once(plain.clone())
        .chain(counted)
        .find(|anchor| taken.insert(anchor.clone()))
        .unwrap_or(plain)
}

fn body(info: &ActionInfo, example: &str, heading: &str) -> String {
    let mut body = String::new();
    // Writing to a string cannot fail.
    if let Some(note) = &info.deprecated {
        let _ = write!(body, "**Deprecated**: {}\n\n", line(note));
    }
    let _ = write!(
        body,
        "{}\n\n- Title: {}\n- Id: {}\n- Tool name: {}\n- Effect: {}\n",
        prose(&info.description),
        line(&info.title),
        code(&info.id()),
        code(&info.tool_name()),
        facts::effect(info)
    );
    if !info.scopes.is_empty() {
        let _ = writeln!(body, "- Scopes: {}", facts::scopes(info, code));
    }
    let _ = write!(body, "\n{heading} Parameters\n\n{}", parameters(info));
    let _ = write!(body, "\n{heading} Returns\n\n{}", returns(info));
    let _ = write!(body, "\n{heading} Example\n\n{}", shell(example));
    body
}

fn parameters(info: &ActionInfo) -> String {
    let parameters = facts::parameters(info);
    if parameters.is_empty() {
        return "None.\n".to_owned();
    }
    let mut table = head(["Name", "Type", "Required", "Default", "Description"]);
    for parameter in &parameters {
        let default = parameter.default.as_deref().map(code).unwrap_or_default();
        let mut description = lines(&parameter.description);
        if parameter.deprecated {
            description = format!("**Deprecated.** {description}");
        }
        table.push_str(&row([
            &code(&parameter.name),
            &kind(parameter),
            if parameter.required { "yes" } else { "no" },
            &default,
            &description,
        ]));
    }
    if let Some(rules) = facts::rules(info) {
        let _ = write!(table, "\n{}\n", prose(rules));
    }
    table
}

fn kind(parameter: &Parameter) -> String {
    let mut kind = parameter.kind.clone();
    for limit in &parameter.limits {
        kind.push_str(", ");
        match limit {
            Limit::OneOf(values) => {
                let values: Vec<_> = values.iter().map(|value| code(value)).collect();
                let _ = write!(kind, "one of {}", values.join(", "));
            }
            Limit::Words(words) => kind.push_str(words),
            Limit::Keyword(keyword, value) => {
                let _ = write!(kind, "{keyword} {}", code(value));
            }
        }
    }
    kind
}

fn returns(info: &ActionInfo) -> String {
    let fields = facts::fields(info);
    let (what, more) = match info.returns {
        Returns::List => ("A list", "Each item"),
        Returns::Single => ("An object", "It"),
    };
    if fields.is_empty() {
        return format!("{what}.\n");
    }
    let mut text = format!("{what}. {more} has these fields:\n\n");
    text.push_str(&head(["Field", "Type", "Description"]));
    for field in fields {
        let description = lines(&field.description);
        text.push_str(&row([&code(&field.path), &line(&field.kind), &description]));
    }
    text
}

fn sentence(text: &str) -> String {
    let text = line(text);
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text
    } else {
        text + "."
    }
}

/// Renders a URL as a link to itself if possible.
fn link(url: &str) -> String {
    if url.contains(|letter: char| letter.is_whitespace() || "<>".contains(letter)) {
        code(url)
    } else {
        format!("<{url}>")
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::{
        ActionContext, Auth, ConnectorDefinition, Result, Value, action, actions, host,
        plain_field, scope, secret_field,
    };

    use super::*;
    use crate::fixture::{ITEMS_DELETE, SHOP};

    /// Finds a|b in *all* of the <store>.
    ///
    /// Returns what `a|b` is.
    #[action("things.find", read, scopes = ["things"], deprecated = "use things.search | things.get", get = "/things")]
    async fn find(
        cx: &ActionContext,
        /// One of `a|b`, or c|d.
        #[param(pattern = "^(a|b)$", provider_default = "a")]
        what: Option<String>,
    ) -> Result<Value>;

    static STORE: ConnectorDefinition = ConnectorDefinition::new("store", "Store #1", "1.0.0")
        .description("All [things]")
        .base_url("https://{site}.example.com")
        .hosts(&[host("files", "https://files.example.com")])
        .auth(&[
            Auth::api_key_header("Key", "x-key"),
            Auth::basic("Account"),
            Auth::client_credentials(
                "https://example.com/token",
                &[scope("things", "Read | write")],
            ),
            Auth::custom(
                "Signed",
                &[plain_field("id", "Id"), secret_field("key", "Key | seed")],
            ),
        ])
        .actions(actions![find]);

    #[test]
    fn a_page_says_all_and_escapes_what_would_break_it() {
        let page = connector(&STORE).unwrap();
        for part in [
            "# Store #1\n\nAll \\[things\\].\n\n- Name: `store`\n",
            "- Key: in the header `x-key`\n- Account: user name and password, by HTTP Basic\n",
            "; token endpoint `https://example.com/token`\n",
            "- Signed: the fields `id` (Id), `key` (Key | seed, secret)\n",
            "takes a token from `PLUGWRIGHT_STORE_TOKEN`",
            "| `things` | Read \\| write |\n",
            "- `https://{site}.example.com`\n- `https://files.example.com` (files)\n",
            "| [`things.find`](#thingsfind) | read | Finds a\\|b in \\*all\\* of the \\<store> |\n",
            "### things.find\n\n**Deprecated**: use things.search | things.get\n\nFinds a|b in ",
            "- Scopes: `things`\n",
            "| `what` | string, pattern `^(a\\|b)$` | no | `\"a\"` | One of `a\\|b`, or c\\|d. |\n",
        ] {
            assert!(page.contains(part), "{part}\nis not in\n{page}");
        }
    }

    #[test]
    fn an_action_has_a_page_of_its_own() {
        let page = action(&Entry {
            connector: (&SHOP).into(),
            action: ITEMS_DELETE.into(),
        })
        .unwrap();
        assert!(
            page.starts_with(
                "# test-shop.items.delete\n\nDeletes an item of a shop.\n\n- Title: Delete an item\n"
            ),
            "{page}"
        );
        assert!(
            page.contains("- Effect: destructive, idempotent\n"),
            "{page}"
        );
        assert!(page.contains("\n## Returns\n\nAn object.\n"), "{page}");
        assert!(
            page.ends_with(" run test-shop.items.delete shop=text\n```\n"),
            "{page}"
        );
    }

    #[test]
    fn anchors_are_counted_like_headings() {
        let mut taken = BTreeSet::new();
        let anchors = ["a.bc", "ab.c", "things.get_all"].map(|name| anchor(name, &mut taken));
        assert_eq!(anchors, ["abc", "abc-1", "thingsget_all"]);
    }
}
