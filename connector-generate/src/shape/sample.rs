//! Values of types, for cassettes of which the document has no example.

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::{Field, Shape, Shapes};

const DEEPEST: usize = 4;

/// What may be absent is shown up to this many members.
const MOST_OPTIONAL: usize = 12;

impl Shapes<'_> {
    pub(crate) fn sample(&self, shape: &Shape) -> Value {
        self.part(shape, None, DEEPEST)
    }

    fn part(&self, shape: &Shape, field: Option<&Field>, depth: usize) -> Value {
        match shape {
            Shape::Any => json!("any"),
            Shape::Flag => json!(true),
            Shape::Integer | Shape::Number => json!(1),
            Shape::Reference(_) => json!("1"),
            Shape::Text => field.map_or_else(|| json!("text"), text),
            Shape::Nullable(inner) => self.part(inner, field, depth),
            Shape::List(inner) => json!([self.part(inner, field, depth.saturating_sub(1))]),
            Shape::Map(inner) => json!({ "key": self.part(inner, field, depth.saturating_sub(1)) }),
            Shape::Object(key) => {
                let Some(object) = self.objects.get(key) else {
                    return json!({});
                };
                let mut members = Map::new();
                let mut optional = 0;
                for field in &object.fields {
                    if field.optional {
                        optional += 1;
                        let nested = super::target(&field.shape).is_some();
                        if optional > MOST_OPTIONAL || depth == 0 || (nested && depth < DEEPEST) {
                            continue;
                        }
                    }
                    let value = self.part(&field.shape, Some(field), depth.saturating_sub(1));
                    members.insert(field.wire.clone(), value);
                }
                members.into()
            }
        }
    }
}

fn text(field: &Field) -> Value {
    if let Some(value) = field.values.iter().find(|value| !value.is_empty()) {
        return json!(value);
    }
    let text = match field.format {
        Some("date") => "2030-01-31".to_owned(),
        Some("date-time") => "2030-01-31T08:30:00Z".to_owned(),
        Some("email") => "ada@example.com".to_owned(),
        Some("uri") => format!("https://example.com/{}", field.name.replace('_', "-")),
        Some("uuid") => "0b9cd9c6-7a0e-4f0c-9d5e-6f1f0a4a2b11".to_owned(),
        _ if field.name == "id" || field.name.ends_with("_id") => "1".to_owned(),
        _ if field.name.ends_with("_at") => "2030-01-31T08:30:00Z".to_owned(),
        _ => super::capital(&field.name.replace('_', " ")),
    };
    json!(text)
}
