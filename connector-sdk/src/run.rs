//! Running an action from untyped input, page by page if asked.

use std::collections::HashSet;

use serde_json::Value;

use crate::action::Action;
use crate::context::ActionContext;
use crate::error::{ActionError, ErrorCode, Result};
use crate::result::{ActionResult, Meta, Returns};

/// Runs an action once, from untyped input.
///
/// ```
/// use plugwright_sdk::host::Registry;
/// use plugwright_sdk::{ActionContext, ActionError, Result, Value, run};
///
/// async fn call(registry: &Registry, name: &str, cx: &ActionContext, input: Value) -> Result<Value> {
///     let found = registry.find(name).map_err(ActionError::from)?;
///     Ok(run(&*found.action, cx, input).await?.data.into_value())
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
///         items.extend(page.data.into_value().as_array().into_iter().flatten().cloned());
///         items.len() < 1_000
///     })
///     .await?;
///     Ok(items)
/// }
/// ```
///
/// # Errors
///
/// As [`run()`]; `UPSTREAM_INVALID` if the provider's pages form a loop.
pub async fn run_pages(
    action: &dyn Action,
    cx: &ActionContext,
    input: Value,
    mut on_page: impl FnMut(ActionResult) -> bool,
) -> Result<()> {
    let mut result = run(action, cx, input.clone()).await?;
    let mut cursors = Cursors::new(action.returns());
    loop {
        let next = cursors.after(&result.meta);
        if !on_page(result) {
            return Ok(());
        }
        let Some(cursor) = next? else {
            return Ok(());
        };
        result = run(action, &cx.at_cursor(cursor), input.clone()).await?;
    }
}

/// Where a list goes on, page after page, for callers with a loop of their own.
///
/// ```
/// use plugwright_sdk::host::{Cursors, Meta, Returns};
///
/// let mut cursors = Cursors::new(Returns::List);
/// let page = Meta { cursor: Some("2".to_owned()), ..Meta::default() };
/// assert_eq!(cursors.after(&page).unwrap().as_deref(), Some("2"));
/// assert!(cursors.after(&page).is_err(), "it leads back to a page before");
/// ```
#[derive(Clone, Debug)]
pub struct Cursors {
    returns: Returns,
    seen: HashSet<String>,
}

impl Cursors {
    /// Starts with the first page of what an action returns.
    pub fn new(returns: Returns) -> Self {
        Self {
            returns,
            seen: HashSet::new(),
        }
    }

    /// Returns where the list goes on after a page; `None` if that was the last.
    ///
    /// # Errors
    ///
    /// `UPSTREAM_INVALID` if it was there before, so that the pages lead in a circle.
    pub fn after(&mut self, page: &Meta) -> Result<Option<String>> {
        let cursor = match self.returns {
            Returns::List => page.cursor.clone(),
            Returns::Single => None,
        };
        match cursor {
            Some(cursor) if !self.seen.insert(cursor.clone()) => Err(ActionError::new(
                ErrorCode::UpstreamInvalid,
                "the provider's pages form a loop",
            )),
            cursor => Ok(cursor),
        }
    }
}
