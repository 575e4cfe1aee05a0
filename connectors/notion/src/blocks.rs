//! Blocks, of which the content of pages is made.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Result, Value, action, json, params, path,
};

use crate::lost::{children, is_new, is_same};
use crate::markdown;
use crate::model::{Block, BlockId, FileUploadId, PageSize, results};

/// Lists the blocks directly in a page or in another block.
///
/// Returns id, type, Markdown and times of each, and whether there are blocks below it, page by page.
#[action(read, get = "/blocks/{block_id}/children", page = results())]
pub async fn list(
    cx: &ActionContext,
    /// Id of the page or of the block around them.
    block_id: BlockId,
    /// Blocks per page.
    page_size: Option<PageSize>,
) -> Result<Page<Block>>;

/// Gets one block by its id.
///
/// Returns its type, its content in Markdown without the blocks below it, what it is in, and times.
#[action(read, get = "/blocks/{block_id}")]
pub async fn get(cx: &ActionContext, block_id: BlockId) -> Result<Block>;

/// Appends blocks from Markdown to a page or to another block.
///
/// Headings, paragraphs, lists, tasks, quotes, code, tables, images and rules become blocks of their own.
/// Returns the new blocks with their ids.
#[action(
    write,
    title = "Append blocks",
    reconcile(natural = find_appended(block_id, markdown))
)]
pub async fn append(
    cx: &ActionContext,
    /// Id of the page, or of the block that they go into.
    block_id: BlockId,
    /// What to append, in Markdown: up to 100 blocks, with up to two levels of blocks below them.
    #[param(length(1..), example = "## Decisions\n\n- [ ] Write it down")]
    markdown: String,
    /// Id of the block that they follow; the end if left out.
    after: Option<BlockId>,
) -> Result<Page<Block>> {
    append_children(cx, block_id, markdown::blocks(&markdown)?, after).await
}

async fn append_children(
    cx: &ActionContext,
    block_id: BlockId,
    blocks: Vec<Value>,
    after: Option<BlockId>,
) -> Result<Page<Block>> {
    cx.patch(path!("/blocks/{block_id}/children"))
        .fields(params![children = Value::Array(blocks), after])
        .page(Whole.items("/results"))
        .await
}

async fn find_appended(
    cx: &ActionContext,
    lost: &Lost,
    block_id: BlockId,
    markdown: String,
) -> Result<Outcome<Page<Block>>> {
    find_children(cx, lost, &block_id, &markdown::blocks(&markdown)?).await
}

/// Looks for these blocks one after the other.
async fn find_children(
    cx: &ActionContext,
    lost: &Lost,
    block_id: &BlockId,
    written: &[Value],
) -> Result<Outcome<Page<Block>>> {
    let there = children(cx, &block_id.0).await?;
    let places: Vec<_> = there
        .items
        .windows(written.len())
        .filter(|blocks| {
            let mut pairs = blocks.iter().zip(written);
            pairs.all(|(block, written)| is_same(block, written) && is_new(lost, block))
        })
        .collect();
    Ok(match places.as_slice() {
        [] if there.cursor.is_none() => Outcome::NotDone,
        [] => Outcome::unknown("there are too many blocks to look through"),
        [blocks] => {
            let blocks = blocks.iter().cloned().map(Block::try_from);
            let blocks = blocks.collect::<std::result::Result<_, _>>();
            Outcome::Done(Page::new(blocks.map_err(crate::pages::invalid)?))
        }
        _ => Outcome::unknown("several things match what was written"),
    })
}

/// How an uploaded file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum FileKind {
    /// A picture.
    Image,
    /// A sound to listen to.
    Audio,
    /// A film.
    Video,
    /// A document that can be read in place.
    Pdf,
    /// Anything, to download.
    File,
}

impl FileKind {
    fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Pdf => "pdf",
            Self::File => "file",
        }
    }
}

/// Appends an uploaded file to a page or to another block.
///
/// `files.upload` gives the id of the file. Returns the new block with its id.
#[action(
    write,
    title = "Append a file",
    reconcile(natural = find_file(block_id, kind))
)]
pub async fn append_file(
    cx: &ActionContext,
    /// Id of the page, or of the block that it goes into.
    block_id: BlockId,
    file_upload_id: FileUploadId,
    /// How it shows.
    kind: FileKind,
    /// Text below it, in Markdown.
    #[param(length(1..))]
    caption: Option<String>,
    /// Id of the block that it follows; the end if left out.
    after: Option<BlockId>,
) -> Result<Page<Block>> {
    let caption = caption.as_deref().map(markdown::spans).transpose()?;
    let mut content = json!({ "type": "file_upload", "file_upload": { "id": file_upload_id.0 } });
    if let Some(caption) = caption {
        content["caption"] = caption.into();
    }
    let kind = kind.name();
    append_children(
        cx,
        block_id,
        vec![json!({ "type": kind, kind: content })],
        after,
    )
    .await
}

async fn find_file(
    cx: &ActionContext,
    lost: &Lost,
    block_id: BlockId,
    kind: FileKind,
) -> Result<Outcome<Page<Block>>> {
    find_children(cx, lost, &block_id, &[json!({ "type": kind.name() })]).await
}

/// Replaces the content of a block by Markdown of the same type.
///
/// A paragraph stays a paragraph, and an item of a list an item. Blocks below it stay as they are. Returns
/// the changed block.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    block_id: BlockId,
    /// New content, in Markdown: one block of the type that it has, such as `- [x] Done` for a task.
    #[param(length(1..))]
    markdown: String,
) -> Result<Block> {
    let mut block = markdown::single_block(&markdown)?;
    if let Some(block) = block.as_object_mut() {
        block.remove("type");
    }
    cx.patch(path!("/blocks/{block_id}"))
        .json(&block)
        .fetch()
        .await
}

/// Moves a block with those below it to the trash.
///
/// A page can be deleted by its id as well. People can restore it in Notion. Returns the block.
#[action(
    destructive,
    reconcile(natural = find_deleted(block_id)),
    delete = "/blocks/{block_id}"
)]
pub async fn delete(cx: &ActionContext, block_id: BlockId) -> Result<Block>;

async fn find_deleted(
    cx: &ActionContext,
    _lost: &Lost,
    block_id: BlockId,
) -> Result<Outcome<Block>> {
    let block: Block = cx.get(path!("/blocks/{block_id}")).fetch().await?;
    Ok(if block.in_trash {
        Outcome::Done(block)
    } else {
        Outcome::NotDone
    })
}
