//! Over whose connections each thread sends requests.
//!
//! A connection is driven by the thread that opened it. Sent over it from another one, a request and
//! its answer each cost a system call that wakes that thread, and a wait for its turn. So a thread
//! that serves has a pool of its own, and waits for no other.
//!
//! A connection carries the requests of one owner only. Over HTTP/1.1 an answer belongs to a request
//! by nothing but its turn: what a provider sends too late, or makes of a body that it did not take
//! for one, may be the answer to a later request, and no one else may get it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plugwright_sdk::transport::Transport;
use rustls::ClientConfig;
use thread_local::ThreadLocal;

use crate::breaker::{Asker, number};
use crate::client::Client;
use crate::connection::Dialer;
use crate::guard::{Guard, Route};
use crate::resolver::{GuardedResolver, Lookup};

/// Idle connections that a pool keeps, of all owners and to all hosts.
const MOST_IDLE: usize = 256;

/// Those whose requests may share connections: who calls with one credential for one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    account: u64,
    asker: Asker,
}

impl Owner {
    pub(crate) fn of(account: &str, asker: Asker) -> Self {
        Self {
            account: number(account),
            asker: asker.for_all_of_its_tenant(),
        }
    }
}

/// The pools of connections of one way out.
pub(crate) struct Pools {
    shared: Pool,
    own: ThreadLocal<Pool>,
    /// Makes further ones; without it all threads share the first.
    maker: Option<Maker>,
}

enum Pool {
    /// One client for all owners.
    Common(Arc<dyn Transport>),
    /// A client for each.
    Apart {
        /// Connects to addresses on the internet and to listed ones.
        public: Dialer,
        /// Connects to whatever addresses listed names have.
        listed: Dialer,
        clients: Arc<Clients>,
    },
}

impl Pool {
    fn client(&self, route: Route, owner: Owner) -> Arc<dyn Transport> {
        match self {
            Self::Common(client) => Arc::clone(client),
            Self::Apart {
                public,
                listed,
                clients,
            } => {
                let dialer = match route {
                    Route::Public => public,
                    Route::Listed => listed,
                };
                clients.client(route, owner, dialer)
            }
        }
    }
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
        Pool::Apart {
            public: self.dialer(Route::Public),
            listed: self.dialer(Route::Listed),
            clients: Arc::default(),
        }
    }

    fn dialer(&self, route: Route) -> Dialer {
        let resolver = GuardedResolver {
            guard: Arc::clone(&self.guard),
            lookup: Arc::clone(&self.lookup),
            route,
        };
        Dialer::new(resolver, self.tls.clone(), self.connect_timeout)
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

    /// Makes a pool of one client that all threads and owners share.
    pub(crate) fn of(client: Arc<dyn Transport>) -> Self {
        Self {
            shared: Pool::Common(client),
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

    /// Returns what the calling thread sends requests of this owner by.
    pub(crate) fn client(&self, route: Route, owner: Owner) -> Arc<dyn Transport> {
        let pool = self.own.get().unwrap_or(&self.shared);
        pool.client(route, owner)
    }
}

/// The clients of one pool.
#[derive(Default)]
pub(crate) struct Clients {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    clients: HashMap<(Owner, Route), Entry>,
    /// Counts how often any of them was asked for.
    turn: u64,
}

struct Entry {
    client: Arc<Client>,
    last_turn: u64,
}

impl Clients {
    fn client(self: &Arc<Self>, route: Route, owner: Owner, dialer: &Dialer) -> Arc<Client> {
        let mut kept = self.kept();
        kept.turn += 1;
        let turn = kept.turn;
        let entry = kept.clients.entry((owner, route)).or_insert_with(|| Entry {
            client: Arc::new(Client::new(dialer.clone(), Arc::downgrade(self))),
            last_turn: turn,
        });
        entry.last_turn = turn;
        Arc::clone(&entry.client)
    }

    /// Makes room for one more connection.
    pub(crate) fn make_room(&self) {
        self.close_idle(MOST_IDLE - 1);
    }

    /// Closes idle connections of who sent no request for longest, until there are no more than so
    /// many.
    pub(crate) fn close_idle(&self, most: usize) {
        let mut kept = self.kept();
        let clients = &mut kept.clients;
        clients.retain(|_, Entry { client, .. }| {
            Arc::strong_count(client) > 1 || !client.usage().is_none()
        });
        let idle = |entry: &Entry| entry.client.usage().idle();
        let mut all: usize = clients.values().map(idle).sum();
        while all > most {
            let with_idle = clients.iter().filter(|(_, entry)| idle(entry) > 0);
            let oldest = with_idle.min_by_key(|(_, entry)| entry.last_turn);
            let Some(key) = oldest.map(|(key, _)| *key) else {
                return;
            };
            // Requests that are under way still end.
            let closed = clients.remove(&key);
            all = all.saturating_sub(closed.as_ref().map_or(0, idle));
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
