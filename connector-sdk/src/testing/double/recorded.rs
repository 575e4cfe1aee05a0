//! A provider with a state, made of cassettes.

use std::str::Split;

use http::header::LINK;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::Provider;
use super::made::{end_lists, place_of_many, place_of_one, renew};
use crate::cassette::{Exchange, RecordedBody, RecordedResponse};
use crate::connector::ConnectorDefinition;
use crate::data::JsonObject;
use crate::graphql::Operation;
use crate::reconcile::{AppliedRequest, Inquiry};
use crate::result::Returns;
use crate::transport::{Request, Response, TransportError};

/// Answers a call of an action as it was recorded, whatever its query and body say, and shows what the
/// call made in the reads that return such things.
#[derive(Clone)]
pub(super) struct Recorded {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) used: Vec<bool>,
    pub(super) reads: Vec<Read>,
    /// Parameters for free text that the call leaves out.
    pub(super) left_out: Vec<String>,
    /// Parts of paths that are made of the call's id.
    pub(super) keys: Vec<String>,
    /// Whether the call makes something, so that it is not there before.
    pub(super) creates: bool,
    pub(super) made: Vec<Value>,
    pub(super) connector: &'static ConnectorDefinition,
    pub(super) action: &'static str,
    pub(super) input: JsonObject,
    pub(super) applied: Vec<AppliedRequest>,
}

#[derive(Clone)]
pub(super) struct Read {
    pub(super) at: Target,
    /// Parts of its path that the write does not know.
    pub(super) open: Vec<String>,
    pub(super) returns: Returns,
    pub(super) answer: RecordedResponse,
    /// What it answers if there is no such thing.
    pub(super) absent: Option<RecordedResponse>,
    /// Whether the call removes what it reads.
    pub(super) is_of_removed: bool,
}

impl Read {
    fn is_at(&self, target: &Target) -> bool {
        self.at.is_of(target, &self.open)
    }

    /// Returns the answer of a provider that has no such thing.
    fn absent(&self) -> Response {
        match &self.absent {
            Some(absent) => played(absent),
            None => Response::new(
                StatusCode::NOT_FOUND.as_u16(),
                self.answer.header_map(),
                r#"{"message":"Not Found"}"#,
            ),
        }
    }
}

struct Found {
    index: usize,
    /// Whether it has the same query.
    is_exact: bool,
}

/// What a request is for, apart from its query and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    method: String,
    origin: String,
    path: String,
    operation: Option<String>,
}

impl Target {
    pub(super) fn new(method: &str, url: &Url, body: Option<&RecordedBody>) -> Self {
        let operation = match body {
            Some(RecordedBody::Json(body)) => body["operationName"].as_str(),
            _ => None,
        };
        Self {
            method: method.to_ascii_uppercase(),
            origin: url.origin().ascii_serialization(),
            path: url.path().to_owned(),
            operation: operation.map(str::to_owned),
        }
    }

    fn of(request: &Request) -> Self {
        Self {
            method: request.method.to_string(),
            origin: request.url.origin().ascii_serialization(),
            path: request.url.path().to_owned(),
            operation: request.operation().map(Operation::name).map(str::to_owned),
        }
    }

    /// Returns whether this is the same target, whatever the other has in place of the open parts of this
    /// path.
    fn is_of(&self, other: &Self, open: &[String]) -> bool {
        let is_same_part =
            |(own, other): (&str, &str)| own == other || open.iter().any(|part| part == own);
        let (own, parts) = (self.parts(), other.parts());
        own.clone().count() == parts.clone().count()
            && own.zip(parts).all(is_same_part)
            && self.method == other.method
            && self.origin == other.origin
            && self.operation == other.operation
    }

    pub(super) fn parts(&self) -> Split<'_, char> {
        self.path.split('/')
    }

    pub(super) fn removes(&self, read: &Self) -> bool {
        self.method == Method::DELETE.as_str()
            && self.origin == read.origin
            && self.path == read.path
    }

    pub(super) fn is_graphql(&self) -> bool {
        self.operation.is_some()
    }
}

impl Recorded {
    pub(super) fn path_of(&self, target: &Target) -> Option<&str> {
        let mut exchanges = self.exchanges.iter();
        let same = exchanges.find(|exchange| target_of(exchange).is_of(target, &self.keys))?;
        Some(same.request.url.path())
    }

    /// Returns the parts of a recorded path that are others in a request like it.
    pub(super) fn keys_of(&self, method: &str, url: &str) -> Vec<String> {
        let Ok(url) = url.parse() else {
            return Vec::new();
        };
        let asked = Target::new(method, &url, None);
        let others = |own: &Target| -> Vec<String> {
            let parts = own.parts().zip(asked.parts());
            let others = parts.filter(|(own, asked)| own != asked);
            others.map(|(own, _)| own.to_owned()).collect()
        };
        let all = self.exchanges.iter().map(target_of);
        let like = all.filter(|own| {
            own.method == asked.method
                && own.origin == asked.origin
                && own.parts().count() == asked.parts().count()
        });
        let keys = like.map(|own| others(&own));
        keys.min_by_key(Vec::len).unwrap_or_default()
    }

    /// Finds the exchange of a request: of several, one with the same query that was not used yet.
    fn find(&self, target: &Target, request: &Request) -> Option<Found> {
        let exchanges = self.exchanges.iter().enumerate();
        let same = exchanges.filter(|(_, exchange)| target_of(exchange).is_of(target, &self.keys));
        let has_other_query =
            |exchange: &Exchange| exchange.request.url.query() != request.url.query();
        let (index, exchange) = same.min_by_key(|(index, exchange)| {
            let is_used = self.used[*index];
            // Of those that were all used, the last one stays.
            let order = if is_used { usize::MAX - index } else { *index };
            (has_other_query(exchange), is_used, order)
        })?;
        Some(Found {
            index,
            is_exact: !has_other_query(exchange),
        })
    }

    /// Returns whether the call makes this thing: recordings may have it in lists as well.
    fn is_recorded(&self, item: &Value) -> bool {
        let id = item.get("id");
        let makes = |exchange: &Exchange| {
            let Some(RecordedBody::Json(answer)) = &exchange.response.body else {
                return false;
            };
            let is_graphql = answer.get("data").is_some();
            let place = place_of_one(answer, is_graphql);
            place.and_then(|place| answer.pointer(&place)?.get("id")) == id
        };
        id.is_some() && self.exchanges.iter().any(makes)
    }

    fn is_removed(&self, at: &Target) -> bool {
        let mut exchanges = self.exchanges.iter().zip(&self.used);
        exchanges.any(|(exchange, used)| *used && target_of(exchange).removes(at))
    }

    fn show(&self, read: &Read) -> Response {
        if read.is_of_removed {
            return if self.is_removed(&read.at) {
                read.absent()
            } else {
                played(&read.answer)
            };
        }
        let is_graphql = read.at.is_graphql();
        let Some(RecordedBody::Json(answer)) = &read.answer.body else {
            return played(&read.answer);
        };
        let mut answer = answer.clone();
        match (read.returns, self.made.last()) {
            (Returns::List, _) => {
                end_lists(&mut answer);
                let place = place_of_many(&answer, is_graphql);
                let items = place.and_then(|place| answer.pointer_mut(&place)?.as_array_mut());
                if let Some(items) = items {
                    items.retain(|item| !self.creates || !self.is_recorded(item));
                    items.splice(0..0, self.made.iter().rev().cloned());
                }
            }
            (Returns::Single, Some(made)) => {
                let place = place_of_one(&answer, is_graphql);
                if let Some(one) = place.and_then(|place| answer.pointer_mut(&place)) {
                    *one = made.clone();
                }
            }
            (Returns::Single, None) if self.creates => return read.absent(),
            (Returns::Single, None) => {}
        }
        let mut headers = read.answer.header_map();
        headers.remove(LINK);
        Response::new(read.answer.status, headers, answer.to_string())
    }
}

impl Recorded {
    /// Answers as the connector says that the provider does.
    fn evidence(&self, request: &Request) -> Option<Response> {
        let inquiry = Inquiry {
            connector: self.connector,
            action: self.action,
            input: &self.input,
            request,
            applied: &self.applied,
        };
        let evidence = self.connector.evidence()?;
        let (status, body) = request.is_safe().then(|| evidence(&inquiry))??;
        let body = match body {
            Value::String(text) => text,
            other => other.to_string(),
        };
        Some(Response::new(status, HeaderMap::default(), body))
    }
}

impl Provider for Recorded {
    fn answer(&mut self, request: &Request) -> Result<Response, TransportError> {
        let target = Target::of(request);
        let found = self.find(&target, request);
        if found.is_none()
            && let Some(answer) = self.evidence(request)
        {
            return Ok(answer);
        }
        let is_exact = found.as_ref().is_some_and(|found| found.is_exact);
        if !is_exact && let Some(read) = self.reads.iter().find(|read| read.is_at(&target)) {
            return Ok(self.show(read));
        }
        let Some(Found { index, .. }) = found else {
            let line = format!("{} {}", request.method, request.url);
            let message = format!("the test double has no response to {line}");
            return Err(TransportError::NotRecorded(message));
        };
        self.used[index] = true;
        let mut response = self.exchanges[index].response.clone();
        if !request.is_safe()
            && let Some(RecordedBody::Json(answer)) = &mut response.body
            && let Some(place) = place_of_one(answer, target.is_graphql())
            && let Some(made) = answer.pointer_mut(&place)
        {
            renew(made, request, &self.left_out);
            self.made.push(made.clone());
        }
        if !request.is_safe() {
            let answer = match &response.body {
                Some(RecordedBody::Json(answer)) => answer.clone(),
                _ => Value::Null,
            };
            self.applied.push(AppliedRequest::new(request, answer));
        }
        Ok(played(&response))
    }
}

fn played(recorded: &RecordedResponse) -> Response {
    Response::new(recorded.status, recorded.header_map(), recorded.bytes())
}

fn target_of(Exchange { request, .. }: &Exchange) -> Target {
    Target::new(&request.method, &request.url, request.body.as_ref())
}

/// Returns whether a call that is made again makes another thing.
pub(super) fn creates(exchanges: &[Exchange], is_idempotent: bool) -> bool {
    let posts = |exchange: &Exchange| {
        exchange
            .request
            .method
            .eq_ignore_ascii_case(Method::POST.as_str())
    };
    !is_idempotent && exchanges.iter().any(posts)
}
