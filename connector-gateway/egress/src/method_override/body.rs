//! Names in bodies.

mod json;
mod parts;

use http::header::CONTENT_TYPE;
use plugwright_sdk::Value;
use plugwright_sdk::http::Content;
use plugwright_sdk::transport::Request;

use super::{Counts, Override, find_in_form, judge};
pub(super) use json::find_in_value;

/// Looks for a name in a body: in the members of JSON and of those right below, in a form, or in a
/// text that may be one of these. Members further below, and those of JSON in texts, are found if they
/// name a method as those of a batch do.
pub fn find_in_body(body: &Value, counts: Counts<'_>) -> Option<Override> {
    match body {
        Value::String(text) => find_in_text(text, counts),
        value => json::find(value, counts).ok().flatten(),
    }
}

pub(super) enum Problem {
    Found(Override),
    /// It can't be read as what it is said to be, and a provider may read it otherwise.
    Unreadable(&'static str),
    /// It is made of HTTP requests, which are not read.
    Requests,
}

/// Looks through the body of a request, by what its media type says that it is.
pub(super) fn of_request(request: &Request, counts: Counts<'_>) -> Option<Problem> {
    let headers = request.headers.get_all(CONTENT_TYPE).iter();
    let headers = headers.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let own = request.body.content_type.iter().map(Into::into);
    let kinds: Vec<_> = headers
        .chain(own)
        .map(|kind| kind.to_ascii_lowercase())
        .collect();
    let is = |kind: &str| kinds.iter().any(|it| it.contains(kind));
    let is_any = |names: &[&str]| names.iter().any(|kind| is(kind));
    if is_any(&["application/http", "message/http"]) {
        return Some(Problem::Requests);
    }
    let bytes = match &request.body.content {
        // No provider takes files in forms of these kinds, and others are written by connectors.
        Content::File(_) if is_any(&["multipart/mixed", "multipart/batch"]) => {
            return Some(Problem::Requests);
        }
        Content::File(_) => return is("urlencoded").then_some(Problem::Unreadable("a form")),
        Content::Bytes(bytes) if bytes.is_empty() => return None,
        Content::Bytes(bytes) => bytes,
    };
    for (kind, name) in [("yaml", "YAML"), ("json5", "JSON5")] {
        if is(kind) {
            return Some(Problem::Unreadable(name));
        }
    }
    let has_names = is_any(&["json", "urlencoded", "multipart/", "xml"]);
    if has_names && !kinds.iter().all(|kind| has_plain_charset(kind)) {
        return Some(Problem::Unreadable("UTF-8"));
    }
    // Lines of JSON are none.
    let is_json = |part: &str| part.ends_with("json") && !part.ends_with("ndjson");
    if kinds
        .iter()
        .any(|it| it.split([';', ',', ' ']).any(is_json))
    {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match json::find_in_text(start, counts) {
            Ok(Some(found)) => return Some(Problem::Found(found)),
            Ok(None) => {}
            Err(_) => return Some(Problem::Unreadable("JSON")),
        }
    }
    let text = || String::from_utf8_lossy(bytes);
    let mut found = None;
    if is("urlencoded") {
        found = find_in_form(&text(), counts);
    }
    if found.is_none() && is("multipart/") {
        if parts::has_requests(bytes) {
            return Some(Problem::Requests);
        }
        found = parts::find(bytes, counts);
        // Parts of `multipart/related` are files, but for the first.
        if found.is_none() && !kinds.iter().all(|kind| kind.contains("multipart/related")) {
            found = parts::find_in_values(bytes, counts);
        }
    }
    if found.is_none() && is("xml") {
        found = find_in_xml(&text(), counts);
    }
    found.map(Problem::Found)
}

/// Returns whether the text of a media type has ASCII's letters where UTF-8 has them.
fn has_plain_charset(kind: &str) -> bool {
    const PLAIN: [&str; 4] = ["utf-8", "utf8", "us-ascii", "ascii"];
    const PLAIN_BEGINNINGS: [&str; 2] = ["iso-8859-", "windows-125"];
    kind.split([';', ','])
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim() == "charset")
        .all(|(_, charset)| {
            let charset = charset.trim().trim_matches(['"', '\'']);
            PLAIN.contains(&charset)
                || PLAIN_BEGINNINGS
                    .iter()
                    .any(|beginning| charset.starts_with(beginning))
        })
}

/// A text is taken for whatever it may be: what a provider reads it as is for its media type to
/// say, and not every provider asks.
fn find_in_text(text: &str, counts: Counts<'_>) -> Option<Override> {
    let as_json = |start: &str| {
        json::find_in_text(start.as_bytes(), counts)
            .unwrap_or_else(|_| json::find_in_quotes(start, judge, counts))
    };
    let as_form = || find_in_form(text, counts).filter(|_| text.contains('='));
    json::start(text)
        .and_then(as_json)
        .or_else(|| parts::find(text.as_bytes(), counts))
        .or_else(|| parts::find_in_values(text.as_bytes(), counts))
        .or_else(as_form)
        .or_else(|| find_in_xml(text, counts))
}

fn find_in_xml(text: &str, counts: Counts<'_>) -> Option<Override> {
    text.split('<').skip(1).find_map(|piece| {
        let (tag, value) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next()?;
        judge(name, Some(value), counts)
    })
}

#[cfg(test)]
mod tests {
    use http::Method;
    use plugwright_sdk::http::Body;
    use plugwright_sdk::json;

    use super::*;

    fn any(_: &Override) -> bool {
        true
    }

    #[test]
    fn finds_names_in_bodies() {
        for body in [
            json!({ "_method": "DELETE" }),
            json!({ "user": { "_method": "DELETE" } }),
            json!([{ "_method": "DELETE" }]),
            json!([[{ "_method": "DELETE" }]]),
            json!({ "a": { "b": { "_method": "DELETE" } } }),
            json!("{\"method\":\"DELETE\"} {}"),
            json!("a=1&_method=DELETE"),
            json!("{=1&_method=DELETE"),
            json!("{\"a\":\"&_method=DELETE&\"}"),
            json!("{\"_method\":\"DELETE\"}"),
            json!("{\"_method\":\"DELETE\",\"x\":\"\\ud800\"}"),
            json!("{'\\u005fmethod': 'DELETE'}"),
            json!("{} {\"_method\":\"DELETE\"}"),
            json!("<hash><_method>DELETE</_method></hash>"),
            json!("--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--x--"),
        ] {
            assert!(find_in_body(&body, &any).is_some(), "{body}");
        }
        for body in [
            json!(null),
            json!({ "payment_method": "card", "text": "_method=DELETE" }),
            json!("The variable _method is read by Rails."),
            json!({ "a": { "b": { "_method": "linear", "$method": 1 } } }),
            json!({ "items": [{ "text": "[{ is no JSON", "link": "https://a.example/?method=linear" }] }),
            json!("<p method=\"post\">Use the method.</p>"),
        ] {
            assert_eq!(find_in_body(&body, &any), None, "{body}");
        }
    }

    pub(super) fn problem(kind: &str, body: &str) -> Option<String> {
        let url = "https://api.example.com/things".parse().unwrap();
        let mut request = Request::new(Method::POST, url);
        request.body = Body::new(kind, body.to_owned());
        super::super::problem(&request, &[Method::DELETE])
    }

    #[test]
    fn a_body_is_read_as_what_it_is_said_to_be() {
        let form = "application/x-www-form-urlencoded";
        for (kind, body) in [
            ("application/json", "{\"_method\":\"DELETE\"}"),
            ("application/json", "{\"method\":\"DELETE\",\"method\":1}"),
            (
                "application/json",
                "{\"method\":\"POST\",\"_method\":\"DELETE\"}",
            ),
            (
                "application/json",
                "{\"_method\":\"DELETE\",\"x\":\"\\ud800\"",
            ),
            ("application/vnd.x+json", "{\"a\":1,}"),
            ("Application/JSON; charset=utf-16", "{\0}\0"),
            (form, "{=1&_method=DELETE"),
            (form, "{\"a\":\"&_method=DELETE&\"}"),
            (form, "method=POST&_method=DELETE"),
            ("application/xml", "<hash><_method>DELETE</_method></hash>"),
            ("application/yaml", "_method: DELETE\n"),
            ("application/x-yaml; charset=utf-8", "_method: DELETE\n"),
            ("application/json5", "{_method:\"DELETE\"}"),
            (
                "application/x-www-form-urlencoded; charset=utf-7",
                "+AF8-method=DELETE",
            ),
            (
                "application/x-www-form-urlencoded; charset=UTF-8; Charset = \"utf-16be\"",
                "\0_\0m\0e\0t\0h\0o\0d\0=\0D",
            ),
        ] {
            assert!(problem(kind, body).is_some(), "{kind}: {body}");
        }
        for (kind, body) in [
            (
                "application/json",
                "{\"a\":[1,{\"method\":\"PUT\"}],\"b\":1.5}",
            ),
            ("application/json", ""),
            (form, "a=1&method=POST"),
            (
                "application/x-www-form-urlencoded; charset=\"ISO-8859-1\"",
                "a=1",
            ),
            ("text/csv; charset=utf-16", "a\0;\0"),
            ("text/plain", "{\"_method\": is no JSON"),
            ("application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n"),
            ("application/xml", "<payment_method>card</payment_method>"),
        ] {
            assert_eq!(problem(kind, body), None, "{kind}: {body}");
        }
    }

    #[test]
    fn the_requests_of_a_batch_use_no_withheld_method() {
        let json = "application/json";
        let form = "application/x-www-form-urlencoded";
        let deep = format!(
            "{}{{\"method\":\"DELETE\"}}{}",
            "[".repeat(100),
            "]".repeat(100)
        );
        let texts = format!("{{\"batch\":{:?}}}", deep.as_str());
        let requests = "[{\"method\":\"DELETE\",\"relative_url\":\"1\"}]";
        let twice = json!({ "a": json!({ "b": requests }).to_string() }).to_string();
        for (kind, body) in [
            (
                json,
                "{\"graphs\":[{\"compositeRequest\":[{\"method\":\"DELETE\"}]}]}",
            ),
            (json, "{\"data\":{\"actions\":[{\"method\":\"delete\"}]}}"),
            (
                json,
                "{\"a\":{\"b\":{\"c\":{\"httpMethod\":\" Delete \"}}}}",
            ),
            (
                json,
                "[{\"method\":\"POST\",\"relative_url\":\"1?a=b&method=delete\"}]",
            ),
            (json, "[{\"method\":\"POST\",\"body\":\"method=delete\"}]"),
            (json, "{\"batch\":\" [{\\\"method\\\":\\\"DELETE\\\"}]\"}"),
            // Some read what is not quite JSON.
            (
                json,
                "{\"batch\":\"[NaN,{\\\"method\\\":\\\"DELETE\\\"}]\"}",
            ),
            (json, &deep),
            (json, &texts),
            (json, &twice),
            (json, &"[".repeat(1000)),
            (form, &format!("batch={requests}")),
            (
                form,
                "batch=%5B%7B%22method%22%3A%22DELETE%22%7D%5D&access_token=x",
            ),
            (form, "batch=[{\"name\":\";\",\"method\":\"DELETE\"}]"),
            ("application/http", "DELETE /things/1 HTTP/1.1\r\n\r\n"),
            ("Message/HTTP; msgtype=request", "GET / HTTP/1.1\r\n\r\n"),
        ] {
            assert!(problem(kind, body).is_some(), "{kind}: {body}");
        }
        for (kind, body) in [
            (
                json,
                "{\"graphs\":[{\"compositeRequest\":[{\"method\":\"PATCH\"}]}]}",
            ),
            (
                json,
                "{\"a\":{\"b\":{\"method\":\"linear\",\"_method\":\"\"}}}",
            ),
            (
                json,
                "{\"note\":\"[DELETE](https://a.example) {\",\"list\":\"[1, 2\"}",
            ),
            (json, "{\"batch\":\"[{\\\"method\\\":\\\"PUT\\\"}]\"}"),
            (
                json,
                "{\"url\":\"https://a.example/?method=put\",\"text\":\"a=1&method=delete\"}",
            ),
            (form, "batch=[{\"method\":\"GET\"}]&q=[DELETE]"),
        ] {
            assert_eq!(problem(kind, body), None, "{kind}: {body}");
        }
    }

    #[test]
    fn a_large_body_is_read_in_time_that_grows_with_it() {
        let began = std::time::Instant::now();
        for body in [
            json!(vec!["{\"a\":"; 50_000]),
            json!(vec!["[{\"a\":\"[1\"}]"; 50_000]),
            json!([format!("[{}", "\"a\":".repeat(100_000))]),
            json!(format!("x={}", "[;".repeat(200_000))),
            json!(format!(
                "content-type:\n\n{}",
                "[\"a\":\n--content-\n\n".repeat(50_000)
            )),
        ] {
            find_in_body(&body, &|_| false);
        }
        assert!(began.elapsed().as_secs() < 10);
    }
}
