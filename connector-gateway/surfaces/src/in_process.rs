//! The surfaces for callers in the same process.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use plugwright_engine::Principal;
use tower::Service;

use crate::gateway::Gateway;
use crate::router::Surfaces;

/// What a gateway serves over HTTP, for callers in the same process: a [`Service`] of requests, whose
/// requests without a token are a principal's. [`Gateway::in_process`] makes one.
#[derive(Clone)]
pub struct InProcess {
    surfaces: Surfaces,
    caller: VouchedCaller,
}

/// Who makes a request, if the process knows. Requests from the network never have one.
#[derive(Clone)]
pub(crate) struct VouchedCaller(pub(crate) Arc<Principal>);

impl Gateway {
    /// Returns what it serves over HTTP as a service for this process, which vouches for the
    /// principal. The Rust client takes it in place of a server:
    ///
    /// ```
    /// use plugwright_client::Connector;
    /// use plugwright_engine::Principal;
    /// use plugwright_sdk::host::Registry;
    /// use plugwright_surfaces::Gateway;
    /// use serde_json::{Value, json};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let gateway = Gateway::builder(Registry::new([&plugwright_github::CONNECTOR])?).build()?;
    /// let client = Connector::builder()
    ///     .service(gateway.in_process(Principal::local()))
    ///     .build()?;
    /// let list = client.action("github.issues.list").mock();
    /// let issues = list.input(json!({ "repo": "octocat/Hello-World" })).execute::<Vec<Value>>().await?;
    /// assert!(issues[0]["number"].is_u64());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A request that has a token is its token's, as over the network. Without a store, a gateway takes
    /// no idempotency keys.
    pub fn in_process(&self, principal: Principal) -> InProcess {
        InProcess {
            surfaces: Surfaces::new(self),
            caller: VouchedCaller(Arc::new(principal)),
        }
    }
}

impl<B> Service<Request<B>> for InProcess
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = <Surfaces as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<B>>::poll_ready(&mut self.surfaces, cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(self.caller.clone());
        self.surfaces.call(request)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use plugwright_engine::EngineSettings;
    use plugwright_sdk::host::Registry;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;

    async fn actions(service: InProcess, path: &str, token: Option<&str>) -> (u16, Value) {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = service.oneshot(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn the_process_vouches_for_a_principal_with_its_grant() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let gateway = Gateway::builder(registry)
            .engine(EngineSettings::offline())
            .build()
            .unwrap();
        let grant = json!({ "actions": ["github.labels.get"] });
        let service = gateway.in_process(Principal {
            grant: serde_json::from_value(grant).unwrap(),
            ..Principal::local()
        });
        let path = "/v1/actions?service=github";
        let (status, listed) = actions(service.clone(), path, None).await;
        assert_eq!((status, listed["data"].as_array().unwrap().len()), (200, 1));
        // Over the network, and of the operator's API, nothing is opened by that.
        let (status, _) = actions(service.clone(), path, Some("pw_unknown")).await;
        assert_eq!(status, 401);
        let (status, _) = actions(service.clone(), "/admin/tokens", None).await;
        assert_eq!(status, 401);
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = gateway.router().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 401);
    }
}
