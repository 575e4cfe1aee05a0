use async_trait::async_trait;
use tempfile::TempDir;

use super::*;
use crate::suite::{MOST, Place, claim, connection, sealed, store_suite, token};
use crate::{
    ClaimResult, ClaimStore as _, ConnectionFilter, Organization, Store, StoreError, Timestamp,
    TokenStore as _,
};

#[async_trait]
impl Place for TempDir {
    async fn open(&self) -> Box<dyn Store> {
        Box::new(SqliteStore::open(database(self)).await.unwrap())
    }

    /// The file is locked exclusively.
    async fn crash(&self) {}
}

fn database(place: &TempDir) -> PathBuf {
    place.path().join("plugwright.db")
}

mod suite {
    use super::*;

    store_suite!(tempfile::tempdir().unwrap());
}

async fn run(path: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let other = pool(1).connect_lazy_with(options);
    sqlx::raw_sql(statement).execute(&other).await.unwrap();
    other.close().await;
}

#[tokio::test]
async fn a_database_in_memory_lives_as_long_as_the_store() {
    let store = SqliteStore::in_memory().await.unwrap();
    store.set_operator_token(&[1; 32]).await.unwrap();
    assert_eq!(store.operator_token().await.unwrap(), Some([1; 32]));
    let other = SqliteStore::in_memory().await.unwrap();
    assert_eq!(other.operator_token().await.unwrap(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn all_its_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let store = place.open().await;
    store.set_operator_token(&[1; 32]).await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(place.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert_eq!(files, 3, "database, log and index of the log");
}

#[tokio::test]
async fn what_is_acknowledged_is_synced() {
    let place = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(database(&place)).await.unwrap();
    let (journal, synchronous, foreign_keys): (String, i64, i64) = sqlx::query_as(
        "SELECT journal_mode, synchronous, foreign_keys
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
    )
    .fetch_one(&store.writer)
    .await
    .unwrap();
    assert_eq!((journal.as_str(), synchronous, foreign_keys), ("wal", 2, 1));
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    place.open().await.close().await;
    run(&database(&place), "PRAGMA user_version = 1000").await;
    let before = std::fs::read(database(&place)).unwrap();
    let error = SqliteStore::open(database(&place)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the database `{}` was written by a newer version (schema 1000, this one knows 6); \
             start that version or restore a backup",
            database(&place).display()
        )
    );
    assert_eq!(std::fs::read(database(&place)).unwrap(), before);
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    let path = database(&place);
    std::fs::write(&path, "Dear diary, today I wrote no database. ".repeat(40)).unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::NotOurs(_)), "{error:?}");

    std::fs::remove_file(&path).unwrap();
    run(&path, "CREATE TABLE diary (day TEXT)").await;
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("is not a database of this program"),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_database_is_refused_by_name() {
    let place = tempfile::tempdir().unwrap();
    place.open().await.close().await;
    let mut bytes = std::fs::read(database(&place)).unwrap();
    // The header stays, and the schema table behind it is overwritten.
    bytes[100..2000].fill(0xa5);
    std::fs::write(database(&place), bytes).unwrap();
    let error = SqliteStore::open(database(&place)).await.unwrap_err();
    assert!(matches!(error, OpenError::Damaged(_)), "{error:?}");
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let place = tempfile::tempdir().unwrap();
    let error = SqliteStore::open(place.path().join("no/such.db"))
        .await
        .unwrap_err();
    assert!(matches!(error, OpenError::Unusable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_lock_of_another_process_makes_changes_fail_and_not_reads() {
    let place = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(database(&place)).await.unwrap();
    let other = SqliteStore::open(database(&place)).await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 50")
        .execute(&store.writer)
        .await
        .unwrap();
    let lock = other.change().await.unwrap();
    let error = store.claim(&claim("k"), MOST).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store is not available: the database is locked"
    );
    assert!(store.tokens().await.unwrap().is_empty());
    drop(lock);
    drop(other);
    store.claim(&claim("k"), MOST).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_said_and_nothing_is_lost() {
    let place = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(database(&place)).await.unwrap();
    store.set_operator_token(&[1; 32]).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 1")
        .execute(&store.writer)
        .await
        .unwrap();
    let large = crate::Sealed {
        key_id: "k1".to_owned(),
        bytes: vec![0; 1 << 20],
    };
    let claim = claim("k");
    store.claim(&claim, MOST).await.unwrap();
    let error = store.finish_claim(&claim, &large).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store is not available: the disk is full"
    );
    assert_eq!(store.operator_token().await.unwrap(), Some([1; 32]));
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_named_and_not_shown() {
    let place = tempfile::tempdir().unwrap();
    let store = place.open().await;
    run(
        &database(&place),
        "INSERT INTO tokens VALUES (x'00', 'n', x'0700000000000000000000000000000000000000000000000000000000000000', 'p', '{\"hunter2\": 1}', 1, NULL, NULL, NULL)",
    )
    .await;
    assert!(store.tokens().await.unwrap().is_empty());
    let mut hash = [0; 32];
    hash[0] = 7;
    let error = store.token_by_hash(&hash).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "a stored token can't be read: its `id` has another type"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_give_up_leave_no_change_open() {
    let place = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(database(&place)).await.unwrap();
    for round in 0..100_u64 {
        let calls = (0..4).map(|call| {
            let (store, claim) = (store.clone(), claim(&format!("{round}-{call}")));
            tokio::spawn(async move { store.claim(&claim, MOST).await })
        });
        let calls: Vec<_> = calls.collect();
        tokio::time::sleep(Duration::from_micros(round * 20)).await;
        for call in calls {
            call.abort();
        }
    }
    store.claim(&claim("after"), MOST).await.unwrap();
    store.set_operator_token(&[1; 32]).await.unwrap();
    let reopened = SqliteStore::open(database(&place)).await.unwrap();
    assert_eq!(reopened.operator_token().await.unwrap(), Some([1; 32]));
}

/// Ways to damage a table's row, each a statement; one good row remains.
#[tokio::test]
async fn a_damaged_row_keeps_nobody_from_the_others() {
    for damage in [
        "UPDATE connections SET status = 'sleepy' WHERE name = 'b'",
        "UPDATE connections SET settings = '{\"hunter2' WHERE name = 'b'",
        "UPDATE connections SET scopes = '7' WHERE name = 'b'",
        "UPDATE connections SET owner = 'nobody' WHERE name = 'b'",
        "UPDATE connections SET id = x'00' WHERE name = 'b'",
        "UPDATE connections SET secret = x'00', key_id = 'unknown' WHERE name = 'b'",
        "UPDATE connections SET created_at = 9223372036854775807 WHERE name = 'b'",
        "UPDATE organizations SET created_at = -9223372036854775808 WHERE name = 'other'",
        "UPDATE tokens SET id = x'0000' WHERE name = 'b'",
        "UPDATE tokens SET hash = x'0000' WHERE name = 'b'",
        "UPDATE tokens SET granted = '[' WHERE name = 'b'",
        "UPDATE claims SET run = x'00', key_id = 'unknown', outcome = x'00' WHERE key = 'b'",
    ] {
        let place = tempfile::tempdir().unwrap();
        let store = place.open().await;
        let other = Organization {
            name: "other".to_owned(),
            created_at: Timestamp::now(),
        };
        store.create_organization(&other).await.unwrap();
        for name in ["a", "b"] {
            store.create_connection(&connection(name)).await.unwrap();
            store.create_token(&token(name, 1)).await.unwrap();
            let claim = claim(name);
            store.claim(&claim, MOST).await.unwrap();
            store.finish_claim(&claim, &sealed(name)).await.unwrap();
        }
        drop(store);
        run(&database(&place), damage).await;

        let store = place.open().await;
        let filter = ConnectionFilter::default();
        let connections = store.connections(&filter).await.unwrap();
        assert!(connections.iter().any(|it| it.name == "a"), "{damage}");
        for connection in &connections {
            // Whatever is listed can be displayed.
            let _ = format!("{} {:?}", connection.created_at, connection);
        }
        let tokens = store.tokens().await.unwrap();
        assert!(tokens.iter().any(|it| it.name == "a"), "{damage}");
        let organizations = store.organizations().await.unwrap();
        assert!(organizations.iter().any(|it| it.name == "default"));
        for organization in &organizations {
            let _ = organization.created_at.to_string();
        }
        assert!(
            store.sealed_with_other_keys("k2", 100).await.is_ok(),
            "{damage}"
        );
        let ClaimResult::Finished { .. } = store.claim(&claim("a"), MOST).await.unwrap() else {
            panic!("{damage}: the outcome is kept");
        };
    }
}
