use plugwright_sdk::Secret;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const NEEDLE: &str = "zq7-needle-zq7";

fn cleaned(value: &Value, schema: Option<&Value>) -> Value {
    let redacted = redact(value, schema, &Redactor::default(), 16 << 10);
    serde_json::from_str(&redacted.json).unwrap()
}

#[test]
fn leaves_what_is_no_secret_as_it_is() {
    let value = json!({
        "title": "a \"b\" é", "labels": ["x", 1, 2.5, true, null, [], {}], "max_tokens": 10,
        "token_count": 3, "author": { "name": "Ann", "value": 7 }, "note": "basic facts of life"
    });
    assert_eq!(cleaned(&value, None), value);
}

#[test]
fn replaces_members_with_secret_names() {
    for name in [
        "password",
        "Password",
        "client_secret",
        "clientSecret",
        "X-API-Key",
        "api_key",
        "token",
        "access_token",
        "refreshToken",
        "Set-Cookie",
        "Proxy-Authorization",
        "private key",
    ] {
        let value = json!({ name: { "deep": [NEEDLE] } });
        assert_eq!(cleaned(&value, None), json!({ name: REDACTED }), "{name}");
    }
    let pairs = json!([{ "name": "Authorization", "value": "abc" }]);
    assert_eq!(cleaned(&pairs, None)[0]["value"], REDACTED);
    assert_eq!(cleaned(&json!("Bearer abc"), None), REDACTED);
}

#[test]
fn replaces_what_the_schema_marks() {
    let schema = json!({
        "properties": {
            "pin": { "type": "string", "format": "password" },
            "list": { "items": { "anyOf": [{ "$ref": "#/$defs/inner" }, { "type": "string" }] } }
        },
        "additionalProperties": { "writeOnly": true },
        "$defs": { "inner": { "properties": {
            "hidden": { "writeOnly": true }, "again": { "$ref": "#/$defs/inner" }
        } } }
    });
    let value = json!({
        "pin": "1234", "list": [{ "hidden": 5, "again": { "hidden": 6, "seen": 7 } }], "x": "y"
    });
    assert_eq!(
        cleaned(&value, Some(&schema)),
        json!({
            "pin": REDACTED,
            "list": [{ "hidden": REDACTED, "again": { "hidden": REDACTED, "seen": 7 } }],
            "x": REDACTED
        })
    );
}

#[test]
fn finds_the_connections_secrets_anywhere() {
    let redactor = Redactor::new([&Secret::new("31337313373")]);
    let value = json!({ "a 31337313373": ["x31337313373y", 31_337_313_373_u64] });
    let redacted = redact(&value, None, &redactor, 1024);
    assert_eq!(
        redacted.json,
        r#"{"a [redacted]":["x[redacted]y","[redacted]"]}"#
    );
}

#[test]
fn says_what_was_cut() {
    let redacted = redact(
        &json!({ "a": "x".repeat(500), "b": 1 }),
        None,
        &Redactor::default(),
        80,
    );
    assert!(redacted.cut);
    let value: Value = serde_json::from_str(&redacted.json).unwrap();
    assert!(value["a"].as_str().unwrap().ends_with(CUT), "{value}");
    assert_eq!(value[CUT], true);
    let items = redact(&json!(vec![1; 1000]), None, &Redactor::default(), 80);
    assert!(
        items.json.ends_with(",\"[cut]\"]") && items.json.len() <= 80,
        "{items:?}"
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\"\\\\\n\u{1}]{0,80}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Inserts the needle into a value.
fn with_needle(mut value: Value, path: &[usize]) -> Value {
    let Some((step, rest)) = path.split_first() else {
        return json!(format!("x{NEEDLE}y"));
    };
    match &mut value {
        Value::Array(items) if !items.is_empty() => {
            let index = step % items.len();
            items[index] = with_needle(items[index].take(), rest);
            value
        }
        Value::Object(members) if !members.is_empty() => {
            let index = step % members.len();
            let member = members.values_mut().nth(index).unwrap();
            *member = with_needle(member.take(), rest);
            value
        }
        _ => json!(NEEDLE),
    }
}

proptest! {
    #[test]
    fn is_json_and_never_longer_than_the_cap(value in any_json(), cap in 0_usize..600) {
        let redacted = redact(&value, None, &Redactor::default(), cap);
        prop_assert!(redacted.json.len() <= cap.max(SMALLEST), "{}", redacted.json);
        let back: Value = serde_json::from_str(&redacted.json).unwrap();
        if value.to_string().len() <= cap && !redacted.cut {
            prop_assert_eq!(back.is_array(), value.is_array());
        }
    }

    #[test]
    fn no_secret_below_a_secret_name_survives(
        value in any_json(),
        path in prop::collection::vec(any::<usize>(), 0..6),
        name in prop::sample::select(&[
            "authorization", "password", "secret", "token", "api_key", "apikey",
            "access_token", "refresh_token", "client_secret", "private_key", "cookie",
        ][..]),
        upper in any::<bool>(),
        outer in prop::collection::vec(any_json(), 0..3),
        cap in 64_usize..4096,
    ) {
        let name = if upper { name.to_uppercase().replace('_', "-") } else { name.to_owned() };
        let mut items = outer;
        items.push(json!({ "a": { name: with_needle(value, &path) } }));
        let redacted = redact(&Value::from(items), None, &Redactor::default(), cap);
        prop_assert!(!redacted.json.contains(NEEDLE), "{}", redacted.json);
    }

    #[test]
    fn no_known_secret_survives_anywhere(
        value in any_json(),
        path in prop::collection::vec(any::<usize>(), 0..6),
        cap in 64_usize..4096,
    ) {
        let redactor = Redactor::new([&Secret::new(NEEDLE)]);
        let redacted = redact(&with_needle(value, &path), None, &redactor, cap);
        prop_assert!(!redacted.json.contains(NEEDLE), "{}", redacted.json);
    }

    #[test]
    fn any_value_passes_as_a_schema(value in any_json(), schema in any_json()) {
        let redacted = redact(&value, Some(&schema), &Redactor::default(), 1024);
        prop_assert!(serde_json::from_str::<Value>(&redacted.json).is_ok());
    }
}
