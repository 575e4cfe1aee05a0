//! The way out: where requests may go, how often they are sent, and when they are not.

mod address;
mod allow;
mod breaker;
mod budget;
mod call;
mod client;
mod failure;
mod guard;
mod headers;
mod resolver;
mod retry;

use std::cell::Cell;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::transport::{Live, Transport};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls_platform_verifier::Verifier;

pub use allow::{AllowedDestination, AllowedDestinationError};
pub use call::{CallTransport, EgressCall};
pub(crate) use headers::{
    Override, allowed_header, carries_credential, find_in_body, find_in_path, find_in_query,
};
pub use resolver::Lookup;
pub(crate) use retry::may_have_acted;

use breaker::Breakers;
use budget::Budgets;
use client::Client;
use guard::{Guard, Route};
use resolver::{GuardedResolver, SystemLookup};
use retry::Jitter;

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
    /// How many pools of connections there are: one for each thread that calls are made on, as with
    /// [`Egress::use_pool`].
    pub pools: NonZeroUsize,
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
            pools: NonZeroUsize::MIN,
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
        source: Option<pem::Error>,
    },
    /// TLS can't be set up on this machine.
    #[error("TLS can't be set up")]
    Tls(#[source] rustls::Error),
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
    /// One of each kind for each thread; never empty.
    pools: Box<[Pool]>,
    breakers: Breakers,
    budgets: Budgets,
    jitter: Jitter,
    retries: u32,
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
    fn client(&self, route: Route) -> &dyn Transport {
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
            let tls = tls(certificates)?;
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

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, EgressError> {
    let mut all = Vec::new();
    for (index, pem) in pems.iter().enumerate() {
        let number = index + 1;
        let read: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|source| EgressError::Certificate {
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

/// Sets up TLS with the certificates that this machine trusts, and further ones.
fn tls(certificates: Vec<CertificateDer<'static>>) -> Result<ClientConfig, EgressError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(certificates, Arc::clone(&provider));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(EgressError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier.map_err(EgressError::Tls)?))
        .with_no_client_auth();
    Ok(config)
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
