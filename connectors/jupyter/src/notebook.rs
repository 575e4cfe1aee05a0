//! Notebooks, from and to Jupyter's format.

use plugwright_sdk::{Param, Params, Value, json, model};

/// Path of the notebook below the server's root folder.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[^/]+(/[^/]+)*\\.ipynb$", example = "analysis/sales.ipynb")]
pub struct NotebookPath(pub String);

/// Kind of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CellKind {
    /// Code that a kernel runs.
    Code,
    /// Text in Markdown.
    Markdown,
    /// Text as it is.
    Raw,
}

/// A cell to write.
#[derive(Clone, Debug, Params)]
pub struct NewCell {
    /// What is in it.
    #[param(default = CellKind::Code)]
    pub kind: CellKind,
    /// Code or text.
    pub source: String,
}

/// A notebook.
#[model]
pub struct Notebook {
    /// Path below the server's root folder.
    pub path: String,
    /// Language of its code.
    pub language: Option<String>,
    /// Name of the kernel spec that runs it.
    pub kernel_name: Option<String>,
    /// Its cells, from top to bottom.
    pub cells: Vec<Cell>,
    /// When it last changed (RFC 3339).
    pub last_modified: Option<String>,
}

/// A cell of a notebook.
#[model]
pub struct Cell {
    /// Id, unique in the notebook; older notebooks have none.
    pub id: Option<String>,
    /// `code`, `markdown` or `raw`.
    pub kind: String,
    /// Code or text.
    pub source: String,
    /// Number of its last run.
    pub execution_count: Option<u64>,
    /// What its last run printed and came to.
    pub outputs: Vec<CellOutput>,
}

/// What a run of a cell printed or came to.
#[model]
pub struct CellOutput {
    /// `stream`, `execute_result`, `display_data` or `error`.
    pub kind: String,
    /// The text; of an error its name and message.
    pub text: Option<String>,
    /// Media types of what it shows, such as `image/png`.
    pub media_types: Vec<String>,
}

impl Notebook {
    /// Reads a notebook as the server answers it.
    pub(crate) fn read(answer: &Value) -> Self {
        let text = |pointer| answer.pointer(pointer).and_then(Value::as_str);
        let cells = answer.pointer("/content/cells").and_then(Value::as_array);
        let own = |pointer| text(pointer).map(str::to_owned);
        Self {
            path: own("/path").unwrap_or_default(),
            language: own("/content/metadata/language_info/name")
                .or_else(|| own("/content/metadata/kernelspec/language")),
            kernel_name: own("/content/metadata/kernelspec/name"),
            cells: cells.into_iter().flatten().map(Cell::read).collect(),
            last_modified: own("/last_modified"),
        }
    }
}

impl Cell {
    fn read(cell: &Value) -> Self {
        let outputs = cell["outputs"].as_array().into_iter().flatten();
        Self {
            id: id(cell).map(str::to_owned),
            kind: lines(&cell["cell_type"]).unwrap_or_default(),
            source: lines(&cell["source"]).unwrap_or_default(),
            execution_count: cell["execution_count"].as_u64(),
            outputs: outputs.map(CellOutput::read).collect(),
        }
    }
}

impl CellOutput {
    fn read(output: &Value) -> Self {
        let data = output["data"].as_object();
        let error = || {
            let part = |member: &str| output[member].as_str();
            Some(format!("{}: {}", part("ename")?, part("evalue")?))
        };
        let text = lines(&output["text"])
            .or_else(|| lines(&output["data"]["text/plain"]))
            .or_else(error);
        Self {
            kind: lines(&output["output_type"]).unwrap_or_default(),
            text,
            media_types: data
                .into_iter()
                .flat_map(|data| data.keys().cloned())
                .collect(),
        }
    }
}

/// Texts come whole or as a list of lines.
fn lines(text: &Value) -> Option<String> {
    match text {
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => Some(lines.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// The id of a cell. Formats before 4.5 have none, so there it is in the metadata.
fn id(cell: &Value) -> Option<&str> {
    let own = cell["id"].as_str();
    own.or_else(|| cell["metadata"]["id"].as_str())
}

/// Writes cells with ids that begin alike.
pub(crate) fn cells(new: &[NewCell], prefix: &str, with_ids: bool) -> Vec<Value> {
    let cells = new.iter().enumerate().map(|(index, cell)| {
        let id = format!("{prefix}-{}", index + 1);
        let mut written = json!({ "metadata": {}, "source": cell.source });
        if with_ids {
            written["id"] = id.into();
        } else {
            written["metadata"]["id"] = id.into();
        }
        written["cell_type"] = match cell.kind {
            CellKind::Code => {
                written["outputs"] = json!([]);
                written["execution_count"] = Value::Null;
                "code".into()
            }
            CellKind::Markdown => "markdown".into(),
            CellKind::Raw => "raw".into(),
        };
        written
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_texts_in_lines_and_what_a_run_came_to() {
        let notebook = Notebook::read(&json!({
            "path": "a.ipynb",
            "content": {
                "metadata": { "kernelspec": { "name": "ir", "language": "R" } },
                "cells": [{
                    "cell_type": "code",
                    "metadata": { "id": "old" },
                    "source": ["a <- 1\n", "a"],
                    "execution_count": 3,
                    "outputs": [
                        { "output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"] },
                        { "output_type": "display_data", "data": { "image/png": "iVBORw==" } },
                        { "output_type": "error", "ename": "KeyError", "evalue": "'a'", "traceback": [] },
                    ],
                }],
            },
        }));
        let [cell] = &notebook.cells[..] else {
            panic!("{notebook:?}")
        };
        assert_eq!(
            (notebook.language.as_deref(), cell.source.as_str()),
            (Some("R"), "a <- 1\na")
        );
        assert_eq!(
            (cell.id.as_deref(), cell.execution_count),
            (Some("old"), Some(3))
        );
        let texts: Vec<_> = cell
            .outputs
            .iter()
            .map(|output| output.text.as_deref())
            .collect();
        assert_eq!(texts, [Some("one\ntwo\n"), None, Some("KeyError: 'a'")]);
        assert_eq!(cell.outputs[1].media_types, ["image/png"]);
    }

    #[test]
    fn old_formats_have_ids_in_the_metadata() {
        let new = [NewCell {
            kind: CellKind::Markdown,
            source: "# A".to_owned(),
        }];
        for (with_ids, place) in [(true, "/id"), (false, "/metadata/id")] {
            let written = cells(&new, "call", with_ids);
            assert_eq!(written[0].pointer(place), Some(&json!("call-1")));
            assert_eq!(id(&written[0]), Some("call-1"));
        }
    }
}
