//! Running an action from untyped input, page by page if asked.

use serde_json::Value;

use crate::action::Action;
use crate::context::ActionContext;
use crate::error::{ActionError, ErrorCode, Result};
use crate::result::{ActionResult, Returns};

/// Runs an action once, from untyped input.
///
/// ```
/// use plugwright_sdk::{ActionContext, ActionError, Registry, Result, Value, run};
///
/// async fn call(registry: &Registry, name: &str, cx: &ActionContext, input: Value) -> Result<Value> {
///     let found = registry.find(name).map_err(ActionError::from)?;
///     Ok(run(found.action, cx, input).await?.data)
/// }
/// ```
///
/// # Errors
///
/// `VALIDATION_ERROR` for a bad input; else those of the action.
pub async fn run(action: &dyn Action, cx: &ActionContext, input: Value) -> Result<ActionResult> {
    action.decode(input)?.run(cx).await
}

/// Runs a list action until the list ends, and hands over each page as it comes.
///
/// An action that returns one thing is run once. `on_page` may stop early by returning `false`.
///
/// ```
/// use plugwright_sdk::{Action, ActionContext, Result, Value, run_pages};
///
/// async fn all(action: &dyn Action, cx: &ActionContext, input: Value) -> Result<Vec<Value>> {
///     let mut items = Vec::new();
///     run_pages(action, cx, input, |page| {
///         items.extend(page.data.as_array().into_iter().flatten().cloned());
///         items.len() < 1_000
///     })
///     .await?;
///     Ok(items)
/// }
/// ```
///
/// # Errors
///
/// As [`run()`]; `UPSTREAM_INVALID` if the provider's pages lead in a circle.
pub async fn run_pages(
    action: &dyn Action,
    cx: &ActionContext,
    input: Value,
    mut on_page: impl FnMut(ActionResult) -> bool,
) -> Result<()> {
    let mut result = run(action, cx, input.clone()).await?;
    let mut seen = std::collections::HashSet::new();
    loop {
        let cursor = match action.returns() {
            Returns::List => result.meta.cursor.clone(),
            Returns::Single => None,
        };
        if !on_page(result) {
            return Ok(());
        }
        let Some(cursor) = cursor else {
            return Ok(());
        };
        if !seen.insert(cursor.clone()) {
            return Err(ActionError::new(
                ErrorCode::UpstreamInvalid,
                "the provider's pages lead in a circle",
            ));
        }
        result = run(action, &cx.at_cursor(cursor), input.clone()).await?;
    }
}
