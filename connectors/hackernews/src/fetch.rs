//! Items by their ids, several at a time.

use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Page, Result, concurrently, path};

use crate::model::Item;

/// Requests that are on their way at once.
const AT_ONCE: usize = 8;

/// What the cursor says before the number of ids that earlier pages have used up.
const CURSOR_PREFIX: &str = "after-";

/// Gets an item; the provider answers `null` where there is none.
pub(crate) async fn item(cx: &ActionContext, id: u64) -> Result<Option<Item>> {
    cx.get(path!("/v0/item/{id}.json")).fetch().await
}

/// Gets an item that the caller named.
pub(crate) async fn existing_item(cx: &ActionContext, id: u64) -> Result<Item> {
    item(cx, id).await?.ok_or_else(|| {
        ActionError::new(ErrorCode::NotFound, format!("Hacker News has no item {id}"))
    })
}

/// Gets items in the order of their ids, without those that do not exist.
///
/// The first item that can't be had fails the whole, so that a list is never silently short.
pub(crate) async fn items(cx: &ActionContext, ids: Vec<u64>) -> Result<Vec<Item>> {
    let found = concurrently(AT_ONCE, ids.into_iter().map(|id| item(cx, id))).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Gets the items of the page that the context's cursor names.
pub(crate) async fn page(cx: &ActionContext, ids: &[u64], limit: u32) -> Result<Page<Item>> {
    let start = offset(cx.cursor())?.min(ids.len());
    let end = start.saturating_add(limit as usize).min(ids.len());
    let mut page = Page::new(items(cx, ids[start..end].to_vec()).await?);
    page.cursor = (end < ids.len()).then(|| format!("{CURSOR_PREFIX}{end}"));
    page.total_count = Some(ids.len() as u64);
    Ok(page)
}

/// Refuses a cursor that no page gave, before anything is sent.
pub(crate) fn check_cursor(cx: &ActionContext) -> Result<()> {
    offset(cx.cursor()).map(drop)
}

fn offset(cursor: Option<&str>) -> Result<usize> {
    let Some(cursor) = cursor else {
        return Ok(0);
    };
    cursor
        .strip_prefix(CURSOR_PREFIX)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            ActionError::invalid_param(
                "cursor",
                "is not a cursor of this action; pass the cursor of a page unchanged",
            )
        })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http::HeaderMap;
    use plugwright_sdk::json;
    use plugwright_sdk::testing::{Canned, block_on};
    use plugwright_sdk::transport::{Request, Response, Transport, TransportError};

    use super::*;
    use crate::{CONNECTOR, Limit};

    /// Answers each item with its id, the later ones first, and counts what is on its way.
    #[derive(Default)]
    struct Busy {
        now: AtomicUsize,
        most: AtomicUsize,
        all: AtomicUsize,
    }

    #[async_trait::async_trait]
    impl Transport for Busy {
        async fn send(&self, request: &Request) -> Result<Response, TransportError> {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let place = self.all.fetch_add(1, Ordering::SeqCst);
            for _ in 0..AT_ONCE - place % AT_ONCE {
                tokio::task::yield_now().await;
            }
            self.now.fetch_sub(1, Ordering::SeqCst);
            let id: u64 = request
                .url
                .path()
                .trim_start_matches("/v0/item/")
                .trim_end_matches(".json")
                .parse()
                .unwrap();
            let body = json!({ "id": id }).to_string();
            Ok(Response::new(200, HeaderMap::default(), body))
        }
    }

    fn context(transport: Arc<dyn Transport>) -> ActionContext {
        ActionContext::builder(&CONNECTOR, transport).build()
    }

    #[test]
    fn asks_for_a_few_items_at_once_and_keeps_their_order() {
        let busy = Arc::new(Busy::default());
        let ids: Vec<_> = (1..=30).rev().collect();
        let items = block_on(items(&context(busy.clone()), ids.clone())).unwrap();
        let found: Vec<_> = items.iter().map(|item| item.id).collect();
        assert_eq!(found, ids);
        assert_eq!(busy.most.load(Ordering::SeqCst), AT_ONCE);
    }

    #[test]
    fn pages_follow_each_other_until_the_ids_are_used_up() {
        let ids: Vec<_> = (1..=5).collect();
        let mut cx = context(Arc::new(Busy::default()));
        let mut seen = Vec::new();
        for expected in [Some("after-2"), Some("after-4"), None] {
            let page = block_on(page(&cx, &ids, 2)).unwrap();
            assert_eq!(page.cursor.as_deref(), expected);
            assert_eq!(page.total_count, Some(5));
            seen.extend(page.items.iter().map(|item| item.id));
            cx = cx.at_cursor(page.cursor.unwrap_or_default());
        }
        assert_eq!(seen, ids);
    }

    #[test]
    fn a_foreign_cursor_is_refused_before_anything_is_sent() {
        let silent = Canned::new(|_| panic!("nothing is to be sent"));
        let cx = context(Arc::new(silent));
        for cursor in [
            "",
            "30",
            "after-",
            "after--1",
            "after-+1",
            "after-99999999999999999999999",
        ] {
            let cx = cx.at_cursor(cursor);
            let error = block_on(crate::stories::top(&cx, Limit(30))).unwrap_err();
            assert_eq!(error.param(), Some("cursor"), "{cursor}");
        }
    }
}
