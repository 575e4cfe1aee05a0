//! Values for numbers.

use serde_json::{Value, json};

pub(super) fn whole(schema: &Value) -> i64 {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates, and no schema bounds beyond 64 bits"
    )]
    let low = bound("minimum").map(|low| low.ceil() as i64).into_iter();
    #[expect(clippy::cast_possible_truncation, reason = "as above")]
    let above = bound("exclusiveMinimum")
        .map(|low| (low.floor() as i64).saturating_add(1))
        .into_iter();
    #[expect(clippy::cast_possible_truncation, reason = "as above")]
    let high = bound("maximum").map(|high| high.floor() as i64).into_iter();
    #[expect(clippy::cast_possible_truncation, reason = "as above")]
    let below = bound("exclusiveMaximum")
        .map(|high| (high.ceil() as i64).saturating_sub(1))
        .into_iter();
    let low = low.chain(above).max().unwrap_or(i64::MIN);
    let high = high.chain(below).min().unwrap_or(i64::MAX);
    let value = 1.max(low).min(high);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "saturates, and steps of such numbers can't be told apart"
    )]
    let step = |_| stepped(schema, value as f64) as i64;
    bound("multipleOf").map_or(value, step)
}

pub(super) fn any(schema: &Value) -> Value {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
    let low = bound("minimum").or_else(|| bound("exclusiveMinimum"));
    let high = bound("maximum").or_else(|| bound("exclusiveMaximum"));
    let value = match (low, high) {
        (Some(low), Some(high)) => f64::midpoint(low, high),
        (Some(low), None) => low + 1.5,
        (None, Some(high)) => high - 1.5,
        (None, None) => 1.5,
    };
    json!(stepped(schema, value))
}

/// Returns the multiple next to a value: above it, if that is allowed.
fn stepped(schema: &Value, value: f64) -> f64 {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
    let Some(step) = bound("multipleOf").filter(|step| *step > 0.0) else {
        return value;
    };
    let above = (value / step).ceil() * step;
    let is_allowed = bound("maximum").is_none_or(|high| above <= high)
        && bound("exclusiveMaximum").is_none_or(|high| above < high);
    if is_allowed {
        above
    } else {
        (value / step).floor() * step
    }
}
