//! Gateway processes on one PostgreSQL database.

mod replicas;
mod restart;
mod start;

use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugwright_tests::gateway::{self, Setup, VAULT_KEY};
use plugwright_tests_postgres::Server;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::fixture::LOCAL;

/// A database with the schema, on a server of its own.
struct Place {
    server: Arc<Server>,
    database: String,
}

impl Place {
    async fn empty() -> Self {
        let (server, database) = spawn_blocking(|| {
            let server = Server::start();
            let database = server.database();
            (Arc::new(server), database)
        })
        .await
        .expect("a server");
        Self { server, database }
    }

    async fn new() -> Self {
        let place = Self::empty().await;
        let migrated = migrate(&["--database-url", &place.url()]).await;
        assert!(migrated.status.success(), "{migrated:?}");
        place
    }

    fn url(&self) -> String {
        self.server.url(&self.database)
    }

    /// Runs statements as the superuser.
    async fn run(&self, statements: &'static str) -> String {
        let (server, database) = (Arc::clone(&self.server), self.database.clone());
        let run = spawn_blocking(move || server.run(&database, statements));
        run.await.expect("the server answers")
    }

    /// Does something to the server that takes a while.
    async fn server(&self, work: fn(&Server)) {
        let server = Arc::clone(&self.server);
        let done = spawn_blocking(move || work(&server)).await;
        done.expect("it is done");
    }

    /// Returns how one of several gateways is started.
    fn replica(&self) -> Setup {
        replica(&self.url())
    }
}

fn replica(url: &str) -> Setup {
    Setup::new(LOCAL)
        .env("PLUGWRIGHT_DATABASE_URL", url)
        .env("PLUGWRIGHT_VAULT_KEY", VAULT_KEY)
}

/// Runs `migrate`.
async fn migrate(arguments: &[&str]) -> Output {
    gateway::migrate(LOCAL, arguments).await
}

/// Waits until something is so; returns how long that took.
async fn until(limit: Duration, what: &str, so: impl AsyncFn() -> bool) -> Duration {
    let begin = Instant::now();
    while !so().await {
        assert!(begin.elapsed() < limit, "not within {limit:?}: {what}");
        sleep(Duration::from_millis(5)).await;
    }
    begin.elapsed()
}
