//! Protection against cross-site request forgery.
//!
//! A page can make a browser send requests without scripts: an image is a GET, a form a POST, and
//! neither needs an `Origin`. Browsers name the site of the page in `Sec-Fetch-Site` ([Fetch
//! Metadata]). A request with a token is no forgery: other sites don't know any.
//!
//! [Fetch Metadata]: https://www.w3.org/TR/fetch-metadata/

use http::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN, USER_AGENT};
use http::{HeaderMap, HeaderName, Method};
use plugwright_sdk::{ActionError, ErrorCode};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const TOKENS: [HeaderName; 2] = [AUTHORIZATION, HeaderName::from_static("x-feelr-key")];

/// What a GET does that other sites may not make a browser do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GetEffect {
    /// It changes the gateway's data.
    Change,
    Call,
}

/// The site that a request comes from.
enum Site {
    /// The gateway's own, or none: the user entered the address.
    Own,
    Other,
    /// The client is no browser, or an old one.
    Unknown,
}

fn site(headers: &HeaderMap) -> Site {
    let mut values = headers.get_all(SITE).iter();
    match (
        values.next().map(http::HeaderValue::as_bytes),
        values.next(),
    ) {
        (None, _) => Site::Unknown,
        (Some(b"same-origin" | b"none"), None) => Site::Own,
        _ => Site::Other,
    }
}

fn has_token(headers: &HeaderMap) -> bool {
    TOKENS.iter().any(|name| headers.contains_key(name))
}

/// Every browser's user agent starts like this, for historical reasons.
fn is_browser(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).map(http::HeaderValue::as_bytes);
    agent.is_some_and(|agent| agent.starts_with(b"Mozilla/") || agent.starts_with(b"Opera/"))
}

/// Checks that a GET with an effect is not sent for another site; else says how to make the request.
pub(crate) fn check_get(headers: &HeaderMap, effect: GetEffect) -> Result<(), ActionError> {
    // The origin was checked before.
    if has_token(headers) || headers.contains_key(ORIGIN) {
        return Ok(());
    }
    match (site(headers), effect) {
        (Site::Own, _) => Ok(()),
        (Site::Unknown, GetEffect::Call) if !is_browser(headers) => Ok(()),
        (Site::Unknown, _) => Err(refused(
            "without a token, this GET needs `Sec-Fetch-Site: same-origin` or `none`, as browsers \
             send it; send a token, or use POST",
        )),
        (Site::Other, _) => Err(of_another_page()),
    }
}

/// Checks that a request other than GET is not sent by a form of another site.
pub(super) fn check_form(method: &Method, headers: &HeaderMap) -> Result<(), ActionError> {
    if method.is_safe() || has_token(headers) || headers.contains_key(ORIGIN) {
        return Ok(());
    }
    match site(headers) {
        Site::Other => Err(of_another_page()),
        // Browsers before 2020 sent neither header for forms.
        Site::Unknown if is_browser(headers) && is_of_a_form(headers) => Err(of_another_page()),
        Site::Own | Site::Unknown => Ok(()),
    }
}

/// Returns whether a page can send the body without a preflight request.
fn is_of_a_form(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ]
    .iter()
    .any(|form| form.eq_ignore_ascii_case(kind))
}

fn of_another_page() -> ActionError {
    refused("requests from other sites are not allowed; `web.origins` lists the allowed origins")
}

fn refused(message: &str) -> ActionError {
    ActionError::new(ErrorCode::PolicyDenied, message)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn a_get_that_changes_something_needs_a_token_or_no_page_of_others() {
        for (pairs, changes, calls) in [
            (&[][..], false, true),
            (&[("authorization", "Bearer x")], true, true),
            (&[("x-feelr-key", "x")], true, true),
            (&[("sec-fetch-site", "same-origin")], true, true),
            (&[("sec-fetch-site", "none")], true, true),
            (&[("sec-fetch-site", "cross-site")], false, false),
            (&[("sec-fetch-site", "same-site")], false, false),
            (&[("sec-fetch-site", "None")], false, false),
            (
                &[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")],
                false,
                false,
            ),
            (&[("user-agent", "Mozilla/5.0")], false, false),
            (&[("user-agent", "curl/8.5")], false, true),
        ] {
            let headers = pairs
                .iter()
                .fold(HeaderMap::new(), |mut map, (name, value)| {
                    map.append(*name, HeaderValue::from_static(value));
                    map
                });
            assert_eq!(
                check_get(&headers, GetEffect::Change).is_ok(),
                changes,
                "{pairs:?}"
            );
            assert_eq!(
                check_get(&headers, GetEffect::Call).is_ok(),
                calls,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn a_form_of_another_page_is_refused_without_an_origin_too() {
        for (pairs, good) in [
            (&[][..], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (
                &[
                    ("user-agent", "Mozilla/5.0"),
                    ("content-type", "text/plain"),
                ],
                false,
            ),
            (&[("user-agent", "Mozilla/5.0")], false),
            (
                &[
                    ("user-agent", "Mozilla/5.0"),
                    ("content-type", "application/json"),
                ],
                true,
            ),
            (&[("content-type", "text/plain")], true),
        ] {
            let checked = check_form(&Method::POST, &headers(pairs));
            assert_eq!(checked.is_ok(), good, "{pairs:?}");
            assert!(check_form(&Method::GET, &headers(pairs)).is_ok());
        }
    }
}
