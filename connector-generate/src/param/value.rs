//! Values of parameters, for cassettes.

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::{ParamType, ParamTypes, Rules};

/// A file with five bytes.
const FILE: &str = "data:text/plain;base64,aGVsbG8=";

impl ParamTypes<'_> {
    pub(crate) fn fit(&self, ty: &ParamType, rules: &Rules, value: &Value) -> Option<Value> {
        let kept = match (ty, value) {
            (ParamType::Any, value) if !value.is_null() => value.clone(),
            (ParamType::Object, Value::Object(_)) | (ParamType::Flag, Value::Bool(_)) => {
                value.clone()
            }
            (ParamType::Text, Value::String(text)) if !text.is_empty() => value.clone(),
            (ParamType::Enum(index), Value::String(text)) => {
                let variants = &self.enums[*index].variants;
                variants.iter().find(|(_, known)| known == text)?;
                value.clone()
            }
            (ParamType::Integer(name), Value::Number(number)) => {
                let least = if name.starts_with('u') {
                    0
                } else {
                    -(1 << 53) + 1
                };
                let most = match *name {
                    "u16" => i64::from(u16::MAX),
                    "u32" => i64::from(u32::MAX),
                    _ => (1 << 53) - 1,
                };
                number
                    .as_i64()
                    .filter(|number| (least..=most).contains(number))?;
                value.clone()
            }
            // Requests have `1.0` for what an example writes as 1.
            (ParamType::Number, Value::Number(number)) => {
                number.as_f64().filter(|float| float.fract() != 0.0)?;
                value.clone()
            }
            (ParamType::List(inner), Value::Array(items)) => {
                let plain = Rules::default();
                let kept: Vec<_> = items
                    .iter()
                    .filter_map(|item| self.fit(inner, &plain, item))
                    .collect();
                if kept.is_empty() {
                    return None;
                }
                kept.into()
            }
            (ParamType::Map(inner), Value::Object(members)) => {
                let plain = Rules::default();
                let kept: Map<_, _> = members
                    .iter()
                    .filter_map(|(name, value)| {
                        Some((name.clone(), self.fit(inner, &plain, value)?))
                    })
                    .collect();
                kept.into()
            }
            (ParamType::Struct(index), Value::Object(members)) => self.members(*index, members)?,
            _ => return None,
        };
        rules.allow(&kept).then_some(kept)
    }

    fn members(&self, index: usize, members: &Map<String, Value>) -> Option<Value> {
        let mut kept = Map::new();
        for field in &self.structs[index].fields {
            let value = members.get(&field.wire);
            let value = value.and_then(|value| self.fit(&field.ty, &field.rules, value));
            match value {
                Some(value) => drop(kept.insert(field.wire.clone(), value)),
                None if field.required => return None,
                None => {}
            }
        }
        Some(kept.into())
    }

    pub(crate) fn sample(&self, ty: &ParamType, rules: &Rules, name: &str) -> Value {
        match ty {
            ParamType::Any => json!("any"),
            ParamType::Object => json!({ "key": "value" }),
            ParamType::Flag => json!(true),
            ParamType::File => json!(FILE),
            ParamType::Text => text(rules, name),
            ParamType::Enum(index) => json!(self.enums[*index].variants[0].1),
            ParamType::Integer(_) => rules.sample("integer"),
            ParamType::Number => {
                let halves = [1.5, 0.5, 10.5, 100.5, -0.5];
                let allowed = halves
                    .into_iter()
                    .map(Value::from)
                    .find(|half| rules.allow(half));
                allowed.unwrap_or_else(|| rules.sample("number"))
            }
            ParamType::List(inner) => {
                let item = self.sample(inner, &Rules::default(), name);
                let mut list = vec![item];
                while !rules.allow(&Value::Array(list.clone())) && list.len() < 8 {
                    list.push(list[0].clone());
                }
                list.into()
            }
            ParamType::Map(inner) => {
                json!({ "key": self.sample(inner, &Rules::default(), name) })
            }
            ParamType::Struct(index) => {
                let fields = &self.structs[*index].fields;
                let mut members: Map<String, Value> = fields
                    .iter()
                    .filter(|field| field.required)
                    .map(|field| {
                        (
                            field.wire.clone(),
                            self.sample(&field.ty, &field.rules, &field.name),
                        )
                    })
                    .collect();
                if let (true, Some(first)) = (members.is_empty(), fields.first()) {
                    let value = self.sample(&first.ty, &first.rules, &first.name);
                    members.insert(first.wire.clone(), value);
                }
                members.into()
            }
        }
    }
}

fn text(rules: &Rules, name: &str) -> Value {
    let words = name.replace('_', "-");
    let short = if name == "id" || name.ends_with("_id") {
        "1"
    } else {
        &words
    };
    let plain = json!(short);
    if rules.allow(&plain) {
        return plain;
    }
    rules.sample("string")
}
