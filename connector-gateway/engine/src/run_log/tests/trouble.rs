//! Files that can't be written.

use super::*;

#[tokio::test]
async fn calls_go_on_while_the_file_is_locked_and_records_follow() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    log.flush().await;
    let mut other = other(&folder).await;
    sqlx::raw_sql("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    let before = Instant::now();
    for _ in 0..QUEUE + 2 * writer::BATCH + 100 {
        log.record(record("github.issues.list"));
    }
    let spent = before.elapsed();
    assert!(spent < Duration::from_secs(5), "{spent:?}");
    assert!(log.dropped() >= 100, "{}", log.dropped());
    let dropped = log.dropped();
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    log.flush().await;
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM runs")
        .fetch_one(&mut other)
        .await
        .unwrap();
    let all = (QUEUE + 2 * writer::BATCH + 100) as u64;
    assert_eq!(kept.unsigned_abs() + dropped, all);
    assert_eq!(log.waiting(), 0);
}

#[tokio::test]
async fn recovers_from_a_full_disk_without_losing_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(&folder).await;
    log.close().await;
    // The writer's own connection is the one without room.
    let path = folder.path().join("runs.db");
    let database = RunDatabase::file_of(&path, 30).await.unwrap();
    log = RunLog::start(database, RunLogSettings::default());
    for _ in 0..1000 {
        log.record(record("github.issues.list"));
    }
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut other = other(&folder).await;
    let count = "SELECT count(*) FROM runs";
    let kept: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut other)
        .await
        .unwrap();
    assert!(kept < 1000, "{kept}: the disk was not full");
    // Room is freed repeatedly, as deleted records leave pages.
    let mut made_room = async || {
        let deleted = sqlx::raw_sql("DELETE FROM runs").execute(&mut other).await;
        deleted.unwrap().rows_affected()
    };
    let mut written = 0;
    let flush = tokio::time::timeout(Duration::from_secs(20), log.flush());
    tokio::pin!(flush);
    loop {
        tokio::select! {
            flushed = &mut flush => break flushed.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(50)) => written += made_room().await,
        }
    }
    written += made_room().await;
    assert_eq!((written, log.dropped()), (1000, 0));
    log.close().await;
}

#[tokio::test]
async fn a_close_that_can_not_write_gives_up_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    log.flush().await;
    let mut other = other(&folder).await;
    sqlx::raw_sql("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    for _ in 0..3000 {
        log.record(record("github.issues.list"));
    }
    let before = Instant::now();
    log.close().await;
    assert!(
        before.elapsed() < Duration::from_secs(9),
        "{:?}",
        before.elapsed()
    );
    assert_eq!(log.dropped(), 3000);
    log.record(record("github.late"));
    assert_eq!(log.dropped(), 3001);
}
