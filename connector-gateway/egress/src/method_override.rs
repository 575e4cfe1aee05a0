//! Names by which a request asks to be taken for one of another method.
//!
//! Frameworks read them from a header, from the query and from the body of a form or JSON: `_method`
//! (Rails, Laravel, Symfony), `X-HTTP-Method-Override` (also in queries), `method=delete` (the Graph
//! API of Facebook). Names are compared without case and punctuation, as some of these frameworks
//! read `.method`, `_method[]` and `user[_method]` as `_method`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use plugwright_sdk::Value;
use url::form_urlencoded;

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
    /// A name that is used for nothing else.
    Name(String),
    /// A name that may be data, with the name of a method as its value.
    Value {
        /// The name.
        name: String,
        /// The method that its value names.
        method: http::Method,
    },
}

/// Tells whether a header, by its normalized name, may change the method.
pub(crate) fn is_header(normalized: &str) -> bool {
    // That one asks what a browser may do.
    normalized != "access-control-request-method"
        && (normalized.contains("method") || normalized.ends_with("-verb"))
}

/// Looks for a name in a query, as it stands in a URL.
pub fn find_in_query(query: &str) -> Option<Override> {
    // Some frameworks part pairs at `;` too.
    query
        .split([';', '&'])
        .flat_map(|pair| form_urlencoded::parse(pair.as_bytes()))
        .find_map(|(name, value)| judge(&name, Some(&value)))
}

/// Looks for a name among the parameters of a path's segments (`/a;_method=DELETE`).
pub fn find_in_path(path: &str) -> Option<Override> {
    let parameters = path
        .split('/')
        .flat_map(|segment| segment.split(';').skip(1));
    parameters.into_iter().find_map(find_in_query)
}

/// Looks for a name in a body: in the members of JSON and of those right below, in a form, or in a
/// text that may be one of these.
pub fn find_in_body(body: &Value) -> Option<Override> {
    match body {
        Value::String(text) => find_in_text(text),
        value => find_in_json(value, 2),
    }
}

/// A text is taken for whatever it may be: what a provider reads it as is for its media type to
/// say, and not every provider asks.
fn find_in_text(text: &str) -> Option<Override> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with(['{', '[']) {
        return serde_json::from_str::<Value>(start)
            .ok()
            .and_then(|value| find_in_json(&value, 2));
    }
    find_in_parts(text).or_else(|| find_in_query(text).filter(|_| text.contains('=')))
}

/// Looks through the names of the parts of a `multipart/form-data` body.
fn find_in_parts(text: &str) -> Option<Override> {
    let heads = text
        .lines()
        .filter(|line| line.len() < 1024)
        .filter(|line| {
            line.get(..20)
                .is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
        });
    heads
        .flat_map(|line| line.split(';').skip(1))
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(key, _)| {
            let key = key.trim().trim_end_matches('*');
            key.eq_ignore_ascii_case("name")
        })
        .find_map(|(_, name)| judge(name.trim().trim_matches('"'), None))
}

fn find_in_json(value: &Value, levels: usize) -> Option<Override> {
    if levels == 0 {
        return None;
    }
    match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            judge(name, value.as_str()).or_else(|| find_in_json(value, levels - 1))
        }),
        Value::Array(items) => items.iter().find_map(|item| find_in_json(item, levels - 1)),
        _ => None,
    }
}

/// Judges a name, and each part of one that is nested (`user[_method]`, `user._method`).
fn judge(name: &str, value: Option<&str>) -> Option<Override> {
    // Most names are none of these, and have no letter `m` before an `e`, or are far too long.
    if name.len() > 256 {
        return None;
    }
    let decoded: Cow<'_, str> = percent_decode_str(name).decode_utf8_lossy();
    let parts = decoded.split(['[', ']']).filter(|part| !part.is_empty());
    let whole = std::iter::once(&*decoded);
    whole.chain(parts).find_map(|part| {
        let letters: String = part
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let is_marked = part
            .trim_start()
            .starts_with(|first: char| first.is_ascii_punctuation());
        let plain = PLAIN_NAMES.contains(&letters.as_str());
        if NAMES.contains(&letters.as_str())
            || letters.contains("methodoverride")
            || (plain && is_marked)
        {
            return Some(Override::Name(decoded.to_string()));
        }
        let method = value.filter(|_| plain).and_then(method)?;
        Some(Override::Value {
            name: decoded.to_string(),
            method,
        })
    })
}

/// Reads the name of a method that is used, in any case.
fn method(text: &str) -> Option<http::Method> {
    let text = text.trim().to_ascii_uppercase();
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let named = known.contains(&text.as_str());
    named.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;
    use proptest::prelude::*;

    use super::*;

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
    fn finds_names_in_bodies_and_paths() {
        for body in [
            json!({ "_method": "DELETE" }),
            json!({ "user": { "_method": "DELETE" } }),
            json!([{ "_method": "DELETE" }]),
            json!("a=1&_method=DELETE"),
            json!("{\"_method\":\"DELETE\"}"),
            json!("--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--x--"),
        ] {
            assert!(find_in_body(&body).is_some(), "{body}");
        }
        for body in [
            json!(null),
            json!({ "payment_method": "card", "text": "_method=DELETE" }),
            json!("The variable _method is read by Rails."),
            json!({ "a": { "b": { "_method": "DELETE" } } }),
        ] {
            assert_eq!(find_in_body(&body), None, "{body}");
        }
        assert!(find_in_path("/a;_method=DELETE/b").is_some());
        assert_eq!(find_in_path("/a;v=1/_method"), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,60}|[_$.a-z\\[\\]%0-9=&;]{0,60}") {
            drop((find_in_query(&text), find_in_path(&text), find_in_body(&text.into())));
        }
    }
}
