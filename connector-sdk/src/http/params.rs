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

#[cfg(all(test, feature = "testing"))]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cassette::RecordedBody;
    use crate::http::RequestBuilder;
    use crate::testing::{MockContext, block_on};
    use crate::{ActionContext, ConnectorDefinition, ErrorCode, Result, actions, params};

    static THINGS: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .base_url("https://api.example.com")
        .actions(actions![]);

    /// The body that a request is sent with.
    fn body(
        build: impl Fn(RequestBuilder<'_>) -> RequestBuilder<'_>,
    ) -> Result<Option<RecordedBody>> {
        let cx = MockContext::new(&THINGS, [(200, json!({}))]);
        let context: &ActionContext = &cx;
        block_on(build(context.put("/things")).send())?;
        Ok(cx.sent()[0].body.clone())
    }

    fn json_body(value: Value) -> RecordedBody {
        RecordedBody::Json(value)
    }

    fn text_body(text: &str) -> RecordedBody {
        RecordedBody::Text(text.to_owned())
    }

    #[test]
    fn values_that_are_absent_are_left_out() {
        let (name, note) = (Some("lamp".to_owned()), None::<String>);
        let found = body(|request| request.fields(params![name, note, n = 5])).unwrap();
        assert_eq!(found, Some(json_body(json!({ "name": "lamp", "n": 5 }))));
        let found = body(|request| request.fields(params![note])).unwrap();
        assert_eq!(found, Some(json_body(json!({}))));
        let found = body(|request| request.form_fields(params![note, "a-b" = vec![1, 2]])).unwrap();
        assert_eq!(found, Some(text_body("a-b=1&a-b=2")));
    }

    #[test]
    fn an_optional_body_is_sent_only_if_it_has_members() {
        let (name, note) = (Some("lamp".to_owned()), None::<String>);
        let found = body(|request| request.optional_body().fields(params![note])).unwrap();
        assert_eq!(found, None);
        let found = body(|request| request.form_fields(params![note]).optional_body()).unwrap();
        assert_eq!(found, None);
        let found = body(|request| request.form("note", "").optional_body()).unwrap();
        assert_eq!(found, Some(text_body("note=")));
        let found = body(|request| request.fields(params![name, note]).optional_body()).unwrap();
        assert_eq!(found, Some(json_body(json!({ "name": "lamp" }))));
    }

    #[test]
    fn an_absent_value_is_no_body() {
        let (given, absent) = (Some(vec!["a".to_owned()]), None::<Vec<String>>);
        let found = body(|request| request.json(&given.request_value())).unwrap();
        assert_eq!(found, Some(json_body(json!(["a"]))));
        let found = body(|request| request.json(&absent.request_value())).unwrap();
        assert_eq!(found, None);
    }

    #[test]
    fn fields_beside_another_body_are_refused() {
        let error = body(|request| request.form("a", 1_u8).fields(params![b = 2])).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InternalError);
    }
}
