//! What a deployment sets, and why that may not do.

use std::time::Duration;

use rustls::pki_types::pem;

use crate::allow::AllowedDestination;

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
    #[error("additional CA certificate {number} is not a valid PEM certificate")]
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
