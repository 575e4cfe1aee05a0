//! The log in a database that becomes unavailable and recovers.

use plugwright_store::{DatabaseUrl, migrate_postgres};
use plugwright_tests_postgres::Server;

use super::*;

async fn database(server: &Server) -> (String, DatabaseUrl) {
    let name = server.database();
    let url: DatabaseUrl = server.url(&name).parse().unwrap();
    migrate_postgres(&url, None).await.unwrap();
    (name, url)
}

fn log(url: &DatabaseUrl) -> RunLog {
    RunLog::start(
        RunDatabase::postgres(url).unwrap(),
        RunLogSettings::default(),
    )
}

fn at(millis: i64, action: &str) -> RunRecord {
    let mut bytes = *Uuid::now_v7().as_bytes();
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    RunRecord {
        id: Uuid::from_bytes(bytes),
        started_at: Timestamp::from_millis(millis),
        ..record(action)
    }
}

#[tokio::test]
async fn has_the_records_of_all_processes_by_filter_and_page() {
    let server = Server::shared();
    let (_, url) = database(server).await;
    let (one, other) = (log(&url), log(&url));
    let connection = Uuid::new_v4();
    let now = Timestamp::now().as_millis();
    for index in 0..5 {
        one.record(at(now - 2 * index, &format!("github.one.{index}")));
        other.record(at(now - 2 * index - 1, &format!("github.other.{index}")));
    }
    let day = 24 * 60 * 60 * 1000;
    one.record(RunRecord {
        principal: "admin".into(),
        connector: Some("todoist".into()),
        connection: Some(connection),
        outcome: failed("", ErrorCode::RateLimited).outcome,
        ..at(now - day, "todoist.tasks.list")
    });
    let mut kept = at(now - 2 * day, "github.kept");
    kept.payload = Some(Box::new(Payload {
        input: json!({ "title": "a\0b" }),
        output: json!(null),
        input_schema: None,
        output_schema: None,
        redactor: Redactor::default(),
    }));
    one.record(kept);
    one.flush().await;
    other.flush().await;

    let all = RunFilter::default;
    let cursor = |cursor: &Option<String>| RunFilter {
        limit: Some(4),
        cursor: cursor.clone(),
        ..all()
    };
    let mut names = Vec::new();
    let mut page = other.find(&cursor(&None)).await.unwrap();
    loop {
        names.extend(page.items.into_iter().filter_map(|run| run.action));
        if page.cursor.is_none() {
            break;
        }
        page = other.find(&cursor(&page.cursor)).await.unwrap();
    }
    let mut expected: Vec<_> = (0..5)
        .flat_map(|index| {
            [
                format!("github.one.{index}"),
                format!("github.other.{index}"),
            ]
        })
        .collect();
    expected.extend(["todoist.tasks.list".to_owned(), "github.kept".to_owned()]);
    assert_eq!(names, expected);

    let day_ago = Some(Timestamp::from_millis(now - day));
    for filter in [
        RunFilter {
            connection: Some(connection),
            ..all()
        },
        RunFilter {
            principal: Some("admin".to_owned()),
            connector: Some("todoist".to_owned()),
            action: Some("todoist.tasks.list".to_owned()),
            ..all()
        },
        RunFilter {
            outcome: Some(OutcomeFilter::Code(ErrorCode::RateLimited)),
            ..all()
        },
        RunFilter {
            outcome: Some(OutcomeFilter::Error),
            since: day_ago,
            ..all()
        },
        RunFilter {
            since: day_ago,
            until: Some(Timestamp::from_millis(now - day + 1)),
            ..all()
        },
    ] {
        assert_eq!(
            actions(&other, filter.clone()).await,
            ["todoist.tasks.list"],
            "{filter:?}"
        );
    }
    let nothing = RunFilter {
        action: Some("a\0".to_owned()),
        ..all()
    };
    assert_eq!(actions(&other, nothing).await, [""; 0]);
    let refused = RunFilter {
        cursor: Some("x".to_owned()),
        ..all()
    };
    let error = other.find(&refused).await.unwrap_err();
    assert!(matches!(error, RunLogError::Cursor(_)), "{error:?}");
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn reads_a_record_back_with_its_payload() {
    let (_, url) = database(Server::shared()).await;
    let settings = RunLogSettings {
        payloads: true,
        ..RunLogSettings::default()
    };
    let log = RunLog::start(RunDatabase::postgres(&url).unwrap(), settings);
    let mut sent = record("github.issues.create");
    let id = sent.id;
    sent.payload = Some(Box::new(Payload {
        input: json!({ "title": "a\0b" }),
        output: json!({ "number": 7 }),
        input_schema: None,
        output_schema: None,
        redactor: Redactor::default(),
    }));
    log.record(sent);
    log.flush().await;
    let run = log.run(id).await.unwrap().unwrap();
    let payload = serde_json::to_value(run.payload.unwrap()).unwrap();
    assert_eq!(payload["input"], json!({ "title": "a\0b" }));
    assert_eq!(payload["output"], json!({ "number": 7 }));
    assert_eq!(log.run(Uuid::now_v7()).await.unwrap(), None);
    log.close().await;
}

#[tokio::test]
async fn records_wait_while_the_database_is_away_and_each_is_written_once() {
    let server = Server::start();
    let (name, url) = database(&server).await;
    let log = log(&url);
    let count = || server.run(&name, "SELECT count(*) FROM plugwright.runs");
    for _ in 0..100 {
        log.record(record("github.before"));
    }
    log.flush().await;
    server.crash();
    for _ in 0..2000 {
        log.record(record("github.meanwhile"));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(log.waiting() > 0);
    let error = log.find(&RunFilter::default()).await.unwrap_err();
    assert!(matches!(error, RunLogError::Unavailable(_)), "{error:?}");
    server.resume();
    log.flush().await;
    assert_eq!((count().as_str(), log.dropped()), ("2100", 0));
    log.close().await;
}

#[tokio::test]
async fn forgets_what_is_too_old_and_too_much_whoever_wrote_it() {
    let (name, url) = database(Server::shared()).await;
    let first = log(&url);
    let now = Timestamp::now().as_millis();
    for age in 0..1200 {
        first.record(at(now - age * 60 * 60 * 1000, &format!("github.{age}")));
    }
    first.close().await;
    let count = async |settings: RunLogSettings| {
        // Two concurrent ones delete no more than one would.
        let logs =
            [0; 2].map(|_| RunLog::start(RunDatabase::postgres(&url).unwrap(), settings.clone()));
        tokio::time::sleep(Duration::from_secs(1)).await;
        for log in &logs {
            log.close().await;
        }
        let sql = "SELECT count(*) FROM plugwright.runs";
        Server::shared().run(&name, sql)
    };
    assert_eq!(count(RunLogSettings::default()).await, "720");
    let few = RunLogSettings {
        most: 100,
        ..RunLogSettings::default()
    };
    assert_eq!(count(few).await, "100");
}
