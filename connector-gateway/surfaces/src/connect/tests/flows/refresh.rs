//! Credentials are refreshed once per expiry, whoever asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use plugwright_sdk::transport::Live;
use plugwright_sdk::{ErrorCode, Secret};
use plugwright_tests_oauth::{Fault, Settings};
use tokio::time::{Instant, sleep};

use super::bench::{Bench, SECRET, call, gateway, settings};
use plugwright_engine::connections::Connections;
use plugwright_store::Timestamp;
use plugwright_store::vault::OAuthTokens;
use plugwright_store::{Connection, ConnectionFilter, ConnectionStatus, RequestDetails};

fn short_lived(lifetime: Duration) -> Settings {
    Settings {
        access_token_lifetime: lifetime,
        ..settings()
    }
}

async fn all(bench: &Bench) -> Vec<Connection> {
    let filter = ConnectionFilter::default();
    bench.store().connections(&filter).await.unwrap()
}

/// Makes the credential of the only connection look expired.
async fn expire(bench: &Bench) {
    for mut connection in all(bench).await {
        let past = Timestamp::now().before(Duration::from_secs(1));
        connection.expires_at = Some(past);
        connection.refresh_at = Some(past);
        bench.store().update_connection(&connection).await.unwrap();
    }
    let state = bench.gateway.engine().storage().unwrap();
    state.directory.forget();
}

async fn refreshed(bench: &Bench) -> u64 {
    let events = bench.server.events().await;
    assert_eq!(events.revoked_grants(), 0, "no token is used twice");
    events.token_requests("refresh_token", "success")
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_share_one_refresh() {
    let mut bench = Bench::new(settings()).await;
    bench.connect("alice", RequestDetails::default()).await;
    for round in 1..=3 {
        expire(&bench).await;
        bench
            .server
            .fault(Fault::Delay(Duration::from_millis(200)), 1)
            .await;
        let calls = (0..20).map(|_| call(&bench.gateway, "bank.accounts.get"));
        for outcome in join_all(calls).await {
            assert_eq!(outcome.result.unwrap().data.value()["account"], "alice");
        }
        assert_eq!(refreshed(&bench).await, round);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_good_asks_for_the_person_and_one_for_now_does_not() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    expire(&bench).await;
    bench.server.fault(Fault::Status(503), 1).await;
    let error = call(&bench.gateway, "bank.accounts.get")
        .await
        .result
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unavailable);
    assert!(error.retry_after().is_some());
    sleep(Duration::from_millis(1200)).await;
    call(&bench.gateway, "bank.accounts.get")
        .await
        .result
        .unwrap();
    assert_eq!(refreshed(&bench).await, 1);

    // The person withdraws the consent at the provider.
    let state = bench.gateway.engine().storage().unwrap();
    let stored = bench
        .store()
        .connection(connection.id)
        .await
        .unwrap()
        .unwrap();
    let tokens = state.vault.open_tokens(&stored).unwrap();
    let http = Live::client_builder().unwrap().no_proxy().build().unwrap();
    let form = format!("token={}", tokens.refresh_token.unwrap().expose());
    let revoked = http
        .post(bench.server.revocation_endpoint())
        .basic_auth("gateway", Some(SECRET))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert!(revoked.status().is_success());
    expire(&bench).await;
    for _ in 0..2 {
        let error = call(&bench.gateway, "bank.accounts.get")
            .await
            .result
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::CredentialExpired, "{error}");
        assert!(error.message().contains("must be reconnected"), "{error}");
    }
    let events = bench.server.events().await;
    let refused = events.token_requests("refresh_token", "invalid_grant");
    assert_eq!(refused, 1, "the provider is not asked over and over");
    let stored = bench
        .store()
        .connection(connection.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.status, ConnectionStatus::ReauthRequired);

    // Connected again, it is the same connection and works.
    let again = bench.connect("alice", RequestDetails::default()).await;
    assert_eq!(
        (again.id, again.status),
        (connection.id, ConnectionStatus::Active)
    );
    call(&bench.gateway, "bank.accounts.get")
        .await
        .result
        .unwrap();
}

/// Makes the token of a connection one that the provider does not know.
async fn end_before_its_time(bench: &Bench, mut connection: Connection) {
    let state = bench.gateway.engine().storage().unwrap();
    let tokens = OAuthTokens {
        access_token: Secret::new("ended-before-its-time"),
        ..state.vault.open_tokens(&connection).unwrap()
    };
    connection.secret = state
        .vault
        .seal(connection.id, tokens.to_json().as_bytes())
        .unwrap();
    bench.store().update_connection(&connection).await.unwrap();
    state.directory.forget();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_can_not_be_renewed_now_says_so_and_asks_for_nobody() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    end_before_its_time(&bench, connection).await;
    bench.server.fault(Fault::Status(503), 1).await;
    let outcome = call(&bench.gateway, "bank.accounts.get").await;
    let error = outcome.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unavailable, "{error}");
    assert!(error.retry_after().is_some());
    // What is noted on the connection is noted in the background.
    let tasks = bench.gateway.engine().tasks();
    tasks.close();
    tasks.wait().await;
    let stored = all(&bench).await.remove(0);
    assert_eq!(stored.status, ConnectionStatus::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_before_its_time_is_renewed_within_the_call() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    end_before_its_time(&bench, connection).await;
    let outcome = call(&bench.gateway, "bank.accounts.get").await;
    assert_eq!(outcome.result.unwrap().data.value()["account"], "alice");
    assert_eq!(refreshed(&bench).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_rejected_just_now_is_not_renewed_by_every_call() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    let rejected = Connection {
        status: ConnectionStatus::ReauthRequired,
        ..connection
    };
    end_before_its_time(&bench, rejected).await;
    for _ in 0..3 {
        let outcome = call(&bench.gateway, "bank.accounts.get").await;
        let error = outcome.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthInvalid, "{error}");
    }
    assert_eq!(refreshed(&bench).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_before_a_renewal_and_the_secret_of_the_client_stay_secret() {
    for said in ["ended-before-its-time", SECRET] {
        let mut bench = Bench::new(settings()).await;
        // A provider that names accounts by its secrets.
        let connection = bench.connect(said, RequestDetails::default()).await;
        let is_known = connection.account.is_some();
        assert_eq!(
            is_known,
            said != SECRET,
            "an account that is a secret stays unknown"
        );
        end_before_its_time(&bench, connection).await;
        for _ in 0..2 {
            let outcome = call(&bench.gateway, "bank.accounts.get").await;
            assert_eq!(
                outcome.result.unwrap().data.value()["account"],
                "[redacted]"
            );
        }
        assert_eq!(refreshed(&bench).await, 1);
    }
}

/// For how many lifetimes of a token calls are made at least, in halves, and how often it is refreshed
/// within at most.
const HALF_LIVES: u32 = 9;
const REFRESHES: u32 = 12;

/// How many calls are a load. A busy machine takes longer to make them.
const LOAD: u64 = 500;

/// How long a token lives. The machine may be busy, and no call may wait for longer.
const LIFETIME: Duration = Duration::from_secs(5);

/// Several gateways on one store, whose tokens live for seconds, under calls.
async fn once_per_expiry(bench: Bench, others: Vec<crate::Gateway>, lifetime: Duration) {
    let least = lifetime / 2 * HALF_LIVES;
    let gateways: Vec<_> = others.into_iter().chain([bench.gateway.clone()]).collect();
    let started = Instant::now();
    let made = Arc::new(AtomicU64::new(0));
    let callers = (0..24).map(|number: usize| {
        let gateway = gateways[number % gateways.len()].clone();
        let made = Arc::clone(&made);
        tokio::spawn(async move {
            while started.elapsed() < least || made.load(Ordering::Relaxed) < LOAD {
                let outcome = call(&gateway, "bank.accounts.get").await;
                let data = outcome.result.unwrap().data;
                assert_eq!(data.value()["account"], "alice");
                made.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(fastrand::u64(5..40))).await;
            }
        })
    });
    for caller in join_all(callers).await {
        caller.unwrap();
    }
    let took = started.elapsed();
    let connection = all(&bench).await.remove(0);
    let refreshes = u64::try_from(connection.credential_version - 1).unwrap();
    assert_eq!(refreshed(&bench).await, refreshes);
    assert!(refreshes >= 3, "{refreshes}");
    // As many in so long a time as at most in a shorter one.
    let refreshes = u32::try_from(refreshes).unwrap();
    assert!(
        least * refreshes <= took * REFRESHES,
        "{refreshes} in {took:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_refreshes_once_per_expiry() {
    let mut bench = Bench::new(short_lived(LIFETIME)).await;
    bench.connect("alice", RequestDetails::default()).await;
    once_per_expiry(bench, Vec::new(), LIFETIME).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_on_one_store_refresh_once_per_expiry() {
    use plugwright_store::{DatabaseUrl, PostgresStore, migrate_postgres};
    use plugwright_tests_postgres::Server;

    let server = Server::shared();
    let name = server.database();
    let url: DatabaseUrl = server.url(&name).parse().unwrap();
    migrate_postgres(&url, None).await.unwrap();
    let store = async || Arc::new(PostgresStore::connect(&url, 5).await.unwrap());
    // Four gateways, the provider and the database share the machine.
    let lifetime = LIFETIME * 2;
    let mut bench = Bench::on(short_lived(lifetime), store().await).await;
    bench.connect("alice", RequestDetails::default()).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(gateway(&bench.server, store().await, SECRET).await);
    }
    once_per_expiry(bench, others, lifetime).await;
}

fn connections(bench: &Bench) -> Connections<'_> {
    bench.gateway.engine().connections().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_of_an_account_opens_and_refreshes_its_tokens() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    let tested = connections(&bench).test(connection.id).await.unwrap();
    assert_eq!(tested.account.unwrap().id, "alice");
    assert_eq!(refreshed(&bench).await, 0);

    expire(&bench).await;
    let tested = connections(&bench).test(connection.id).await.unwrap();
    assert_eq!(tested.status, ConnectionStatus::Active);
    assert_eq!(refreshed(&bench).await, 1);

    // A token that ended before its time is no reason to ask the person.
    let stored = all(&bench).await.remove(0);
    end_before_its_time(&bench, stored).await;
    let tested = connections(&bench).test(connection.id).await.unwrap();
    assert_eq!(tested.status, ConnectionStatus::Active);
    assert_eq!(refreshed(&bench).await, 2);

    let connector = bench.gateway.registry().connector("bank").unwrap();
    let stored = all(&bench).await.remove(0);
    let account = connections(&bench).account(connector, &stored).await;
    assert_eq!(account.unwrap().unwrap().id, "alice");
}
