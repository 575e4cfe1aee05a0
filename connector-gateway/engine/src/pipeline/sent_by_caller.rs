//! Checks the caller's own headers and requests, which must not change what the call was authorized
//! for. This applies to the calls of all surfaces, whatever they have checked themselves.

use http::{HeaderMap, HeaderName, Method};
use plugwright_egress::headers::carries_credential;
use plugwright_egress::method_override::{
    Counts, Override, find_in_body, find_in_path, find_in_query,
};
use plugwright_sdk::auth::{KeyPlace, Scheme};
use plugwright_sdk::host::{Echo, Fault, headers};
use plugwright_sdk::{Auth, Value};
use plugwright_store::Grant;
use url::form_urlencoded;

use super::resolve::{Resolved, effect_of};
use crate::call::{Call, CallOption, ProxyRequest, Target};
use crate::settings::Policy;

/// Longest endpoint of a direct request, in bytes: the longest URL that can be sent.
const LONGEST_ENDPOINT: usize = plugwright_sdk::http::LONGEST_URL;

/// Returns the faults of a call's headers, and of a direct request.
pub(super) fn faults(policy: &Policy, call: &Call, resolved: &Resolved<'_>) -> Vec<Fault> {
    let schemes = resolved.connector.auth();
    let mut faults = Vec::new();
    let grant = &call.principal.grant;
    let is_restricted = || is_restricted(policy, grant, &withheld(policy, grant));
    let is_plain = |name: &HeaderName| {
        headers::is_allowed(name.as_str())
            && !carries_credential(name, schemes)
            && !(headers::acts_for_another(name.as_str()) && is_restricted())
    };
    let place = CallOption::Headers.path(call.surface);
    if let Target::Proxy { request, .. } = &call.target {
        of_headers(place, &call.options.headers, is_plain, &mut faults);
        of_headers("headers", &request.headers, is_plain, &mut faults);
        let withheld = withheld(policy, grant);
        of_request(request, schemes, &withheld, &mut faults);
    } else {
        // A credential takes the place of the connection's.
        let is_allowed = |name: &HeaderName| is_plain(name) || carries_credential(name, schemes);
        of_headers(place, &call.options.headers, is_allowed, &mut faults);
    }
    faults
}

/// Returns whether a caller may do less than a connection's credential: who else it acts for is not its
/// to say.
pub(super) fn is_restricted(policy: &Policy, grant: &Grant, withheld: &[Method]) -> bool {
    !policy.caller_credentials
        || !policy.actions.is_all()
        || !policy.blocked_actions.is_empty()
        || !grant.actions.is_all()
        || !grant.blocked_actions.is_empty()
        || grant.connections.is_some()
        || !withheld.is_empty()
}

/// Returns the methods that a caller may not use.
pub(super) fn withheld(policy: &Policy, grant: &Grant) -> Vec<Method> {
    let all = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let may = |method: &Method| {
        let (effect, _) = effect_of(method);
        policy.effects.contains(&effect) && grant.effects.contains(&effect)
    };
    all.into_iter().filter(|method| !may(method)).collect()
}

fn of_headers(
    place: &str,
    headers: &HeaderMap,
    is_allowed: impl Fn(&HeaderName) -> bool,
    faults: &mut Vec<Fault>,
) {
    for name in headers.keys() {
        if !is_allowed(name) {
            faults.push(Fault {
                param: format!("{place}.{}", Echo(name.as_str())),
                message: "can't be set: it is the gateway's, or comes from the connection"
                    .to_owned(),
            });
        }
    }
}

fn of_request(
    request: &ProxyRequest,
    schemes: &[Auth],
    withheld: &[Method],
    faults: &mut Vec<Fault>,
) {
    let mut fault = |param: String, message: String| faults.push(Fault { param, message });
    if request.endpoint.len() > LONGEST_ENDPOINT {
        let message = format!("must have at most {LONGEST_ENDPOINT} bytes");
        return fault("endpoint".to_owned(), message);
    }
    let (path, query) = match request.endpoint.split_once('?') {
        Some((path, query)) => (path, query),
        None => (request.endpoint.as_str(), ""),
    };
    let counts: Counts<'_> = &|found| !is_own(found, request);
    let in_endpoint = find_in_path(path, counts).or_else(|| find_in_query(query, counts));
    if let Some(found) = in_endpoint {
        fault("endpoint".to_owned(), refused(&found, request));
    }
    let mut names = form_urlencoded::parse(query.as_bytes());
    if names.any(|(name, _)| is_key(&name, schemes)) {
        fault("endpoint".to_owned(), KEY.to_owned());
    }
    for (name, value) in &request.query {
        let param = || format!("query.{}", Echo(name));
        if is_key(name, schemes) {
            fault(param(), KEY.to_owned());
        }
        let values = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        let pair = |value: Option<&str>| {
            let mut pair = form_urlencoded::Serializer::new(String::new());
            let pair = pair.append_pair(name, value.unwrap_or_default()).finish();
            find_in_query(&pair, counts)
        };
        let mut values = values.iter().map(Value::as_str).chain([None]);
        if let Some(found) = values.find_map(pair) {
            fault(param(), refused(&found, request));
        }
    }
    let body = request.body.as_ref().filter(|body| !body.is_null());
    if body.is_some() && request.method.is_safe() {
        fault(
            "body".to_owned(),
            format!("can't be sent with {}", request.method),
        );
    }
    let counts: Counts<'_> = &|found| match found {
        // Many APIs have fields of such names, for webhooks for instance: they only count if this
        // caller may not use that method.
        Override::Value { method, .. } => counts(found) && withheld.contains(method),
        Override::Name(_) => true,
    };
    if let Some(found) = body.and_then(|body| find_in_body(body, counts)) {
        fault("body".to_owned(), refused(&found, request));
    }
}

const KEY: &str = "has the parameter of the credential, which comes from the connection";

fn is_key(name: &str, schemes: &[Auth]) -> bool {
    schemes
        .iter()
        .any(|auth| matches!(auth.scheme, Scheme::ApiKey(KeyPlace::Query(own)) if own == name))
}

/// Returns whether the field names the request's own method.
fn is_own(found: &Override, request: &ProxyRequest) -> bool {
    matches!(found, Override::Value { method, .. } if *method == request.method)
}

fn refused(found: &Override, request: &ProxyRequest) -> String {
    let (Override::Name(name) | Override::Value { name, .. }) = found;
    format!(
        "has `{}`, which makes providers use another method; \
         the method of the request is {}",
        Echo(name),
        request.method
    )
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Effect;

    use super::*;

    #[test]
    fn methods_are_withheld_by_the_grant_and_by_the_policy() {
        let grant = |effects: &[Effect]| Grant {
            effects: effects.to_vec(),
            ..Grant::everything()
        };
        let all = Policy::default();
        assert!(withheld(&all, &Grant::everything()).is_empty());
        let writer = grant(&[Effect::Read, Effect::Write]);
        assert_eq!(withheld(&all, &writer), [Method::DELETE]);
        let reads = Policy {
            effects: vec![Effect::Read],
            ..Policy::default()
        };
        let changing = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        assert_eq!(withheld(&reads, &Grant::everything()), changing);
    }
}
