//! What was written is looked for after the answer was lost.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, Value, path};

use crate::markdown;
use crate::model::{PageSize, results, text_at};

/// Lists what is in a page or a block.
pub(crate) async fn children(cx: &ActionContext, id: &str) -> Result<Page<Value>> {
    cx.get(path!("/blocks/{id}/children"))
        .query("page_size", PageSize(100))
        .pages(results(), Lost::MOST_PAGES)
        .await
}

/// Looks in a page for one below it that was made with this title: `child_page` or `child_database`.
/// Returns its id.
pub(crate) async fn find_child(
    cx: &ActionContext,
    lost: &Lost,
    parent: &str,
    kind: &str,
    title: &str,
) -> Result<Outcome<Value>> {
    let children = children(cx, parent).await?;
    Ok(Outcome::in_list(children, |block| {
        block["type"] == kind
            && text_at(&block[kind], "/title").is_some_and(|own| own.trim() == title.trim())
            && is_new(lost, block)
    }))
}

/// Whether something may have been made by the write. Notion may round its times to minutes.
pub(crate) fn is_new(lost: &Lost, object: &Value) -> bool {
    lost.covers_optional(text_at(object, "/created_time").as_deref())
}

/// Whether a block is one that was written: of the same type, with the same text apart from its formats.
pub(crate) fn is_same(block: &Value, written: &Value) -> bool {
    let text = |block: &Value| {
        let kind = block["type"].as_str().unwrap_or_default();
        markdown::plain(&block[kind]["rich_text"]).trim().to_owned()
    };
    block["type"] == written["type"] && text(block) == text(written)
}
