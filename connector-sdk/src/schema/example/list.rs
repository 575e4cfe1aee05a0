//! Values for lists.

use serde_json::{Value, json};

use super::{Maker, NEEDED, refers, resolve};

/// A list has so many items at most.
const MOST: usize = 64;

impl Maker<'_> {
    pub(super) fn array(&self, schema: &Value, depth: usize) -> Value {
        let count = |keyword| {
            schema
                .get(keyword)
                .and_then(Value::as_u64)
                .and_then(|count| usize::try_from(count).ok())
        };
        let least = count("minItems").unwrap_or(0);
        let items = schema.get("items").unwrap_or(&Value::Null);
        let first = schema.get("prefixItems").and_then(Value::as_array);
        let first = first.map_or(&[][..], Vec::as_slice);
        let wanted = match depth {
            _ if self.is_full() => 0,
            0 if refers(self.root, items) => 0,
            depth if depth <= NEEDED => least,
            _ if first.is_empty() => least.max(1),
            _ => least.max(first.len()),
        };
        let most = count("maxItems").unwrap_or(usize::MAX).min(MOST);
        let is_unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let mut made: Vec<Value> = Vec::new();
        for index in 0..wanted.min(most) {
            if index > 0 && self.is_full() {
                break;
            }
            let of = first.get(index).unwrap_or(items);
            let mut item = self.make(of, depth.saturating_sub(1));
            if is_unique && made.contains(&item) {
                item = self.other(of, &item, index);
            }
            made.push(item);
        }
        made.into()
    }

    /// Makes another value of one, which differs by a number; the same where there is none.
    fn other(&self, schema: &Value, value: &Value, number: usize) -> Value {
        let schema = resolve(self.root, schema);
        let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values.get(number).unwrap_or(value).clone();
        }
        match value {
            Value::Bool(value) => (!value).into(),
            Value::Number(one) => {
                let is_low = bound("maximum").is_none() && bound("exclusiveMaximum").is_none();
                let number = i64::try_from(number).unwrap_or(0) * if is_low { 1 } else { -1 };
                match (one.as_i64(), bound("multipleOf")) {
                    (Some(one), None) => json!(one.saturating_add(number)),
                    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
                    (Some(one), Some(step)) => {
                        json!(one.saturating_add(number.saturating_mul(step as i64)))
                    }
                    #[expect(clippy::cast_precision_loss, reason = "it is small")]
                    (None, step) => {
                        let one = one.as_f64().unwrap_or_default();
                        json!(one + number as f64 * step.unwrap_or(1.0))
                    }
                }
            }
            Value::String(text) if schema.get("pattern").is_none() => {
                let number = number.to_string();
                let kept = text.chars().count().saturating_sub(number.len());
                let start: String = text.chars().take(kept).collect();
                format!("{start}{number}").into()
            }
            Value::Object(members) => {
                let of = |name: &String| schema.get("properties")?.get(name);
                let changed = members.iter().find_map(|(name, member)| {
                    let other = self.other(of(name)?, member, number);
                    (other != *member).then(|| (name.clone(), other))
                });
                let mut members = members.clone();
                members.extend(changed);
                members.into()
            }
            other => other.clone(),
        }
    }
}
