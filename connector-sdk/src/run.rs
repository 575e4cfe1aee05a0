//! Running an action from untyped input, page by page if asked.

use serde_json::Value;

use crate::action::Action;
use crate::context::ActionContext;
use crate::error::{ActionError, ErrorCode, Result};
use crate::result::{ActionResult, Returns};

/// Runs an action once.
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
