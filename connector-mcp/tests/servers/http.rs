//! Servers over streamable HTTP.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use plugwright_import::ServerPlace;
use plugwright_sdk::transport::{Live, TransportError};
use tokio::time::timeout;

use crate::double::{DOUBLE, Double, eventually};

pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

pub(crate) fn start(mode: &str) -> (Process, Double) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("python3");
    let command = command.args([DOUBLE, "http", mode]);
    let command = command
        .arg(folder.path().join("file"))
        .stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    let output = process.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    let place = ServerPlace::Url(format!("http://127.0.0.1:{}/mcp", line.trim()));
    let network = Arc::new(Live::new().unwrap());
    (Process(process), Double::at(place, network, folder))
}

#[tokio::test]
async fn calls_share_a_session_whose_stream_may_stay_open() {
    let (_process, double) = start("plain");
    let (connector, relay) = double.import().await;
    assert_eq!(connector.parts.display_name, "Double");
    for _ in 0..3 {
        let said = timeout(Duration::from_secs(10), double.act(&relay)).await;
        let said = said.unwrap().unwrap();
        // The first was for the import.
        assert!(said.ends_with("in session-1"), "{said}");
    }
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_begun_again() {
    let (_process, double) = start("forgets");
    let (_, relay) = double.import().await;
    let said = double.act(&relay).await.unwrap();
    assert!(said.contains(r#""n": 1"#), "{said}");
}

#[tokio::test]
async fn streams_without_end_or_answer_fail() {
    let (_process, double) = start("endless");
    let (_, relay) = double.import().await;
    let error = timeout(Duration::from_secs(30), double.act(&relay)).await;
    let error = error.unwrap().unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { .. }),
        "{error:?}"
    );
    let (_process, double) = start("closes");
    let (_, relay) = double.import().await;
    let error = double.act(&relay).await.unwrap_err();
    assert!(matches!(error, TransportError::Interrupted(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_is_told_that_a_call_was_given_up() {
    let (_process, double) = start("silent");
    let (_, relay) = double.import().await;
    let late = timeout(Duration::from_millis(300), double.act(&relay)).await;
    assert!(late.is_err());
    let file = double.folder.path().join("file");
    let told = || fs::read_to_string(&file).unwrap_or_default();
    eventually(|| !told().is_empty()).await;
    let told = told();
    let (requests, session) = told.split_once(" in ").unwrap();
    let (called, cancelled) = requests.split_once(' ').unwrap();
    assert_eq!(called, cancelled);
    assert_eq!(session, "session-1");
}

#[tokio::test]
async fn another_version_of_the_protocol_is_refused() {
    let (_process, double) = start("ancient");
    let error = double.listing().await.unwrap_err();
    assert!(
        error.to_string().contains("version of the protocol"),
        "{error}"
    );
}

#[tokio::test]
async fn a_list_that_repeats_the_credential_is_kept_without_it() {
    let (_process, double) = start("repeats");
    let listing = double.listing_for("one right-token").await.unwrap();
    let said = listing.to_string();
    assert!(!said.contains("right-token"), "{said}");
    assert!(said.contains("Use it with [redacted]."), "{said}");
    // The tools of another account are the same.
    let other = double.listing_for("another right-token").await.unwrap();
    assert_eq!(listing["tools"], other["tools"]);
}

#[tokio::test]
async fn a_changed_definition_waits_for_the_operator() {
    let (_process, double) = start("changes");
    let (_, relay) = double.import().await;
    let error = double.act(&relay).await.unwrap_err();
    assert!(error.to_string().contains("--accept double"), "{error}");
}
