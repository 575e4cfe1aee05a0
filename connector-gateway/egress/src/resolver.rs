//! Looking up names, and dropping addresses that may not be called.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;

use crate::guard::{Guard, Route};

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
#[derive(Clone)]
pub(crate) struct GuardedResolver {
    pub(crate) guard: Arc<Guard>,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) route: Route,
}

impl Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (guard, lookup, route) = (self.guard.clone(), self.lookup.clone(), self.route);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let kept = guard.keep(route, name.as_str(), found)?;
            // The client puts the port of the URL in.
            let addresses: Vec<_> = kept.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect();
            Ok(addresses.into_iter())
        })
    }
}
