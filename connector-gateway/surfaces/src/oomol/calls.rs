//! What calls of actions and of connectors' own APIs share, for callers and for end users.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use plugwright_sdk::schema::Schema;
use serde_json::Map;

use super::envelope::Failure;
use super::request::Query;
use crate::body::{Bodies, BufferedBody, Kind};
use crate::caller::Caller;
use crate::request::trace_context;
use plugwright_engine::{
    Call, CallOptions, ConnectionSelector, Handles, Outcome, OwnerSelector, ProxyRequest, Surface,
    Target,
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
    render: Render,
}

/// Returns the schema of the input of the action that is called, if there is such an action.
pub(super) type InputSchema<'a> = &'a dyn Fn() -> Option<Arc<Schema>>;

pub(super) type Render = fn(&Outcome, Surface, &str) -> Result<Response, Failure>;

impl CallRequest {
    /// Reads the body of a request and serves it, on the slow lane if the body is large. When the
    /// client disconnects this future is dropped: a read stops then, a write goes on.
    pub(super) async fn serve<W>(
        caller: Caller,
        name: String,
        surface: Surface,
        render: Render,
        request: Request,
        work: impl FnOnce(Self) -> W,
    ) -> Result<Response, Failure>
    where
        W: Future<Output = Result<Response, Failure>> + Send + 'static,
    {
        let (head, body) = request.into_parts();
        let gateway = caller.gateway.clone();
        let bodies = &gateway.inner().bodies;
        let engine = gateway.engine();
        let may_bring_file = || engine.takes_file(&name);
        let principal = &caller.principal;
        let kind = match surface {
            // The body of a proxied request is JSON or text.
            Surface::Proxy => Kind::Input,
            _ => Kind::MayBringFile(&may_bring_file),
        };
        let is_refused = || match surface {
            Surface::Proxy => engine.refuses_proxy(principal, &name),
            _ => engine.refuses(principal, &name),
        };
        let read = bodies.read_call(body, kind, principal, &is_refused).await?;
        let request = |body| Self {
            caller,
            name,
            query: Query::parse(head.uri.query()),
            headers: head.headers,
            surface,
            body,
            render,
        };
        match read {
            Some(body) => bodies.serve(body, |body| work(request(body))).await?,
            None => request(BufferedBody::default()).refused().await,
        }
    }

    /// Makes a call that is refused whatever the body says, so that it is answered and recorded as
    /// others are.
    async fn refused(self) -> Result<Response, Failure> {
        let target = match self.surface {
            Surface::Proxy => |connector| Target::Proxy {
                connector,
                request: Box::new(ProxyRequest {
                    endpoint: "/".to_owned(),
                    method: Method::GET,
                    query: Vec::new(),
                    headers: HeaderMap::new(),
                    body: None,
                }),
            },
            _ => |name| Target::Action {
                name,
                input: Arc::new(Map::new().into()),
            },
        };
        let (connection, owner) = (ConnectionSelector::Default, OwnerSelector::default());
        self.execute(target, connection, owner, CallOptions::default())
            .await
    }

    /// Reads what the request says of its call. Failures name what was to be called.
    pub(super) fn parse<T>(
        &mut self,
        parse: impl FnOnce(
            &Bodies,
            &HeaderMap,
            &Query,
            &mut BufferedBody,
            InputSchema<'_>,
        ) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let gateway = &self.caller.gateway;
        let bodies = &gateway.inner().bodies;
        let schema = || gateway.engine().input_schema(&self.name);
        let parsed = parse(bodies, &self.headers, &self.query, &mut self.body, &schema);
        parsed.map_err(|failure| self.named(failure))
    }

    pub(super) fn named(&self, failure: impl Into<Failure>) -> Failure {
        failure.into().about(self.surface, self.name.clone())
    }

    /// Makes the call, and renders its outcome.
    pub(super) async fn execute(
        self,
        target: impl FnOnce(String) -> Target,
        connection: ConnectionSelector,
        owner: OwnerSelector,
        options: CallOptions,
    ) -> Result<Response, Failure> {
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
            given_up: None,
            handles: Handles::default(),
        };
        let engine = self.caller.gateway.engine();
        let outcome = engine
            .execute_holding(call, self.body.into_reserved())
            .await;
        (self.render)(&outcome, self.surface, &self.name)
    }
}
