//! `POST /v1/proxy/{service}`: requests to a connector's API itself.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use plugwright_sdk::Faults;
use serde_json::{Map, Value};

use super::envelope::{Failure, render};
use super::request::{self, Query, fault};
use super::{Dialect, bad_segment};
use crate::call::{Call, CallOptions, Handles, OwnerSelector, ProxyRequest, Target};
use crate::outcome::Surface;
use crate::surface::trace_context;

pub(super) const MEMBERS: [&str; 5] = ["endpoint", "method", "query", "headers", "body"];
pub(super) const METHODS: [Method; 6] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// `POST /v1/proxy/{service}`.
pub(super) async fn call(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let query = Query::parse(request.uri().query());
    let principal = dialect.principal(&headers).await?;
    let Path(service) = path.map_err(bad_segment("service"))?;
    let body = request::body(request).await?;
    let named = |failure: Failure| failure.with_service(service.clone());
    let request = parse(&headers, &body).map_err(named)?;
    let call = Call {
        surface: Surface::Proxy,
        principal,
        target: Target::Proxy {
            connector: service.clone(),
            request: Box::new(request),
        },
        connection: request::connection(&headers, &query, [None; 2], None).map_err(named)?,
        owner: OwnerSelector::Organization(request::organization(&headers).map_err(named)?),
        options: CallOptions {
            idempotency_key: request::idempotency_key(&headers).map_err(named)?,
            ..CallOptions::default()
        },
        bytes_in: body.len() as u64,
        trace_context: trace_context(&headers),
        cancellation: None,
        handles: Handles::default(),
    };
    let outcome = dialect.gateway.execute(call).await;
    render(&outcome, Surface::Proxy, &service)
}

/// Reads the body. Where the endpoint leads, and whether that may be, is not for here.
fn parse(headers: &HeaderMap, body: &[u8]) -> Result<ProxyRequest, Failure> {
    let body = request::object(headers, body)?;
    let mut faults = Faults::new();
    request::only(&MEMBERS, &body, "", &mut faults);
    read(&body, faults)
}

/// Reads the members of a body; `faults` are those that it has otherwise.
pub(super) fn read(body: &Map<String, Value>, mut faults: Faults) -> Result<ProxyRequest, Failure> {
    let member = |name: &str| body.get(name).filter(|value| !value.is_null());
    let endpoint = member("endpoint")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if endpoint.is_empty() {
        let message = "must be a path, or a URL on a host of the service";
        faults.push(fault("endpoint", message));
    }
    let method = method(member("method"), &mut faults);
    if matches!(method, Method::GET | Method::HEAD) && member("body").is_some() {
        faults.push(fault("body", format!("can't be sent with {method}")));
    }
    let query = match member("query") {
        None => Map::new(),
        Some(Value::Object(query)) => query.clone(),
        Some(_) => {
            faults.push(fault("query", "must be an object"));
            Map::new()
        }
    };
    let headers = member("headers").map_or_else(HeaderMap::new, |value| {
        request::headers("headers", value, &mut faults)
    });
    if !faults.is_empty() {
        return Err(Failure::invalid(faults, Surface::Proxy));
    }
    let payload = member("body").cloned();
    if let Some(payload) = &payload {
        request::shallow("body", payload)?;
    }
    Ok(ProxyRequest {
        endpoint: endpoint.to_owned(),
        method,
        query: query.into_iter().collect(),
        headers,
        body: payload,
    })
}

fn method(value: Option<&Value>, faults: &mut Faults) -> Method {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    METHODS
        .into_iter()
        .find(|method| method.as_str() == text)
        .unwrap_or_else(|| {
            let names = METHODS.map(|method| method.to_string()).join(", ");
            faults.push(fault("method", format!("must be one of {names}")));
            // Stands for none: the fault keeps the request from being made.
            Method::POST
        })
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;
    use proptest::prelude::*;

    use super::*;
    use crate::surface::oomol::testing::{headers, shown};

    fn parsed(body: &Value) -> Result<ProxyRequest, Failure> {
        let headers = headers(&[("content-type", "application/json")]);
        parse(&headers, body.to_string().as_bytes())
    }

    #[test]
    fn a_request_is_passed_on_as_it_was_given() {
        let request = parsed(&json!({
            "endpoint": "/repos?x=1", "method": "PATCH", "query": { "a": [1, 2], "b": null },
            "headers": { "Accept": "text/plain" }, "body": "plain",
        }))
        .unwrap();
        assert_eq!(request.endpoint, "/repos?x=1");
        assert_eq!(request.method, Method::PATCH);
        let query = [
            ("a".to_owned(), json!([1, 2])),
            ("b".to_owned(), Value::Null),
        ];
        assert_eq!(request.query, query);
        assert_eq!(request.headers["accept"], "text/plain");
        assert_eq!(request.body, Some(json!("plain")));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let body = json!({
            "url": "/x", "method": "get", "query": [], "headers": { "Cookie": "a=b" },
        });
        insta::assert_json_snapshot!(shown(parsed(&body).unwrap_err())["body"]["data"]);
        let body = json!({ "endpoint": "/", "method": "GET", "body": {} });
        let answer = shown(parsed(&body).unwrap_err());
        assert_eq!(answer["body"]["data"][0]["param"], "body");
    }

    proptest! {
        #[test]
        fn no_request_is_too_odd(
            text in any::<String>(),
            names in prop::collection::vec((prop::sample::select(&MEMBERS[..]), any::<String>()), 0..6),
        ) {
            let body: Map<_, _> = names
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            drop(parsed(&Value::Object(body)));
            drop(parse(&headers(&[("content-type", "application/json")]), text.as_bytes()));
        }
    }
}
