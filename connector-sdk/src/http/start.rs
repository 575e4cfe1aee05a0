//! Starting a request.

use http::Method;

use super::{Path, RequestBuilder};
use crate::context::ActionContext;

impl ActionContext {
    /// Starts a GET request; `path` is relative to the connector's base URL.
    pub fn get(&self, path: impl Into<Path>) -> RequestBuilder<'_> {
        self.request(Method::GET, path)
    }

    /// Starts a POST request.
    pub fn post(&self, path: impl Into<Path>) -> RequestBuilder<'_> {
        self.request(Method::POST, path)
    }

    /// Starts a PUT request.
    pub fn put(&self, path: impl Into<Path>) -> RequestBuilder<'_> {
        self.request(Method::PUT, path)
    }

    /// Starts a PATCH request.
    pub fn patch(&self, path: impl Into<Path>) -> RequestBuilder<'_> {
        self.request(Method::PATCH, path)
    }

    /// Starts a DELETE request.
    pub fn delete(&self, path: impl Into<Path>) -> RequestBuilder<'_> {
        self.request(Method::DELETE, path)
    }

    /// Starts a request of any method.
    pub fn request(&self, method: Method, path: impl Into<Path>) -> RequestBuilder<'_> {
        RequestBuilder::new(self, method, path.into())
    }

    /// Starts a request to a URL, which must be on the host of the base URL or on one of the
    /// connector's further hosts.
    ///
    /// ```
    /// # use plugwright_sdk::{ActionContext, Result, Value, http};
    /// async fn follow(cx: &ActionContext, link: &str) -> Result<Value> {
    ///     cx.request_to(http::Method::GET, link).fetch().await
    /// }
    /// ```
    pub fn request_to(&self, method: Method, url: &str) -> RequestBuilder<'_> {
        RequestBuilder::to_url(self, method, self.declared_url(url))
    }
}
