//! Several requests at a time.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::error::Result;

/// Makes many calls, at most `at_once` at a time, and returns what they give in their order.
///
/// The first call that fails ends it, and those that are on their way with it.
///
/// ```
/// use plugwright_sdk::{ActionContext, Result, Value, concurrently, path};
///
/// async fn tasks(cx: &ActionContext, ids: Vec<u64>) -> Result<Vec<Value>> {
///     let calls = ids.into_iter().map(|id| cx.get(path!("/tasks/{id}")).fetch());
///     concurrently(8, calls).await
/// }
/// ```
///
/// # Errors
///
/// That of the first call, in their order, that fails.
pub async fn concurrently<T>(
    at_once: usize,
    calls: impl IntoIterator<Item = impl Future<Output = Result<T>>>,
) -> Result<Vec<T>> {
    stream::iter(calls)
        .buffered(at_once.max(1))
        .try_collect()
        .await
}
