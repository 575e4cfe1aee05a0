//! Schemas that mean harm: bounded time and memory, a clear refusal, nothing shown.

use std::fmt::Write as _;

use plugwright_import::openapi::{self, Imported};
use plugwright_import::{Outcome, read};
use plugwright_sdk::schema::example;
use plugwright_sdk::{Value, json};

use super::settings;
use crate::patience::Patience;

/// Imports, makes the connector, reads the schemas and decodes an input, within the time.
fn survives(document: &Value) -> Imported {
    let patience = Patience::begin();
    let imported = openapi::import(document, &settings()).unwrap();
    let connector = imported.connector.clone().connector().unwrap();
    for action in connector.actions().take(5) {
        let schema = action.input_schema();
        assert!(schema.to_string().len() < 4 << 20);
        action.output_schema();
        drop(action.decode(example::of(&schema)));
    }
    for action in &imported.connector.actions {
        let text = &action.request.graphql.as_ref().unwrap().text;
        assert!(text.len() < 64 << 10, "{} bytes", text.len());
    }
    patience.check();
    imported
}

fn survives_text(text: &str) -> Imported {
    survives(&read(text.as_bytes()).unwrap())
}

fn refusal(text: &str) -> String {
    let document = read(text.as_bytes()).unwrap();
    openapi::import(&document, &settings())
        .unwrap_err()
        .to_string()
}

/// Writes one line for each number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0..count {
        writeln!(text, "{}", line(number)).unwrap();
    }
    text
}

#[test]
fn schemas_that_are_too_large() {
    let long = format!("type Query {{ a: Int }} # {}", "x".repeat(16 << 20));
    assert!(refusal(&long).contains("bytes"));
    let many = format!(
        "type Query {{ a: Int }} enum E {{ {} }}",
        "A ".repeat(1_600_000)
    );
    assert!(refusal(&many).contains("tokens"));
}

#[test]
fn types_and_values_in_one_another() {
    let deep = |open: &str, close: &str| {
        let (open, close) = (open.repeat(50_000), close.repeat(50_000));
        format!("type Query {{ a(b: Int = 1): Int  deep(a: {open}Int{close}): Int }}")
    };
    survives_text(&deep("[", "]"));
    let values = |open: &str, close: &str| {
        let (open, close) = (open.repeat(50_000), close.repeat(50_000));
        format!("type Query {{ a: Int  deep(a: Int = {open}1{close}): Int }}")
    };
    survives_text(&values("[", "]"));
    survives_text(&values("{a: ", "}"));
    let mut of = json!({ "kind": "SCALAR", "name": "Int" });
    for _ in 0..40 {
        of = json!({ "kind": "LIST", "ofType": of });
    }
    let imported = survives(
        &json!({ "__schema": { "queryType": { "name": "Q" }, "types": [
        { "kind": "OBJECT", "name": "Q", "fields": [
            { "name": "deep", "type": of },
            { "name": "a", "args": [{ "name": "b", "type": { "kind": "SCALAR", "name": "Int" },
                "defaultValue": "[".repeat(100_000) }],
                "type": { "kind": "SCALAR", "name": "Int" } },
        ] },
    ] } }),
    );
    assert_eq!(imported.report.imported(), 1);
    assert!(
        imported.report.notes[0].contains("lists"),
        "{:?}",
        imported.report.notes
    );
}

#[test]
fn types_that_lead_back_to_themselves() {
    survives_text(
        "type Query { a(b: A!): Int, c: C, e: E, l(after: String): L }
         input A { b: B!, list: [A!]! } input B { a: A!, self: B }
         type C { c: C!, list: [C!]!, e: E } interface I { i: I } type E implements I { i: I, u: U }
         union U = E | C
         type L { nodes: [L!]!, edges: [M], pageInfo: P! } type M { node: L }
         type P { hasNextPage: Boolean!, endCursor: String, pageInfo: P, nodes: [L] }",
    );
}

#[test]
fn much_of_everything() {
    let fields = lines(2100, |number| format!("f{number}(a: I): T"));
    let leaves = lines(50_000, |number| format!("l{number}: String"));
    let members = lines(3000, |number| format!("m{number}: E"));
    let values = lines(100_000, |number| format!("V{number}"));
    let types = lines(20_000, |number| {
        format!("type T{number} implements N {{ id: ID! x{number}: T }}")
    });
    let arguments = lines(2000, |number| format!("a{number}: Int"));
    let imported = survives_text(&format!(
        "type Query {{ node: N  many({arguments}): Int\n{fields} }}
         type T {{ {leaves} t: T }} input I {{ {members} }} enum E {{ {values} }} interface N {{ id: ID! }}
         {types}"
    ));
    assert!(imported.report.count(Outcome::Refused) > 0);
    let operations = &imported.report.operations;
    let many = operations
        .iter()
        .find(|operation| operation.path == "many")
        .unwrap();
    assert!(
        many.reasons[0].contains("more than 150 arguments"),
        "{:?}",
        many.reasons
    );
}

#[test]
fn names_and_texts_that_would_be_run_or_shown() {
    let evil = "<script>alert(1)</script>\\u001b]0;owned\\u0007\\u009b2J\\u202e ../../etc/passwd";
    let long = "x".repeat(300);
    let middle = "y".repeat(100);
    let imported = survives_text(&format!(
        "\"{evil}\" schema {{ query: Query }}
         type Query {{
           \"{evil}\" a(\"{evil}\" b: E): S @deprecated(reason: \"{evil}\")
           {long}: Int
           {middle}({middle}: Int): Int
         }}
         \"{evil}\" enum E {{ \"{evil}\" A }} \"{evil}\" scalar S"
    ));
    let connector = &imported.connector;
    let shown = serde_json::to_string(connector).unwrap();
    for part in ["<script", "\\u001b", "\\u0007", "\u{9b}", "\u{202e}"] {
        assert!(!shown.contains(part), "{part} is in {shown}");
    }
    assert_eq!(connector.actions.len(), 2, "{:?}", imported.report);
    for action in &connector.actions {
        assert!(action.name.len() + "todo.".len() <= 64, "{}", action.name);
    }
    assert_eq!(imported.report.operations[1].outcome, Outcome::Degraded);
}
