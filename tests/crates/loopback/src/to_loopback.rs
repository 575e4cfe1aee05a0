//! A transport to a server on loopback.

use std::net::SocketAddr;

use plugwright_sdk::transport::{Live, Request, Response, Transport, TransportError};

use crate::Loopback;

/// Sends every request to a loopback server instead of the host that it names, to which links in the
/// headers of answers lead again.
pub struct ToLoopback {
    live: Live,
    address: SocketAddr,
}

impl ToLoopback {
    pub fn new(server: &Loopback) -> Result<Self, TransportError> {
        Self::at(server.address())
    }

    pub fn at(address: SocketAddr) -> Result<Self, TransportError> {
        let live = Live::new()?;
        Ok(Self { live, address })
    }
}

#[async_trait::async_trait]
impl Transport for ToLoopback {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let refused = || TransportError::Refused("the URL can't be led to loopback".to_owned());
        let mut request = request.clone();
        let there = request.url.origin().ascii_serialization();
        request.url.set_scheme("http").map_err(|()| refused())?;
        request
            .url
            .set_ip_host(self.address.ip())
            .map_err(|()| refused())?;
        request
            .url
            .set_port(Some(self.address.port()))
            .map_err(|()| refused())?;
        let here = request.url.origin().ascii_serialization();
        let mut response = self.live.send(&request).await?;
        for value in response.headers.values_mut() {
            if let Ok(text) = value.to_str()
                && let Ok(led) = text.replace(&here, &there).parse()
            {
                *value = led;
            }
        }
        Ok(response)
    }
}
