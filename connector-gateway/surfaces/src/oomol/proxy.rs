//! `POST /v1/proxy/{service}`: requests to a connector's API itself.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method};
use axum::response::Response;
use plugwright_sdk::host::{self, Faults};
use serde_json::{Map, Value, json};

use super::calls::CallRequest;
use super::dialect::Segment;
use super::envelope::{Failure, render};
use super::request::{self, HEADERS};
use crate::body::{Bodies, BufferedBody};
use crate::caller::Caller;
use crate::members::{Body, Kind, Members, OBJECT, TEXT};
use plugwright_engine::{CallOptions, Limit, OwnerSelector, ProxyRequest, Surface, Target};

/// A request to a connector's API itself. The engine checks where the endpoint leads.
pub(super) struct ProxyBody {
    endpoint: Option<String>,
    method: Option<Method>,
    query: Option<Map<String, Value>>,
    headers: Option<Value>,
    body: Option<Value>,
}

impl Body for ProxyBody {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            endpoint: members.filled("endpoint", ENDPOINT),
            method: members.required("method", METHOD),
            query: members.optional("query", QUERY),
            headers: members.optional("headers", HEADERS),
            body: members.optional("body", BODY),
        }
    }
}

const ENDPOINT: Kind<String> = TEXT
    .must("a path, or a URL on a host of the service")
    .schema(|_| json!({ "type": "string", "minLength": 1 }))
    .about("A path, or a URL on a host of the connector.");

const METHOD: Kind<Method> = Kind::new(
    "one of GET, HEAD, POST, PUT, PATCH, DELETE",
    |_| json!({ "enum": METHODS.map(|method| method.to_string()) }),
    |value| {
        METHODS
            .into_iter()
            .find(|method| value.as_str() == Some(method.as_str()))
    },
);
const METHODS: [Method; 6] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

const QUERY: Kind<Map<String, Value>> = OBJECT.schema(|_| {
    let value = json!({ "type": ["string", "number", "boolean", "array", "null"] });
    json!({ "type": "object", "additionalProperties": value })
});

const BODY: Kind<Value> = Kind::new("JSON", |_| json!({}), Some)
    .about("A string is sent as it is, anything else as JSON.");

impl ProxyBody {
    /// Returns the request, if it is within the limits and there are no `faults`.
    pub(super) fn request(
        self,
        bodies: &Bodies,
        mut faults: Faults,
    ) -> Result<ProxyRequest, Failure> {
        let longest = bodies.limits().header_size;
        let endpoint = self.endpoint.as_deref().unwrap_or_default();
        if endpoint.len() > longest {
            let message = format_args!("must not be longer than {longest} bytes");
            faults.note("endpoint", message);
        }
        if let (Some(method @ (Method::GET | Method::HEAD)), Some(_)) = (&self.method, &self.body) {
            faults.note("body", format_args!("can't be sent with {method}"));
        }
        let most = bodies.limits().parameters;
        if self.query.as_ref().is_some_and(|query| query.len() > most) {
            bodies.hit(Limit::Parameters);
            let message = format_args!("must not have more than {most} parameters");
            faults.note("query", message);
        }
        let is_allowed = |name: &HeaderName| host::headers::is_allowed(name.as_str());
        let headers = self.headers.map_or_else(HeaderMap::new, |value| {
            request::headers(bodies, "headers", &value, is_allowed, &mut faults)
        });
        match (self.endpoint, self.method) {
            (Some(endpoint), Some(method)) if faults.is_empty() => Ok(ProxyRequest {
                endpoint,
                method,
                query: self.query.into_iter().flatten().collect(),
                headers,
                body: self.body,
            }),
            _ => Err(Failure::invalid(faults)),
        }
    }
}

/// `POST /v1/proxy/{service}`.
pub(super) async fn call(
    caller: Caller,
    Segment(service): Segment,
    request: Request,
) -> Result<Response, Failure> {
    CallRequest::serve(caller, service, Surface::Proxy, render, request, proxy).await
}

async fn proxy(mut request: CallRequest) -> Result<Response, Failure> {
    let (proxied, connection, organization, options) =
        request.parse(|bodies, headers, query, body, _| {
            Ok((
                parse(bodies, headers, body)?,
                request::connection(headers, query, &[None, None], None)?,
                request::organization(headers)?,
                options(headers)?,
            ))
        })?;
    let owner = OwnerSelector::Organization(organization);
    request
        .execute(target(proxied), connection, owner, options)
        .await
}

fn parse(
    bodies: &Bodies,
    headers: &HeaderMap,
    body: &mut BufferedBody,
) -> Result<ProxyRequest, Failure> {
    let (body, faults) = request::read::<ProxyBody>(bodies, headers, body)?;
    body.request(bodies, faults)
}

pub(super) fn options(headers: &HeaderMap) -> Result<CallOptions, Failure> {
    Ok(CallOptions {
        idempotency_key: request::idempotency_key(headers)?,
        ..CallOptions::default()
    })
}

pub(super) fn target(request: ProxyRequest) -> impl FnOnce(String) -> Target {
    move |connector| Target::Proxy {
        connector,
        request: Box::new(request),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use plugwright_sdk::json;
    use proptest::prelude::*;

    use super::*;
    use crate::oomol::tests::{headers, shown};

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

    #[test]
    fn a_method_that_is_refused_is_told_all_there_are() {
        let answer = shown(parsed(&json!({ "endpoint": "/", "method": "get" })).unwrap_err());
        let names = METHODS.map(|method| method.to_string()).join(", ");
        let message = format!("must be one of {names}");
        assert_eq!(answer["body"]["data"][0]["message"], message);
    }

    proptest! {
        #[test]
        fn no_request_is_too_odd(
            text in any::<String>(),
            names in prop::collection::vec((prop::sample::select(&["endpoint", "method", "query", "headers", "body"][..]), any::<String>()), 0..6),
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
