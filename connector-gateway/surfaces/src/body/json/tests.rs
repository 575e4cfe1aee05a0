use proptest::prelude::*;
use serde_json::json;

use super::*;

const WIDE: Budget = Budget {
    values: usize::MAX,
    depth: 120,
};

fn values(most: usize) -> Budget {
    Budget {
        values: most,
        ..WIDE
    }
}

/// Counts lists, objects and what is in them.
fn count_of(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count_of).sum(),
        Value::Object(members) => members.values().map(count_of).sum(),
        _ => 0,
    }
}

fn depth_of(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth_of).max(),
        Value::Object(members) => members.values().map(depth_of).max(),
        _ => return 0,
    };
    deepest.unwrap_or(0) + 1
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[test]
fn the_first_value_above_the_budget_ends_it() {
    let cases = [
        ("[1,2,3]", 4),
        (r#"{"a":{},"b":[]}"#, 3),
        (r#"{"a":1,"b":2,"c":3}"#, 4),
        ("null", 1),
        (r#"["",[[]],{}]"#, 5),
    ];
    for (text, count) in cases {
        let read = |most| read(text.as_bytes(), values(most), None);
        assert_eq!(read(count).unwrap().1, count, "{text}");
        assert!(matches!(read(count - 1), Err(JsonError::Values)), "{text}");
    }
}

#[test]
fn a_member_that_is_repeated_is_refused_by_name() {
    for text in [
        r#"{"a":1,"b":2,"a":1}"#,
        r#"[{"x":{"b":{},"a":[],"\u0061":0}}]"#,
    ] {
        let Err(JsonError::Repeated(name)) = read(text.as_bytes(), WIDE, None) else {
            panic!("{text} was read");
        };
        assert_eq!(name, "a");
    }
    assert!(read(br#"[{"a":1},{"a":{"a":1}}]"#, WIDE, None).is_ok());
}

#[test]
fn the_deepest_nesting_is_bounded_and_its_member_is_named() {
    let nested = |levels: usize| {
        format!(
            "{{\"a\":1,\"in\":{}{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let budget = Budget { depth: 10, ..WIDE };
    assert!(read(nested(9).as_bytes(), budget, None).is_ok());
    for levels in [10, 11, 126, 200, 1 << 20] {
        let Err(JsonError::Depth(place)) = read(nested(levels).as_bytes(), budget, None) else {
            panic!("{levels} levels were read");
        };
        assert_eq!(place.as_deref(), Some("in"));
    }
    // Nothing has to close what is too deep.
    for text in ["[", "{\"a\":", "[{\"a\":"] {
        let open = text.repeat(1 << 20);
        let end = read(open.as_bytes(), budget, None);
        assert!(matches!(end, Err(JsonError::Depth(_))), "{text}");
    }
}

#[test]
fn a_text_that_another_parser_would_read_as_json_is_a_text() {
    let text = r#"{"$serde_json::private::RawValue":"[[[1]]]"}"#;
    let (value, count) = read(text.as_bytes(), WIDE, None).unwrap();
    assert_eq!(
        (value["$serde_json::private::RawValue"].as_str(), count),
        (Some("[[[1]]]"), 2)
    );
}

#[test]
fn reading_ends_when_nobody_waits() {
    let text = format!("[{}0]", "0,".repeat(1 << 20));
    let stop = CancellationToken::new();
    stop.cancel();
    let end = read(text.as_bytes(), WIDE, Some(&stop));
    assert!(matches!(end, Err(JsonError::Stopped)));
    assert!(read(b"[0]", WIDE, Some(&stop)).is_ok());
}

#[test]
fn ten_mebibytes_of_anything_are_no_more_values_than_the_budget() {
    const SIZE: usize = 10 << 20;
    for piece in ["0,", "[],", "{},", "[[],0],", "{\"\":0},", "\"\","] {
        let text = format!("[{}0]", piece.repeat(SIZE / piece.len()));
        let end = read(text.as_bytes(), values(50_000), None);
        assert!(matches!(end, Err(JsonError::Values)), "{piece}");
    }
    let members: Vec<_> = (0..500_000)
        .map(|number| format!("\"{number}\":{{}}"))
        .collect();
    let text = format!("{{{}}}", members.join(","));
    let end = read(text.as_bytes(), values(50_000), None);
    assert!(matches!(end, Err(JsonError::Values)));
    let text = json!({ "file": "x".repeat(SIZE) }).to_string();
    assert_eq!(read(text.as_bytes(), values(2), None).unwrap().1, 2);
}

proptest! {
    #[test]
    fn within_the_budget_it_reads_what_serde_json_reads(value in anything()) {
        let text = value.to_string();
        let (count, depth) = (count_of(&value), depth_of(&value));
        let exact = Budget { values: count, depth };
        let read = |budget| read(text.as_bytes(), budget, None);
        // Not the value that was written: floats change on the way through texts.
        let expected: Value = serde_json::from_str(&text).unwrap();
        let (found, values) = read(exact).unwrap();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found.to_string(), expected.to_string());
        prop_assert_eq!(values, count);
        let tight = Budget { values: count - 1, depth };
        prop_assert!(matches!(read(tight), Err(JsonError::Values)));
        if depth > 0 {
            let flat = Budget { values: count, depth: depth - 1 };
            prop_assert!(matches!(read(flat), Err(JsonError::Depth(_))));
        }
    }

    #[test]
    fn what_serde_json_refuses_it_refuses_with_the_same_words(
        text in r#"[\[\]{}":,0-9eE.+\-\\untrlsf\x00-\x20]{0,40}|[\[\]{}",:0]{0,12}"#,
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        for bytes in [text.as_bytes(), &bytes] {
            let expected = serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string());
            let found = match read(bytes, WIDE, None) {
                Ok((value, _)) => Ok(value),
                // It takes the last.
                Err(JsonError::Repeated(_)) => continue,
                Err(JsonError::Syntax(error)) => Err(error.to_string()),
                Err(other) => panic!("{other:?}"),
            };
            prop_assert_eq!(&found, &expected);
        }
    }
}
