//! The plan file: which cassettes a connector has and where each comes from.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::cassette::{Exchange, Expect, Request};

/// A connector's `tests/cassettes.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// The package whose scenarios `recorded` entries name.
    pub(super) recordings: Option<Package>,
    /// The package whose document `vendor-example` entries name.
    pub(super) openapi: Option<Package>,
    /// The package whose types `described` entries name.
    pub(super) described: Option<Package>,
    pub(super) graphql: Option<GraphqlApi>,
    #[serde(default, rename = "cassette")]
    pub(super) cassettes: Vec<Entry>,
    /// Recorded exchanges that no entry takes.
    #[serde(default, rename = "left-out")]
    pub(super) left_out: Vec<LeftOut>,
}

/// Recorded exchanges that are in no cassette, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeftOut {
    pub(super) scenario: String,
    /// Counted from 1.
    pub(super) exchanges: Vec<usize>,
    pub(super) reason: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphqlApi {
    /// Where operations are sent.
    pub(super) url: String,
    /// The package whose schema the answers are written after.
    pub(super) schema: Package,
}

/// An npm package at one version.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// SPDX expression.
    pub(super) license: String,
    /// Path of the licence text in the package.
    pub(super) license_file: String,
    /// Path of the folder of scenarios, or of the OpenAPI document, in the package.
    pub(super) content: String,
    /// What a reader of the cassettes must know about this source.
    pub(super) about: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) action: String,
    /// Tells further cassettes of an action from its main one, which has no case.
    pub(super) case: Option<String>,
    pub(super) title: String,
    #[serde(default)]
    pub(super) input: Map<String, Value>,
    pub(super) cursor: Option<String>,
    #[serde(default)]
    pub(super) all_pages: bool,
    #[serde(default)]
    pub(super) expect: Expect,
    pub(super) from: Source,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Source {
    Recorded(Recorded),
    VendorExample(Box<VendorExample>),
    Described(Described),
    Constructed(Constructed),
    Graphql(Graphql),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    pub(super) scenario: String,
    /// Counted from 1; all of the scenario if left out.
    pub(super) exchanges: Option<Vec<usize>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorExample {
    /// The `operationId`.
    pub(super) operation: String,
    pub(super) status: u16,
    /// Key of the response, if it is another than the status, such as `default`.
    pub(super) response: Option<String>,
    /// Key of the response example; left out where the response has no content.
    pub(super) example: Option<String>,
    #[serde(default = "json_media_type")]
    pub(super) media_type: String,
    /// A value for every placeholder of the operation's path.
    #[serde(default)]
    pub(super) path: Map<String, Value>,
    #[serde(default)]
    pub(super) query: Map<String, Value>,
    pub(super) request: Option<RequestBody>,
    /// New values by JSON pointer into the response; they make the cassette a constructed one.
    #[serde(default)]
    pub(super) changes: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RequestBody {
    /// A request example of the same operation.
    Example(RequestExample),
    /// A body of the plan's own.
    Json(Value),
    /// A form of the plan's own.
    Form(Map<String, Value>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestExample {
    pub(super) name: String,
    /// The fields that the connector sends, in its order; all if left out.
    pub(super) fields: Option<Vec<String>>,
}

/// An answer 204, which the vendor's document describes in full.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    /// The `operationId`.
    pub(super) operation: String,
    pub(super) request: Request,
}

/// Exchanges written out in the plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constructed {
    /// What the exchanges are modelled on.
    pub(super) source: String,
    #[serde(default = "own_license")]
    pub(super) license: String,
    pub(super) exchanges: Vec<Exchange>,
}

/// Answers to GraphQL operations, written out in the plan. The text of an operation is the connector's
/// alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Graphql {
    /// What the answers are modelled on, besides the schema.
    pub(super) source: Option<String>,
    pub(super) exchanges: Vec<GraphqlExchange>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphqlExchange {
    pub(super) operation: String,
    #[serde(default)]
    pub(super) variables: Map<String, Value>,
    #[serde(default = "success")]
    pub(super) status: u16,
    /// Further headers of the answer, which is JSON.
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    /// The answer as JSON text, since TOML has no null.
    pub(super) answer: String,
}

fn success() -> u16 {
    200
}

fn json_media_type() -> String {
    "application/json".to_owned()
}

/// The licence of what the plan itself has.
pub(super) fn own_license() -> String {
    "MIT OR Apache-2.0".to_owned()
}

impl VendorExample {
    /// The key under which the document has the response.
    pub(super) fn response_key(&self) -> String {
        self.response
            .clone()
            .unwrap_or_else(|| self.status.to_string())
    }
}

impl Plan {
    pub(super) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("the plan is not valid")
    }
}

impl Entry {
    /// The entry's name in messages: the action, and the case if there is one.
    pub(super) fn name(&self) -> String {
        match &self.case {
            Some(case) => format!("{}.{case}", self.action),
            None => self.action.clone(),
        }
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}.json", self.name())
    }

    /// Checks what becomes a file name.
    pub(super) fn check_names(&self) -> Result<()> {
        let mut segments = self.action.split('.');
        let well_formed =
            segments.clone().count() == 2 && segments.all(|segment| is_word(segment, '_'));
        ensure!(
            well_formed,
            "action `{}` is not in `resource.verb` form",
            self.action
        );
        if let Some(case) = &self.case {
            ensure!(is_word(case, '-'), "case `{case}` is not in kebab case");
        }
        Ok(())
    }
}

fn is_word(text: &str, separator: char) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|other| other.is_ascii_lowercase() || other.is_ascii_digit() || other == separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_of_input_and_query() {
        let plan = Plan::parse(
            r#"
            [[cassette]]
            action = "issues.list"
            title = "Issues"
            input = { state = "all", labels = "bug", per_page = 1 }
            [cassette.from.vendor-example]
            operation = "issues/list"
            status = 200
            query = { state = "all", labels = "bug", per_page = 1 }
            "#,
        )
        .unwrap();

        let entry = &plan.cassettes[0];
        assert_eq!(
            entry.input.keys().collect::<Vec<_>>(),
            ["state", "labels", "per_page"]
        );
        let Source::VendorExample(example) = &entry.from else {
            panic!("{:?}", entry.from);
        };
        assert_eq!(
            example.query.keys().collect::<Vec<_>>(),
            ["state", "labels", "per_page"]
        );
    }

    #[test]
    fn refuses_a_key_that_it_does_not_know() {
        let error = Plan::parse(
            r#"
            [[cassette]]
            action = "issues.list"
            titel = "Issues"
            from.recorded = { scenario = "issues" }
            "#,
        )
        .unwrap_err();

        assert!(
            format!("{error:#}").contains("unknown field `titel`"),
            "{error:#}"
        );
    }

    #[test]
    fn refuses_an_entry_with_two_sources() {
        let error = Plan::parse(
            r#"
            [[cassette]]
            action = "issues.list"
            title = "Issues"
            from.recorded = { scenario = "issues" }
            from.constructed = { source = "by hand", exchanges = [] }
            "#,
        );

        assert!(error.is_err());
    }

    #[test]
    fn names_actions_in_snake_case_and_cases_in_kebab_case() {
        for (action, case, well_formed) in [
            ("issues.list_labels", Some("not-found"), true),
            ("issues.list", Some("not_found"), false),
            ("issues.list", Some("../up"), false),
            ("issues", None, false),
            ("github.issues.list", None, false),
            ("issues.List", None, false),
        ] {
            let entry = Entry {
                action: action.to_owned(),
                case: case.map(str::to_owned),
                title: String::new(),
                input: Map::new(),
                cursor: None,
                all_pages: false,
                expect: Expect::default(),
                from: Source::Recorded(Recorded {
                    scenario: String::new(),
                    exchanges: None,
                }),
            };
            assert_eq!(
                entry.check_names().is_ok(),
                well_formed,
                "{action} {case:?}"
            );
        }
    }
}
