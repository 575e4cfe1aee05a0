//! The law of parameters: after the one stated normalization, a value passes the published schema
//! exactly when decoding accepts it.

pub(crate) mod rules;
pub(crate) mod zoo;

use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

use jsonschema::Validator;
use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::schema::{drop_nulls, example};
use plugwright_sdk::{Action as _, Lost, Value, json};
use proptest::prelude::*;

static ZOO: LazyLock<Judge> = LazyLock::new(|| Judge::of(zoo::action()));

/// An action, and what its schema takes.
struct Judge {
    action: &'static ActionDefinition,
    schema: Value,
    validator: Validator,
}

impl Judge {
    fn of(action: &'static ActionDefinition) -> Self {
        let schema = action.input_schema();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .expect("the schema compiles");
        Self {
            action,
            schema,
            validator,
        }
    }

    /// Asserts that schema and decoder say the same, and returns what they say.
    fn agree(&self, input: &Value) -> bool {
        let mut normal = input.clone();
        drop_nulls(&self.schema, &mut normal);
        let judged = self.validator.validate(&normal);
        let judged_ok = judged.is_ok();
        let decoded = self.action.decode(input.clone());
        assert_eq!(
            judged.is_ok(),
            decoded.is_ok(),
            "schema: {:?}\ndecoder: {:?}\ninput: {input}",
            judged
                .err()
                .map(|error| format!("{error} at {}", error.instance_path())),
            decoded.err().map(|error| error.to_string()),
        );
        if self.action.reconciles_by().is_some() {
            let lost = Lost::new(UNIX_EPOCH, "key");
            let found = self.action.reconcile(input.clone(), lost);
            assert_eq!(found.is_ok(), judged_ok, "{found:?}: {input}");
        }
        self.validator.is_valid(&normal)
    }
}

/// Asserts that the schema of the zoo and its decoder say the same, and returns what they say.
fn agree(input: &Value) -> bool {
    ZOO.agree(input)
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

/// All combinations of what is absent, `null` and given, so that none is met by chance.
#[test]
fn law_holds_for_rules_over_several_parameters() {
    let judge = Judge::of(rules::action());
    let inputs = rules::inputs();
    let accepted = inputs.iter().filter(|input| judge.agree(input)).count();
    assert!(
        accepted > 300 && accepted < inputs.len() / 2,
        "{accepted} of {} inputs were accepted, so the law was hardly tried",
        inputs.len()
    );
    assert!(judge.agree(&example::smallest(&judge.schema).into()));
    assert!(judge.agree(&example::of(&judge.schema)));
}

#[test]
fn broken_rules_name_all_parameters_and_the_one_to_change() {
    let faults = |input: Value| {
        let error = rules::action().decode(input).expect_err("it breaks rules");
        let faults = error.faults().iter();
        faults
            .map(|fault| format!("{} {}", fault.param, fault.message))
            .collect::<Vec<_>>()
    };
    let one_of = "exactly one of `task`, `pro-ject` and `section` is required";
    assert_eq!(
        faults(json!({ "task": null, "amount": 1, "un-til": "d" })),
        [
            format!("task is missing: {one_of}"),
            "unit is missing: `amount` and `unit` are given together or not at all".to_owned(),
            "since is missing: `un-til` requires `since`".to_owned(),
        ]
    );
    assert_eq!(
        faults(json!({ "pro-ject": null, "section": 1, "note": "n", "places": [{ "room": 1 }] })),
        [
            format!("section can't be given together with `pro-ject`: {one_of}"),
            "task is missing: `note` requires `task`".to_owned(),
            "places[0].door is missing: `room` and `door` are given together or not at all"
                .to_owned(),
        ]
    );
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
    let published: Vec<_> = ZOO.schema["properties"]
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
