//! Bounds.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{Part, kept};

pub(super) fn include(wide: Part<'_>, narrow: Part<'_>) -> bool {
    let below = [Ordering::Greater, Ordering::Equal];
    let above = [Ordering::Less, Ordering::Equal];
    within(wide, narrow, ["minimum", "exclusiveMinimum"], below)
        && within(wide, narrow, ["maximum", "exclusiveMaximum"], above)
        && multiples(wide, narrow)
}

/// Looks at one end: `beyond` is how the bound of `narrow` compares to that of `wide`.
fn within(
    wide: Part<'_>,
    narrow: Part<'_>,
    [inclusive, exclusive]: [&str; 2],
    beyond: [Ordering; 2],
) -> bool {
    let reaches = |keyword: &str, bound: &Value, allowed: &[Ordering]| {
        let compared = narrow.get(keyword).and_then(|own| compare(own, bound));
        compared.is_some_and(|order| allowed.contains(&order))
    };
    let inclusive_holds = wide.get(inclusive).is_none_or(|bound| {
        reaches(inclusive, bound, &beyond) || reaches(exclusive, bound, &beyond)
    });
    let exclusive_holds = wide.get(exclusive).is_none_or(|bound| {
        reaches(exclusive, bound, &beyond) || reaches(inclusive, bound, &beyond[..1])
    });
    inclusive_holds && exclusive_holds
}

fn multiples(wide: Part<'_>, narrow: Part<'_>) -> bool {
    if kept(wide, narrow, &["multipleOf"]) {
        return true;
    }
    let step = |part: Part<'_>| part.get("multipleOf").and_then(Value::as_u64);
    match (step(wide), step(narrow)) {
        (Some(wide), Some(narrow)) => narrow.checked_rem(wide) == Some(0),
        _ => false,
    }
}

/// Compares numbers exactly; `None` where that can't be done.
fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let (one, other) = (number(one)?, number(other)?);
    if let (Some(one), Some(other)) = (whole(one), whole(other)) {
        return Some(one.cmp(&other));
    }
    exact(one)?.partial_cmp(&exact(other)?)
}

fn number(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn whole(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

/// Returns a number as floating point, unless that rounds it.
fn exact(number: &Number) -> Option<f64> {
    const LARGEST: i128 = 1 << 53;
    match whole(number) {
        Some(whole) if whole.abs() > LARGEST => None,
        _ => number.as_f64(),
    }
}

/// Returns whether a count of `narrow` is at least what `wide` asks for.
pub(super) fn at_least(wide: Part<'_>, narrow: Part<'_>, keyword: &str) -> bool {
    count(wide, narrow, keyword, |own, bound| own >= bound) || wide.get(keyword).is_none()
}

/// Returns whether a count of `narrow` is at most what `wide` allows.
pub(super) fn at_most(wide: Part<'_>, narrow: Part<'_>, keyword: &str) -> bool {
    count(wide, narrow, keyword, |own, bound| own <= bound) || wide.get(keyword).is_none()
}

fn count(wide: Part<'_>, narrow: Part<'_>, keyword: &str, holds: fn(u64, u64) -> bool) -> bool {
    let own = |part: Part<'_>| part.get(keyword).and_then(Value::as_u64);
    own(narrow)
        .zip(own(wide))
        .is_some_and(|(own, bound)| holds(own, bound))
}
