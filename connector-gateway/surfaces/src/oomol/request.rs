//! What requests of this dialect share: JSON bodies, connection selectors, tenants, idempotency
//! keys, queries.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use plugwright_sdk::host::{Echo, Faults, IdempotencyKey};
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::envelope::Failure;
use crate::body::{Bodies, BodyError, BufferedBody, Kind as BodyKind, too_deep};
use crate::caller::Caller;
pub(super) use crate::members::fault;
use crate::members::{self, Body, Kind};
use crate::selectors;
use plugwright_engine::{ConnectionSelector, Limit};

pub(super) const LONGEST_NAME: usize = 64;

static TENANTS: [HeaderName; 2] = [
    HeaderName::from_static(selectors::TENANTS[0]),
    HeaderName::from_static(selectors::TENANTS[1]),
];
static TENANT_ID: HeaderName = HeaderName::from_static(selectors::TENANT_ID);
static CONNECTION_NAMES: [HeaderName; 2] = [
    HeaderName::from_static(selectors::ALIASES[0]),
    HeaderName::from_static(selectors::ALIASES[1]),
];
static CONNECTION_ID: HeaderName = HeaderName::from_static(selectors::CONNECTION_ID);
static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The parameters of a query, in order.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the text after the `?`. None is invalid.
    pub(super) fn parse(text: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// Refuses other parameters than these, unless they are empty.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Failure> {
        let unknown = self.unknown(known);
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Failure::invalid(unknown))
        }
    }

    /// Returns the faults of parameters other than these.
    pub(super) fn unknown(&self, known: &[&str]) -> Faults {
        let mut faults = Faults::new();
        for (name, value) in &self.0 {
            if value.is_empty() || known.contains(&name.as_str()) {
                continue;
            }
            if faults.is_full() {
                faults.stop();
                break;
            }
            members::unknown(&mut faults, name, name, known);
        }
        faults
    }

    /// Returns the first value that is not empty.
    pub(super) fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Returns all values that are not empty.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(other, value)| other == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLong => Self::own(413, "payload_too_large", BodyError::TOO_LONG),
            BodyError::TooSlow => Self::own(408, "request_timeout", BodyError::TOO_SLOW),
            BodyError::Incomplete => Self::own(400, "invalid_json", BodyError::INCOMPLETE),
            BodyError::TooManyPieces => Self::own(400, "invalid_json", BodyError::TOO_MANY_PIECES),
            BodyError::NotJson(error) => {
                let message = format!("the body is not JSON: {error}");
                Self::own(400, "invalid_json", message)
            }
            BodyError::TooDeep { member, most } => {
                let what = member.unwrap_or_else(|| "the body".to_owned());
                Self::invalid(fault(what, too_deep(most)))
            }
            BodyError::Busy
            | BodyError::TooManyValues { .. }
            | BodyError::Repeated(_)
            | BodyError::Pairs(_) => error.into_error().into(),
        }
    }
}

/// Reads a body as a JSON object, or as `{}` if it is empty.
///
/// One of another media type is refused: its options would be lost, and a dry run be a live call.
fn object(
    bodies: &Bodies,
    headers: &HeaderMap,
    body: &mut BufferedBody,
) -> Result<Map<String, Value>, Failure> {
    if body.bytes().is_empty() {
        return Ok(Map::new());
    }
    if !headers.get(CONTENT_TYPE).is_some_and(is_json) {
        return Err(Failure::own(400, "invalid_json", NOT_JSON));
    }
    // The members of the body are what may be nested as deeply as the limit says.
    let object = bodies.object(body, 1)?;
    object.ok_or_else(|| Failure::own(400, "invalid_json", "the body must be a JSON object"))
}

/// The message about a body of another media type.
const NOT_JSON: &str = "the body must be JSON, sent with `Content-Type: application/json`";

fn is_json(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else {
        return false;
    };
    let kind = text.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads a body, which is an object or empty. The caller reports the faults with its own.
pub(super) fn read<T: Body>(
    bodies: &Bodies,
    headers: &HeaderMap,
    body: &mut BufferedBody,
) -> Result<(T, Faults), Failure> {
    Ok(members::read(object(bodies, headers, body)?))
}

/// As [`read`], with [`read_placing`](members::read_placing).
pub(super) fn read_placing<T: Body>(
    bodies: &Bodies,
    headers: &HeaderMap,
    body: &mut BufferedBody,
    place: impl FnOnce(&mut T, &mut Map<String, Value>) -> Faults,
) -> Result<(T, Faults), Failure> {
    let given = object(bodies, headers, body)?;
    Ok(members::read_placing(given, place))
}

/// Receives a small body and reads it.
pub(super) async fn receive<T: Body>(
    caller: &Caller,
    request: Request,
) -> Result<(T, Faults), Failure> {
    let (head, body) = request.into_parts();
    let bodies = &caller.gateway.inner().bodies;
    let mut body = bodies
        .read(body, BodyKind::Small, &caller.principal)
        .await?;
    read(bodies, &head.headers, &mut body)
}

pub(super) const HEADERS: Kind<Value> = Kind::new(
    "an object with string values",
    |_| json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    Some,
);

/// Reads a map of texts as headers for the provider. More than these are refused later, where the
/// connector is known.
pub(super) fn headers(
    bodies: &Bodies,
    param: &str,
    value: &Value,
    is_allowed: fn(&HeaderName) -> bool,
    faults: &mut Faults,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Value::Object(members) = value else {
        faults.note(param, "must be an object with string values");
        return headers;
    };
    let limits = bodies.limits();
    let (most, longest) = (limits.headers, limits.header_size);
    let sizes = members
        .iter()
        .map(|(name, value)| name.len() + value.as_str().map_or(0, str::len));
    let problem = if members.len() > most {
        Some(format!("must not have more than {most} headers"))
    } else if sizes.sum::<usize>() > longest {
        Some(format!("must not be longer than {longest} bytes in all"))
    } else {
        None
    };
    if let Some(problem) = problem {
        bodies.hit(Limit::Headers);
        faults.note(param, problem);
        return headers;
    }
    for (name, value) in members {
        if faults.is_full() {
            faults.stop();
            break;
        }
        if let Err(problem) = add_header(&mut headers, name, value, is_allowed) {
            faults.note(format_args!("{param}.{}", Echo(name)), problem);
        }
    }
    headers
}

/// Adds a header for the provider, or says why it can't be sent.
fn add_header(
    headers: &mut HeaderMap,
    name: &str,
    value: &Value,
    is_allowed: fn(&HeaderName) -> bool,
) -> Result<(), &'static str> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err("is not a valid header name");
    };
    if !is_allowed(&name) {
        return Err("can't be set: the gateway or the connection sets it");
    }
    let text = value.as_str().ok_or("must be a string")?;
    let mut value = HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| "has a character that is invalid in headers")?;
    // It may be a credential.
    value.set_sensitive(true);
    match headers.try_insert(name, value) {
        Ok(_) => Ok(()),
        Err(_) => Err("exceeds the maximum number of headers"),
    }
}

/// Returns the values of headers that are not empty, or the name of one that is not UTF-8.
fn values<'a>(
    headers: &'a HeaderMap,
    names: &'static [HeaderName],
) -> impl Iterator<Item = Result<&'a str, &'static str>> {
    names
        .iter()
        .flat_map(|name| headers.get_all(name).iter().map(move |value| (name, value)))
        .map(|(name, value)| {
            std::str::from_utf8(value.as_bytes())
                .map(str::trim)
                .map_err(|_| name.as_str())
        })
        .filter(|value| *value != Ok(""))
}

/// Returns the organization that the tenant headers name.
pub(super) fn organization(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let mut found: Option<&str> = None;
    for value in values(headers, &TENANTS) {
        let fault = match (value, found) {
            (Err(name), _) => fault(name, "is not UTF-8"),
            (Ok(name), Some(other)) if name != other => fault(
                TENANTS[0].as_str(),
                format!("and `{}` must not name two organizations", TENANTS[1]),
            ),
            (Ok(name), _) => {
                found = Some(name);
                continue;
            }
        };
        return Err(Failure::invalid(fault));
    }
    let mut ids = values(headers, std::slice::from_ref(&TENANT_ID));
    if found.is_none() && ids.next().is_some() {
        let message = format!("is only read beside the name, in `{}`", TENANTS[0]);
        return Err(Failure::invalid(fault(TENANT_ID.as_str(), message)));
    }
    Ok(found.map(str::to_owned))
}

/// Returns the connection that a request selects. Names in the body count before those in headers,
/// and these before the query, which has no other parameters; empty ones are ignored.
pub(super) fn connection(
    headers: &HeaderMap,
    query: &Query,
    named: &[Option<Value>; 2],
    mut id: Option<Uuid>,
) -> Result<ConnectionSelector, Failure> {
    query.only(&["connectionName", "alias"])?;
    let name = connection_name(headers, query, named)?;
    for value in values(headers, std::slice::from_ref(&CONNECTION_ID)) {
        let refuse = |message| Failure::invalid(fault(CONNECTION_ID.as_str(), message));
        let given = value
            .ok()
            .and_then(|text| Uuid::try_parse(text).ok())
            .ok_or_else(|| refuse("must be the UUID of a connection"))?;
        if id.is_some_and(|other| other != given) {
            return Err(refuse(
                "and `options.connectionId` must not name two connections",
            ));
        }
        id = Some(given);
    }
    match (id, name) {
        (Some(_), Some(name)) => {
            let name = Echo(&name);
            let message = format!("and the connection's name `{name}` must not both be given");
            Err(Failure::invalid(fault("connectionId", message)))
        }
        (Some(id), None) => Ok(ConnectionSelector::Id(id)),
        (None, Some(name)) => Ok(ConnectionSelector::Named(name)),
        (None, None) => Ok(ConnectionSelector::Default),
    }
}

fn connection_name(
    headers: &HeaderMap,
    query: &Query,
    named: &[Option<Value>; 2],
) -> Result<Option<String>, Failure> {
    let of_body = named
        .iter()
        .flatten()
        .filter(|value| !value.is_null())
        .map(|value| value.as_str().ok_or(()))
        .find(|value| *value != Ok(""));
    let of_headers = || Some(values(headers, &CONNECTION_NAMES).next()?.map_err(|_| ()));
    let of_query = || {
        let name = query.first("connectionName");
        name.or_else(|| query.first("alias")).map(Ok)
    };
    match of_body.or_else(of_headers).or_else(of_query) {
        None => Ok(None),
        Some(Ok(name)) if is_connection_name(name) => Ok(Some(name.to_owned())),
        Some(_) => Err(Failure::own(
            400,
            "invalid_connection_name",
            "the name of a connection is 1 to 64 letters, digits, `_` and `-`, \
             the first a letter or digit",
        )),
    }
}

fn is_connection_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    name.len() <= LONGEST_NAME
        && name.bytes().all(allowed)
        && name
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Failure> {
    let mut keys = headers.get_all(&IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else {
        return Ok(None);
    };
    let key = std::str::from_utf8(key.as_bytes()).ok();
    match (key.and_then(|key| key.trim().parse().ok()), keys.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => {
            let longest = IdempotencyKey::LONGEST;
            let message = format!("must be given once, with 1 to {longest} bytes of UTF-8");
            Err(Failure::invalid(fault("Idempotency-Key", message)))
        }
    }
}
