use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use plugwright_sdk::json;
use proptest::prelude::*;

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_static(name);
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn asked(pairs: &[(&'static str, &str)], query: &str, body: &str) -> Result<Arguments, Failure> {
    read(&headers(pairs), Some(query), body.as_bytes(), |name| {
        name == "raw_id"
    })
}

fn read(
    headers: &HeaderMap,
    query: Option<&str>,
    body: &[u8],
    declares: impl Fn(&str) -> bool,
) -> Result<Arguments, Failure> {
    let mut body = Bytes::copy_from_slice(body).into();
    Arguments::parse(&Bodies::default(), headers, query, &mut body, declares)
}

fn refusal(pairs: &[(&'static str, &str)], query: &str, body: &str) -> String {
    let failure = asked(pairs, query, body).unwrap_err();
    format!("{failure:?}")
}

#[test]
fn a_query_is_texts_and_the_system_s_own_parameters() {
    let call = asked(
        &[],
        "repo=a%2Fb&labels=x&labels=y&cursor=c1&raw=true&key=fk_1",
        "",
    )
    .unwrap();
    assert_eq!(call.input, json!({ "repo": "a/b", "labels": ["x", "y"] }));
    assert_eq!(call.options.input_form, InputForm::Texts);
    assert_eq!(call.options.cursor.as_deref(), Some("c1"));
    assert!(call.options.raw);
}

#[test]
fn the_cursor_counts_in_the_query_and_in_the_body() {
    for (query, body) in [
        ("cursor=c1", r#"{"a":"1"}"#),
        ("", r#"{"a":"1","cursor":"c1"}"#),
    ] {
        let call = asked(&[], query, body).unwrap();
        assert_eq!(call.options.cursor.as_deref(), Some("c1"));
        assert_eq!(call.input, json!({ "a": "1" }));
        assert_eq!(call.options.input_form, InputForm::Mixed);
    }
    assert!(refusal(&[], "cursor=c1", r#"{"cursor":"c2"}"#).contains("is given twice"));
    assert!(refusal(&[], "cursor=c1&cursor=c2", "").contains("is given twice"));
}

#[test]
fn a_member_that_the_action_has_is_its_own() {
    let body = br#"{"cursor":"mine"}"#;
    let call = read(&HeaderMap::new(), None, body, |name| name == "cursor").unwrap();
    assert_eq!(call.input, json!({ "cursor": "mine" }));
    assert_eq!(call.options.cursor, None);
}

#[test]
fn a_form_and_what_curl_calls_a_form_are_read() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let call = asked(&form, "", "repo=a%2Fb&raw=true").unwrap();
    assert_eq!(call.input, json!({ "repo": "a/b" }));
    assert!(call.options.raw);
    assert_eq!(call.options.input_form, InputForm::Texts);
    let call = asked(&form, "", r#"{"repo":"a/b"}"#).unwrap();
    assert_eq!(call.input, json!({ "repo": "a/b" }));
    assert_eq!(call.options.input_form, InputForm::Mixed);
}

#[test]
fn what_is_wrong_is_said_at_once() {
    let pairs = [
        ("x-plugwright-connection", "work"),
        ("x-plugwright-connection-id", "7"),
        ("x-plugwright-mode", "maybe"),
    ];
    let told = refusal(&pairs, "raw=maybe&stray=1", r#"{"a":1}"#);
    for part in [
        "stray",
        "`raw` must be",
        "x-plugwright-mode",
        "must not both",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(refusal(&[], "", "[1]").contains("must be a JSON object"));
    assert!(refusal(&[], "", "{").contains("must be a JSON object: EOF"));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(110), "]".repeat(110));
    assert!(refusal(&[], "", &deep).contains("100 levels"));
}

proptest! {
    #[test]
    fn no_request_is_too_odd(query in any::<String>(), body in any::<Vec<u8>>()) {
        drop(read(&HeaderMap::new(), Some(&query), &body, |_| false));
    }
}
