use std::sync::Mutex;

use async_trait::async_trait;
use plugwright_tests_postgres::Server;

use super::*;
use crate::store::suite::{Place, store_suite};
use crate::store::{Store, migrate_postgres};

/// A database of a server, with the schema.
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
        // The suite makes places outside of any runtime's tasks.
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
