//! Lists of values, for dialects in which each schema has one type.

use serde_json::{Value, json};

use super::{Lowered, Lowering, MOST_LONG_VALUES, MOST_VALUE_CHARACTERS, MOST_VALUES};
use crate::form::kind_of;
use crate::part::Part;
use crate::{LossKind, words};

impl<'a> Lowering<'a> {
    pub(super) fn enumeration(
        &mut self,
        values: &[&'a Value],
        kinds: Option<&[&str]>,
        parts: &[Part<'a>],
    ) -> Lowered {
        let taken = |value: &&&Value| {
            kinds.is_none_or(|kinds| {
                let kind = kind_of(value);
                kinds.contains(&kind) || (kind == "integer" && kinds.contains(&"number"))
            })
        };
        let values: Vec<&Value> = values.iter().filter(taken).copied().collect();
        let mut variants = Vec::new();
        for kind in ["string", "integer", "number", "boolean", "object", "array"] {
            let of_kind: Vec<_> = values
                .iter()
                .copied()
                .filter(|value| kind_of(value) == kind)
                .collect();
            if !of_kind.is_empty() {
                variants.push(self.values_of(kind, &of_kind, parts));
            }
        }
        let mut lowered = match variants.len() {
            1 => variants.remove(0),
            _ => {
                for variant in &mut variants {
                    variant.description = None;
                }
                self.join("anyOf", variants, parts)
            }
        };
        lowered.is_nullable |= values.iter().any(|value| value.is_null());
        lowered
    }

    fn values_of(&mut self, kind: &'static str, values: &[&Value], parts: &[Part<'a>]) -> Lowered {
        let is_json = matches!(kind, "object" | "array");
        let mut lowered = if is_json {
            self.text_of("JSON text.", parts)
        } else {
            Lowered::new(json!({ "type": self.kind(kind) }), parts)
        };
        let mut said = values.to_vec();
        if self.dialect.is_gemini() {
            // An empty value is refused there.
            said.retain(|value| **value != "");
        }
        let characters = |value: &&Value| value.as_str().unwrap_or_default().chars().count();
        let is_small = self.dialect.is_gemini()
            || (self.values + said.len() <= MOST_VALUES
                && (said.len() <= MOST_LONG_VALUES
                    || said.iter().map(characters).sum::<usize>() <= MOST_VALUE_CHARACTERS));
        let takes_values = !is_json && (self.dialect.is_strict() || kind == "string");
        if kind == "boolean" && values.len() > 1 {
            // Both of them.
        } else if takes_values && is_small && !said.is_empty() {
            self.values += said.len();
            if said.len() < values.len() {
                self.lose_values(parts, LossKind::Narrowed);
            }
            let said: Vec<_> = said.into_iter().cloned().collect();
            lowered.schema.insert("enum".into(), said.into());
        } else {
            let list: Value = values.iter().copied().cloned().collect();
            let words = words::of("enum", &list, |_| None);
            let kind = if words.is_some() {
                LossKind::Described
            } else {
                LossKind::Dropped
            };
            if let Some(words) = words {
                lowered.say(words);
            }
            self.lose_values(parts, kind);
        }
        self.put_rules(&mut lowered, kind, parts);
        lowered
    }

    fn lose_values(&mut self, parts: &[Part<'a>], kind: LossKind) {
        for part in parts {
            for keyword in ["enum", "const"] {
                if part.get(keyword).is_some() {
                    self.lose(part.at(keyword), kind);
                }
            }
        }
    }
}
