//! Servers that mean harm: bounded time and memory, a clear refusal, and nothing of theirs that is run,
//! followed or shown as it is.

use std::time::{Duration, Instant};

use plugwright_import::openapi::Imported;
use plugwright_import::{Outcome, ServerPlace};
use plugwright_sdk::transport::TransportError;
use plugwright_sdk::{ErrorCode, Value, json};
use tokio::time::timeout;

use crate::double::Double;
use crate::http::start;

/// No server may take longer, in a build without optimization.
const PATIENCE: Duration = Duration::from_secs(30);

/// None may take more memory, in bytes, with what the test itself makes.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 1 << 30;

/// Checks the most memory that this process has had; each test has a process for itself where the
/// suite is run by nextest.
#[cfg(target_os = "linux")]
fn took_bounded_memory() {
    let status = procfs::process::Process::myself().unwrap().status();
    let bytes = status.unwrap().vmhwm.unwrap() << 10;
    assert!(bytes < MOST_MEMORY, "{bytes} bytes");
}

#[cfg(not(target_os = "linux"))]
fn took_bounded_memory() {}

fn import(listing: &Value) -> Imported {
    let nowhere = ServerPlace::Url("https://mcp.example.com/mcp".to_owned());
    plugwright_mcp::import("evil", &nowhere, Vec::new(), listing, Vec::new()).unwrap()
}

fn tool(name: &str, members: &Value, definitions: &Value) -> Value {
    json!({ "name": name, "inputSchema": {
        "type": "object", "properties": members, "required": ["a"], "$defs": definitions,
    } })
}

/// Imports one tool, reads its schemas and decodes an input, within the time.
fn survives(tool: &Value) -> Imported {
    let started = Instant::now();
    let imported = import(&json!({ "tools": [tool] }));
    let connector = imported.connector.clone().connector().unwrap();
    for action in connector.actions() {
        let schema = action.input_schema().to_string();
        assert!(schema.len() < 4 << 20, "{}", schema.len());
        action.output_schema();
        let input = json!({ "a": format!("{}!", "a".repeat(100_000)) });
        // Whether it is valid is not the question.
        drop(action.decode(input));
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    took_bounded_memory();
    imported
}

#[test]
fn references_that_multiply() {
    let mut definitions = json!({ "L0": { "type": "string" } });
    for level in 1..60 {
        let part = json!({ "$ref": format!("#/$defs/L{}", level - 1) });
        definitions[format!("L{level}")] = json!({ "allOf": vec![part; 10] });
    }
    let last = json!({ "a": { "$ref": "#/$defs/L59" } });
    survives(&tool("laughs", &last, &definitions));
    let round = json!({ "A": { "$ref": "#/$defs/B" }, "B": { "$ref": "#/$defs/A" } });
    survives(&tool(
        "round",
        &json!({ "a": { "$ref": "#/$defs/A" } }),
        &round,
    ));
}

#[test]
fn lists_of_a_million_values() {
    let values = (0..1_000_000).map(|number| json!(format!("v{number}")));
    let values: Vec<Value> = values.collect();
    let imported = survives(&tool(
        "wide",
        &json!({ "a": { "enum": values } }),
        &json!({}),
    ));
    let reasons = &imported.report.operations[0].reasons;
    assert!(reasons[0].contains("allowed values"), "{reasons:?}");
}

#[test]
fn patterns_that_explode() {
    for pattern in [
        "(a+)+$",
        "(a|a)*$",
        "a{1000}{1000}{1000}",
        "((((a{100}){100}){100}){100})",
        "(?=x)",
        "[",
        "\\",
    ] {
        let member = json!({ "a": { "type": "string", "pattern": pattern } });
        survives(&tool("pattern", &member, &json!({})));
    }
}

#[test]
fn references_that_lead_out() {
    for reference in [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "//evil.test/passwd",
        "../../../../etc/passwd",
        "data:application/json,passwd",
    ] {
        let member = json!({ "a": { "$ref": reference } });
        let imported = survives(&tool("out", &member, &json!({})));
        let operation = &imported.report.operations[0];
        assert_eq!(operation.outcome, Outcome::Degraded, "{reference}");
        let stored = serde_json::to_string(&imported.connector).unwrap();
        assert!(
            !stored.contains("passwd") && !stored.contains("169.254"),
            "{stored}"
        );
    }
}

#[test]
fn texts_that_would_be_run_or_shown() {
    let evil = "<script>alert(1)</script>\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\n../../etc/passwd";
    let listing = json!({
        "serverInfo": { "name": evil, "title": evil, "version": evil },
        "instructions": evil,
        "tools": [
            {
                "name": "<script>../../x", "title": evil, "description": evil,
                "annotations": { "title": evil, "readOnlyHint": evil },
                "inputSchema": { "type": "object", "title": evil, "properties": {
                    (evil): { "type": evil, "description": evil, "format": evil, "default": evil },
                } },
                "outputSchema": { "type": "object", "properties": { (evil): { "description": evil } } },
            },
            { "name": "untitled", "annotations": { "title": evil }, "inputSchema": { "type": "object" } },
        ],
    });
    let imported = import(&listing);
    let connector = &imported.connector;
    let mut shown = vec![&connector.parts.display_name, &connector.parts.description];
    for action in &connector.actions {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        assert!(action.name.bytes().all(plain), "{}", action.name);
        shown.extend([&action.title, &action.description]);
    }
    assert_eq!(shown.len(), 6);
    for text in shown {
        assert!(!text.contains("<script"), "{text}");
        let hides = |letter: char| letter.is_control() || letter == '\u{202e}';
        assert!(!text.chars().any(hides), "{text:?}");
    }
}

#[tokio::test]
async fn names_and_types_of_files() {
    let (_process, double) = start("files");
    let (connector, relay) = double.import().await;
    let called = double.run(connector, &relay, PATIENCE).await.unwrap();
    let data = called.data.into_value();
    let files = data["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(file["content_type"], "application/octet-stream");
        assert_eq!(file["content"], "data:application/octet-stream;base64,aGk=");
    }
    let names: Vec<_> = files.iter().map(|file| file["name"].as_str()).collect();
    assert_eq!(names, [None, Some("a[31m.txt"), None]);
}

#[tokio::test]
async fn pages_without_end_are_refused() {
    let program = Double::program("pages");
    let (_process, remote) = start("pages");
    for double in [program, remote] {
        let listed = timeout(PATIENCE, double.listing()).await.unwrap();
        let error = listed.unwrap_err().to_string();
        assert!(error.contains("more than 1000 pages"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_kept() {
    let (_process, double) = start("heavy");
    let (_, relay) = double.import().await;
    let error = timeout(PATIENCE, double.act(&relay)).await.unwrap();
    let error = error.unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { .. }),
        "{error:?}"
    );
    took_bounded_memory();
}

#[tokio::test]
async fn an_answer_that_is_nested_too_deep_is_none() {
    let (_process, double) = start("deep");
    let error = timeout(PATIENCE, double.listing()).await.unwrap();
    let error = error.unwrap_err();
    assert!(matches!(error, TransportError::Unreadable(_)), "{error:?}");
}

#[tokio::test]
async fn questions_without_end_are_not_answered() {
    let (_process, double) = start("asks");
    let (_, relay) = double.import().await;
    let error = timeout(PATIENCE, double.act(&relay)).await.unwrap();
    let TransportError::Unreadable(problem) = error.unwrap_err() else {
        panic!("it is read");
    };
    assert!(problem.contains("more than 1000 requests"), "{problem}");
}

#[tokio::test]
async fn a_slow_drip_ends_with_the_time_of_the_call() {
    let (_process, double) = start("drips");
    let (connector, relay) = double.import().await;
    let called = double.run(connector, &relay, Duration::from_millis(500));
    let error = timeout(PATIENCE, called).await.unwrap().unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamTimeout, "{error}");
}

#[tokio::test]
async fn a_program_whose_list_drips_is_given_up() {
    let double = Double::program("drips");
    double.import().await;
    // What comes is no line yet, however long one waits.
    tokio::time::pause();
    let error = double.listing().await.unwrap_err();
    assert!(
        matches!(error, TransportError::Unreachable { .. }),
        "{error:?}"
    );
}
