//! Values that requests carry.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::Value;

use crate::data::JsonObject;
use crate::file::EncodedFile;
use crate::param::{Argument, Param};

/// A value that a request may carry: any parameter type without a file in it, or borrowed text.
pub trait RequestValue {
    /// Returns the JSON value to send; nothing if it is absent.
    fn request_value(&self) -> Option<Value>;
}

impl<T: Argument<Value: WireValue>> RequestValue for T {
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

/// A type of parameter whose JSON is also what a provider gets. A file is none: its JSON says where
/// the file is.
///
/// The derive macros implement it for every type without a file in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be sent as it is",
    label = "a request can't carry this as a value",
    note = "a file: `.field(name, file.base64())` and `.field(name, file.text())` put it into a JSON body, `.file(&file, None)` makes it the body",
    note = "in a one-call action: `#[param(send_as = base64)]`, `text` or `body`",
    note = "a type with `Param` implemented by hand needs `WireValue` too"
)]
pub trait WireValue {}

macro_rules! wire_values {
    ($($type:ty)*) => {$(impl WireValue for $type {})*};
}

wire_values!(String bool f64 i8 i16 i32 i64 u8 u16 u32 u64 JsonObject Value);

impl<T: WireValue> WireValue for Vec<T> {}

impl<T: WireValue> WireValue for BTreeMap<String, T> {}

/// A field of a struct of parameters. With a lifetime, a bound on it is checked where the struct is
/// used, not where it is declared.
#[doc(hidden)]
pub struct WireField<'a, T>(PhantomData<(&'a (), T)>);

impl<T: Argument<Value: WireValue>> WireValue for WireField<'_, T> {}

/// A flattened field of a struct of parameters.
#[doc(hidden)]
pub struct WireFields<'a, T>(PhantomData<(&'a (), T)>);

impl<T: Param + WireValue> WireValue for WireFields<'_, T> {}

/// A member of a JSON body: a [`RequestValue`], or the content of a file.
pub trait FieldValue {
    /// Returns what is put into the body.
    #[doc(hidden)]
    fn field_value(&self) -> Field;
}

/// What is put into a JSON body.
#[doc(hidden)]
pub enum Field {
    Absent,
    Value(Value),
    File(EncodedFile),
}

impl<T: RequestValue> FieldValue for T {
    fn field_value(&self) -> Field {
        self.request_value().map_or(Field::Absent, Field::Value)
    }
}

impl FieldValue for EncodedFile {
    fn field_value(&self) -> Field {
        Field::File(self.clone())
    }
}

impl FieldValue for Option<EncodedFile> {
    fn field_value(&self) -> Field {
        self.clone().map_or(Field::Absent, Field::File)
    }
}
