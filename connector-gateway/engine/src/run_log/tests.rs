//! The whole log, on real files.

mod database;
mod trouble;

use std::time::Instant;

use plugwright_sdk::host::{Effect, Redactor};
use plugwright_sdk::{ErrorCode, Secret};
use plugwright_store::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use super::*;
use crate::outcome::Surface;

fn record(action: &str) -> RunRecord {
    RunRecord {
        connector: Some("github".into()),
        action: Some(action.to_owned().into()),
        effect: Some(Effect::Read),
        attempts: 1,
        ..RunRecord::begin(Surface::Action, "token:1")
    }
}

fn failed(action: &str, code: ErrorCode) -> RunRecord {
    RunRecord {
        outcome: RunOutcome::Error {
            code,
            message: "it went wrong".to_owned(),
        },
        status: 424,
        ..record(action)
    }
}

async fn open(folder: &tempfile::TempDir) -> RunLog {
    open_with(folder, RunLogSettings::default()).await
}

async fn open_with(folder: &tempfile::TempDir, settings: RunLogSettings) -> RunLog {
    let database = RunDatabase::file(&folder.path().join("runs.db")).await;
    RunLog::start(database.unwrap(), settings)
}

/// A separate connection, as another process would have.
async fn other(folder: &tempfile::TempDir) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(folder.path().join("runs.db"))
        .connect()
        .await
        .unwrap()
}

async fn actions(log: &RunLog, filter: RunFilter) -> Vec<String> {
    let page = log.find(&filter).await.unwrap();
    page.items
        .into_iter()
        .filter_map(|run| run.action)
        .collect()
}

#[tokio::test]
async fn keeps_what_a_call_was_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let connection = Uuid::new_v4();
    let mut sent = failed("github.issues.create", ErrorCode::RateLimited);
    sent.connection = Some(connection);
    sent.organization = Some("acme".into());
    sent.effect = Some(Effect::Write);
    sent.durations.total = Duration::from_micros(1234);
    sent.durations.upstream = Duration::from_millis(1);
    sent.bytes_in = 12;
    sent.upstream_bytes_received = 34;
    let (id, started_at) = (sent.id, sent.started_at);
    log.record(sent);
    log.close().await;
    let log = open(&folder).await;
    let run = log.run(id).await.unwrap().unwrap();
    assert_eq!(
        serde_json::to_value(&run).unwrap(),
        json!({
            "id": id, "startedAt": started_at, "surface": "/v1/actions", "principal": "token:1",
            "organization": "acme", "connector": "github", "action": "github.issues.create",
            "connection": connection, "effect": "write", "mode": "live",
            "outcome": "RATE_LIMITED", "message": "it went wrong", "status": 424,
            "replayed": false, "attempts": 1,
            "durationMicros": {
                "total": 1234, "authorize": 0, "decode": 0, "claim": 0, "credential": 0,
                "invoke": 0, "upstream": 1000, "shape": 0
            },
            "bytes": { "input": 12, "output": 0, "upstreamSent": 0, "upstreamReceived": 34 }
        })
    );
    assert_eq!(log.run(Uuid::now_v7()).await.unwrap(), None);
}

#[tokio::test]
async fn writes_within_the_stated_window_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let sent = record("github.issues.list");
    let id = sent.id;
    log.record(sent);
    // Five times the window, for a busy machine.
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(log.run(id).await.unwrap().is_some());
}

#[tokio::test]
async fn finds_by_each_filter_and_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let connection = Uuid::new_v4();
    for index in 0..7 {
        log.record(record(&format!("github.list.{index}")));
    }
    log.record(failed("github.bad", ErrorCode::RateLimited));
    log.record(failed("github.worse", ErrorCode::UpstreamError));
    log.record(RunRecord {
        connection: Some(connection),
        connector: Some("todoist".into()),
        principal: "admin".into(),
        ..record("todoist.tasks.list")
    });
    log.flush().await;
    let all = RunFilter::default;
    let cases = [
        (
            RunFilter {
                action: Some("github.bad".into()),
                ..all()
            },
            vec!["github.bad"],
        ),
        (
            RunFilter {
                connector: Some("todoist".into()),
                ..all()
            },
            vec!["todoist.tasks.list"],
        ),
        (
            RunFilter {
                connection: Some(connection),
                ..all()
            },
            vec!["todoist.tasks.list"],
        ),
        (
            RunFilter {
                principal: Some("admin".into()),
                ..all()
            },
            vec!["todoist.tasks.list"],
        ),
        (
            RunFilter {
                outcome: "error".parse().ok(),
                ..all()
            },
            vec!["github.worse", "github.bad"],
        ),
        (
            RunFilter {
                outcome: "RATE_LIMITED".parse().ok(),
                ..all()
            },
            vec!["github.bad"],
        ),
        (
            RunFilter {
                outcome: "ok".parse().ok(),
                limit: Some(1),
                ..all()
            },
            vec!["todoist.tasks.list"],
        ),
        (
            RunFilter {
                since: Some(Timestamp::now().after(Duration::from_secs(9))),
                ..all()
            },
            vec![],
        ),
        (
            RunFilter {
                until: Some(Timestamp::now().before(Duration::from_secs(9))),
                ..all()
            },
            vec![],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(actions(&log, filter.clone()).await, expected, "{filter:?}");
    }
    assert!("soon".parse::<OutcomeFilter>().is_err());
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_while_calls_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    for _ in 0..10 {
        log.record(record("github.old"));
    }
    log.flush().await;
    let mut pages = Vec::new();
    let mut filter = RunFilter {
        limit: Some(4),
        ..RunFilter::default()
    };
    loop {
        let page = log.find(&filter).await.unwrap();
        pages.extend(page.items.into_iter().map(|run| run.id));
        // New records must not shift the pages.
        log.record(record("github.new"));
        log.flush().await;
        match page.cursor {
            Some(cursor) => filter.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(pages.len(), 10);
    assert!(pages.is_sorted_by(|a, b| a > b));
    filter.cursor = Some("nonsense".into());
    assert!(matches!(
        log.find(&filter).await,
        Err(RunLogError::Cursor(_))
    ));
}

#[tokio::test]
async fn keeps_payloads_only_when_told_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let with_payload = || RunRecord {
        payload: Some(Box::new(Payload {
            input: json!({ "title": "hunter2-hunter2", "password": "x" }),
            output: json!({ "text": "y".repeat(1000) }),
            input_schema: None,
            output_schema: None,
            redactor: Redactor::new([&Secret::new("hunter2-hunter2")]),
        })),
        ..record("github.issues.create")
    };
    let log = open(&folder).await;
    let (without, with) = (with_payload(), with_payload());
    let (first, second) = (without.id, with.id);
    log.record(without);
    log.close().await;
    let settings = RunLogSettings {
        payloads: true,
        payload_cap: 100,
        ..RunLogSettings::default()
    };
    let log = open_with(&folder, settings).await;
    log.record(with);
    log.flush().await;
    assert_eq!(log.run(first).await.unwrap().unwrap().payload, None);
    let payload = log.run(second).await.unwrap().unwrap().payload.unwrap();
    assert_eq!(
        payload.input,
        json!({ "title": "[redacted]", "password": "[redacted]" })
    );
    assert!(payload.cut && payload.output.to_string().len() <= 100);
    assert_eq!(log.counters.waiting_payloads.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn leaves_payloads_out_when_too_much_waits() {
    let folder = tempfile::tempdir().unwrap();
    let settings = RunLogSettings {
        payloads: true,
        ..RunLogSettings::default()
    };
    let log = open_with(&folder, settings).await;
    let sent = RunRecord {
        bytes_out: WAITING_PAYLOADS as u64 + 1,
        payload: Some(Box::new(Payload {
            input: json!({}),
            output: json!("as if it were long"),
            input_schema: None,
            output_schema: None,
            redactor: Redactor::default(),
        })),
        ..record("github.files.get")
    };
    let id = sent.id;
    log.record(sent);
    log.flush().await;
    assert!(log.run(id).await.unwrap().unwrap().payload.unwrap().omitted);
}

#[tokio::test]
async fn an_id_that_comes_twice_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let first = record("github.first");
    let id = first.id;
    log.record(first);
    log.record(RunRecord {
        id,
        ..record("github.second")
    });
    log.record(record("github.third"));
    log.flush().await;
    assert_eq!(
        actions(&log, RunFilter::default()).await,
        ["github.third", "github.first"]
    );
    assert_eq!(log.dropped(), 1);
}

#[tokio::test]
async fn forgets_what_is_too_old_and_too_much_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let now = Timestamp::now().as_millis();
    for age in 0..1200 {
        let started_at = Timestamp::from_millis(now - age * 60 * 60 * 1000);
        let mut bytes = *Uuid::now_v7().as_bytes();
        bytes[..6].copy_from_slice(&started_at.as_millis().to_be_bytes()[2..]);
        let id = Uuid::from_bytes(bytes);
        log.record(RunRecord {
            id,
            started_at,
            ..record(&format!("github.{age}"))
        });
    }
    log.close().await;
    let falls_to = async |settings: RunLogSettings, wanted: i64| {
        let log = open_with(&folder, settings).await;
        let mut reader = other(&folder).await;
        let start = Instant::now();
        let mut count = async || -> i64 {
            let query = sqlx::query_scalar("SELECT count(*) FROM runs");
            query.fetch_one(&mut reader).await.unwrap()
        };
        while count().await > wanted && start.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        log.close().await;
        count().await
    };
    assert_eq!(falls_to(RunLogSettings::default(), 30 * 24).await, 30 * 24);
    let fewer = RunLogSettings {
        most: 100,
        ..RunLogSettings::default()
    };
    assert_eq!(falls_to(fewer, 100).await, 100);
    let log = open(&folder).await;
    let page = log
        .find(&RunFilter {
            limit: Some(1),
            ..RunFilter::default()
        })
        .await
        .unwrap();
    assert_eq!(page.items[0].action.as_deref(), Some("github.0"));
}

#[tokio::test]
async fn refuses_a_file_of_a_newer_version() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).await.close().await;
    let mut other = other(&folder).await;
    sqlx::raw_sql("PRAGMA user_version = 9")
        .execute(&mut other)
        .await
        .unwrap();
    let path = folder.path().join("runs.db");
    let error = RunDatabase::file(&path).await.err().unwrap();
    assert!(
        matches!(
            error,
            RunLogError::Newer {
                found: 9,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    let missing = folder.path().join("no/such/folder/runs.db");
    let error = RunDatabase::file(&missing).await.err().unwrap();
    assert!(matches!(error, RunLogError::Open { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _log = open(&folder).await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn a_disabled_log_takes_everything_and_has_nothing() {
    let log = RunLog::disabled();
    log.record(record("github.issues.list"));
    log.flush().await;
    assert_eq!(
        log.find(&RunFilter::default()).await.unwrap(),
        RunPage::default()
    );
    log.close().await;
    assert_eq!(log.dropped(), 0);
}
