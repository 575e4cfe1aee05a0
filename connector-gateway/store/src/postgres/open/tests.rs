use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use plugwright_tests_postgres::Server;
use tokio::net::{UnixListener, UnixStream};

use super::*;
use crate::postgres::{PATIENCE, lock};
use crate::suite::{MOST, Place, claim, connection, sealed, store_suite};
use crate::{
    Backend as _, Claim, ClaimResult, ClaimStore as _, ConnectionRequest, ConnectionStore as _,
    Lease, LeaseStore as _, McpSession, McpSessionStore as _, ProcessStore as _, RequestDetails,
    RequestError, RequestStatus, RequestStore as _, Store, StoreError, Timestamp, TokenStore as _,
    migrate_postgres,
};

/// A database with the schema.
struct Database {
    name: String,
    opened: Mutex<Vec<PostgresStore>>,
}

impl Database {
    fn empty() -> Self {
        Self {
            name: Server::shared().database(),
            opened: Mutex::default(),
        }
    }

    fn new() -> Self {
        let database = Self::empty();
        let url = database.url();
        // The suite creates places outside of any runtime.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(migrate_postgres(&url, None)).unwrap();
        })
        .join()
        .unwrap();
        database
    }

    fn url(&self) -> DatabaseUrl {
        Server::shared().url(&self.name).parse().unwrap()
    }

    fn run(&self, statements: &str) -> String {
        Server::shared().run(&self.name, statements)
    }

    async fn store(&self) -> PostgresStore {
        let store = PostgresStore::connect(&self.url(), 5).await.unwrap();
        self.opened.lock().unwrap().push(store.clone());
        store
    }
}

#[async_trait]
impl Place for Database {
    async fn open(&self) -> Box<dyn Store> {
        Box::new(self.store().await)
    }

    async fn crash(&self) {
        for store in self.opened.lock().unwrap().drain(..) {
            store.shared.closing.cancel();
        }
        self.run("UPDATE plugwright.processes SET seen_at = now() - interval '11 seconds'");
    }
}

mod suite {
    use super::*;

    store_suite!(Database::new());
}

#[tokio::test]
async fn a_database_with_another_schema_is_refused_with_what_to_do() {
    let place = Database::empty();
    let url = place.url();
    let refused = async || PostgresStore::connect(&url, 5).await.unwrap_err();
    let error = refused().await;
    assert!(matches!(error, PostgresError::Empty(_)), "{error:?}");
    assert!(error.to_string().contains("`plugwright migrate"), "{error}");

    let done = migrate_postgres(&url, None).await.unwrap();
    assert_eq!((done.from, done.to), (0, migrate::known()));
    let again = migrate_postgres(&url, None).await.unwrap();
    assert_eq!((again.from, again.to), (done.to, done.to));
    place.store().await.close().await;

    place.run("DELETE FROM plugwright.migrations WHERE step > 1");
    let error = refused().await;
    assert!(
        matches!(error, PostgresError::Older { found: 1, known, .. } if known == done.to),
        "{error:?}"
    );
    assert!(error.to_string().contains("`plugwright migrate"), "{error}");

    place.run("INSERT INTO plugwright.migrations (step) VALUES (1000)");
    let error = refused().await;
    assert!(
        matches!(error, PostgresError::Newer { found: 1000, .. }),
        "{error:?}"
    );
    let error = migrate_postgres(&url, None).await.unwrap_err();
    assert!(matches!(error, PostgresError::Newer { .. }), "{error:?}");
}

#[tokio::test]
async fn what_changes_is_dated_by_the_servers_clock() {
    let place = Database::new();
    let store = place.store().await;
    let made = store.create_connection(&connection("a")).await.unwrap();
    // Nothing corrects the clock again.
    store.shared.closing.cancel();
    let here = Timestamp::now();
    let ahead = here.after(Duration::from_hours(1));
    store.shared.clock.set(ahead, here);

    let updated = store.update_connection(&made).await.unwrap();
    assert!(updated.updated_at >= ahead, "{updated:?}");
    let Lease::Taken { fence } = store
        .lease_refresh(made.id, 1, Duration::from_secs(20))
        .await
        .unwrap()
    else {
        panic!("nobody else has it");
    };
    let refreshed = store.finish_refresh(&updated, fence).await.unwrap();
    assert!(refreshed.updated_at >= ahead, "{refreshed:?}");

    let request = |details: &str| ConnectionRequest {
        id: Uuid::new_v4(),
        owner: made.owner.clone(),
        connector: made.connector.clone(),
        connection: made.id,
        details: RequestDetails {
            name: Some(details.to_owned()),
            ..RequestDetails::default()
        },
        status: RequestStatus::Initiated,
        error: None,
        browser: None,
        expires_at: ahead.after(Duration::from_mins(10)),
        created_at: here,
        updated_at: here,
    };
    let (failed, withdrawn) = (request("failed"), request("withdrawn"));
    for request in [&failed, &withdrawn] {
        store
            .create_request(request, None, crate::suite::quota())
            .await
            .unwrap();
    }
    let error = RequestError::withdrawn();
    store.fail_request(failed.id, &error).await.unwrap();
    store.delete_connection(made.id).await.unwrap();
    for id in [failed.id, withdrawn.id] {
        let closed = store.request(id).await.unwrap().unwrap();
        assert_eq!(closed.status, RequestStatus::Failed);
        assert!(closed.updated_at >= ahead, "{closed:?}");
    }

    let session = McpSession {
        id: Uuid::new_v4(),
        principal: "token:1".to_owned(),
        expires_at: here.after(Duration::from_mins(1)),
    };
    store.create_mcp_session(&session, 100).await.unwrap();
    assert_eq!(
        store.mcp_session(session.id).await.unwrap(),
        None,
        "it is over"
    );
}

#[tokio::test]
async fn two_migrations_at_once_go_one_after_the_other() {
    let place = Database::empty();
    let url = place.url();
    let (one, other) = tokio::join!(migrate_postgres(&url, None), migrate_postgres(&url, None));
    let mut done = [one.unwrap().from, other.unwrap().from];
    done.sort_unstable();
    assert_eq!(done, [0, migrate::known()]);
}

#[tokio::test]
async fn without_the_role_to_grant_to_nothing_is_created() {
    let place = Database::empty();
    let error = migrate_postgres(&place.url(), Some("nope")).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("role \"nope\" does not exist"), "{error}");
    let schemas = place.run("SELECT count(*) FROM pg_namespace WHERE nspname = 'plugwright'");
    assert_eq!(schemas.trim(), "0");
}

#[tokio::test]
async fn a_role_that_can_make_nothing_serves_and_its_password_is_not_shown() {
    let place = Database::empty();
    place.run("CREATE ROLE gateway LOGIN PASSWORD 'hunter2'");
    let of = |password: &str| -> DatabaseUrl {
        let user = format!("gateway:{password}");
        let url = Server::shared().url_of(&user, &place.name);
        url.parse().unwrap()
    };
    migrate_postgres(&place.url(), None).await.unwrap();
    let error = PostgresStore::connect(&of("hunter2"), 5).await.unwrap_err();
    assert!(
        matches!(error, PostgresError::NotAllowed { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("--grant-to"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    let error = migrate_postgres(&of("hunter2"), None).await.unwrap_err();
    assert!(
        matches!(error, PostgresError::NotAllowed { .. }),
        "{error:?}"
    );
    let error = PostgresStore::connect(&of("hunter3"), 5).await.unwrap_err();
    assert!(
        matches!(error, PostgresError::Unreachable { .. }),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("hunter3"), "{error}");

    migrate_postgres(&place.url(), Some("gateway"))
        .await
        .unwrap();
    let store = PostgresStore::connect(&of("hunter2"), 5).await.unwrap();
    let stored = store.create_connection(&connection("a")).await.unwrap();
    store.delete_connection(stored.id).await.unwrap();
    let taken = claim("k");
    store.claim(&taken, MOST).await.unwrap();
    store.finish_claim(&taken, &sealed("done")).await.unwrap();
    store.forget_claims(taken.expires_at).await.unwrap();
    for forbidden in [
        "CREATE TABLE plugwright.other (id INTEGER)",
        "DROP TABLE plugwright.claims",
        "DELETE FROM plugwright.migrations",
    ] {
        let error = sqlx::query(forbidden).execute(store.pool()).await;
        assert_eq!(
            sqlstate(&error.unwrap_err()).as_deref(),
            Some(code::NOT_ALLOWED),
            "{forbidden}"
        );
    }
    store.close().await;
}

#[tokio::test]
async fn the_call_of_a_process_that_was_cut_off_counts_as_running_until_its_end() {
    let place = Database::new();
    let store = place.store().await;
    let held = Claim {
        ends_by: Some(Timestamp::now().after(SECOND * 2)),
        ..claim("k")
    };
    store.claim(&held, MOST).await.unwrap();
    place.crash().await;

    let store = place.store().await;
    let next = Claim {
        run: uuid::Uuid::new_v4(),
        ..held.clone()
    };
    assert_eq!(
        store.claim(&next, MOST).await.unwrap(),
        ClaimResult::Running
    );
    assert!(!store.take_over_claim(&next, held.run).await.unwrap());
    tokio::time::sleep(SECOND * 2).await;
    let lost = ClaimResult::Lost {
        run: held.run,
        started_at: Some(held.started_at),
    };
    assert_eq!(store.claim(&next, MOST).await.unwrap(), lost);
    assert!(store.take_over_claim(&next, held.run).await.unwrap());
}

/// How often a store reported changes.
fn counted(store: &PostgresStore) -> impl Fn() -> usize + use<> {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    store.on_change(Arc::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    }));
    move || count.load(Ordering::Relaxed)
}

async fn until(limit: Duration, condition: impl Fn() -> bool) -> bool {
    let met = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(limit, met).await.is_ok()
}

const SECOND: Duration = Duration::from_secs(1);
const PATIENT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn changes_by_other_processes_are_told_and_so_is_that_some_may_have_been_missed() {
    let place = Database::new();
    let (one, other) = (place.store().await, place.store().await);
    let told = counted(&other);
    // A new listener is told that changes may have been missed.
    assert!(until(PATIENT, || told() > 0).await);
    let before = told();
    let stored = one.create_connection(&connection("a")).await.unwrap();
    assert!(until(SECOND, || told() > before).await, "a connection");
    let before = told();
    one.delete_connection(stored.id).await.unwrap();
    assert!(until(SECOND, || told() > before).await, "a deletion");
    let before = told();
    one.claim(&claim("k"), MOST).await.unwrap();
    assert!(!until(SECOND / 2, || told() > before).await, "no claim");

    let listening = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                     WHERE query LIKE 'LISTEN%'";
    assert_eq!(place.run(listening), "2");
    assert!(until(PATIENT, || told() > before).await, "a loss");
    let anew = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    assert!(until(PATIENT, || place.run(anew) == "2").await);
    // The report of the restart has arrived by then.
    tokio::time::sleep(SECOND / 2).await;
    let before = told();
    one.create_connection(&connection("b")).await.unwrap();
    assert!(until(SECOND, || told() > before).await, "heard again");
    one.close().await;
    other.close().await;
}

/// A proxy, on a socket of its own.
struct Line {
    directory: tempfile::TempDir,
    silence: Arc<Mutex<CancellationToken>>,
}

impl Line {
    fn start(url: &DatabaseUrl) -> Self {
        const SOCKET: &str = ".s.PGSQL.5432";
        let (_, server) = url.expose().split_once("host=").unwrap();
        let server = format!("{server}/{SOCKET}");
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(SOCKET)).unwrap();
        let silence: Arc<Mutex<CancellationToken>> = Arc::default();
        let silences = Arc::clone(&silence);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut server = UnixStream::connect(&server).await.unwrap();
                let silence = lock(&silences).clone();
                tokio::spawn(async move {
                    let talk = tokio::io::copy_bidirectional(&mut client, &mut server);
                    if silence.run_until_cancelled(talk).await.is_none() {
                        // Both ends stay open.
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { directory, silence }
    }

    fn url(&self, place: &Database) -> DatabaseUrl {
        let url = place.url();
        let (before, _) = url.expose().split_once("host=").unwrap();
        let url = format!("{before}host={}", self.directory.path().display());
        url.parse().unwrap()
    }

    /// Drops everything on the present connections from now on, as if a machine vanished and
    /// another took its place.
    fn fall_silent(&self) {
        std::mem::take(&mut *lock(&self.silence)).cancel();
    }
}

#[tokio::test]
async fn a_server_that_vanishes_without_a_word_is_left_for_the_one_in_its_place() {
    let place = Database::new();
    let line = Line::start(&place.url());
    let store = PostgresStore::connect(&line.url(&place), 2).await.unwrap();
    let told = counted(&store);
    assert!(until(PATIENT, || told() > 0).await);
    futures_util::future::join_all([store.tokens(), store.tokens()]).await;
    // While one is on its way back into the pool, a call would open another.
    assert!(until(PATIENT, || store.pool().num_idle() == 2).await);
    let before = told();
    line.fall_silent();
    let begin = Instant::now();
    let error = store.tokens().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(
        begin.elapsed() <= PATIENCE + SECOND,
        "{:?}",
        begin.elapsed()
    );
    while store.tokens().await.is_err() {
        assert!(begin.elapsed() < 2 * PATIENCE, "it is not left");
    }
    let all = [(); 4].map(|()| store.tokens());
    for found in futures_util::future::join_all(all).await {
        found.unwrap();
    }
    assert!(until(2 * PATIENCE, || told() > before).await, "it listens");
    store.close().await;
}

#[tokio::test]
async fn keys_that_others_do_not_have_are_counted() {
    let place = Database::new();
    let (one, other) = (place.store().await, place.store().await);
    one.announce_keys(&["a".to_owned()]).await.unwrap();
    // One that has announced nothing yet looks itself when it does.
    assert_eq!(one.processes_without_key("a").await.unwrap(), 0);
    other
        .announce_keys(&["b".to_owned(), "a".to_owned()])
        .await
        .unwrap();
    assert_eq!(one.processes_without_key("a").await.unwrap(), 0);
    assert_eq!(other.processes_without_key("b").await.unwrap(), 1);
    one.close().await;
    assert_eq!(other.processes_without_key("b").await.unwrap(), 0);
    other.close().await;
}
