//! What calls of actions and of connectors' own APIs share, for callers and for end users.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;

use super::envelope::Failure;
use super::request::Query;
use crate::body::{Bodies, BufferedBody, Kind};
use crate::caller::Caller;
use crate::request::trace_context;
use plugwright_engine::{
    Call, CallOptions, ConnectionSelector, Handles, Outcome, OwnerSelector, Surface, Target,
};

/// A request for a call, whose body was read.
pub(super) struct CallRequest {
    pub(super) caller: Caller,
    /// The action or the connector, as the path names it.
    pub(super) name: String,
    headers: HeaderMap,
    query: Query,
    surface: Surface,
    body: BufferedBody,
}

impl CallRequest {
    /// Reads the body of a request and serves it, on the slow lane if the body is large. When the
    /// client disconnects this future is dropped: a read stops then, a write goes on.
    pub(super) async fn serve<W>(
        caller: Caller,
        name: String,
        surface: Surface,
        request: Request,
        work: impl FnOnce(Self) -> W,
    ) -> Result<Response, Failure>
    where
        W: Future<Output = Result<Response, Failure>> + Send + 'static,
    {
        let (head, body) = request.into_parts();
        let gateway = caller.gateway.clone();
        let bodies = &gateway.inner().bodies;
        let may_bring_file = || gateway.engine().takes_file(&name);
        let kind = match surface {
            // The body of a proxied request is JSON or text.
            Surface::Proxy => Kind::Input,
            _ => Kind::MayBringFile(&may_bring_file),
        };
        let body = bodies.read(body, kind).await?;
        let work = |body| {
            work(Self {
                caller,
                name,
                query: Query::parse(head.uri.query()),
                headers: head.headers,
                surface,
                body,
            })
        };
        bodies.serve(body, work).await?
    }

    /// Reads what the request says of its call. Failures name what was to be called.
    pub(super) fn parse<T>(
        &mut self,
        parse: impl FnOnce(&Bodies, &HeaderMap, &Query, &mut BufferedBody) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let bodies = &self.caller.gateway.inner().bodies;
        let parsed = parse(bodies, &self.headers, &self.query, &mut self.body);
        parsed.map_err(|failure| self.named(failure))
    }

    /// Names in a failure what was to be called.
    pub(super) fn named(&self, failure: impl Into<Failure>) -> Failure {
        failure.into().about(self.surface, self.name.clone())
    }

    /// Makes the call. Returns its outcome with the name in the path.
    pub(super) async fn execute(
        self,
        target: impl FnOnce(String) -> Target,
        connection: ConnectionSelector,
        owner: OwnerSelector,
        options: CallOptions,
    ) -> (Outcome, String) {
        let call = Call {
            surface: self.surface,
            principal: self.caller.principal,
            target: target(self.name.clone()),
            connection,
            owner,
            options,
            bytes_in: self.body.length() as u64,
            trace_context: trace_context(&self.headers),
            cancellation: None,
            handles: Handles::default(),
        };
        let engine = self.caller.gateway.engine();
        let outcome = engine
            .execute_holding(call, self.body.into_reserved())
            .await;
        (outcome, self.name)
    }
}
