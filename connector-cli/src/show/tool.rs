//! Actions as tools for models.

use plugwright_sdk::tools::{Dialect, LossKind, Tool};

use crate::backend::Subject;
use crate::failure::{Failure, Stop};
use crate::info::ActionInfo;
use crate::output::{self, count, note};

/// Prints an action as a tool, or the tools of a connector as a request has them. What a dialect can't
/// say goes to standard error.
pub(super) fn show(dialect: Dialect, subject: &Subject) -> Result<(), Stop> {
    let shown = match subject {
        Subject::Action { info, .. } => {
            let tool = tool(dialect, info)?;
            for loss in tool.losses() {
                note(&format!("note: {loss}"));
            }
            tool.definition().clone()
        }
        Subject::Connector { actions, .. } => {
            let tools: Result<Vec<_>, _> = actions.iter().map(|info| tool(dialect, info)).collect();
            let tools = tools?;
            if let Some(losses) = summary(&tools) {
                note(&format!("note: {losses}; `show` of an action lists them"));
            }
            dialect.request(tools.iter().map(|tool| tool.definition().clone()))
        }
    };
    Ok(output::print(&output::json::pretty(&shown))?)
}

fn tool(dialect: Dialect, info: &ActionInfo) -> Result<Tool, Failure> {
    let name = info.tool_name();
    let tool = Tool::new(dialect, &name, &info.description, &info.input_schema);
    tool.map_err(|error| Failure::internal(format!("{}: {error}", info.id())))
}

fn summary(tools: &[Tool]) -> Option<String> {
    let kinds = [
        (LossKind::Described, "only described"),
        (LossKind::Dropped, "left out"),
        (LossKind::Narrowed, "narrowed"),
        (LossKind::Shortened, "cut"),
    ];
    let counts: Vec<_> = kinds
        .into_iter()
        .filter_map(|(kind, became)| {
            let losses = tools.iter().flat_map(Tool::losses);
            let number = losses.filter(|loss| loss.kind == kind).count();
            (number > 0).then(|| format!("{} {became}", count(number, "rule")))
        })
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}
