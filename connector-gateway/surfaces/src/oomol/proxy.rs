//! `POST /v1/proxy/{service}`: requests to a connector's API itself.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use plugwright_sdk::host::Faults;
use serde_json::{Map, Value};

use super::envelope::{Failure, render};
use super::request::{self, Query, fault};
use super::{Dialect, bad_segment};
use crate::body::{Bodies, Kind, Received};
use crate::request::trace_context;
use plugwright_engine::Limit;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::{Call, CallOptions, Handles, OwnerSelector, ProxyRequest, Target};

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
    let gateway = dialect.gateway.clone();
    let bodies = &gateway.inner().bodies;
    // No request to the API itself brings a file: its body is JSON or a text.
    let body = request::body(bodies, request, Kind::Input).await?;
    let called = |body| called(dialect, principal, service, headers, query, body);
    bodies.serve(body, called).await?
}

async fn called(
    dialect: Arc<Dialect>,
    principal: Arc<Principal>,
    service: String,
    headers: HeaderMap,
    query: Query,
    mut body: Received,
) -> Result<Response, Failure> {
    let named = |failure: Failure| failure.with_service(service.clone());
    let bodies = &dialect.gateway.inner().bodies;
    let request = parse(bodies, &headers, &mut body).map_err(named)?;
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
        bytes_in: body.length() as u64,
        trace_context: trace_context(&headers),
        cancellation: None,
        handles: Handles::default(),
    };
    let outcome = dialect
        .gateway
        .engine()
        .execute_holding(call, body.into_held())
        .await;
    render(&outcome, Surface::Proxy, &service)
}

/// Reads the body. Where the endpoint leads, and whether that may be, is not for here.
fn parse(
    bodies: &Bodies,
    headers: &HeaderMap,
    body: &mut Received,
) -> Result<ProxyRequest, Failure> {
    let body = request::object(bodies, headers, body)?;
    let mut faults = Faults::new();
    request::only(&MEMBERS, &body, "", &mut faults);
    read(bodies, body, faults)
}

/// Reads the members of a body; `faults` are those that it has otherwise.
pub(super) fn read(
    bodies: &Bodies,
    mut body: Map<String, Value>,
    mut faults: Faults,
) -> Result<ProxyRequest, Failure> {
    let member = |name: &str| body.get(name).filter(|value| !value.is_null());
    let endpoint = member("endpoint")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if endpoint.is_empty() {
        let message = "must be a path, or a URL on a host of the service";
        faults.push(fault("endpoint", message));
    }
    let longest = bodies.limits().header_size;
    if endpoint.len() > longest {
        faults.push(fault(
            "endpoint",
            format!("must not be longer than {longest} bytes"),
        ));
    }
    let method = method(member("method"), &mut faults);
    if matches!(method, Method::GET | Method::HEAD) && member("body").is_some() {
        faults.push(fault("body", format!("can't be sent with {method}")));
    }
    let most = bodies.limits().parameters;
    match member("query") {
        None => {}
        Some(Value::Object(query)) if query.len() <= most => {}
        Some(Value::Object(_)) => {
            bodies.hit(Limit::Parameters);
            let message = format!("must not have more than {most} parameters");
            faults.push(fault("query", message));
        }
        Some(_) => faults.push(fault("query", "must be an object")),
    }
    let headers = member("headers").map_or_else(HeaderMap::new, |value| {
        request::headers(bodies, "headers", value, &mut faults)
    });
    if !faults.is_empty() {
        return Err(Failure::invalid(faults, Surface::Proxy));
    }
    let endpoint = endpoint.to_owned();
    let query = match body.remove("query") {
        Some(Value::Object(query)) => query.into_iter().collect(),
        _ => Vec::new(),
    };
    Ok(ProxyRequest {
        endpoint,
        method,
        query,
        headers,
        body: body.remove("body").filter(|payload| !payload.is_null()),
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
    use bytes::Bytes;
    use plugwright_sdk::json;
    use proptest::prelude::*;

    use super::*;
    use crate::oomol::testing::{headers, shown};

    fn parsed(body: &Value) -> Result<ProxyRequest, Failure> {
        let headers = headers(&[("content-type", "application/json")]);
        read_text(&headers, &body.to_string())
    }

    fn read_text(headers: &HeaderMap, text: &str) -> Result<ProxyRequest, Failure> {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        parse(&Bodies::default(), headers, &mut bytes.into())
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
            drop(read_text(&headers(&[("content-type", "application/json")]), &text));
        }
    }
}
