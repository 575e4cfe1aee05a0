//! Notebooks: their cells and what they came to.

use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, FileOutput, Param, Result, Value, action, json, path,
};
use uuid::Uuid;

use crate::model::Entry;
use crate::notebook::{NewCell, Notebook, NotebookPath, cells};

/// Format that a notebook is exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ExportFormat {
    /// A web page.
    Html,
    /// Text in Markdown; with pictures, a ZIP archive of it and them.
    Markdown,
    /// A program of its code, in its language.
    Script,
}

/// Reads a notebook: its cells, and what their last run printed and came to.
///
/// Pictures and other media are named by their types alone. Returns the cells from top to bottom, the language
/// and the kernel.
#[action(read)]
pub async fn get(cx: &ActionContext, path: NotebookPath) -> Result<Notebook> {
    Ok(Notebook::read(&whole(cx, &path).await?))
}

async fn whole(cx: &ActionContext, path: &NotebookPath) -> Result<Value> {
    cx.get(path!("/api/contents/{+path}", path = &path.0))
        .query("type", "notebook")
        .fetch()
        .await
}

async fn save(cx: &ActionContext, path: NotebookPath, content: Value) -> Result<Entry> {
    cx.put(path!("/api/contents/{+path}"))
        .field("type", "notebook")
        .field("format", "json")
        .field("content", content)
        .fetch()
        .await
}

/// Writes a notebook of the given cells, new or in place of the one that is there.
///
/// Nothing is run. `notebooks.append` keeps the cells that are there. Returns the notebook with its size and times.
#[action(write, idempotent, title = "Write a notebook")]
pub async fn write(
    cx: &ActionContext,
    path: NotebookPath,
    /// Its cells, from top to bottom.
    cells: Vec<NewCell>,
    /// Name of the kernel spec that runs it, one of `kernel_specs.list`.
    #[param(default = "python3")]
    kernel_name: String,
) -> Result<Entry> {
    let content = json!({
        "cells": self::cells(&cells, "cell", true),
        "metadata": { "kernelspec": { "name": kernel_name, "display_name": kernel_name } },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    save(cx, path, content).await
}

/// Adds cells at the end of a notebook, and keeps those that are there with their outputs.
///
/// What somebody else saves at the same moment can be lost. Returns the notebook with its size and times.
#[action(write, title = "Append cells to a notebook")]
pub async fn append(
    cx: &ActionContext,
    path: NotebookPath,
    /// The new cells.
    #[param(length(1..))]
    cells: Vec<NewCell>,
) -> Result<Entry> {
    let mut content = whole(cx, &path).await?["content"].take();
    let version = |member: &str| content[member].as_u64().unwrap_or_default();
    let with_ids = (version("nbformat"), version("nbformat_minor")) >= (4, 5);
    let new = self::cells(&cells, &call_id(cx.idempotency_key()), with_ids);
    let Some(all) = content["cells"].as_array_mut() else {
        return Err(ActionError::new(
            ErrorCode::UpstreamInvalid,
            "the notebook has no list of cells",
        ));
    };
    all.extend(new);
    save(cx, path, content).await
}

/// Ids of cells take letters, digits and hyphens alone, which a key of a caller need not have.
fn call_id(key: &str) -> String {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes());
    id.simple().to_string()
}

/// Exports a notebook as a web page, as Markdown or as a program.
///
/// Outputs come along as the notebook has them, nothing is run. Returns a file.
#[action(read)]
pub async fn export(
    cx: &ActionContext,
    path: NotebookPath,
    /// What it becomes.
    #[param(default = ExportFormat::Markdown)]
    format: ExportFormat,
) -> Result<FileOutput> {
    cx.get(path!("/nbconvert/{format}/{+path}"))
        .download()
        .await
}
