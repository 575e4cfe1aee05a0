//! Values that requests carry.

use serde_json::Value;

use crate::param::Argument;

/// A value that a request may carry: any parameter type, or borrowed text.
pub trait RequestValue {
    /// Returns the JSON value to send; nothing if it is absent.
    fn request_value(&self) -> Option<Value>;
}

impl<T: Argument> RequestValue for T {
    fn request_value(&self) -> Option<Value> {
        self.to_json()
    }
}

impl RequestValue for str {
    fn request_value(&self) -> Option<Value> {
        Some(self.into())
    }
}

impl RequestValue for &str {
    fn request_value(&self) -> Option<Value> {
        (**self).request_value()
    }
}

impl RequestValue for &String {
    fn request_value(&self) -> Option<Value> {
        self.as_str().request_value()
    }
}
