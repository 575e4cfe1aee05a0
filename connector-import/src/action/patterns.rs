//! What the patterns of an input take in memory: a validator compiles each where it stands, and a few
//! characters can stand for megabytes.

use std::collections::HashMap;

use jsonschema_regex::to_rust_regex;
use plugwright_sdk::Value;
use regex_automata::meta;
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use super::PATTERN_SIZE;

/// The patterns of an input may take so many bytes; what is further on in the schema is not checked.
const MOST_BYTES: usize = 8 << 20;

/// What any pattern takes.
const BASE: usize = 8 << 10;

/// Drops the patterns for which there is no room; returns how many bytes the others take at most.
pub(super) fn bound(schema: &mut Value) -> usize {
    let mut sizes = HashMap::new();
    let mut total = 0_usize;
    each(schema, &mut |pattern| {
        let size = sizes.entry(pattern.to_owned());
        let size = size.or_insert_with(|| estimated(pattern));
        total = total.saturating_add(*size);
        true
    });
    if total <= MOST_BYTES {
        return total;
    }
    // Most take much less. What is compiled for that has the same bound.
    let mut left = MOST_BYTES;
    let mut sizes: HashMap<String, Option<usize>> = HashMap::new();
    each(schema, &mut |pattern| {
        if left < BASE {
            return false;
        }
        let size = *sizes.entry(pattern.to_owned()).or_insert_with(|| {
            let size = measured(pattern, left);
            if size.is_none() {
                // What does not fit takes no less time.
                left -= left.min(PATTERN_SIZE);
            }
            size
        });
        let fitting = size.filter(|size| *size <= left);
        left -= fitting.unwrap_or_default();
        fitting.is_some()
    });
    MOST_BYTES - left
}

/// Drops all patterns, as from an output: nobody needs to know the letters of its texts, and to check them
/// takes what it takes for an input.
pub(super) fn remove(schema: &mut Value) {
    each(schema, &mut |_| false);
}

/// Goes over the patterns of a schema, and drops those that are not kept.
fn each(schema: &mut Value, keeps: &mut impl FnMut(&str) -> bool) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(pattern)) = members.get("pattern")
                && !keeps(pattern)
            {
                members.shift_remove("pattern");
            }
            // A property of that name has a schema, whose members may be anything.
            if let Some(Value::Object(parts)) = members.get_mut("patternProperties")
                && parts
                    .values()
                    .all(|part| part.is_object() || part.is_boolean())
            {
                let count = parts.len();
                parts.retain(|pattern, _| keeps(pattern));
                if parts.len() < count {
                    // It would take what the others took for something unknown.
                    members.shift_remove("additionalProperties");
                }
            }
            for (keyword, part) in members {
                if !super::validate::is_data(keyword) || part.is_object() {
                    each(part, keeps);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, keeps)),
        _ => {}
    }
}

/// Returns at least as many bytes as a pattern takes.
fn estimated(pattern: &str) -> usize {
    let pattern = to_rust_regex(pattern).ok();
    let Some(parsed) = pattern.and_then(|pattern| regex_syntax::parse(&pattern).ok()) else {
        return PATTERN_SIZE;
    };
    most(&parsed).saturating_add(4 * BASE)
}

fn measured(pattern: &str, most: usize) -> Option<usize> {
    // As the validator does.
    let pattern = to_rust_regex(pattern).ok()?;
    let config = meta::Config::new().nfa_size_limit(Some(most.min(PATTERN_SIZE)));
    let regex = meta::Builder::new().configure(config).build(&pattern);
    regex.ok().map(|regex| BASE + regex.memory_usage())
}

/// Returns at least as many bytes as a part of a pattern takes, in both directions of matching.
fn most(part: &Hir) -> usize {
    const STATE: usize = 64;
    const RANGE: usize = 32;
    let own = match part.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(2 * STATE),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class
                .iter()
                .flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
            ranges.map(|sequence| 2 * RANGE * sequence.len()).sum()
        }
        HirKind::Class(Class::Bytes(class)) => 2 * RANGE * class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let times = repetition
                .max
                .unwrap_or_else(|| repetition.min.saturating_add(1))
                .max(1);
            most(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => most(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(most).fold(0, usize::saturating_add)
        }
    };
    own.saturating_add(2 * STATE)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn the_bound_is_one_and_usual_patterns_have_room() {
        for pattern in [
            "",
            "^a$",
            r"^[a-z0-9_-]{1,64}$",
            r"[\p{L}\p{N}]{0,20}",
            r"^\w+@\w+\.(com|org)$",
            r"^arn:aws[a-z-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$",
            r"\S{3,200}",
            "(?i)straße|ﬀ",
            "[ -~¡-ÿ]{1,255}",
        ] {
            let least = measured(pattern, PATTERN_SIZE).unwrap();
            let most = estimated(pattern);
            assert!(least <= most, "{pattern}: {least} is more than {most}");
        }
        let usual =
            json!({ "properties": { "a": { "pattern": r"^[\w-]{1,128}$" }, "pattern": {} } });
        let mut kept = usual.clone();
        let bytes = bound(&mut kept);
        assert!(kept == usual && bytes < MOST_BYTES, "{bytes}");
    }

    #[test]
    fn patterns_without_room_are_dropped() {
        let large = |index: usize| {
            let pattern = format!(r"[\p{{L}}\p{{N}}]{{0,8}}{index}");
            json!({ "type": "string", "pattern": pattern })
        };
        let mut schema = json!({ "items": (0..100).map(large).collect::<Value>() });
        let bytes = bound(&mut schema);
        let items = schema["items"].as_array().unwrap();
        let kept = items.iter().filter(|item| item.get("pattern").is_some());
        let kept = kept.count();
        assert!(
            bytes <= MOST_BYTES && (4..90).contains(&kept),
            "{kept} take {bytes}"
        );
        assert!(items[0].get("pattern").is_some() && items[99].get("pattern").is_none());
        // So do patterns of names.
        let named = |index: usize| {
            let pattern = large(index)["pattern"].as_str().unwrap().to_owned();
            json!({ "patternProperties": { pattern: {} }, "additionalProperties": false })
        };
        let mut names = json!({ "items": (0..100).map(named).collect::<Value>() });
        assert!((1..=MOST_BYTES).contains(&bound(&mut names)));
        assert_eq!(names["items"][99], json!({ "patternProperties": {} }));
        assert_eq!(names["items"][0]["additionalProperties"], false);
        // The same one takes as much wherever it stands.
        let mut same = json!({ "items": (0..100).map(|_| large(7)).collect::<Value>() });
        assert!(bound(&mut same) <= MOST_BYTES);
        assert!(same["items"][99].get("pattern").is_none());
    }
}
