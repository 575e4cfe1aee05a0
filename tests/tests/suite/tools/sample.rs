//! Values that a schema takes, or nearly takes.

use fastrand::Rng;
use plugwright_sdk::schema::{example, resolve};
use plugwright_sdk::{Value, json};
use serde_json::Map;

/// Texts for any place: JSON, names and texts that miss limits.
const TEXTS: [&str; 14] = [
    "",
    "a",
    "ab",
    "octocat/Hello-World",
    "2030-01-31",
    "2030-01-31T08:30:00Z",
    "red",
    "null",
    "5",
    "{}",
    "[1]",
    "{\"name\":\"x\",\"n-1\":2}",
    "ünï 😀",
    "https://example.com",
];

/// Makes a value of a schema, most of the time one that it takes.
pub(crate) fn of(rng: &mut Rng, root: &Value, schema: &Value) -> Value {
    make(rng, root, schema, 12)
}

fn make(rng: &mut Rng, root: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolve(root, schema);
    if let Some(values) = schema.get("enum").and_then(Value::as_array)
        && let Some(value) = rng.choice(values)
    {
        return value.clone();
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(variants) = schema.get(keyword).and_then(Value::as_array)
            && schema.get("properties").is_none()
            && let Some(variant) = rng.choice(variants)
        {
            return make(rng, root, variant, depth);
        }
    }
    let kind = match schema.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => rng.choice(names).and_then(Value::as_str).unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => rng
            .choice(["string", "integer", "boolean", "object", "null"])
            .unwrap_or("null"),
    };
    match kind {
        "string" if rng.u8(..4) > 0 => {
            let mut only = schema.as_object().cloned().unwrap_or_default();
            only.retain(|keyword, _| keyword != "examples" && keyword != "default");
            only.insert("type".into(), "string".into());
            example::of(&only.into())
        }
        "string" => (*rng.choice(&TEXTS).unwrap_or(&"")).into(),
        "integer" => integer(rng, schema).into(),
        "number" => json!(number(rng, schema)),
        "boolean" => rng.bool().into(),
        "array" => {
            let bound = |keyword: &str| {
                schema
                    .get(keyword)
                    .and_then(Value::as_u64)
                    .and_then(|bound| usize::try_from(bound).ok())
            };
            let least = bound("minItems").unwrap_or(0);
            let most = bound("maxItems").unwrap_or(3).min(least + 3);
            let count = if depth == 0 {
                least
            } else {
                rng.usize(least..=most.max(least))
            };
            let any = json!({});
            let items = schema
                .get("items")
                .filter(|items| items.is_object())
                .unwrap_or(&any);
            (0..count)
                .map(|_| make(rng, root, items, depth.saturating_sub(1)))
                .collect()
        }
        "object" => object(rng, root, schema, depth).into(),
        _ => Value::Null,
    }
}

fn integer(rng: &mut Rng, schema: &Value) -> i64 {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let low = bound("minimum").unwrap_or(-1e15);
    let high = bound("maximum").unwrap_or(1e15).max(low);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number within 2^53"
    )]
    let whole = number(rng, schema).round().clamp(low, high) as i64;
    whole
}

fn number(rng: &mut Rng, schema: &Value) -> f64 {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let low = bound("minimum").or(bound("exclusiveMinimum"));
    let high = bound("maximum").or(bound("exclusiveMaximum"));
    let near = [
        low,
        high,
        low.map(|low| low + 1.0),
        high.map(|high| high - 1.0),
    ];
    let near: Vec<f64> = near
        .into_iter()
        .flatten()
        .chain([0.0, 1.0, 2.0, 7.0, 0.5, -3.0])
        .collect();
    rng.choice(near).unwrap_or(0.0)
}

fn object(rng: &mut Rng, root: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<_> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut members = Map::new();
    for (name, property) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if required.contains(&name.as_str()) || (depth > 0 && rng.bool()) {
            members.insert(
                name.clone(),
                make(rng, root, property, depth.saturating_sub(1)),
            );
        }
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => {}
        more if depth > 0 && rng.u8(..3) == 0 => {
            let any = json!({});
            let more = more.filter(|more| more.is_object()).unwrap_or(&any);
            let name = *rng.choice(&["stranger", "key", "x-1"]).unwrap_or(&"key");
            members.insert(
                name.to_owned(),
                make(rng, root, more, depth.saturating_sub(1)),
            );
        }
        _ => {}
    }
    members
}
