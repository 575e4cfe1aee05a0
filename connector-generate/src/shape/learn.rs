//! What examples show of types: which members may be absent, and where a value is of another type
//! than the document states.

use plugwright_sdk::Value;

use super::{Shape, Shapes};

impl Shapes<'_> {
    pub(crate) fn learn(&mut self, shape: &Shape, example: &Value) {
        match (shape, example) {
            (Shape::List(inner), Value::Array(items)) => {
                for item in items {
                    self.learn(inner, item);
                }
            }
            (Shape::Nullable(inner), example) => self.learn(inner, example),
            (Shape::Map(inner), Value::Object(members)) => {
                for member in members.values() {
                    self.learn(inner, member);
                }
            }
            (Shape::Object(key), Value::Object(members)) => {
                let count = self
                    .objects
                    .get(key)
                    .map_or(0, |object| object.fields.len());
                for index in 0..count {
                    self.learn_field(key, index, members);
                }
            }
            _ => {}
        }
    }

    fn learn_field(&mut self, key: &str, index: usize, members: &serde_json::Map<String, Value>) {
        let Some(field) = self
            .objects
            .get_mut(key)
            .and_then(|object| object.fields.get_mut(index))
        else {
            return;
        };
        let Some(value) = members.get(&field.wire).filter(|value| !value.is_null()) else {
            field.optional = true;
            return;
        };
        field.shape = match (&field.shape, value) {
            (Shape::Integer, Value::Number(number)) if !number.is_i64() => Shape::Number,
            (shape, value) if !is_of(shape, value) => Shape::Any,
            (shape, _) => shape.clone(),
        };
        let shape = field.shape.clone();
        self.learn(&shape, value);
    }

    pub(crate) fn fits(&self, shape: &Shape, value: &Value) -> bool {
        match (shape, value) {
            // An answer that is null shows nothing.
            (Shape::Nullable(inner), value) => self.fits(inner, value),
            (Shape::List(inner), Value::Array(items)) => {
                items.iter().all(|item| self.fits(inner, item))
            }
            (Shape::Map(inner), Value::Object(members)) => {
                members.values().all(|member| self.fits(inner, member))
            }
            (Shape::Object(key), Value::Object(members)) => {
                let fields = self
                    .objects
                    .get(key)
                    .into_iter()
                    .flat_map(|object| &object.fields);
                fields.into_iter().all(|field| {
                    match members.get(&field.wire).filter(|value| !value.is_null()) {
                        Some(value) => self.fits(&field.shape, value),
                        None => field.optional,
                    }
                })
            }
            (Shape::Integer, Value::Number(number)) => number.is_i64(),
            (shape, value) => is_of(shape, value),
        }
    }
}

fn is_of(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Any | Shape::Reference(_) => true,
        Shape::Text => value.is_string(),
        Shape::Flag => value.is_boolean(),
        Shape::Integer | Shape::Number => value.is_number(),
        Shape::List(_) => value.is_array(),
        Shape::Map(_) | Shape::Object(_) => value.is_object(),
        Shape::Nullable(inner) => is_of(inner, value),
    }
}
