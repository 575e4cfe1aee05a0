//! The law of tools: what passes a tool's schema leads to an input that passes the action's, but for what
//! the tool says that it lost.

use std::sync::LazyLock;

use jsonschema::Validator;
use plugwright_sdk::schema::drop_nulls;
use plugwright_sdk::tools::{Dialect, Tool};
use plugwright_sdk::{Value, json};
use proptest::prelude::*;

use super::{SUBJECTS, Subject, sample, tools};

/// A tool, with what its schema and that of its action take.
struct Case {
    tool: Tool,
    subject: &'static Subject,
    parameters: Value,
    given: Validator,
    taken: Validator,
}

static CASES: LazyLock<Vec<(Dialect, Vec<Case>)>> = LazyLock::new(|| {
    let of = |dialect: Dialect| {
        let tools = tools(dialect).into_iter().zip(SUBJECTS.iter());
        let cases = tools.filter_map(|(tool, subject)| {
            let parameters = parameters(dialect, tool.definition());
            Some(Case {
                given: validator(&parameters).expect("the schema of a tool compiles"),
                // One of the odd schemas refers to nothing.
                taken: validator(&subject.schema)?,
                tool,
                subject,
                parameters,
            })
        });
        (dialect, cases.collect())
    };
    Dialect::ALL.into_iter().map(of).collect()
});

fn validator(schema: &Value) -> Option<Validator> {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(schema).ok()
}

/// Returns the schema of a tool's parameters as JSON Schema.
pub(super) fn parameters(dialect: Dialect, definition: &Value) -> Value {
    match dialect {
        Dialect::OpenAi | Dialect::OpenAiStrict => definition["function"]["parameters"].clone(),
        Dialect::Anthropic => definition["input_schema"].clone(),
        Dialect::Gemini => match definition.get("parameters") {
            Some(schema) => from_gemini(schema),
            None => json!({ "type": "object", "properties": {}, "additionalProperties": false }),
        },
        _ => definition["parameters"].clone(),
    }
}

/// Writes Gemini's schema as JSON Schema. Calls have the properties that are declared, and no others.
fn from_gemini(schema: &Value) -> Value {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    let mut written = serde_json::Map::new();
    for (name, value) in members {
        let value = match (name.as_str(), value) {
            ("type", Value::String(kind)) => kind.to_lowercase().into(),
            ("properties", Value::Object(properties)) => {
                written.insert("additionalProperties".into(), false.into());
                let properties = properties.iter();
                properties
                    .map(|(name, schema)| (name.clone(), from_gemini(schema)))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }
            ("anyOf", Value::Array(variants)) => variants.iter().map(from_gemini).collect(),
            ("items", items) => from_gemini(items),
            ("nullable", _) => continue,
            (_, value) => value.clone(),
        };
        written.insert(name.clone(), value);
    }
    if schema["nullable"] == true {
        return json!({ "anyOf": [written, { "type": "null" }] });
    }
    written.into()
}

/// Returns whether a fault is one that the tool warns of.
fn is_warned_of(tool: &Tool, path: &str) -> bool {
    let is_within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // That no alternative fits may come of what any of them lost.
    let of_parts = ["/anyOf", "/oneOf", "/not", "/if", "/contains", "/then"]
        .iter()
        .any(|end| path.ends_with(end));
    tool.losses()
        .iter()
        .any(|loss| is_within(path, &loss.path) || (of_parts && is_within(&loss.path, path)))
}

impl Subject {
    /// Drops nulls as decoding does. The odd schemas are of no action, and say so where they take `null`.
    fn normalize(&self, input: &mut Value) {
        if !self.id.starts_with("odd.") {
            drop_nulls(&self.schema, input);
        }
    }
}

impl Case {
    /// Asserts the law for a value; tells whether the action takes it.
    fn holds(&self, value: &Value) -> bool {
        let mut input = self.tool.input(value.clone());
        // What takes anything takes `null` too, though it counts as absent.
        if !self.taken.is_valid(&input) {
            self.subject.normalize(&mut input);
        }
        let mut is_taken = true;
        for error in self.taken.iter_errors(&input) {
            is_taken = false;
            let path = error.evaluation_path().to_string();
            assert!(
                is_warned_of(&self.tool, &path)
                    || is_warned_of(&self.tool, &error.schema_path().to_string()),
                "{} {}: {error} ({path})\ngiven: {value}\ninput: {input}\nlosses: {:?}\nschema: {:#}",
                self.tool.dialect(),
                self.subject.id,
                self.tool.losses(),
                self.parameters,
            );
        }
        is_taken
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.div_ceil(8), ..ProptestConfig::default() })]

    /// Each case tries all actions in one dialect.
    #[test]
    fn law_holds_for_what_a_tool_takes(seed in any::<u64>(), chosen in 0..Dialect::ALL.len()) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (mut given, mut taken) = (0, 0);
        for case in &CASES[chosen].1 {
            let value = sample::of(&mut rng, &case.parameters, &case.parameters);
            if case.given.is_valid(&value) {
                given += 1;
                taken += usize::from(case.holds(&value));
            }
        }
        let all = CASES[chosen].1.len();
        prop_assert!(given > all / 2 && taken > all / 4, "{given} of {all} samples fit and {taken} were taken, so the law was hardly tried");
    }

    /// What an action takes, a tool whose schema has all keywords takes too.
    #[test]
    fn law_holds_for_what_an_action_takes(seed in any::<u64>()) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut tried = 0;
        for (dialect, cases) in CASES.iter() {
            if !matches!(dialect, Dialect::OpenAi | Dialect::OpenAiResponses | Dialect::Anthropic) {
                continue;
            }
            for case in cases {
                let mut value = sample::of(&mut rng, &case.subject.schema, &case.subject.schema);
                case.subject.normalize(&mut value);
                if case.subject.id.starts_with("odd.") || !case.taken.is_valid(&value) {
                    continue;
                }
                tried += 1;
                prop_assert!(case.given.is_valid(&value), "{dialect} {}: {value}\n{:#}", case.subject.id, case.parameters);
                prop_assert_eq!(case.tool.input(value.clone()), value);
            }
        }
        prop_assert!(tried > 500, "{tried} inputs, so the law was hardly tried");
    }
}
