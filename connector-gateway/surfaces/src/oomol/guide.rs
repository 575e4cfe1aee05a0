//! The guide to an action, in Markdown: how to call it over HTTP.

use std::fmt::Write as _;

use plugwright_sdk::Cassette;
use plugwright_sdk::auth::{NeededScope, Scheme};
use plugwright_sdk::host::{Entry, ReconcileBy, Returns};
use plugwright_sdk::schema::{concise, example};
use serde_json::{Map, Value, json};

use super::openapi::failures_of;
use crate::caller::runs_without_credential;
use plugwright_engine::markdown::{block, code, head, line, prose, row};

pub(super) const MEDIA_TYPE: &str = "text/markdown; charset=utf-8";

pub(super) fn of(entry: &Entry) -> String {
    let action = &entry.action;
    let mut page = format!("# {}\n\n", line(&entry.id()));
    // Writing to a string cannot fail.
    if let Some(note) = action.deprecated() {
        let _ = write!(page, "**Deprecated**: {}\n\n", line(note));
    }
    let _ = write!(page, "{}\n\n{}", prose(action.description()), facts(entry));
    let _ = write!(page, "\n## Example\n\n{}", call(entry));
    let input = action.input_schema();
    page.push_str("\n## Input\n\n");
    if let Some(rules) = input["description"].as_str() {
        let _ = write!(page, "{}\n\n", prose(rules));
    }
    let _ = write!(
        page,
        "The JSON Schema of `input`:\n\n{}",
        schema(&concise(&input))
    );
    let output = schema(&action.output_schema());
    let _ = write!(
        page,
        "\n## Output\n\nThe response is `{{\"success\": true, \"message\", \"data\", \"meta\"}}`. \
         The JSON Schema of `data`:\n\n{output}"
    );
    if action.returns() == Returns::List {
        page.push_str(
            "\nWhere `meta.hasMore` is true, the same call with `meta.cursor` as `options.cursor` \
             gets the next page.\n",
        );
    }
    let _ = write!(page, "\n## Errors\n\n{}", errors(entry));
    page
}

fn facts(entry: &Entry) -> String {
    let (connector, action) = (&entry.connector, &entry.action);
    let mut facts = vec![
        ("Title", line(&action.title())),
        (
            "Connector",
            format!(
                "{} ({})",
                line(connector.display_name()),
                code(connector.name())
            ),
        ),
        ("Tool name", code(&entry.tool_name())),
        ("Effect", action.effect().to_string()),
        (
            "Repeatable",
            if action.idempotent() {
                "yes".to_owned()
            } else {
                "no; an `Idempotency-Key` makes it happen once".to_owned()
            },
        ),
        ("Account", account(entry)),
    ];
    if let Some(by) = action.reconciles_by() {
        let by = match by {
            ReconcileBy::Key => "a key that is sent with it",
            ReconcileBy::Natural => "what was written",
        };
        let found = format!("the gateway finds out what became of the call, by {by}");
        facts.push(("Lost responses", found));
    }
    if !action.scopes().is_empty() {
        let any_of = |scope: NeededScope<'_>| {
            let names = scope.alternatives();
            let names: Vec<_> = names.map(code).collect();
            names.join(" or ")
        };
        let scopes: Vec<_> = action.scopes().into_iter().map(any_of).collect();
        facts.push(("Scopes", scopes.join(", ")));
    }
    let mut list = String::new();
    for (name, fact) in facts {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "- {name}: {fact}");
    }
    list
}

fn account(entry: &Entry) -> String {
    let connector = &entry.connector;
    let labels: Vec<_> = connector
        .auth()
        .iter()
        .filter(|auth| !matches!(auth.scheme, Scheme::None))
        .map(|auth| format!("{} ({})", line(auth.label), code(auth.kind().as_str())))
        .collect();
    let labels = labels.join(", or ");
    match (labels.is_empty(), runs_without_credential(connector)) {
        (true, _) => "none is needed".to_owned(),
        (false, true) => format!("none is needed; a connection may have {labels}"),
        (false, false) => format!("a connection with {labels}"),
    }
}

fn call(entry: &Entry) -> String {
    let body = json!({ "input": input(entry) });
    let text = format!(
        "POST /v1/actions/{}\nAuthorization: Bearer TOKEN\nContent-Type: application/json\n\n{body:#}",
        entry.id()
    );
    block("http", &text)
}

/// Returns the input of a recorded call, or else made-up values for what has to be given.
fn input(entry: &Entry) -> Map<String, Value> {
    let recorded = entry.connector.cassettes().iter().find_map(|(name, text)| {
        let cassette = Cassette::parse(name, text).ok()?;
        let fits = cassette.action == entry.action.name() && cassette.expect.error.is_none();
        fits.then_some(cassette.call.input)
    });
    recorded.unwrap_or_else(|| example::smallest(&entry.action.input_schema()))
}

fn schema(schema: &Value) -> String {
    block("json", &format!("{schema:#}"))
}

fn errors(entry: &Entry) -> String {
    let mut table = head(["Status", "`errorCode`", "What it means"]);
    for (status, name, meaning) in failures_of(entry).rows() {
        table.push_str(&row([&status.to_string(), &code(name), &line(&meaning)]));
    }
    table
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Registry;
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    use super::*;

    /// Writes a note onto the *wall*.
    #[action(
        "notes.write",
        write,
        post = "/notes",
        json,
        deprecated = "use notes.pin"
    )]
    async fn write(
        cx: &ActionContext,
        /// What it says.
        text: String,
    ) -> Result<Value>;

    static WALL: ConnectorDefinition = ConnectorDefinition::new("wall", "Wall", "1.0.0")
        .base_url("https://wall.example.com")
        .actions(actions![write]);

    fn guide(connector: &'static ConnectorDefinition, action: &str) -> String {
        of(&Registry::new([connector]).unwrap().find(action).unwrap())
    }

    #[test]
    fn a_guide_has_all_that_it_takes_to_call() {
        insta::assert_snapshot!(guide(&WALL, "wall.notes.write"));
    }

    #[test]
    fn a_recorded_call_is_the_example_and_the_account_is_named() {
        let guide = guide(&plugwright_github::CONNECTOR, "github.issues.list");
        for part in [
            "\"repo\": \"octokit-fixture-org/",
            "- Account: a connection with ",
            "- Repeatable: yes\n",
            "`meta.cursor` as `options.cursor`",
            "| 429 | `rate_limited` | ",
        ] {
            assert!(guide.contains(part), "{part} is not in\n{guide}");
        }
        assert!(!guide.contains("| 424 |"), "{guide}");
    }
}
