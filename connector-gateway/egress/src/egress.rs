//! The way out for all calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};
use plugwright_sdk::transport::Live;
use rustls::pki_types::CertificateDer;

use crate::breaker::Breakers;
use crate::budget::Budgets;
use crate::call::{CallTransport, EgressCall};
use crate::guard::Guard;
use crate::pools::{Maker, Pools};
use crate::resolver::{Lookup, SystemLookup};
use crate::retry::Jitter;
use crate::settings::{EgressError, EgressSettings};
use crate::tls;
use crate::{client, coding};

/// The way out for all calls: its connections, and what is known of hosts and their limits. Clones
/// share everything.
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) guard: Arc<Guard>,
    pub(crate) pools: Pools,
    pub(crate) breakers: Breakers,
    pub(crate) budgets: Budgets,
    pub(crate) jitter: Jitter,
    pub(crate) retries: u32,
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
            let client = unrestricted(certificates, settings.connect_timeout)?;
            (Arc::new(Guard::open()), Pools::of(Arc::new(client)))
        } else {
            let guard = Arc::new(Guard::new(settings.allow));
            let maker = Maker {
                guard: Arc::clone(&guard),
                lookup: Arc::clone(lookup),
                // Made once, as the certificates of the machine take their time to read.
                tls: tls::config(certificates)?,
                connect_timeout: settings.connect_timeout,
            };
            (guard, Pools::guarded(maker))
        };
        Ok(Self {
            shared: Arc::new(Shared {
                guard,
                pools,
                breakers: Breakers::new(),
                budgets: Budgets::new(),
                jitter: Jitter::new(settings.seed),
                retries: settings.retries,
            }),
        })
    }

    /// Gives the calling thread connections of its own, as one that serves with a runtime for itself
    /// should have: a connection of another thread has to wake that thread for each request and
    /// answer. Threads that never ask share theirs.
    ///
    /// An [unrestricted](EgressSettings::unrestricted) way out has one client for all threads and
    /// accounts, and leaves it at that.
    pub fn use_own_connections(&self) {
        self.shared.pools.add_own();
    }

    /// Makes the transport of one call.
    pub fn for_call(&self, call: EgressCall) -> Arc<CallTransport> {
        Arc::new(CallTransport::new(Arc::clone(&self.shared), call))
    }
}

/// Makes the client that connects to everything, and knows the proxies of the environment.
fn unrestricted(
    certificates: Vec<CertificateDer<'static>>,
    connect_timeout: Duration,
) -> Result<Live, EgressError> {
    let mut tls = tls::config(certificates)?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let coding = HeaderValue::from_static(coding::ACCEPTED);
    let client = reqwest::Client::builder()
        .no_gzip()
        .default_headers(HeaderMap::from_iter([(ACCEPT_ENCODING, coding)]))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(client::IDLE)
        .pool_max_idle_per_host(client::MOST_IDLE)
        .tls_backend_preconfigured(tls)
        .build()
        .map_err(EgressError::Client)?;
    Ok(Live::from_client(client))
}
