//! The way out for all calls.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::transport::{Live, Transport};
use rustls::pki_types::CertificateDer;

use crate::breaker::Breakers;
use crate::budget::Budgets;
use crate::call::{CallTransport, EgressCall};
use crate::client::{self, Client};
use crate::guard::{Guard, Route};
use crate::resolver::{GuardedResolver, Lookup, SystemLookup};
use crate::retry::Jitter;
use crate::settings::{EgressError, EgressSettings};
use crate::tls;

/// The way out for all calls: one pool of connections, and what is known of hosts and their limits.
/// Clones share everything.
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) guard: Arc<Guard>,
    /// One of each kind for each thread; never empty.
    pools: Box<[Pool]>,
    pub(crate) breakers: Breakers,
    pub(crate) budgets: Budgets,
    pub(crate) jitter: Jitter,
    pub(crate) retries: u32,
}

/// What one thread keeps connections in.
struct Pool {
    /// Connects to addresses on the internet and to listed ones.
    public: Arc<dyn Transport>,
    /// Connects to whatever addresses listed names have.
    listed: Arc<dyn Transport>,
}

thread_local! {
    /// Which pool calls of this thread use.
    static POOL: Cell<usize> = const { Cell::new(0) };
}

impl Shared {
    /// Returns what this thread sends requests by.
    pub(crate) fn client(&self, route: Route) -> &dyn Transport {
        let pool = &self.pools[POOL.get() % self.pools.len()];
        match route {
            Route::Public => &*pool.public,
            Route::Listed => &*pool.listed,
        }
    }
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").finish_non_exhaustive()
    }
}

impl Egress {
    /// Counts the hosts that failed and are left alone.
    pub fn suspended_hosts(&self) -> usize {
        self.shared.breakers.open()
    }

    /// Sets up the way out, with names looked up by the operating system.
    ///
    /// # Errors
    ///
    /// If a certificate can't be read, or TLS can't be set up on this machine.
    pub fn new(settings: EgressSettings) -> Result<Self, EgressError> {
        let lookup: Arc<dyn Lookup> = Arc::new(SystemLookup);
        Self::with_lookup(settings, &lookup)
    }

    /// Sets up the way out, with names looked up by `lookup`. What it finds is checked all the same.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_lookup(
        settings: EgressSettings,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Self, EgressError> {
        let certificates = tls::certificates(&settings.extra_root_certificates)?;
        let (guard, pools) = if settings.unrestricted {
            let client = unrestricted(&certificates, settings.connect_timeout)?;
            let client: Arc<dyn Transport> = Arc::new(client);
            let pool = Pool {
                public: Arc::clone(&client),
                listed: client,
            };
            (Arc::new(Guard::open()), vec![pool])
        } else {
            let guard = Arc::new(Guard::new(settings.allow));
            // Made once, as the certificates of the machine take their time to read.
            let tls = tls::config(certificates)?;
            let client = |route| -> Arc<dyn Transport> {
                let resolver = GuardedResolver {
                    guard: Arc::clone(&guard),
                    lookup: Arc::clone(lookup),
                    route,
                };
                Arc::new(Client::new(resolver, tls.clone(), settings.connect_timeout))
            };
            let pool = |_| Pool {
                public: client(Route::Public),
                listed: client(Route::Listed),
            };
            let pools = (0..settings.pools.get()).map(pool).collect();
            (Arc::clone(&guard), pools)
        };
        Ok(Self {
            shared: Arc::new(Shared {
                guard,
                pools: pools.into(),
                breakers: Breakers::new(),
                budgets: Budgets::new(),
                jitter: Jitter::new(settings.seed),
                retries: settings.retries,
            }),
        })
    }

    /// Makes calls on this thread use the pool with this number, modulo how many there are. Threads
    /// that say nothing share the first.
    pub fn use_pool(number: usize) {
        POOL.set(number);
    }

    /// Makes the transport of one call.
    pub fn for_call(&self, call: EgressCall) -> Arc<CallTransport> {
        Arc::new(CallTransport::new(Arc::clone(&self.shared), call))
    }
}

/// Makes the client that connects to everything, and knows the proxies of the environment.
fn unrestricted(
    certificates: &[CertificateDer<'_>],
    connect_timeout: Duration,
) -> Result<Live, EgressError> {
    let certificates = certificates
        .iter()
        .map(|der| reqwest::Certificate::from_der(der));
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(client::IDLE)
        .pool_max_idle_per_host(client::MOST_IDLE)
        .tls_certs_merge(
            certificates
                .collect::<Result<Vec<_>, _>>()
                .map_err(EgressError::Client)?,
        )
        .build()
        .map_err(EgressError::Client)?;
    Ok(Live::from_client(client))
}
