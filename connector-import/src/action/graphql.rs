//! Calls of GraphQL operations.

use plugwright_sdk::graphql::{Connection, Operation, OperationKind};
use plugwright_sdk::host::Output as _;
use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Page, Result, Value};
use serde::{Deserialize, Deserializer, de};
use serde_json::Map;

use super::request;
use crate::form::{GraphqlTemplate, ImportedAction, PageStyle};

/// What a query for something that exists has.
struct Found(Value);

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Err(de::Error::custom("it is null")),
            value => Ok(Self(value)),
        }
    }
}

/// Sends an operation with a checked input. What some fields of a result could not be had for does not
/// lose the others, as no caller chose the fields.
pub(super) async fn call(
    action: &ImportedAction,
    template: &GraphqlTemplate,
    request: RequestBuilder<'_>,
    input: Map<String, Value>,
) -> Result<ActionResult> {
    let operation = Operation::parse(template.text.as_str()).map_err(|error| {
        ActionError::new(ErrorCode::InternalError, "the GraphQL operation is invalid")
            .with_source(error)
    })?;
    let kind = operation.kind();
    let request = request
        .graphql(operation)
        .variables(&request::members(action, input))
        .at(&template.pointer)
        .accept_partial();
    match action.paging.as_ref().map(|paging| &paging.style) {
        Some(PageStyle::Cursor { parameter, .. }) => {
            let connection = Connection::at(&template.pointer).cursor(parameter);
            let page: Page<Value> = request.page(connection).await?;
            page.into_result()
        }
        Some(_) => Err(ActionError::new(
            ErrorCode::InternalError,
            "a GraphQL list with pages is not a connection",
        )),
        None if kind == OperationKind::Query && has_parts(&action.output) => {
            let found: Found = request.fetch().await?;
            Ok(ActionResult::new(found.0))
        }
        None => Ok(ActionResult::new(request.fetch::<Value>().await?)),
    }
}

/// Returns whether a result is an object or a list, whose absence says that there is no such thing.
fn has_parts(output: &Value) -> bool {
    output.get("properties").is_some() || output.get("items").is_some()
}
