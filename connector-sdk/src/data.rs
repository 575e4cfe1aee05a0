//! The data of a result.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{ActionError, ErrorCode, Result};

/// A JSON object.
pub type JsonObject = serde_json::Map<String, Value>;

/// Lists and objects in one another; the reader allows a few more.
const DEEPEST: usize = 120;

/// A JSON document: a value, or text that was written once and is passed on as it is.
///
/// The output of an action is serialized once, and most callers need nothing else. Code that
/// looks inside reads it with [`value`](Self::value).
///
/// ```
/// use plugwright_sdk::host::Data;
/// use plugwright_sdk::json;
///
/// let data = Data::of(&["lamp"])?;
/// assert_eq!(data, json!(["lamp"]));
/// assert_eq!(data.to_json(), r#"["lamp"]"#);
/// assert_eq!(data.value()[0], "lamp");
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
#[derive(Clone)]
pub struct Data(Form);

#[derive(Clone)]
enum Form {
    Value(Value),
    Text(Box<RawValue>),
}

impl Data {
    /// Writes a value as JSON.
    ///
    /// # Errors
    ///
    /// `INTERNAL_ERROR` if the value does not serialize, as a map whose keys are lists;
    /// `UPSTREAM_INVALID` if lists and objects are in one another more than 120 times, which readers
    /// of JSON often refuse.
    pub fn of(value: &impl Serialize) -> Result<Self> {
        let text = serde_json::value::to_raw_value(value).map_err(|error| {
            let message = "the output can't be written as JSON";
            ActionError::new(ErrorCode::InternalError, message).with_source(error)
        })?;
        if is_deeper_than(DEEPEST, text.get()) {
            let message = format!("the output is nested more than {DEEPEST} levels deep");
            return Err(ActionError::new(ErrorCode::UpstreamInvalid, message));
        }
        Ok(Self(Form::Text(text)))
    }

    /// Returns the value; text is read anew each time.
    pub fn value(&self) -> Cow<'_, Value> {
        match &self.0 {
            Form::Value(value) => Cow::Borrowed(value),
            Form::Text(text) => Cow::Owned(read(text)),
        }
    }

    /// Returns the value.
    pub fn into_value(self) -> Value {
        match self.0 {
            Form::Value(value) => value,
            Form::Text(text) => read(&text),
        }
    }

    /// Returns the JSON text; a value is written anew each time.
    pub fn to_json(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Value(value) => Cow::Owned(value.to_string()),
            Form::Text(text) => Cow::Borrowed(text.get()),
        }
    }

    /// Returns the same as text, so that what follows writes no value again.
    #[must_use]
    pub fn into_text(self) -> Self {
        match self.0 {
            Form::Value(value) => match serde_json::value::to_raw_value(&value) {
                Ok(text) => Self(Form::Text(text)),
                // A value always serializes.
                Err(_) => Self(Form::Value(value)),
            },
            Form::Text(text) => Self(Form::Text(text)),
        }
    }

    /// Returns the JSON text, if it was written already.
    pub(crate) fn as_text(&self) -> Option<&RawValue> {
        match &self.0 {
            Form::Value(_) => None,
            Form::Text(text) => Some(text),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        match &self.0 {
            Form::Value(value) => value.is_null(),
            Form::Text(text) => text.get() == "null",
        }
    }
}

/// Returns whether lists and objects are in one another more than `limit` times.
pub(crate) fn is_deeper_than(limit: usize, json: &str) -> bool {
    // Few texts have as many openings, so that most need no closer look.
    let openings = memchr::memchr2_iter(b'[', b'{', json.as_bytes());
    if openings.take(limit + 1).count() <= limit {
        return false;
    }
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// Text in a [`RawValue`] is JSON by its making, and not too deep for the reader; only numbers
/// beyond all floats can't be read.
fn read(text: &RawValue) -> Value {
    serde_json::from_str(text.get()).unwrap_or_default()
}

impl Default for Data {
    fn default() -> Self {
        Value::Null.into()
    }
}

impl From<Box<RawValue>> for Data {
    fn from(text: Box<RawValue>) -> Self {
        Self(Form::Text(text))
    }
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        Self(Form::Value(value))
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Value(value) => value.serialize(serializer),
            Form::Text(text) => text.serialize(serializer),
        }
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        *self.value() == *other.value()
    }
}

impl PartialEq<Value> for Data {
    fn eq(&self, other: &Value) -> bool {
        *self.value() == *other
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!("[[[{\\\"["), |inner, _| json!([inner]))
    }

    #[test]
    fn what_is_too_deep_to_be_read_is_refused() {
        let deepest = nested(DEEPEST);
        assert_eq!(Data::of(&deepest).unwrap(), deepest);
        let error = Data::of(&nested(DEEPEST + 1)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
        let wide = vec![nested(2); 200];
        assert_eq!(Data::of(&wide).unwrap(), json!(wide));
    }
}
