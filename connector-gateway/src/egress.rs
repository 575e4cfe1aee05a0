//! The way out: where requests may go, how often they are sent, and when they are not.

mod address;
mod allow;
mod breaker;
mod budget;
mod call;
mod guard;
mod headers;
mod resolver;
mod retry;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::transport::Live;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder};

pub use allow::{AllowedDestination, AllowedDestinationError};
pub use call::{CallTransport, EgressCall};
pub(crate) use headers::allowed_header;
pub use resolver::Lookup;
pub(crate) use retry::{may_have_acted, retry_after};

use breaker::Breakers;
use budget::Budgets;
use guard::{Guard, Route};
use resolver::{GuardedResolver, SystemLookup};
use retry::Jitter;

/// Connections to one host that are kept open while nobody uses them.
const MOST_IDLE: usize = 64;
/// For how long they are kept; servers often close theirs after a minute.
const IDLE: Duration = Duration::from_secs(55);

/// How a deployment lets calls out.
#[derive(Clone, Debug)]
pub struct EgressSettings {
    /// Destinations that calls may reach although they are not on the internet.
    pub allow: Vec<AllowedDestination>,
    /// How many further attempts a request gets where the effect allows.
    pub retries: u32,
    /// How long making a connection may take, with the lookup of the name and TLS.
    pub connect_timeout: Duration,
    /// Certificates to trust besides those of the machine, each as PEM.
    pub extra_root_certificates: Vec<Vec<u8>>,
    /// Makes the waits between attempts the same each time, for tests.
    pub seed: Option<u64>,
    /// Lets calls out to wherever this machine can connect to, and through the proxies that its
    /// environment names. A server must not do this: see [`unrestricted`](Self::unrestricted).
    pub unrestricted: bool,
}

impl EgressSettings {
    /// Lets calls out to wherever this machine can connect to: services inside of its network, the
    /// machine itself, and through the proxies of its environment. Only the scheme must be http or
    /// https, and no user may be in the URL.
    ///
    /// For command lines, whose user could connect by other means as well. A server that does this
    /// lends its place in the network to whoever may call it.
    pub fn unrestricted() -> Self {
        Self {
            unrestricted: true,
            ..Self::default()
        }
    }
}

impl Default for EgressSettings {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            retries: 2,
            connect_timeout: Duration::from_secs(10),
            extra_root_certificates: Vec::new(),
            seed: None,
            unrestricted: false,
        }
    }
}

/// Why the way out can't be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// A certificate to trust can't be read.
    #[error("root certificate {number} of the extra ones is not a PEM certificate")]
    Certificate {
        /// Which one, from 1.
        number: usize,
        /// The cause.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// The HTTP client can't be set up on this machine.
    #[error("the HTTP client can't be set up")]
    Client(#[source] reqwest::Error),
}

/// The way out for all calls: one pool of connections, and what is known of hosts and their limits.
/// Clones share everything.
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
}

struct Shared {
    guard: Arc<Guard>,
    /// Connects to addresses on the internet and to listed ones.
    public: Live,
    /// Connects to whatever addresses listed names have.
    listed: Live,
    breakers: Breakers,
    budgets: Budgets,
    jitter: Jitter,
    retries: u32,
}

impl Shared {
    fn client(&self, route: Route) -> &Live {
        match route {
            Route::Public => &self.public,
            Route::Listed => &self.listed,
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
    pub(crate) fn suspended_hosts(&self) -> usize {
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
        let certificates = certificates(&settings.extra_root_certificates)?;
        let connect_timeout = settings.connect_timeout;
        let builder = || {
            Client::builder()
                .redirect(Policy::none())
                .referer(false)
                .connect_timeout(connect_timeout)
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(MOST_IDLE)
                .tls_certs_merge(certificates.iter().cloned())
        };
        let live = |builder: ClientBuilder| {
            builder
                .build()
                .map(Live::from_client)
                .map_err(EgressError::Client)
        };
        let (guard, public, listed) = if settings.unrestricted {
            // One client is enough, and each costs its time to set up.
            let client = live(builder())?;
            (Arc::new(Guard::open()), client.clone(), client)
        } else {
            let guard = Arc::new(Guard::new(settings.allow));
            let guarded = |route| {
                let resolver = GuardedResolver {
                    guard: Arc::clone(&guard),
                    lookup: Arc::clone(lookup),
                    route,
                };
                live(builder().no_proxy().dns_resolver(resolver))
            };
            let (public, listed) = (guarded(Route::Public)?, guarded(Route::Listed)?);
            (guard, public, listed)
        };
        Ok(Self {
            shared: Arc::new(Shared {
                public,
                listed,
                guard,
                breakers: Breakers::new(),
                budgets: Budgets::new(),
                jitter: Jitter::new(settings.seed),
                retries: settings.retries,
            }),
        })
    }

    /// Makes the transport of one call.
    pub fn for_call(&self, call: EgressCall) -> Arc<CallTransport> {
        Arc::new(CallTransport::new(Arc::clone(&self.shared), call))
    }
}

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<Certificate>, EgressError> {
    let mut all = Vec::new();
    for (index, pem) in pems.iter().enumerate() {
        let number = index + 1;
        let read =
            Certificate::from_pem_bundle(pem).map_err(|source| EgressError::Certificate {
                number,
                source: Some(source),
            })?;
        if read.is_empty() {
            let source = None;
            return Err(EgressError::Certificate { number, source });
        }
        all.extend(read);
    }
    Ok(all)
}
