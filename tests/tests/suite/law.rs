//! The law of parameters: after the one stated normalization, a value passes the published schema
//! exactly when decoding accepts it.

mod zoo;

use std::sync::LazyLock;

use jsonschema::Validator;
use plugwright_sdk::schema::drop_nulls;
use plugwright_sdk::{Action as _, Value, json};
use proptest::prelude::*;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| zoo::action().input_schema());

static JUDGE: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::options()
        .should_validate_formats(true)
        .build(&SCHEMA)
        .expect("the schema of the zoo compiles")
});

/// Asserts that judge and decoder say the same, and returns what they say.
fn agree(input: &Value) -> bool {
    let mut normal = input.clone();
    drop_nulls(&SCHEMA, &mut normal);
    let judged = JUDGE.validate(&normal);
    let decoded = zoo::action().decode(input.clone());
    assert_eq!(
        judged.is_ok(),
        decoded.is_ok(),
        "schema: {:?}\ndecoder: {:?}\ninput: {input}",
        judged
            .err()
            .map(|error| format!("{error} at {}", error.instance_path())),
        decoded.err().map(|error| error.to_string()),
    );
    JUDGE.is_valid(&normal)
}

/// Values that are near to what some parameter takes, and values that are not.
fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-300_i64..300).prop_map(Value::from),
        (-300_i32..300).prop_map(|whole| json!(f64::from(whole))),
        (-600_i32..600).prop_map(|half| json!(f64::from(half) / 2.0)),
        edge_number(),
        ".{0,12}".prop_map(Value::from),
        "[a-z0-9/._-]{0,8}".prop_map(Value::from),
        near_text(),
    ]
}

fn edge_number() -> impl Strategy<Value = Value> {
    let edges = [
        json!(i8::MIN),
        json!(i8::MAX),
        json!(128),
        json!(-129),
        json!(255),
        json!(256),
        json!(65_535),
        json!(65_536),
        json!(i32::MAX),
        json!(i64::from(i32::MAX) + 1),
        json!(u32::MAX),
        json!(u64::from(u32::MAX) + 1),
        json!(9_007_199_254_740_991_i64),
        json!(9_007_199_254_740_992_i64),
        json!(-9_007_199_254_740_991_i64),
        json!(-9_007_199_254_740_992_i64),
        json!(9_007_199_254_740_992.0),
        json!(1e300),
        json!(-0.0),
        json!(1.0),
        json!(0.1),
        json!(u64::MAX),
        json!(i64::MIN),
    ];
    prop::sample::select(edges.to_vec())
}

/// Texts that enums, patterns and formats take, and texts that just miss.
fn near_text() -> impl Strategy<Value = Value> {
    let texts = [
        "open",
        "closed",
        "Open",
        "in_progress",
        "too heated",
        "red",
        "green",
        "blue",
        "octocat/Hello-World",
        "a/b/c",
        "a/",
        "2030-01-31",
        "2030-02-30",
        "2028-02-29",
        "2027-02-29",
        "2030-1-1",
        "2030-01-31T08:30:00Z",
        "2030-01-31t08:30:00.5+05:30",
        "2030-01-31 08:30:00Z",
        "1990-12-31T23:59:60Z",
        "1990-12-31T22:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "2030-01-31T24:00:00Z",
        "2030-01-31T08:30:00",
        "2030-01-31T08:30:00+24:00",
        "a@example.org",
        "a..b@example.org",
        "a@-x.org",
        "a b@example.org",
        "\"a b\"@example.org",
        "a@[127.0.0.1]",
        "a@x",
        "https://example.com/a?b#c",
        "urn:isbn:1",
        "/relative",
        "https://exa mple.com",
        "http://[::1]/",
        "a:",
        "https://h/%zz",
        "0f0e0d0c-0b0a-0908-0706-050403020100",
        "0F0E0D0C-0B0A-0908-0706-050403020100",
        "0f0e0d0c0b0a09080706050403020100",
        "{0f0e0d0c-0b0a-0908-0706-050403020100}",
        "127.0.0.1",
        "127.0.0.01",
        "256.0.0.1",
        "::1",
        "::ffff:1.2.3.4",
        "fe80::1%eth0",
        ":::",
        "",
        "a",
        "ab",
        "abc",
        "abcd",
        "😀😀😀",
        "e\u{301}",
        "abcdefghij",
        "abcdefghijk",
        "-12.5",
        "x-1",
        "attachment:notes.txt",
        "attachment:a/b",
        "data:,",
        "data:,a%20b\n",
        "data:,%4",
        "data:text/plain;charset=utf-8,%C3%BC",
        "data:text/plain;base64,aGVsbG8=",
        "data:;base64,aGVsbG9=",
        "data:;base64,aGVsbG8",
        "data:TEXT/plain,x",
        "line\nbreak",
        "abc\n",
    ];
    prop::sample::select(texts.to_vec()).prop_map(Value::from)
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(zoo::NAMES.to_vec()).prop_map(str::to_owned),
        "[a-z]{1,4}"
    ]
}

proptest! {
    #[test]
    fn law_holds_for_any_object(members in prop::collection::vec((name(), value()), 0..6)) {
        agree(&Value::Object(members.into_iter().collect()));
    }

    /// Starts from a valid input and changes a few members, so that most of the others are right.
    #[test]
    fn law_holds_near_valid_inputs(changes in prop::collection::vec((name(), value()), 0..3)) {
        let mut input = zoo::valid();
        for (name, value) in changes {
            input[name] = value;
        }
        agree(&input);
    }

    /// Changes a member of the nested object.
    #[test]
    fn law_holds_inside_nested_objects(name in name(), value in value(), listed in any::<bool>()) {
        let mut input = zoo::valid();
        if listed {
            input["nested_list"][0][name] = value;
        } else {
            input["nested"][name] = value;
        }
        agree(&input);
    }
}

#[test]
fn nothing_but_an_object_is_an_input() {
    for input in [json!([]), json!(1), json!("text"), json!(true)] {
        assert!(!agree(&input), "{input}");
    }
}

#[test]
fn the_valid_input_is_valid_and_uses_every_parameter() {
    let valid = zoo::valid();
    assert!(agree(&valid));
    let published: Vec<_> = SCHEMA["properties"]
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    for name in &published {
        assert!(
            valid.get(name.as_str()).is_some(),
            "`{name}` is not in the valid input"
        );
    }
}

/// Each text against each parameter: the edges are met in every run, not by chance.
#[test]
fn every_edge_is_tried_at_every_parameter() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut values: Vec<Value> = (0..150)
        .map(|_| sample(&mut runner, &near_text().boxed()))
        .collect();
    values.extend((0..60).map(|_| sample(&mut runner, &edge_number().boxed())));
    values.extend((0..80).map(|_| sample(&mut runner, &value().boxed())));
    let mut accepted = 0;
    for name in zoo::NAMES {
        for value in &values {
            let mut input = zoo::valid();
            input[*name] = value.clone();
            accepted += usize::from(agree(&input));
        }
    }
    assert!(
        accepted > 1000,
        "only {accepted} inputs were accepted, so the law was hardly tried"
    );
}

fn sample(
    runner: &mut proptest::test_runner::TestRunner,
    strategy: &BoxedStrategy<Value>,
) -> Value {
    use proptest::strategy::ValueTree as _;
    strategy.new_tree(runner).expect("a value").current()
}
