//! Over whose connections each thread sends requests.
//!
//! A connection is driven by the thread that opened it. Sent over it from another one, a request and
//! its answer each cost a system call that wakes that thread, and a wait for its turn. So a thread
//! that serves has a pool of its own, and finds it without a lock.

use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::transport::Transport;
use rustls::ClientConfig;
use thread_local::ThreadLocal;

use crate::client::Client;
use crate::guard::{Guard, Route};
use crate::resolver::{GuardedResolver, Lookup};

/// The pools of connections of one way out.
pub(crate) struct Pools {
    shared: Pool,
    own: ThreadLocal<Pool>,
    /// Makes further ones; without it all threads share the first.
    maker: Option<Maker>,
}

struct Pool {
    /// To addresses on the internet and to listed ones.
    public: Arc<dyn Transport>,
    /// To whatever addresses listed names have.
    listed: Arc<dyn Transport>,
}

/// What clients that the guard watches over are made from.
pub(crate) struct Maker {
    pub(crate) guard: Arc<Guard>,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) tls: ClientConfig,
    pub(crate) connect_timeout: Duration,
}

impl Maker {
    fn pool(&self) -> Pool {
        Pool {
            public: self.client(Route::Public),
            listed: self.client(Route::Listed),
        }
    }

    fn client(&self, route: Route) -> Arc<dyn Transport> {
        let resolver = GuardedResolver {
            guard: Arc::clone(&self.guard),
            lookup: Arc::clone(&self.lookup),
            route,
        };
        Arc::new(Client::new(
            resolver,
            self.tls.clone(),
            self.connect_timeout,
        ))
    }
}

impl Pools {
    /// Makes pools whose connections the guard watches over.
    pub(crate) fn guarded(maker: Maker) -> Self {
        Self {
            shared: maker.pool(),
            own: ThreadLocal::new(),
            maker: Some(maker),
        }
    }

    /// Makes a pool of one client that all threads share.
    pub(crate) fn of(client: Arc<dyn Transport>) -> Self {
        let shared = Pool {
            public: Arc::clone(&client),
            listed: client,
        };
        Self {
            shared,
            own: ThreadLocal::new(),
            maker: None,
        }
    }

    /// Makes a pool that the calling thread alone uses.
    pub(crate) fn add_own(&self) {
        if let Some(maker) = &self.maker {
            self.own.get_or(|| maker.pool());
        }
    }

    /// Returns what the calling thread sends requests by.
    pub(crate) fn client(&self, route: Route) -> &dyn Transport {
        let pool = self.own.get().unwrap_or(&self.shared);
        match route {
            Route::Public => &*pool.public,
            Route::Listed => &*pool.listed,
        }
    }
}
