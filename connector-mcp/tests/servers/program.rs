//! Programs.

use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use plugwright_import::ServerPlace;
use plugwright_mcp::pending;
use plugwright_sdk::Value;
use plugwright_sdk::transport::TransportError;
use tokio::time::timeout;

use crate::double::{Double, eventually};

#[tokio::test]
async fn a_tool_is_called_with_its_arguments() {
    let double = Double::program("plain");
    let (_, relay) = double.import().await;
    let said = double.act(&relay).await.unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["name"], "act");
    assert_eq!(said["arguments"]["n"], 1);
    double.servers.stop().await;
    let error = double.act(&relay).await.unwrap_err();
    assert!(error.to_string().contains("shutting down"), "{error}");
}

#[tokio::test]
async fn one_program_serves_all_calls_and_ends_with_all_that_it_started() {
    let double = Double::program("children");
    let (_, relay) = double.import().await;
    let (one, other) = tokio::join!(double.act(&relay), double.act(&relay));
    let (one, other) = (one.unwrap(), other.unwrap());
    let ids = |said: &str| -> Vec<u32> { said.split(' ').map(|id| id.parse().unwrap()).collect() };
    let (one, other) = (ids(&one), ids(&other));
    assert_eq!(one[0], other[0]);
    let lives = |id: u32| {
        let done = Command::new("kill").args(["-0", &id.to_string()]).output();
        done.unwrap().status.success()
    };
    assert!(lives(one[0]) && lives(one[1]) && lives(other[1]));
    double.servers.stop().await;
    for id in [one[0], one[1], other[1]] {
        eventually(|| !lives(id)).await;
    }
}

#[tokio::test]
async fn an_endless_answer_ends_the_program_and_not_the_gateway() {
    let double = Double::program("endless");
    let (_, relay) = double.import().await;
    let error = timeout(Duration::from_secs(30), double.act(&relay)).await;
    let error = error.unwrap().unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_program_that_dies_is_started_again_and_then_left_alone_for_a_while() {
    let double = Double::program("dies");
    let (_, relay) = double.import().await;
    for _ in 0..2 {
        let error = double.act(&relay).await.unwrap_err();
        assert!(matches!(error, TransportError::Interrupted(_)), "{error:?}");
    }
    let error = double.act(&relay).await.unwrap_err();
    let TransportError::Suspended { retry_after, host } = &error else {
        panic!("{error:?}");
    };
    assert!(host.contains("`double`"), "{host}");
    assert!(*retry_after <= Duration::from_secs(1), "{retry_after:?}");
    tokio::time::sleep(*retry_after).await;
    let error = double.act(&relay).await.unwrap_err();
    assert!(matches!(error, TransportError::Interrupted(_)), "{error:?}");
}

#[tokio::test]
async fn a_program_hears_that_its_caller_gave_up() {
    let double = Double::program("silent");
    let (_, relay) = double.import().await;
    let given_up = timeout(Duration::from_secs(1), double.act(&relay)).await;
    assert!(given_up.is_err());
    let file = double.folder.path().join("file");
    eventually(|| file.exists()).await;
}

#[tokio::test]
async fn a_program_that_is_none_or_never_greets_is_unreachable() {
    let mut double = Double::program("mute");
    let waiting = timeout(Duration::from_secs(1), double.listing()).await;
    assert!(waiting.is_err());
    double.place = ServerPlace::Program {
        program: "/no/such/program".to_owned(),
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    let error = double.listing().await.unwrap_err();
    let TransportError::Unreachable { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(source.to_string().contains("can't be started"), "{source}");
}

#[tokio::test]
async fn what_is_no_answer_is_skipped() {
    let double = Double::program("chatter");
    let (_, relay) = double.import().await;
    assert_eq!(double.act(&relay).await.unwrap(), "after all");
}

#[tokio::test]
async fn requests_for_a_model_or_a_person_are_declined() {
    let double = Double::program("asks");
    let (_, relay) = double.import().await;
    let said = double.act(&relay).await.unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said[0]["code"], -32601, "{said}");
    assert_eq!(said[1]["action"], "decline", "{said}");
    assert!(said[2].is_object(), "{said}");
}

#[tokio::test]
async fn the_environment_is_what_the_operator_chose_and_comes_back_redacted() {
    let double = Double::program("environment");
    let (_, relay) = double.import().await;
    let said = double.act(&relay).await.unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    let names: Vec<_> = said.as_object().unwrap().keys().collect();
    assert!(names.iter().any(|name| *name == "PATH"), "{names:?}");
    assert!(
        !names.iter().any(|name| *name == "CARGO_MANIFEST_DIR"),
        "{names:?}"
    );
    assert_eq!(said["CARGO_PKG_NAME"], "[redacted]");
}

#[tokio::test]
async fn a_list_that_repeats_the_environment_is_kept_without_it() {
    let double = Double::program("repeats");
    let (connector, relay) = double.import().await;
    let kept = serde_json::to_string(&connector).unwrap();
    assert!(!kept.contains(env!("CARGO_PKG_NAME")), "{kept}");
    assert!(kept.contains("Use it with [redacted]."), "{kept}");
    assert_eq!(connector.parts.display_name, "Double with [redacted]");
    // What is pinned is what was kept.
    double.act(&relay).await.unwrap();
}

#[tokio::test]
async fn a_changed_definition_waits_for_the_operator() {
    let double = Double::program("changes");
    let (connector, relay) = double.import().await;
    // The second list is another one.
    let error = double.act(&relay).await.unwrap_err();
    assert!(matches!(error, TransportError::Refused(_)), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("plugwright import --accept double"),
        "{error}"
    );
    let waiting = pending(double.folder.path(), "double", &connector.server.unwrap()).unwrap();
    assert_eq!(waiting.changed, ["act"]);
    assert_eq!(waiting.new, ["added"]);
    // A tool that was not accepted is not called, whatever a caller knows.
    assert!(double.call(&relay, "added", Value::Null).await.is_err());
    let (connector, relay) = double.import().await;
    assert_eq!(double.act(&relay).await.unwrap(), "done");
    let waiting = pending(double.folder.path(), "double", &connector.server.unwrap()).unwrap();
    assert!(waiting.is_empty(), "{waiting:?}");
}

#[tokio::test]
async fn lines_on_standard_error_are_reported() {
    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut double = Double::program("plain");
    double.servers = plugwright_mcp::Servers::new(double.folder.path())
        .report(|name, line| LINES.lock().unwrap().push(format!("{name}: {line}")));
    double.listing().await.unwrap();
    eventually(|| !LINES.lock().unwrap().is_empty()).await;
    let lines = LINES.lock().unwrap();
    assert_eq!(lines[0], "double: \u{fffd}[31mstarted with None");
}
