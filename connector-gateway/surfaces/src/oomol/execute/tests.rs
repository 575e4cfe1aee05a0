use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use plugwright_sdk::json;
use proptest::prelude::*;

use super::*;
use crate::oomol::tests::{headers, shown};
use plugwright_engine::Mode;

const ID: &str = "0198c2d4-6f3e-7c11-8a52-0f3a5d8e9b10";

fn asked(headers: &HeaderMap, query: &Query, body: &[u8]) -> Result<Arguments, Failure> {
    let mut body = Bytes::copy_from_slice(body).into();
    let arguments = Arguments::parse(&Bodies::default(), headers, query, &mut body, &|| None)?;
    if arguments.options.faults.is_empty() {
        Ok(arguments)
    } else {
        Err(Failure::invalid(arguments.options.faults))
    }
}

fn parse(extra: &[(&str, &str)], query: &str, body: &Value) -> Result<Arguments, Failure> {
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(extra);
    asked(
        &headers(&all),
        &Query::parse(Some(query)),
        body.to_string().as_bytes(),
    )
}

/// Status, code and data of the answer.
fn refusal(asked: Result<Arguments, Failure>) -> (u64, String, Value) {
    let answer = shown(asked.unwrap_err());
    (
        answer["status"].as_u64().unwrap(),
        answer["body"]["errorCode"].as_str().unwrap().to_owned(),
        answer["body"]["data"].clone(),
    )
}

#[test]
fn a_body_that_says_nothing_calls_with_an_empty_input() {
    for (kind, body) in [
        ("application/json", ""),
        ("application/json", "{}"),
        ("text/plain", ""),
    ] {
        let asked = asked(
            &headers(&[("content-type", kind)]),
            &Query::parse(None),
            body.as_bytes(),
        );
        assert_eq!(asked.unwrap().input, json!({}), "{kind} {body}");
    }
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.x+json",
    ] {
        let headers = headers(&[("content-type", kind)]);
        let asked = asked(&headers, &Query::parse(None), b"{\"input\":[1]}");
        assert_eq!(asked.unwrap().input, json!([1]), "{kind}");
    }
}

#[test]
fn a_body_of_another_media_type_is_refused() {
    let body = br#"{"options":{"mode":"dryRun"}}"#;
    for kind in [
        "text/plain",
        "application/jsonx",
        "application/x-www-form-urlencoded",
    ] {
        let headers = headers(&[("content-type", kind)]);
        let (status, code, _) = refusal(asked(&headers, &Query::parse(None), body));
        assert_eq!((status, code.as_str()), (400, "invalid_json"), "{kind}");
    }
    assert!(asked(&headers(&[]), &Query::parse(None), body).is_err());
}

#[test]
fn options_say_how_a_call_is_made() {
    let body = json!({ "input": { "a": 1 }, "options": {
        "timeoutMs": 1500, "retries": 5, "mode": "dryRun", "fields": ["user.login"], "raw": true,
        "cursor": "c", "headers": { "X-Trace": "t" }, "connectionId": ID,
    } });
    let asked = parse(&[("idempotency-key", " k1 ")], "", &body).unwrap();
    assert_eq!(asked.input, json!({ "a": 1 }));
    assert!(matches!(asked.connection, ConnectionSelector::Id(id) if id.to_string() == ID));
    let options = asked.options;
    assert_eq!(
        options.timeout,
        Some(std::time::Duration::from_millis(1500))
    );
    assert_eq!(options.retries, Some(5));
    assert_eq!(options.mode, Mode::DryRun);
    assert_eq!(options.fields, ["user.login"]);
    assert!(options.raw);
    assert_eq!(options.cursor.as_deref(), Some("c"));
    assert_eq!(options.headers["x-trace"], "t");
    assert_eq!(options.idempotency_key, Some("k1".parse().unwrap()));
}

#[test]
fn an_option_that_is_null_is_not_there() {
    let asked = parse(
        &[],
        "",
        &json!({ "options": { "retries": null, "headers": null } }),
    );
    assert_eq!(asked.unwrap().options.retries, None);
    assert!(parse(&[], "", &json!({ "options": null })).is_ok());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let body = json!({ "inputs": 1, "option": 1, "options": {
        "timeout": 1, "timeoutMs": 0, "retries": 6, "mode": "dry", "fields": [""], "raw": "yes",
        "cursor": 1, "connectionId": "7",
        "headers": { "Authorization": "x", "a b": "c", "x-n": 1, "x-z": "a\nb", "Host": "h" },
    } });
    insta::assert_json_snapshot!(refusal(parse(&[], "", &body)));
}

#[test]
fn members_beside_the_input_are_told_where_they_belong() {
    let read = |body: &Value, schema: InputSchema<'_>| {
        let headers = headers(&[("content-type", "application/json")]);
        let mut body = Bytes::from(body.to_string()).into();
        let query = Query::parse(None);
        Arguments::parse(&Bodies::default(), &headers, &query, &mut body, schema).unwrap()
    };
    let flat = json!({
        "repo": "o/r", "title": "outer", "cursor": "c", "connectionId": ID, "other": 1,
        "input": { "title": "inner" },
    });
    let schema = Arc::new(json!({ "properties": { "repo": {}, "title": {} } }));
    let flat = read(&flat, &|| Some(Arc::clone(&schema)));
    assert_eq!(flat.input, json!({ "title": "inner", "repo": "o/r" }));
    let faults = flat.options.faults.iter();
    let faults: Vec<_> = faults.map(|it| (&*it.param, &*it.message)).collect();
    let other = "is not a parameter; allowed: input, connectionName, alias, options";
    assert_eq!(
        faults,
        [
            ("repo", "belongs in `input`"),
            ("title", "belongs in `input`"),
            ("cursor", "belongs in `options`"),
            ("connectionId", "belongs in `options`"),
            ("other", other),
        ]
    );
    // Without unknown members, no schema is needed.
    let body = json!({ "input": { "repo": "o/r" }, "options": { "raw": true } });
    assert!(read(&body, &|| panic!("there is no need")).options.raw);
}

#[test]
fn no_more_misplaced_members_are_read_than_are_told() {
    let names = (0..100_000).map(|index| format!("n{index}"));
    let members: Map<_, _> = names.map(|name| (name, json!({}))).collect();
    let schema = Arc::new(json!({ "properties": members }));
    let (mut unknown, mut input) = (members, None);
    let faults = place(&mut unknown, &mut input, &|| Some(Arc::clone(&schema)));
    let told = faults.iter().count();
    assert_eq!((told, unknown.len()), (32, 100_000 - 32));
    assert_eq!(input.unwrap().as_object().unwrap().len(), 32);
}

#[test]
fn a_body_that_is_not_a_json_object_is_told_where_it_broke() {
    for body in ["{\"input\": }", "[1]", "\u{1}", "{\"a\":1e999}", "nul"] {
        let headers = headers(&[("content-type", "application/json")]);
        let asked = asked(&headers, &Query::parse(None), body.as_bytes());
        let (status, code, _) = refusal(asked);
        assert_eq!((status, code.as_str()), (400, "invalid_json"), "{body}");
    }
    let headers = headers(&[("content-type", "application/json")]);
    let failure = asked(&headers, &Query::parse(None), b"{\"input\": }").unwrap_err();
    let message = shown(failure)["body"]["message"].to_string();
    assert!(message.contains("line 1 column 11"), "{message}");
}

#[test]
fn an_input_of_a_hundred_levels_is_the_deepest() {
    let nested = |levels: usize| {
        let text = format!("{{\"input\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        let headers = headers(&[("content-type", "application/json")]);
        asked(&headers, &Query::parse(None), text.as_bytes())
    };
    assert!(nested(100).is_ok());
    for levels in [101, 126, 127, 5000] {
        let (status, code, _) = refusal(nested(levels));
        assert_eq!((status, code.as_str()), (400, "invalid_input"), "{levels}");
    }
}

#[test]
fn the_name_of_a_connection_is_looked_for_in_order_and_may_be_empty() {
    let old = ("x-oo-connector-alias", "of-old-header");
    let new = ("x-oomol-connector-alias", "of-header");
    let query = "alias=of-alias&connectionName=of-query";
    let both = json!({ "connectionName": "of-body", "alias": "of-alias" });
    for (extra, query, body, expected) in [
        (&[old, new][..], query, both, Some("of-body")),
        (
            &[old, new],
            query,
            json!({ "connectionName": "", "alias": "of-b" }),
            Some("of-b"),
        ),
        (
            &[old, new],
            query,
            json!({ "alias": null }),
            Some("of-header"),
        ),
        (
            &[old, ("x-oomol-connector-alias", "")],
            query,
            json!({}),
            Some("of-old-header"),
        ),
        (
            &[("x-oo-connector-alias", "")],
            query,
            json!({}),
            Some("of-query"),
        ),
        (
            &[],
            "alias=of-alias&connectionName=",
            json!({}),
            Some("of-alias"),
        ),
        (&[("x-oo-connector-alias", "")], "", json!({}), None),
    ] {
        let found = match parse(extra, query, &body).unwrap().connection {
            ConnectionSelector::Named(name) => Some(name),
            ConnectionSelector::Default => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(found.as_deref(), expected);
    }
}

#[test]
fn a_parameter_that_the_query_does_not_have_is_refused() {
    let (status, _, data) = refusal(parse(&[], "mode=dryRun", &json!({})));
    let message = "is not a parameter; allowed: connectionName, alias";
    assert_eq!(status, 400);
    assert_eq!(data, json!([{ "param": "mode", "message": message }]));
}

#[test]
fn a_bad_name_of_a_connection_has_a_code_of_its_own() {
    let long = "a".repeat(65);
    for name in ["-a", "_a", "a b", "ä", "a/b", long.as_str()] {
        let (status, code, _) = refusal(parse(&[], "", &json!({ "alias": name })));
        assert_eq!(
            (status, code.as_str()),
            (400, "invalid_connection_name"),
            "{name}"
        );
    }
    let (_, code, _) = refusal(parse(&[], "", &json!({ "connectionName": 1 })));
    assert_eq!(code, "invalid_connection_name");
    let (_, code, _) = refusal(parse(&[("x-oo-connector-alias", "a b")], "", &json!({})));
    assert_eq!(code, "invalid_connection_name");
    assert!(parse(&[], "", &json!({ "alias": "a".repeat(64) })).is_ok());
}

#[test]
fn a_connection_by_id_is_a_uuid_and_has_no_name_beside_it() {
    let header = ("x-plugwright-connection-id", ID);
    let asked = parse(&[header], "", &json!({ "options": { "connectionId": ID } })).unwrap();
    assert!(matches!(asked.connection, ConnectionSelector::Id(_)));
    let other = "0198c2d4-6f3e-7c11-8a52-0f3a5d8e9b11";
    for (extra, body) in [
        (&[("x-plugwright-connection-id", "seven")][..], json!({})),
        (&[header], json!({ "options": { "connectionId": other } })),
        (&[header], json!({ "alias": "work" })),
    ] {
        let (status, code, _) = refusal(parse(extra, "", &body));
        assert_eq!((status, code.as_str()), (400, "invalid_input"), "{body}");
    }
}

#[test]
fn either_tenant_header_names_the_organization_and_both_must_agree() {
    let organization = |extra: &[(&str, &str)]| parse(extra, "", &json!({}));
    let (team, old) = ("x-oo-team-name", "x-oo-organization-name");
    for extra in [
        &[(team, "acme")][..],
        &[(old, "acme")],
        &[(team, "acme"), (old, "acme")],
    ] {
        assert_eq!(
            organization(extra).unwrap().organization.as_deref(),
            Some("acme")
        );
    }
    assert_eq!(organization(&[(team, "")]).unwrap().organization, None);
    let (status, code, _) = refusal(organization(&[(team, "acme"), (old, "other")]));
    assert_eq!((status, code.as_str()), (400, "invalid_input"));
}

#[test]
fn an_idempotency_key_has_1_to_255_bytes_and_is_given_once() {
    let long = "k".repeat(256);
    let key = "idempotency-key";
    for extra in [
        &[(key, "")][..],
        &[(key, "  ")],
        &[(key, &long)],
        &[(key, "a"), (key, "b")],
    ] {
        let (status, code, _) = refusal(parse(extra, "", &json!({})));
        assert_eq!((status, code.as_str()), (400, "invalid_input"), "{extra:?}");
    }
    let asked = parse(&[(key, &long[1..])], "", &json!({})).unwrap();
    assert_eq!(asked.options.idempotency_key.unwrap().as_str().len(), 255);
}

/// JSON of any shape, with the members that are looked at among others.
fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!(ID)),
    ];
    let name = prop_oneof![
        prop::sample::select(&["input", "connectionName", "alias", "options"][..])
            .prop_map(str::to_owned),
        prop::sample::select(&["timeoutMs", "retries", "mode", "fields", "headers"][..])
            .prop_map(str::to_owned),
        any::<String>(),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_request_is_too_odd(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..80),
            body().prop_map(|body| body.to_string().into_bytes()),
        ],
        query in any::<String>(),
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 5),
    ) {
        let names = [
            "x-oo-team-name", "x-oo-organization-name", "x-oo-connector-alias",
            "x-plugwright-connection-id", "idempotency-key",
        ];
        let mut headers: HeaderMap = names
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| {
                Some((HeaderName::from_static(name), HeaderValue::from_bytes(&value).ok()?))
            })
            .collect();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if let Err(failure) = asked(&headers, &Query::parse(Some(&query)), &body) {
            let answer = shown(failure);
            prop_assert_eq!(&answer["status"], 400);
            prop_assert_eq!(&answer["body"]["success"], false);
        }
    }
}
