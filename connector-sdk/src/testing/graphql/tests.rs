use serde_json::json;

use super::*;
use crate::graphql::{Connection, Operation};
use crate::{ActionContext, Page, Value, action, actions, model};

const SCHEMA: &str = r"
    type Query { task(id: ID!): Task tasks(first: Int!, after: String): TaskConnection! }
    type Mutation { close(input: CloseInput!): Task }
    input CloseInput { id: ID! reason: Reason }
    enum Reason { DONE DROPPED }
    interface Named { name: String }
    type User implements Named { name: String }
    type Team implements Named { name: String size: Int! }
    type Task { id: ID! title: String! note: String reason: Reason owner: Named points: Int }
    type TaskConnection { totalCount: Int! nodes: [Task] pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
";

/// A task.
#[model]
struct Task {
    id: String,
    title: String,
    note: Option<String>,
}

const GET: Operation = Operation::new("query Task($id: ID!) { task(id: $id) { id title note } }");
const LIST: Operation = Operation::new(
    "query Tasks($first: Int!, $after: String) {
        tasks(first: $first, after: $after) {
            totalCount nodes { id title note } pageInfo { hasNextPage endCursor }
        }
    }",
);

/// Gets one task.
#[action("tasks.get", read)]
async fn get(
    cx: &ActionContext,
    /// Id of the task.
    id: String,
) -> Result<Task> {
    cx.graphql(GET).variable("id", id).at("/task").fetch().await
}

/// Lists tasks.
#[action("tasks.list", read)]
async fn list(cx: &ActionContext) -> Result<Page<Task>> {
    let request = cx.graphql(LIST).variable("first", 1_u32);
    request.page(Connection::at("/tasks")).await
}

fn cassette(action: &str, operation: &str, variables: &Value, data: &Value) -> &'static str {
    let cassette = json!({
        "action": action,
        "title": "a call",
        "provenance": { "kind": "constructed", "source": "the schema" },
        "call": { "input": { "id": "7" } },
        "exchanges": [{
            "request": {
                "method": "POST",
                "url": "https://api.example.com/graphql",
                "body": { "json": { "operationName": operation, "variables": variables } },
            },
            "response": { "status": 200, "body": { "json": { "data": data } } },
        }],
    });
    cassette.to_string().leak()
}

fn connector(
    actions: &'static [&'static ActionDefinition],
    text: &'static str,
) -> &'static ConnectorDefinition {
    let files: &'static [_] = vec![("one.json", text)].leak();
    let definition = ConnectorDefinition::new("todo", "To do", "1.0.0")
        .base_url("https://api.example.com")
        .cassettes(files)
        .actions(actions);
    Box::leak(Box::new(definition))
}

/// The findings for one call of an action: their rules and messages.
fn found(
    actions: &'static [&'static ActionDefinition],
    text: &'static str,
) -> Vec<(&'static str, String)> {
    let report = block_on(report_graphql(connector(actions, text), SCHEMA));
    let findings = report.findings.into_iter();
    findings
        .map(|finding| (finding.rule, finding.message))
        .collect()
}

fn of_get(data: &Value) -> Vec<(&'static str, String)> {
    let text = cassette("tasks.get", "Task", &json!({ "id": "7" }), data);
    found(actions![get], text)
}

fn one(findings: Vec<(&'static str, String)>, rule: &str) -> String {
    assert_eq!(findings.len(), 1, "{findings:?}");
    let (found, message) = findings.into_iter().next().unwrap();
    assert_eq!(found, rule, "{message}");
    message
}

#[test]
fn what_fits_has_no_findings() {
    let good = json!({ "task": { "id": "7", "title": "Buy milk", "note": "two" } });
    assert_eq!(of_get(&good), []);
    let page = json!({ "tasks": {
        "totalCount": 1,
        "nodes": [{ "id": "7", "title": "Buy milk", "note": "two" }],
        "pageInfo": { "hasNextPage": false, "endCursor": "x" },
    } });
    let text = cassette("tasks.list", "Tasks", &json!({ "first": 1 }), &page)
        .replace(r#"{"id":"7"}"#, "{}");
    let report = block_on(report_graphql(
        connector(actions![list], text.leak()),
        SCHEMA,
    ));
    assert_eq!(
        (report.findings.len(), report.operations, report.answers),
        (0, 1, 1),
        "{report}"
    );
    assert!(report.nulls > 0);
}

/// Declares an action that sends an operation and returns what is at `/task`.
macro_rules! sends {
    ($function:ident, $operation:expr, $variable:literal, $value:expr) => {
        /// Sends it.
        #[action("tasks.send", write)]
        async fn $function(
            cx: &ActionContext,
            /// Id.
            id: String,
        ) -> Result<Value> {
            const OPERATION: Operation = $operation;
            let _ = id;
            cx.graphql(OPERATION)
                .variable($variable, $value)
                .fetch()
                .await
        }
    };
}

sends!(
    unknown_field,
    Operation::new(
        "query A($id: ID!) {
    task(id: $id) {
        id
        titel
    }
}"
    ),
    "id",
    "7"
);
sends!(
    wrong_variable,
    Operation::new("query B($id: Int!) { task(id: $id) { id } }"),
    "id",
    7_u32
);
sends!(
    missing_argument,
    Operation::new("query C($x: ID) { task { id note: title } }"),
    "x",
    "7"
);
sends!(
    unused_variable,
    Operation::new("query D($id: ID!, $x: Int) { task(id: $id) { id } }"),
    "id",
    "7"
);
sends!(
    no_selection,
    Operation::new("query E($id: ID!) { task(id: $id) }"),
    "id",
    "7"
);
sends!(
    two_operations,
    Operation::new(
        "query F($id: ID!) { task(id: $id) { id } } query G { tasks(first: 1) { totalCount } }"
    ),
    "id",
    "7"
);
sends!(
    wrong_value,
    Operation::new("query H($id: ID!) { task(id: $id) { id } }"),
    "id",
    true
);
sends!(
    undeclared,
    Operation::new("query I { tasks(first: 1) { totalCount } }"),
    "id",
    "7"
);
sends!(
    wrong_enum,
    Operation::new("mutation J($input: CloseInput!) { close(input: $input) { id } }"),
    "input",
    json!({ "id": "7", "reason": "GONE" })
);
sends!(
    broken_syntax,
    Operation::new("query K($id: ID!) { task(id: $id) { id }"),
    "id",
    "7"
);

#[test]
fn each_mistake_in_a_text_is_found_with_its_place() {
    type Sent = (
        &'static [&'static ActionDefinition],
        &'static str,
        Value,
        &'static str,
        &'static str,
    );
    let id = || json!({ "id": "7" });
    let sent: [Sent; 10] = [
        (
            actions![unknown_field],
            "A",
            id(),
            "graphql",
            "does not have a field `titel`",
        ),
        (
            actions![wrong_variable],
            "B",
            json!({ "id": 7 }),
            "graphql",
            "cannot be used for argument `id`",
        ),
        (
            actions![missing_argument],
            "C",
            json!({ "x": "7" }),
            "graphql",
            "required argument `Query.task(id:)`",
        ),
        (
            actions![unused_variable],
            "D",
            id(),
            "graphql",
            "unused variable: `$x`",
        ),
        (
            actions![no_selection],
            "E",
            id(),
            "graphql",
            "must have a subselection set",
        ),
        (
            actions![two_operations],
            "F",
            id(),
            "graphql",
            "has several operations",
        ),
        (
            actions![wrong_value],
            "H",
            json!({ "id": true }),
            "graphql-variables",
            "to type ID",
        ),
        (
            actions![undeclared],
            "I",
            id(),
            "graphql-variables",
            "does not declare the variable `$id`",
        ),
        (
            actions![wrong_enum],
            "J",
            json!({ "input": { "id": "7", "reason": "GONE" } }),
            "graphql-variables",
            "Reason",
        ),
        (
            actions![broken_syntax],
            "K",
            id(),
            "graphql",
            "syntax error",
        ),
    ];
    for (actions, operation, variables, rule, message) in sent {
        let text = cassette("tasks.send", operation, &variables, &Value::Null);
        let findings = found(actions, text);
        let named = |(found, told): &(&str, String)| *found == rule && told.contains(message);
        assert!(findings.iter().any(named), "{operation}: {findings:?}");
        let file = "connector-sdk/src/testing/graphql/tests.rs:";
        assert!(
            findings.iter().all(|(_, told)| told.contains(file)),
            "{findings:?}"
        );
    }
}

#[test]
fn a_place_is_that_in_the_source() {
    let text = cassette("tasks.send", "A", &json!({ "id": "7" }), &Value::Null);
    let message = one(found(actions![unknown_field], text), "graphql");
    let source = include_str!("tests.rs");
    let line = source
        .lines()
        .position(|line| line.trim() == "titel")
        .unwrap()
        + 1;
    assert!(
        message.contains(&format!("tests.rs:{line}:9 in `A`: ")),
        "{message}"
    );
}

#[test]
fn an_answer_has_what_is_selected() {
    let task = |change: fn(&mut Value)| {
        let mut data = json!({ "task": { "id": "7", "title": "x", "note": null } });
        change(&mut data["task"]);
        of_get(&data)
    };
    let missing = task(|task| drop(task.as_object_mut().unwrap().remove("note")));
    assert!(one(missing, "graphql-answer").contains("lacks `task/note`"));
    let more = task(|task| task["size"] = 1.into());
    assert!(one(more, "graphql-answer").contains("has `task/size`"));
    let wrong = task(|task| task["note"] = 1.into());
    assert!(
        wrong.iter().any(|(rule, told)| {
            *rule == "graphql-answer"
                && told.contains("`task/note` in the response must be `String`, not 1")
        }),
        "{wrong:?}"
    );
    let null = task(|task| task["title"] = Value::Null);
    assert!(
        null.iter()
            .any(|(_, told)| told.contains("must not be null, as it is `String!`")),
        "{null:?}"
    );
}

const OWNER: Operation = Operation::new(
    "query Owner($id: ID!) {
        task(id: $id) { owner { __typename name ... on Team { size } } points reason }
    }",
);

/// A task with what may be null.
#[model]
struct Owned {
    owner: Owner,
    points: u32,
    reason: Option<String>,
}

#[model]
struct Owner {
    name: Option<String>,
}

/// Gets the owner of a task.
#[action("tasks.get", read)]
async fn owner(
    cx: &ActionContext,
    /// Id of the task.
    id: String,
) -> Result<Owned> {
    cx.graphql(OWNER)
        .variable("id", id)
        .at("/task")
        .fetch()
        .await
}

#[test]
fn what_may_be_null_is_read_as_null() {
    let data = json!({ "task": {
        "owner": { "__typename": "Team", "name": "Ops", "size": 3 }, "points": 1, "reason": "DONE",
    } });
    let text = cassette("tasks.get", "Owner", &json!({ "id": "7" }), &data);
    let findings = found(actions![owner], text);
    let told: Vec<_> = findings
        .iter()
        .map(|(rule, told)| {
            assert_eq!(*rule, "graphql-null", "{told}");
            told.as_str()
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("`owner` may be null, and the action can't read that"),
        "{told:?}"
    );
    assert!(told[1].contains("`points` may be null"), "{told:?}");

    let user = json!({ "task": {
        "owner": { "__typename": "User", "name": null, "size": 3 }, "points": 1, "reason": "GONE",
    } });
    let text = cassette("tasks.get", "Owner", &json!({ "id": "7" }), &user);
    let findings = found(actions![owner], text);
    assert!(
        findings
            .iter()
            .any(|(_, told)| told.contains("has `task/owner/size`")),
        "{findings:?}"
    );
    assert!(
        findings
            .iter()
            .any(|(_, told)| told.contains("must be `Reason`")),
        "{findings:?}"
    );
}

#[test]
fn a_schema_that_can_not_be_read_is_a_finding() {
    let text = cassette("tasks.get", "Task", &json!({ "id": "7" }), &Value::Null);
    let report = block_on(report_graphql(
        connector(actions![get], text),
        "type Query {",
    ));
    assert_eq!(report.findings[0].rule, "schema");
    assert!(
        report.findings[0].message.contains("can't be read at 1:"),
        "{report}"
    );
}

#[test]
fn a_mistake_of_the_schema_that_no_operation_meets_does_not_matter() {
    let data = json!({ "task": { "id": "7", "title": "x", "note": null } });
    let text = cassette("tasks.get", "Task", &json!({ "id": "7" }), &data);
    let schema = format!("{SCHEMA} type Odd {{ a: Int a: Int b: Missing }}");
    let report = block_on(report_graphql(connector(actions![get], text), &schema));
    assert_eq!(
        (report.findings.len(), report.operations),
        (0, 1),
        "{report}"
    );
}
