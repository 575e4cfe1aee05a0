//! Credentials stay fresh while gateway processes are killed: the provider accepts one refresh per
//! expiry, whoever asks and whenever a process dies.
//!
//! Between each process and the token endpoint stands a proxy of the test, so that processes die at
//! chosen moments: before the provider got a request, in the one window between its answer and the
//! commit, right after a commit, and at any other moment. Only the window costs a credential.
//!
//! `cargo xtask soak` runs these tests with the counts of a long run, which the variables that
//! [`plugwright_tests::count`] reads set.

mod book;
mod callers;
mod clocks;
mod database;
mod kills;
mod people;
mod process;
mod proxy;
mod world;

use plugwright_tests::count;
use plugwright_tests::gateway::{Setup, VAULT_KEY, migrate};
use plugwright_tests_postgres::Server;
use tokio::task::spawn_blocking;

use crate::fixture::ACCOUNTS;
use database::Database;
use world::{Counts, World};

fn counts(accounts: usize) -> Counts {
    let callers = count("REFRESH_CALLERS", 24);
    Counts {
        expiries: count("REFRESH_EXPIRIES", 40),
        kills: count("REFRESH_KILLS", 8),
        // Accounts are enough to go on with while one waits for the lease of a dead process.
        accounts: accounts.max(callers / 10),
        callers,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_on_sqlite_refreshes_once_per_expiry_whenever_it_is_killed() {
    let setup = Setup::new(ACCOUNTS);
    let file = setup.data_directory().join("plugwright.db");
    let world = World::start(vec![setup], counts(6), async || {
        Database::sqlite(&file).await
    });
    world.await.run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_on_postgres_whose_clocks_differ_refresh_once_per_expiry_whenever_one_is_killed()
{
    let (server, url) = spawn_blocking(|| {
        let server = Server::start();
        let url = server.url(&server.database());
        (server, url)
    })
    .await
    .expect("a server");
    let migrated = migrate(ACCOUNTS, &["--database-url", &url]).await;
    assert!(migrated.status.success(), "{migrated:?}");
    let setups = clocks::SHIFTS.map(|shift| {
        let setup = Setup::new(ACCOUNTS)
            .env("PLUGWRIGHT_DATABASE_URL", &url)
            .env("PLUGWRIGHT_VAULT_KEY", VAULT_KEY);
        clocks::shifted(setup, shift)
    });
    let world = World::start(setups.into(), counts(8), async || {
        Database::postgres(&url).await
    });
    let world = world.await;
    clocks::check(&world).await;
    world.run().await;
    drop(server);
}
