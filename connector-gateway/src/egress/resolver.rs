//! Looking up names, and dropping addresses that may not be called.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Guard, Route};

/// Looks up the addresses of names.
#[async_trait::async_trait]
pub trait Lookup: Send + Sync {
    /// Returns the addresses of a name.
    ///
    /// # Errors
    ///
    /// If the name is unknown or nobody can be asked.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// Asks the operating system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemLookup;

#[async_trait::async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Gives the HTTP client only addresses that may be called, so that it connects to exactly what was
/// checked: a name that changes its mind later finds no gap.
pub(crate) struct GuardedResolver {
    pub(crate) guard: Arc<Guard>,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) route: Route,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup, route) = (self.guard.clone(), self.lookup.clone(), self.route);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let kept = guard.keep(route, name.as_str(), found)?;
            let addresses: Addrs = Box::new(kept.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}
