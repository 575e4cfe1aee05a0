//! GraphQL operations, checked against the provider's schema.

mod answer;
mod document;
mod tape;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use serde::Serialize;
use serde_json::Value;

use self::answer::Place;
use self::document::Document;
use self::tape::{Change, Tape};
use super::cassette_call::{context, pages};
use super::{Finding, block_on};
use crate::action::{Action, ActionDefinition};
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::error::{ErrorCode, Result};
use crate::result::ActionResult;
use crate::transport::Replay;

/// Checks the GraphQL operations that a connector sends against the schema of its provider, which is
/// given in the schema definition language.
///
/// Each cassette is replayed, and for each operation that is sent:
///
/// | Rule | What it requires |
/// | --- | --- |
/// | `graphql` | the schema accepts the text: fields, arguments, types of variables, fragments |
/// | `graphql-variables` | the values of the variables are of the types that it declares |
/// | `graphql-answer` | the recorded answer has the selected fields and no others, and their types |
/// | `graphql-null` | the action can read the answer if a field is null that may be |
///
/// A finding names the action, and file, line and column of the operation's text. What was checked is
/// printed.
///
/// ```
/// use plugwright_sdk::graphql::Operation;
/// use plugwright_sdk::testing::{block_on, report_graphql};
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions};
///
/// const GET: Operation = Operation::new("query Task($id: ID!) { task(id: $id) { titel } }");
///
/// /// Gets one task by its id.
/// #[action("tasks.get", read)]
/// async fn get(
///     cx: &ActionContext,
///     /// Id of the task.
///     id: String,
/// ) -> Result<Value> {
///     cx.graphql(GET).variable("id", id).at("/task").fetch().await
/// }
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .cassettes(&[("tasks.get.json", r#"{
///         "action": "tasks.get",
///         "provenance": { "kind": "constructed", "source": "the schema" },
///         "call": { "input": { "id": "T1" } },
///         "exchanges": [{
///             "request": {
///                 "method": "POST",
///                 "url": "https://api.example.com/graphql",
///                 "body": { "json": { "operationName": "Task", "variables": { "id": "T1" } } }
///             },
///             "response": { "status": 200, "body": { "json": { "data": { "task": { "titel": "Buy milk" } } } } }
///         }]
///     }"#)])
///     .actions(actions![get]);
///
/// let schema = "type Query { task(id: ID!): Task } type Task { id: ID! title: String! }";
/// let report = block_on(report_graphql(&CONNECTOR, schema));
/// let finding = &report.findings[0];
/// assert_eq!((finding.action.as_deref(), finding.rule), (Some("tasks.get"), "graphql"));
/// let messages: Vec<_> = report.findings.iter().map(|finding| &finding.message).collect();
/// assert!(messages.iter().any(|message| message.contains("`titel`")), "{messages:?}");
/// ```
///
/// # Panics
///
/// With everything that was found.
pub fn check_graphql(connector: &'static ConnectorDefinition, schema: &str) {
    let report = block_on(report_graphql(connector, schema));
    println!("{report}");
    assert!(
        report.findings.is_empty(),
        "the GraphQL operations of connector `{}` do not fit the schema",
        connector.name()
    );
}

/// Checks operations as [`check_graphql`] does, and returns what was found.
pub async fn report_graphql(
    connector: &'static ConnectorDefinition,
    schema: &str,
) -> GraphqlReport {
    let mut report = GraphqlReport {
        connector: connector.name().to_owned(),
        ..GraphqlReport::default()
    };
    let schema = match Schema::parse(schema, "schema.graphql") {
        Ok(schema) => Valid::assume_valid(schema),
        Err(errors) => {
            for error in errors.errors.iter() {
                let message = error.error.to_string();
                // Providers publish schemas with mistakes that no operation meets, such as a field
                // that is defined twice.
                if message.starts_with("syntax error") {
                    let position = error.line_column_range().map(|range| range.start);
                    let at = position.map(|at| format!(" at {}:{}", at.line, at.column));
                    let at = at.unwrap_or_default();
                    report.find(None, "schema", format!("can't be read{at}: {message}"));
                }
            }
            if !report.findings.is_empty() {
                return report;
            }
            Valid::assume_valid(errors.partial)
        }
    };
    let cassettes = match Cassette::shipped(connector.cassettes()) {
        Ok(cassettes) => cassettes,
        Err(error) => {
            report.find(None, "cassette", error.to_string());
            return report;
        }
    };
    for action in connector.actions() {
        let mut documents = Vec::new();
        for cassette in &cassettes {
            if cassette.action == action.name() {
                check(
                    connector,
                    action,
                    cassette,
                    &schema,
                    &mut documents,
                    &mut report,
                )
                .await;
            }
        }
        report.operations += documents.len();
    }
    report
}

/// What was found in the GraphQL operations of a connector.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GraphqlReport {
    /// Name of the connector.
    pub connector: String,
    /// What does not fit the schema.
    pub findings: Vec<Finding>,
    /// Number of operations, for each action that sends one.
    pub operations: usize,
    /// Number of recorded answers.
    pub answers: usize,
    /// Number of values that were null in place of what was recorded.
    pub nulls: usize,
}

impl GraphqlReport {
    fn find(&mut self, action: Option<&str>, rule: &'static str, message: String) {
        let finding = Finding {
            action: action.map(str::to_owned),
            rule,
            message,
        };
        // Cassettes of one action show the same mistake.
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for GraphqlReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} GraphQL operations, {} recorded answers, {} values made null",
            self.connector, self.operations, self.answers, self.nulls
        )?;
        for Finding {
            action,
            rule,
            message,
        } in &self.findings
        {
            let action = action.as_deref().map(|action| format!("{action}: "));
            write!(f, "\n  {rule}: {}{message}", action.unwrap_or_default())?;
        }
        Ok(())
    }
}

async fn check(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    cassette: &Cassette,
    schema: &Valid<Schema>,
    documents: &mut Vec<Document>,
    report: &mut GraphqlReport,
) {
    let name = Some(action.name());
    // How it ends is what the conformance suite looks at.
    let (_, played) = play(connector, action, cassette, None).await;
    let mut nullable = Vec::new();
    for (index, sent) in played.sent().iter().enumerate() {
        let known = documents
            .iter()
            .position(|document| document.operation.text() == sent.operation.text());
        let document = match known {
            Some(known) => &documents[known],
            None => {
                let (document, faults) = Document::read(&sent.operation, schema);
                for fault in faults {
                    report.find(name, "graphql", fault);
                }
                documents.push(document);
                let Some(document) = documents.last() else {
                    continue;
                };
                document
            }
        };
        let Some(parsed) = &document.parsed else {
            continue;
        };
        for fault in document.check_variables(parsed, &sent.variables, schema) {
            report.find(name, "graphql-variables", fault);
        }
        let data = sent.answer.get("data").unwrap_or(&Value::Null);
        if data.is_null() {
            continue;
        }
        report.answers += 1;
        let seen = answer::check(schema, document, parsed, data);
        for fault in seen.faults {
            let title = &cassette.title;
            report.find(name, "graphql-answer", format!("\"{title}\": {fault}"));
        }
        nullable.extend(seen.nullable.into_iter().map(|place| (index, place)));
    }
    if cassette.expect.error.is_some() {
        return;
    }
    let mut tried = BTreeSet::new();
    for (index, place) in nullable {
        // One item of a list stands for all.
        if tried.insert((index, place.position.clone())) {
            check_null(connector, action, cassette, (index, &place), report).await;
        }
    }
}

async fn check_null(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    cassette: &Cassette,
    (index, place): (usize, &Place),
    report: &mut GraphqlReport,
) {
    report.nulls += 1;
    let change = Change {
        index,
        pointer: format!("/data{}", place.pointer),
    };
    let (result, _) = play(connector, action, cassette, Some(change)).await;
    let Err(error) = result else { return };
    let is_unread = matches!(
        error.code(),
        ErrorCode::UpstreamInvalid | ErrorCode::InternalError
    );
    // That there is no result at all is a result of its own.
    if is_unread && !error.message().contains("has nothing at") {
        let detail = error.detail().map(|detail| format!(" ({detail})"));
        report.find(
            Some(action.name()),
            "graphql-null",
            format!(
                "{}: `{}` may be null, and the action can't read that: {}{}",
                place.position,
                place.field,
                error.message(),
                detail.unwrap_or_default()
            ),
        );
    }
}

async fn play(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    cassette: &Cassette,
    change: Option<Change>,
) -> (Result<Vec<ActionResult>>, Arc<Tape>) {
    let tape = Arc::new(Tape::new(Replay::new([cassette]), change));
    let cx = context(connector, cassette, Arc::clone(&tape) as _)
        .cursor(cassette.call.cursor.clone())
        .build();
    (pages(action, &cx, cassette).await, tape)
}
