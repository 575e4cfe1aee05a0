//! Parts of requests that several surfaces read.

use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, Method, Uri};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};

use crate::body::Bodies;
use crate::body::pairs::PairsError;
use crate::connect::paths::is_callback;

pub(crate) fn query_fault<B>(bodies: &Bodies, request: &Request<B>) -> Option<ActionError> {
    let query = request.uri().query()?;
    match bodies.check_pairs(query.as_bytes()).err()? {
        // A provider that redirects here may describe an error in another encoding.
        PairsError::NotUtf8 { .. } if is_callback(request.uri().path()) => None,
        error => Some(error.into_error("query")),
    }
}

/// Cuts a parser's message, which repeats its input.
pub(crate) fn reason(text: &str) -> &str {
    const LONGEST: usize = 200;
    let end = text.char_indices().nth(LONGEST);
    end.map_or(text, |(end, _)| &text[..end])
}

pub(crate) fn wrong_method(method: &Method, uri: &Uri) -> String {
    let (path, method) = (Echo(uri.path()), Echo(method.as_str()));
    format!("`{path}` does not support {method}")
}

static TRACE_CONTEXT: [HeaderName; 2] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

pub(crate) fn trace_context(headers: &HeaderMap) -> HeaderMap {
    let mut context = HeaderMap::new();
    for name in &TRACE_CONTEXT {
        if let Some(value) = headers.get(name) {
            context.insert(name, value.clone());
        }
    }
    context
}

/// Returns the bearer token of a request (RFC 6750, section 2.1), if it has an `Authorization` header;
/// `UNAUTHORIZED` if that is not `Bearer <token>`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, ActionError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty());
    match (token, values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(ActionError::new(
            ErrorCode::Unauthorized,
            "the request must have one `Authorization` header, `Bearer <token>`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn token(values: &[&str]) -> Result<Option<String>, ActionError> {
        let headers = values
            .iter()
            .map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap()))
            .collect();
        bearer_token(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn reads_a_bearer_token_whatever_the_case_of_its_scheme() {
        assert_eq!(token(&[]).unwrap(), None);
        for value in ["Bearer pw_1", "bearer pw_1", "BEARER  pw_1 "] {
            assert_eq!(token(&[value]).unwrap().as_deref(), Some("pw_1"), "{value}");
        }
    }

    #[test]
    fn refuses_another_scheme_an_empty_token_and_two() {
        for values in [
            &["Basic YQ=="][..],
            &["Bearer "],
            &["pw_1"],
            &["Bearer a", "Bearer b"],
        ] {
            let error = token(values).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Unauthorized, "{values:?}");
            assert!(!error.message().contains("YQ"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let headers = [(AUTHORIZATION, value)].into_iter().collect();
                drop(bearer_token(&headers));
            }
        }
    }
}
