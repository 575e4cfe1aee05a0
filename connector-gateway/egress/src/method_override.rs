//! Names by which a request asks to be taken for one of another method.
//!
//! Frameworks read them from a header, from the query and from the body of a form or JSON: `_method`
//! (Rails, Laravel, Symfony), `X-HTTP-Method-Override` (also in queries), `method=delete` (the Graph
//! API of Facebook). Names are compared without case and punctuation, as some of these frameworks
//! read `.method`, `_method[]` and `user[_method]` as `_method`. The requests of a batch have methods of
//! their own, as JSON in a query, form or body, or as HTTP.

mod body;

use std::borrow::Cow;

use http::{HeaderName, Method};
use percent_encoding::percent_decode_str;
use plugwright_sdk::host::{Echo, headers};
use plugwright_sdk::transport::Request;
use url::form_urlencoded;

use body::Problem;
pub use body::find_in_body;

/// Names that a query or body has for nothing else, by their letters.
const NAMES: [&str; 8] = [
    "methodoverride",
    "httpmethodoverride",
    "overridemethod",
    "xhttpmethod",
    "xoriginalmethod",
    "xrewritemethod",
    "xrequestmethod",
    "xmethod",
];

/// Names that mean the method where a sign is in front (`_method`, `$method`), and may be data
/// without one.
const PLAIN_NAMES: [&str; 5] = ["method", "httpmethod", "requestmethod", "httpverb", "verb"];

/// What asks for another method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Override {
    /// A name that is used for nothing else, shortened as messages show it.
    Name(String),
    /// A name that may be data, with the name of a method as its value.
    Value {
        /// The name, shortened as messages show it.
        name: String,
        /// The method that its value names.
        method: Method,
    },
}

/// Says which finds count.
pub type Counts<'a> = &'a dyn Fn(&Override) -> bool;

/// Looks for a name in a query, as it stands in a URL.
pub fn find_in_query(query: &str, counts: Counts<'_>) -> Option<Override> {
    pairs(query).find_map(|(name, value)| judge(&name, Some(&value), counts))
}

/// Looks through a query or form, and through the JSON of its values.
fn find_in_form(query: &str, counts: Counts<'_>) -> Option<Override> {
    let in_values = || {
        // Where `;` parts no pairs, it may be in a value.
        let whole = form_urlencoded::parse(query.as_bytes());
        let mut values = whole.chain(pairs(query)).map(|(_, value)| value);
        values.find_map(|value| body::find_in_value(&value, counts))
    };
    find_in_query(query, counts).or_else(in_values)
}

/// Looks through a text that may be the URL or the form of a request in a batch.
fn find_in_batched(text: &str, counts: Counts<'_>) -> Option<Override> {
    if !text.contains('=') || text.contains(char::is_whitespace) {
        return None;
    }
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    pairs(query).find_map(|(name, value)| judge_data(&name, Some(&value), counts))
}

fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    // Some frameworks part pairs at `;` too.
    query
        .split([';', '&'])
        .flat_map(|pair| form_urlencoded::parse(pair.as_bytes()))
}

/// Looks for a name among the parameters of a path's segments (`/a;_method=DELETE`).
pub fn find_in_path(path: &str, counts: Counts<'_>) -> Option<Override> {
    let parameters = path
        .split('/')
        .flat_map(|segment| segment.split(';').skip(1))
        // Some part the values of one parameter, and the next one, at `,`.
        .flat_map(|parameter| parameter.split(','));
    parameters
        .into_iter()
        .find_map(|parameter| find_in_query(parameter, counts))
}

/// Returns why a request is not sent for a caller who may not use some methods: a provider may
/// take it for one of these.
pub(crate) fn problem(request: &Request, withheld: &[Method]) -> Option<String> {
    if withheld.is_empty() {
        return None;
    }
    let counts: Counts<'_> = &|found| match found {
        Override::Name(_) => true,
        Override::Value { method, .. } => *method != request.method && withheld.contains(method),
    };
    let query = request.url.query().unwrap_or_default();
    let in_url =
        || find_in_path(request.url.path(), counts).or_else(|| find_in_form(query, counts));
    // The members of a GraphQL request are the connector's, but for the variables, and those are no
    // parameters to any framework.
    let in_body = || match request.operation() {
        Some(_) => None,
        None => body::of_request(request, counts),
    };
    let in_headers = || find_in_headers(request, counts);
    let in_head = || in_url().or_else(in_headers).map(Problem::Found);
    match in_head().or_else(in_body)? {
        Problem::Found(Override::Name(name) | Override::Value { name, .. }) => Some(format!(
            "the request has `{}`, which makes providers use another method than {}, \
             and the caller may not use all methods",
            Echo(&name),
            request.method
        )),
        Problem::Unreadable(kind) => Some(format!(
            "the request's body can't be read as {kind}, so whether it asks for another method than \
             {} is unknown, and the caller may not use all methods",
            request.method
        )),
        Problem::Requests => Some(
            "the request's body is made of HTTP requests (`application/http`), whose methods are not \
             checked, and the caller may not use all methods"
                .to_owned(),
        ),
    }
}

/// Looks among the headers, whoever set them. The request's own method may be named in all of them.
fn find_in_headers(request: &Request, counts: Counts<'_>) -> Option<Override> {
    let headers = request.headers.iter().filter(|(name, _)| {
        let name = name.as_str();
        // Spares other names the work of being normalized.
        (name.contains("method") || name.contains("verb")) && headers::changes_method(name)
    });
    headers
        .flat_map(|(name, value)| {
            value
                .as_bytes()
                .split(|byte| *byte == b',')
                .map(move |part| (name, part))
        })
        .filter_map(|(name, value)| judge_header(name, value))
        .find(|found| counts(found))
}

fn judge_header(name: &HeaderName, value: &[u8]) -> Option<Override> {
    let shown = Echo(name.as_str()).to_string();
    if let Some(method) = std::str::from_utf8(value).ok().and_then(method) {
        return Some(Override::Value {
            name: shown,
            method,
        });
    }
    let letters = letters(name.as_str());
    is_override(&letters).then_some(Override::Name(shown))
}

/// Judges a name, and each part of one that is nested (`user[_method]`, `user._method`).
fn judge(name: &str, value: Option<&str>, counts: Counts<'_>) -> Option<Override> {
    let decoded: Cow<'_, str> = percent_decode_str(name).decode_utf8_lossy();
    let parts = decoded
        .split(['[', ']', '\0'])
        .filter(|part| !part.is_empty());
    let whole = std::iter::once(&*decoded);
    // A name may have as many parts as it has bytes: what all share is made once, and cut.
    let name = || Echo(&decoded).to_string();
    let method = value.and_then(method);
    let mut found = whole.chain(parts).filter_map(|part| {
        let letters = letters(part);
        let is_marked = part
            .trim_start()
            .starts_with(|first: char| first.is_ascii_punctuation());
        let plain = PLAIN_NAMES.contains(&letters.as_str());
        if is_override(&letters) || (plain && is_marked) {
            return Some(Override::Name(name()));
        }
        let method = method.clone().filter(|_| plain)?;
        Some(Override::Value {
            name: name(),
            method,
        })
    });
    found.find(counts)
}

/// Judges a name that is data unless its value names a method.
fn judge_data(name: &str, value: Option<&str>, counts: Counts<'_>) -> Option<Override> {
    let method = method(value?)?;
    let (Override::Name(name) | Override::Value { name, .. }) = judge(name, value, &|_| true)?;
    Some(Override::Value { name, method }).filter(counts)
}

fn letters(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Returns whether a name, by its letters, is used for nothing else.
fn is_override(letters: &str) -> bool {
    NAMES.contains(&letters) || letters.contains("methodoverride")
}

fn method(text: &str) -> Option<Method> {
    let text = text.trim().to_ascii_uppercase();
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let named = known.contains(&text.as_str());
    named.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn find_in_query(query: &str) -> Option<Override> {
        super::find_in_query(query, &|_| true)
    }

    fn find_in_path(path: &str) -> Option<Override> {
        super::find_in_path(path, &|_| true)
    }

    #[test]
    fn finds_names_in_queries_however_they_are_written() {
        for query in [
            "_method=DELETE",
            "a=1&_METHOD=delete",
            "%5Fmethod=DELETE",
            "%255Fmethod=DELETE",
            "_method[]=DELETE",
            "_method%5B%5D=DELETE",
            "user[_method]=DELETE",
            ".method=DELETE",
            "+_method=DELETE",
            "[method=DELETE",
            "X-HTTP-Method-Override=DELETE",
            "x_http_method_override=PUT",
            "$method=DELETE",
            "_HttpMethod=DELETE",
            "a=1;_method=DELETE",
            "_method",
            "_method%00x=DELETE",
            &format!("{}_method=DELETE", "+".repeat(300)),
        ] {
            let found = find_in_query(query);
            assert!(
                matches!(found, Some(Override::Name(_))),
                "{query}: {found:?}"
            );
        }
        for query in ["method=delete", "httpMethod=DELETE", "http_method=PUT"] {
            let found = find_in_query(query);
            assert!(
                matches!(found, Some(Override::Value { .. })),
                "{query}: {found:?}"
            );
        }
        for query in [
            "",
            "q=_method",
            "method=flickr.photos.getInfo",
            "payment_method=card",
            "methods=GET",
        ] {
            assert_eq!(find_in_query(query), None, "{query}");
        }
    }

    #[test]
    fn a_name_of_many_parts_and_a_long_value_are_read_once() {
        // With work for each part that grows with the whole, this would take hours.
        let parts = "method[".repeat(150_000);
        let refused = |query: &str| super::find_in_query(query, &|_| false);
        assert_eq!(refused(&format!("{parts}=GET")), None);
        let value = "x".repeat(1 << 20);
        assert_eq!(refused(&format!("{parts}={value}")), None);
    }

    #[test]
    fn finds_names_in_paths() {
        assert!(find_in_path("/a;_method=DELETE/b").is_some());
        assert!(find_in_path("/a;v=1,_method=DELETE/b").is_some());
        assert_eq!(find_in_path("/a;v=1/_method"), None);
        assert_eq!(find_in_path("/a,_method=DELETE;v=1"), None);
    }

    #[test]
    fn who_may_not_use_all_methods_sends_no_request_that_may_be_of_another() {
        let problem = |url: &str, withheld: &[Method]| {
            let url = format!("https://api.example.com{url}").parse().unwrap();
            problem(&Request::new(Method::GET, url), withheld)
        };
        let reader = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        for url in [
            "/things?_method=DELETE",
            "/things?method=GET&_method=DELETE",
            "/things?method=GET&method=delete",
            "/things;_method=DELETE/1",
            "/?batch=[{\"method\":\"DELETE\",\"relative_url\":\"1\"}]",
            "/?batch=%5B%7B%22method%22:%22DELETE%22%7D%5D",
            "/?batch=[{\"method\":\"GET\",\"relative_url\":\"1?method=delete\"}]",
        ] {
            assert!(problem(url, &reader).is_some(), "{url}");
            assert_eq!(problem(url, &[]), None, "{url}");
        }
        assert!(problem("/things?method=put", &[Method::DELETE]).is_none());
        assert!(problem("/things?method=get&q=_method", &reader).is_none());
        assert!(problem("/?batch=[{\"method\":\"GET\"}]&q=[DELETE]", &reader).is_none());
    }

    #[test]
    fn headers_ask_for_no_withheld_method_whoever_set_them() {
        let problem = |name: &str, value: &str, withheld: &[Method]| {
            let url = "https://api.example.com/things".parse().unwrap();
            let mut request = Request::new(Method::POST, url);
            let name = HeaderName::try_from(name).unwrap();
            request.headers.insert(name, value.parse().unwrap());
            problem(&request, withheld)
        };
        let writer = [Method::DELETE];
        for (name, value) in [
            ("x-http-method-override", "DELETE"),
            ("x-http-method-override", "GET, delete"),
            ("x-http-method-override", "PURGE"),
            ("x_method_override", " delete"),
            ("x-original-method", "DELETE"),
            ("http-verb", "DELETE"),
            ("verb", "DELETE"),
            ("x~http~verb", "delete"),
        ] {
            assert!(problem(name, value, &writer).is_some(), "{name}: {value}");
            assert_eq!(problem(name, value, &[]), None, "{name}: {value}");
        }
        for (name, value) in [
            ("x-http-method-override", "POST"),
            ("x-http-method-override", "get"),
            ("x-payment-method", "card"),
            ("access-control-request-method", "DELETE"),
            ("x-note", "DELETE"),
        ] {
            assert_eq!(problem(name, value, &writer), None, "{name}: {value}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,60}|[_$.a-z\\[\\]%0-9=&;]{0,60}") {
            drop((find_in_query(&text), find_in_path(&text)));
            drop(find_in_body(&text.into(), &|_| true));
        }
    }
}
