//! Handlers of one type: what axum wraps around a handler is compiled once, and not for each.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;

/// What axum's own handlers return.
type Responding = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of whatever arguments.
pub(crate) struct Erased<S>(Arc<dyn Fn(Request, S) -> Responding + Send + Sync>);

/// Hides what kind of handler it is.
pub(crate) fn erase<T, S>(handler: impl Handler<T, S, Future = Responding>) -> Erased<S> {
    Erased(Arc::new(move |request, state| {
        handler.clone().call(request, state)
    }))
}

impl<S> Clone for Erased<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: 'static> Handler<(), S> for Erased<S> {
    type Future = Responding;

    fn call(self, request: Request, state: S) -> Responding {
        (self.0)(request, state)
    }
}
