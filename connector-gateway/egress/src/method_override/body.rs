//! Names in bodies.

use std::fmt;

use http::Method;
use http::header::CONTENT_TYPE;
use plugwright_sdk::Value;
use plugwright_sdk::http::Content;
use plugwright_sdk::transport::Request;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Counts, Override, find_in_query, judge};

/// How many levels of members are looked at, those of lists aside.
const LEVELS: usize = 2;

/// Looks for a name in a body: in the members of JSON and of those right below, in a form, or in a
/// text that may be one of these.
pub fn find_in_body(body: &Value, counts: Counts<'_>) -> Option<Override> {
    match body {
        Value::String(text) => find_in_text(text, counts),
        value => find_in_json(value, counts).ok().flatten(),
    }
}

pub(super) enum Problem {
    Found(Override),
    /// It can't be read as what it is said to be, and a provider may read it otherwise.
    Unreadable(&'static str),
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
    let bytes = match &request.body.content {
        // No provider takes files in forms of this kind, and others are written by connectors.
        Content::File(_) => return is("urlencoded").then_some(Problem::Unreadable("a form")),
        Content::Bytes(bytes) if bytes.is_empty() => return None,
        Content::Bytes(bytes) => bytes,
    };
    for (kind, name) in [("yaml", "YAML"), ("json5", "JSON5")] {
        if is(kind) {
            return Some(Problem::Unreadable(name));
        }
    }
    let has_names = ["json", "urlencoded", "multipart/", "xml"]
        .into_iter()
        .any(is);
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
        match find_in_json_text(start, counts) {
            Ok(Some(found)) => return Some(Problem::Found(found)),
            Ok(None) => {}
            Err(_) => return Some(Problem::Unreadable("JSON")),
        }
    }
    let text = || String::from_utf8_lossy(bytes);
    let mut found = None;
    if is("urlencoded") {
        found = find_in_query(&text(), counts);
    }
    if found.is_none() && is("multipart/") {
        found = find_in_parts(bytes, counts);
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
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let as_json = || {
        find_in_json_text(start.as_bytes(), counts)
            .unwrap_or_else(|_| find_in_quotes(start, counts))
    };
    let as_form = || find_in_query(text, counts).filter(|_| text.contains('='));
    let found = if start.starts_with(['{', '[']) {
        as_json()
    } else {
        None
    };
    found
        .or_else(|| find_in_parts(text.as_bytes(), counts))
        .or_else(as_form)
        .or_else(|| find_in_xml(text, counts))
}

fn find_in_quotes(text: &str, counts: Counts<'_>) -> Option<Override> {
    let mut pieces = text.split(['"', '\'']).peekable();
    while let Some(piece) = pieces.next() {
        let is_name = |rest: &&str| rest.trim_start().starts_with(':');
        if pieces.peek().is_some_and(is_name) {
            let plain = serde_json::from_str::<String>(&format!("\"{piece}\""));
            let found = judge(plain.as_deref().unwrap_or(piece), None, counts);
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

fn find_in_xml(text: &str, counts: Counts<'_>) -> Option<Override> {
    text.split('<').skip(1).find_map(|piece| {
        let (tag, value) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next()?;
        judge(name, Some(value), counts)
    })
}

/// Looks through the names of the parts of a `multipart/form-data` body. Programs disagree about
/// where a part begins, how its header goes on in the next line and what may be left out, so a
/// name is looked for wherever one of them may see it.
fn find_in_parts(body: &[u8], counts: Counts<'_>) -> Option<Override> {
    const HEADER: &[u8] = b"content-disposition";
    let mut rest = body;
    while let Some(start) = position(rest, HEADER) {
        rest = &rest[start + HEADER.len()..];
        let end = position(rest, b"\r\n\r\n");
        let (head, content) = rest.split_at(end.unwrap_or(rest.len()));
        let value = content.trim_ascii_start();
        let value = String::from_utf8_lossy(&value[..value.len().min(16)]);
        let value = value.split(['\r', '\n']).next();
        if let Some(found) = find_in_head(head, value, counts) {
            return Some(found);
        }
        rest = content;
    }
    None
}

fn find_in_head(head: &[u8], value: Option<&str>, counts: Counts<'_>) -> Option<Override> {
    const NAME: &[u8] = b"name";
    let mut rest = head;
    while let Some(start) = position(rest, NAME) {
        let before = start.checked_sub(1).map(|at| rest[at]);
        rest = &rest[start + NAME.len()..];
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        let is_mark = |byte: &u8| byte.is_ascii_digit() || *byte == b'*';
        let marks = rest.iter().take_while(|byte| is_mark(byte)).count();
        let Some(written) = rest[marks..].trim_ascii_start().strip_prefix(b"=") else {
            continue;
        };
        let name = unquoted(written.trim_ascii_start());
        let name = String::from_utf8_lossy(&name);
        // In front of an extended value are its charset and language (RFC 8187, section 3.2).
        let name = if rest[..marks].contains(&b'*') {
            name.rsplit('\'').next().unwrap_or_default()
        } else {
            &name
        };
        // The name may go on in another parameter (RFC 2231, section 3).
        let goes_on = rest[..marks].iter().any(u8::is_ascii_digit);
        let found = if goes_on {
            Some(Override::Name(name.to_owned())).filter(counts)
        } else {
            judge(name, value, counts)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Returns the value at the start of a text, with each escaped character as itself.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b";,=\"".contains(byte);
        return text
            .iter()
            .copied()
            .take_while(|byte| !ends(byte))
            .collect();
    };
    let mut plain = Vec::new();
    let mut bytes = quoted.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => plain.extend(bytes.next()),
            byte => plain.push(byte),
        }
    }
    plain
}

/// Finds a text, in any case.
fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut windows = text.windows(wanted.len());
    windows.position(|window| window.eq_ignore_ascii_case(wanted))
}

fn find_in_json_text(text: &[u8], counts: Counts<'_>) -> serde_json::Result<Option<Override>> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let found = find_in_json(&mut json, counts)?;
    json.end()?;
    Ok(found)
}

/// Looks through members while they are read, so that one of two with the same name is not missed.
fn find_in_json<'de, D: Deserializer<'de>>(
    json: D,
    counts: Counts<'_>,
) -> Result<Option<Override>, D::Error> {
    let mut found = None;
    let look = Look {
        levels: LEVELS,
        counts,
        found: &mut found,
    };
    look.deserialize(json)?;
    Ok(found)
}

struct Look<'a> {
    levels: usize,
    counts: Counts<'a>,
    found: &'a mut Option<Override>,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

/// Returns a text that may name a method.
impl<'de> Visitor<'de> for Look<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let text = text.trim();
        let longest = Method::OPTIONS.as_str().len();
        Ok((text.len() <= longest).then(|| text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let Self {
            levels,
            counts,
            found,
        } = self;
        loop {
            let look = Look {
                levels,
                counts,
                found: &mut *found,
            };
            if items.next_element_seed(look)?.is_none() {
                return Ok(None);
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        if self.levels == 0 {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        }
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Look {
                levels: self.levels - 1,
                counts: self.counts,
                found: &mut *self.found,
            })?;
            if self.found.is_none() {
                *self.found = judge(&name, value.as_deref(), self.counts);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
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
            json!({ "a": { "b": { "_method": "DELETE" } } }),
            json!("<p method=\"post\">Use the method.</p>"),
        ] {
            assert_eq!(find_in_body(&body, &any), None, "{body}");
        }
    }

    fn problem(kind: &str, body: &str) -> Option<String> {
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
    fn finds_names_of_parts_however_they_are_written() {
        let kind = "multipart/form-data; boundary=x";
        for head in [
            "Content-Disposition: form-data; name=\"_method\"",
            "Content-Disposition: form-data; name=_method",
            "Content-Disposition: form-data;\r\n name=\"_method\"",
            "Content-Disposition : form-data; name=\"_method\"",
            "content-disposition: form-data; NAME = \"_meth\\od\"",
            "Content-Disposition: form-data; name*=utf-8''%5Fmethod",
            "Content-Disposition: form-data; name*0=_met; name*1=hod",
            "Content-Disposition: form-data; filename=\"name=a\"; name=\"_method\"",
            "Content-Disposition: form-data; name=\"method\"",
            &format!(
                "Content-Disposition: form-data; x={}; name=_method",
                "a".repeat(1100)
            ),
        ] {
            let body = format!("{{\r\n--x\r\n{head}\r\n\r\nDELETE\r\n--x--");
            assert!(problem(kind, &body).is_some(), "{body}");
        }
        let body = "--x\r\nContent-Disposition: form-data; name=\"method\"; filename=\"_method\"\r\n\r\n\
                    name=\"_method\"\r\n--x--";
        assert_eq!(problem(kind, body), None);
    }
}
