//! Several parameters of a request at once.

use serde_json::Value;

use super::value::{RequestValue, WireValue};
use crate::param::{JsonObject, Params};

/// Values under their names; [`params!`](crate::params) makes them.
///
/// ```
/// use plugwright_sdk::{ActionContext, Result, Value, params};
///
/// async fn find(cx: &ActionContext, text: &str, sort: Option<String>) -> Result<Value> {
///     cx.get("/search").query_params(params![q = text, sort]).fetch().await
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParamValues(Vec<(&'static str, Value)>);

impl ParamValues {
    /// Takes those values that are not absent.
    pub fn new(values: &[(&'static str, &dyn RequestValue)]) -> Self {
        let present = |(name, value): &(&'static str, &dyn RequestValue)| {
            value.request_value().map(|value| (*name, value))
        };
        Self(values.iter().filter_map(present).collect())
    }
}

/// Parameters that a request takes at once: [`params!`](crate::params), or a reference to a
/// `#[derive(Params)]` struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of parameters",
    label = "write `params![..]`, or a reference to a `#[derive(Params)]` struct"
)]
pub trait RequestParams {
    /// Calls `add` with each parameter that is not absent, in order.
    fn each(self, add: impl FnMut(&str, Value));
}

impl RequestParams for ParamValues {
    fn each(self, mut add: impl FnMut(&str, Value)) {
        for (name, value) in self.0 {
            add(name, value);
        }
    }
}

impl<T: Params + WireValue> RequestParams for &T {
    fn each(self, mut add: impl FnMut(&str, Value)) {
        let mut members = JsonObject::new();
        self.put(&mut members);
        for (name, value) in members {
            add(&name, value);
        }
    }
}
