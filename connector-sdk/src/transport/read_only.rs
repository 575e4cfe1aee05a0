//! A transport that refuses to write.

use std::sync::Arc;
use std::time::Duration;

use super::{Meaning, Request, Response, Transport, TransportError};

/// Sends only requests that change nothing at the provider, and refuses others.
pub struct ReadOnly(Arc<dyn Transport>);

impl ReadOnly {
    /// Sends over another transport.
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self(inner)
    }
}

#[async_trait::async_trait]
impl Transport for ReadOnly {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        if !request.is_safe() {
            return Err(TransportError::Refused(format!(
                "a `{}` request could change something, and here only reads are allowed",
                request.method
            )));
        }
        self.0.send(request).await
    }

    fn learn(&self, request: &Request, meaning: &Meaning) -> Option<Duration> {
        self.0.learn(request, meaning)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::{HeaderMap, Method};

    use super::*;

    struct Answering;

    #[async_trait::async_trait]
    impl Transport for Answering {
        async fn send(&self, _: &Request) -> Result<Response, TransportError> {
            Ok(Response::new(200, HeaderMap::new(), "ok"))
        }
    }

    #[test]
    fn only_safe_requests_are_sent() {
        let transport = ReadOnly::new(Arc::new(Answering));
        let url: url::Url = "https://api.example.com/things".parse().unwrap();
        for (method, sent) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::POST, false),
            (Method::PUT, false),
            (Method::DELETE, false),
        ] {
            let request = Request::new(method.clone(), url.clone());
            let answer = transport.send(&request).now_or_never().unwrap();
            assert_eq!(answer.is_ok(), sent, "{method}");
            if let Err(error) = answer {
                assert!(matches!(error, TransportError::Refused(_)), "{error:?}");
            }
        }
    }
}
